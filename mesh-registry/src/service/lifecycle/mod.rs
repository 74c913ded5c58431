//! What becomes of versions once they are published: they are deprecated, yanked, held back, retired, and each of it can be
//! taken back. Contracts are never touched by it, so whoever has bound to one reads on.
//!
//! Every act works as a publish does: the product is read at a revision, the act is decided outside any lock, and it is
//! written if the revision still stands.

mod campaign;
mod deprecate;
mod line;
mod remind;
mod retire;
mod standing;
mod yank;

use chrono::{DateTime, Utc};
use mesh_contract::wire::{Deprecate, MoveLine, ProductDetail, Retire, Yank};
use mesh_contract::{Address, ContractVersion, Day, Line, Scope};
use serde_json::{Map, Value};

use super::publish::head_of;
use super::{Registry, ServiceError};
use crate::store::{
    ContractKey, EventKind, History, Lifecycle, NewEvent, Shown, Stage, StoreError, TenantId, Turn, Version,
};

pub(super) use standing::{outlived, preferred, shown, state, would_be_shown};

/// How often an act is decided anew when others change the product meanwhile.
const ROUNDS: usize = 256;
/// Reasons stand on pages and in events; an essay belongs elsewhere.
const LONGEST_REASON: usize = 1_000;

/// Something that is done to versions of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// Nobody new is to bind to a version.
    Yank(ContractVersion, Yank),
    /// A yanked version is offered again.
    Unyank(ContractVersion),
    /// Versions stay only until a day.
    Deprecate(Scope, Deprecate),
    /// They stay after all.
    Undeprecate(Scope),
    /// Versions are not promised any more.
    Retire(Scope, Retire),
    /// They are promised again.
    Restore(Scope),
    /// Requirements of a line resolve to a version.
    Move(Line, MoveLine),
}

/// What an act comes to.
struct Decided {
    /// Each version that changes.
    lifecycles: Vec<(ContractVersion, Lifecycle)>,
    kind: EventKind,
    /// What it is done to: a version or a line.
    scope: String,
    data: Map<String, Value>,
}

/// What an act is decided on.
struct Before<'a> {
    address: &'a Address,
    history: &'a History,
    now: DateTime<Utc>,
}

impl Before<'_> {
    /// The day it is.
    fn today(&self) -> Day {
        today(self.now)
    }

    /// The released versions of a scope, the highest first.
    ///
    /// # Errors
    /// When there is none.
    fn released(&self, scope: &Scope) -> Result<Vec<&Version>, ServiceError> {
        let in_scope = |entry: &&Version| scope.has(&entry.version);
        let mut found: Vec<&Version> = self.history.versions.iter().filter(in_scope).collect();
        if let (Scope::Version(version), Some(Version { stage: Stage::Draft, .. })) = (scope, found.first()) {
            return Err(ServiceError::WrongState {
                message: format!(
                    "{version} of `{}` is a draft, which promises nothing yet; replace it, or leave it",
                    self.address
                ),
            });
        }
        found.retain(|entry| entry.stage == Stage::Released);
        found.sort_by(|one, other| other.version.cmp(&one.version));
        if !found.is_empty() {
            return Ok(found);
        }
        let newest = self.history.versions.iter().filter(|entry| entry.stage == Stage::Released);
        let newest = newest.map(|entry| entry.version.clone()).max();
        Err(match scope {
            Scope::Version(version) => ServiceError::UnknownVersion {
                address: self.address.clone(),
                version: version.clone(),
                newest,
            },
            Scope::Line(line) => {
                ServiceError::UnknownLine { address: self.address.clone(), line: *line, newest }
            }
        })
    }

    /// The released version of this number.
    fn one(&self, version: &ContractVersion) -> Result<&Version, ServiceError> {
        self.released(&Scope::Version(version.clone())).map(|found| found[0])
    }
}

