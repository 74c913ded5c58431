//! Who is known to the registry: what they show, what they are, and how both are changed.
//!
//! A write is decided on what the store says now. A read may be decided on what it said [`LATELY`] ago, so a revoked token
//! reads on for no longer than that on any replica, whether or not news of it arrives there.

mod first;
mod known;
mod members;
mod secret;
mod session;
mod tokens;

use std::time::Duration;

use super::ServiceError;
use crate::access::{Action, Denied, Identity, Means};
use crate::store::StoreError;

pub use known::Fresh;
pub(super) use known::KnownCache;
pub use session::SignedIn;

/// How old what the store said of somebody may be when a read is decided on it.
const LATELY: Duration = Duration::from_secs(1);

/// As long as the name of a principal may be.
const LONGEST_PRINCIPAL: usize = 200;

/// A name that can be a principal's: a person by the address that they sign in with, a machine as `domain/name`.
fn check_principal(principal: &str) -> Result<(), ServiceError> {
    let fits = (1..=LONGEST_PRINCIPAL).contains(&principal.chars().count())
        && !principal.chars().any(|character| character.is_control() || character.is_whitespace());
    let machine_fits = match principal.split_once('/') {
        None => true,
        Some((domain, name)) => mesh_contract::DomainName::new(domain).is_ok() && !name.is_empty(),
    };
    if fits && machine_fits {
        return Ok(());
    }
    Err(ServiceError::Invalid {
        pointer: "/principal".to_owned(),
        message: "a principal is a person by their address, `ana@example.com`, or a machine of a domain, `sales/ci`; 1 to \
                  200 characters without space"
            .to_owned(),
    })
}

/// Whether somebody manages another principal: the owner of a domain its machines, whoever runs the platform everybody.
fn may_manage(caller: &Identity, principal: &str) -> Result<(), Denied> {
    let domain =
        principal.split_once('/').and_then(|(domain, _)| mesh_contract::DomainName::new(domain).ok());
    match domain {
        Some(domain) => caller.may(Action::ManageMembers, Some(&domain)),
        None => caller.may(Action::ManagePlatform, None),
    }
}

/// What the store says, in words of the registry.
fn kept(error: StoreError) -> ServiceError {
    match error {
        StoreError::Full { limit } => ServiceError::Full { what: "tokens and sessions", limit },
        error => ServiceError::Store(error),
    }
}

/// An open registry keeps nobody's secrets: whoever had made themselves administrator while it was open would be one still
/// when it is closed.
fn closed_only(caller: &Identity) -> Result<(), ServiceError> {
    if *caller.means() == Means::Open {
        return Err(ServiceError::WrongState {
            message: "this registry is open, so it knows nobody; start it with `access.mode = \"closed\"` first, which \
                      makes an administrator and says how to sign in"
                .to_owned(),
        });
    }
    Ok(())
}
