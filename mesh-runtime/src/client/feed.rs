//! The feed of a registry, and whom it tells.

use mesh_contract::Address;
use mesh_contract::wire::{EventPage, FailedEvent, Resending, Webhook, WebhookRequest};
use reqwest::Method;

use super::{ClientError, RegistryClient};

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventQuery {
    /// Only those behind this position: the `next` of a page, or `latest`.
    pub after: Option<String>,
    /// How many at most.
    pub limit: Option<u32>,
    /// Only those about this product.
    pub address: Option<Address>,
    /// Only those of this type.
    pub kind: Option<String>,
}

impl RegistryClient {
    /// A part of the feed. Its `next` leads on, now or later.
    ///
    /// # Errors
    /// When the feed does not reach to the position, or the registry does not answer.
    pub async fn events(&self, query: &EventQuery) -> Result<EventPage, ClientError> {
        let EventQuery { after, limit, address, kind } = query;
        let pairs = [
            after.clone().map(|after| ("after", after)),
            limit.map(|limit| ("limit", limit.to_string())),
            address.as_ref().map(|address| ("address", address.to_string())),
            kind.clone().map(|kind| ("kind", kind)),
        ];
        self.get(&["events"], &pairs.into_iter().flatten().collect::<Vec<_>>()).await
    }

    /// Sets a webhook. Where the registry makes the secret, it is in this answer and nowhere else.
    ///
    /// # Errors
    /// When the registry refuses it, or does not answer.
    pub async fn put_webhook(&self, name: &str, request: &WebhookRequest) -> Result<Webhook, ClientError> {
        self.put(&["webhooks", name], &[], request).await
    }

    /// Every webhook by name.
    ///
    /// # Errors
    /// When the registry does not answer.
    pub async fn webhooks(&self) -> Result<Vec<Webhook>, ClientError> {
        self.all(&["webhooks"], &[]).await
    }

    /// Forgets a webhook.
    ///
    /// # Errors
    /// When there is none of that name, or the registry does not answer.
    pub async fn remove_webhook(&self, name: &str) -> Result<(), ClientError> {
        self.delete(&["webhooks", name]).await
    }

    /// What could not be delivered to a webhook.
    ///
    /// # Errors
    /// When there is none of that name, or the registry does not answer.
    pub async fn failed_events(&self, name: &str) -> Result<Vec<FailedEvent>, ClientError> {
        self.all(&["webhooks", name, "failed"], &[]).await
    }

    /// Sends again one event that could not be delivered, or all of them. To ask twice is to ask once.
    ///
    /// # Errors
    /// When there is no such webhook or event, or the registry does not answer.
    pub async fn resend(&self, name: &str, sequence: Option<u64>) -> Result<Resending, ClientError> {
        let sequence = sequence.map(|sequence| sequence.to_string());
        let path: Vec<_> =
            ["webhooks", name, "failed"].into_iter().chain(sequence.as_deref()).chain(["resend"]).collect();
        self.call(Method::POST, &path).await
    }
}
