//! Webhooks: whom the registry tells of events, how far each was told, and what could not be delivered.
//!
//! One process at a time delivers to a webhook. It claims the webhook for a while, and everything that it settles counts only
//! while the claim is its own; when it dies, the claim runs out and another takes over where the last settled event was.

use std::fmt;

use chrono::{DateTime, Utc};
use mesh_contract::{Address, DomainName};
use serde::{Deserialize, Serialize};

/// How many webhooks a tenant has at most. Each is asked for its work all the time.
pub(super) const WEBHOOKS: usize = 100;

/// The key that deliveries are signed with. It is shown where it is asked for by name, and never in a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct WebhookSecret(pub String);

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret(..)")
    }
}

/// What somebody has set of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookSettings {
    /// Where events are sent.
    pub url: String,
    /// Only events of these kinds; none means of all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// Only events about these products, and those of `domains`; none of either means about anything.
    #[serde(default)]
    pub addresses: Vec<Address>,
    /// Only events about products of these domains, and about `addresses`.
    #[serde(default)]
    pub domains: Vec<DomainName>,
    /// What deliveries are signed with.
    pub secret: WebhookSecret,
    /// What they were signed with before, and are for a while yet.
    #[serde(default)]
    pub former: Option<FormerSecret>,
    /// When this was set first.
    pub created_at: DateTime<Utc>,
}

/// A secret that was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FormerSecret {
    /// The secret.
    pub secret: WebhookSecret,
    /// Until when it signs beside the new one.
    pub until: DateTime<Utc>,
}

/// How deliveries go.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WebhookState {
    /// How often the event behind the cursor was tried.
    #[serde(default)]
    pub attempts: u32,
    /// When it is tried again.
    #[serde(default)]
    pub due_at: Option<DateTime<Utc>>,
    /// When an event was delivered last.
    #[serde(default)]
    pub delivered_at: Option<DateTime<Utc>>,
    /// Why a delivery failed last.
    #[serde(default)]
    pub error: Option<String>,
    /// When that was.
    #[serde(default)]
    pub error_at: Option<DateTime<Utc>>,
    /// Whether the other side has said that it is gone. Setting the webhook anew takes this back.
    #[serde(default)]
    pub disabled: bool,
}

/// A webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its name.
    pub name: String,
    /// What was set of it.
    pub settings: WebhookSettings,
    /// Every event up to here was delivered, has failed, or is not for it.
    pub cursor: u64,
    /// How deliveries go.
    pub state: WebhookState,
    /// How many events wait to be sent again because somebody asked for it.
    pub again: usize,
}

/// What a delivery came to, told by who has claimed the webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// It goes on behind `cursor`. An event that has failed for good is kept in the list.
    On {
        /// Where it stands now.
        cursor: u64,
        /// How deliveries go now.
        state: WebhookState,
        /// The event that has failed, if one has.
        failed: Option<FailedDelivery>,
    },
    /// An event of the list was delivered, and leaves it.
    Resent(u64),
    /// An event of the list has failed again.
    FailedAgain(FailedDelivery),
    /// The process lets go of the webhook.
    Released,
}

/// An event that was not delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedDelivery {
    /// The event.
    pub sequence: u64,
    /// Why.
    pub error: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was given up.
    pub failed_at: DateTime<Utc>,
    /// Whether somebody has asked to send it again.
    pub again: bool,
}