impl Registry {
    /// Does something to versions of a product. What is so already is no error and changes nothing.
    ///
    /// # Errors
    /// When there is no such version, it has not come to where this can be done, or somebody whom it would hurt stands in the
    /// way.
    pub async fn act(
        &self,
        tenant: &TenantId,
        address: &Address,
        act: &Act,
        request_id: Option<String>,
    ) -> Result<ProductDetail, ServiceError> {
        act.check()?;
        for _ in 0..ROUNDS {
            let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
            if history.versions.is_empty() {
                return Err(ServiceError::UnknownProduct { address: address.clone() });
            }
            let before = Before { address, history: &history, now: self.store.now() };
            let decided = match act {
                Act::Yank(version, body) => yank::yank(&before, version, body)?,
                Act::Unyank(version) => yank::unyank(&before, version)?,
                Act::Deprecate(scope, body) => self.deprecate(tenant, &before, scope, body).await?,
                Act::Undeprecate(scope) => deprecate::undeprecate(&before, scope)?,
                Act::Retire(scope, body) => self.retire(tenant, &before, scope, body).await?,
                Act::Restore(scope) => retire::restore(&before, scope)?,
                Act::Move(line, body) => line::move_to(&before, *line, body)?,
            };
            let done = match decided {
                Some(decided) => self.turn(tenant, &before, decided, request_id.clone()).await?,
                None => true,
            };
            if done {
                return self.product(tenant, address).await;
            }
        }
        Err(ServiceError::Busy { address: address.clone() })
    }

    /// Writes what was decided. Tells whether the product was still as it was seen.
    async fn turn(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        decided: Decided,
        request_id: Option<String>,
    ) -> Result<bool, ServiceError> {
        let Before { address, history, .. } = *before;
        let Decided { lifecycles, kind, scope, mut data } = decided;
        let mut after = history.versions.clone();
        for entry in &mut after {
            if let Some((_, lifecycle)) = lifecycles.iter().find(|(version, _)| *version == entry.version) {
                entry.lifecycle = lifecycle.clone();
            }
        }
        let Some(shown) = shown(&after) else { return Ok(true) };
        let stored = self.contract(tenant, &ContractKey::Digest(shown.digest)).await?;
        let mut head = head_of(&stored.read()?);
        head.deprecated |= shown.lifecycle.deprecated.is_some();
        // Whoever owns the domain now is not for an old contract to say.
        if let Some(owner) = &history.owner {
            head.domain.owner.clone_from(owner);
        }
        let versions: Vec<Value> = lifecycles.iter().map(|(version, _)| version.to_string().into()).collect();
        data.insert("versions".to_owned(), versions.into());
        let turn = Turn {
            address: address.clone(),
            revision: history.revision,
            lifecycles,
            shown: Shown { version: shown.version.clone(), stage: shown.stage, head: Box::new(head) },
            event: NewEvent {
                kind,
                subject: format!("{address}@{scope}"),
                address: Some(address.clone()),
                data: data.into(),
            },
            request_id,
        };
        let told = turn.event.kind.as_str().to_owned();
        match self.store.turn(tenant, turn).await {
            Ok(()) => {
                tracing::info!(%tenant, %address, scope, kind = told, "{told} for {address} {scope}");
                Ok(true)
            }
            Err(StoreError::Conflict { .. }) => Ok(false),
            Err(error) => Err(ServiceError::Store(error)),
        }
    }
}

impl Act {
    /// What can be told wrong without a look at the product.
    fn check(&self) -> Result<(), ServiceError> {
        let reason = match self {
            Self::Yank(_, Yank { reason })
            | Self::Deprecate(_, Deprecate { reason, .. })
            | Self::Retire(_, Retire { reason, .. })
            | Self::Move(_, MoveLine { reason, .. }) => reason.as_deref(),
            Self::Unyank(_) | Self::Undeprecate(_) | Self::Restore(_) => None,
        };
        let invalid = |message: String| Err(ServiceError::Invalid { pointer: "/reason".to_owned(), message });
        match reason {
            Some(reason) if reason.trim().is_empty() => {
                invalid("a reason says something; write one, or leave it out".to_owned())
            }
            Some(reason) if reason.chars().count() > LONGEST_REASON => {
                invalid(format!("the reason is longer than {LONGEST_REASON} characters; say it shorter"))
            }
            _ => Ok(()),
        }
    }
}

/// The day it is.
pub(super) fn today(now: DateTime<Utc>) -> Day {
    Day::from_unix_days(u64::try_from(now.timestamp().div_euclid(24 * 60 * 60)).unwrap_or(0))
}

/// A member of an event that is told where there is something to tell.
fn tell(data: &mut Map<String, Value>, name: &str, value: Option<impl ToString>) {
    if let Some(value) = value {
        data.insert(name.to_owned(), value.to_string().into());
    }
}
