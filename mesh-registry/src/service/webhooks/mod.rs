//! Webhooks: who is told of events, set and asked for. [`deliver`] tells them.

mod deliver;
mod post;
mod sign;
mod target;

use std::collections::BTreeSet;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use mesh_contract::wire::{FailedEvent, Page, Webhook as Shown, WebhookRequest};
use mesh_contract::{DomainName, read};
use tokio::sync::Notify;

use super::{Registry, ServiceError, Window, read_document};
use crate::config::Webhooks;
use crate::store::{
    FailedDelivery, FormerSecret, StoreError, TenantId, Webhook, WebhookSecret, WebhookSettings,
};

/// What the API and the deliveries of a process share.
#[derive(Debug, Default)]
pub(super) struct Shared {
    config: Webhooks,
    /// There is something to look for.
    look: Notify,
}

impl Shared {
    pub(super) fn new(config: Webhooks) -> Self {
        Self { config, look: Notify::new() }
    }

    /// Tells the deliveries of every tenant to look: those that wait, and the first that comes to.
    fn tell(&self) {
        self.look.notify_waiters();
        self.look.notify_one();
    }
}

/// How long a secret that was replaced signs beside the new one.
const ROTATION: TimeDelta = TimeDelta::hours(24);
/// So many kinds, products or domains may be named.
const NAMED: usize = 200;

impl Registry {
    /// Sets a webhook. Without a secret, the one it has stays, and a new one gets one of chance, which is in the answer only.
    ///
    /// # Errors
    /// When the name, the address or the secret is none, or there are too many webhooks.
    pub async fn put_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        document: Bytes,
        request_id: Option<String>,
    ) -> Result<Shown, ServiceError> {
        check_name(name)?;
        let asked: WebhookRequest = read_document(document, |text| Ok(read::read(text)?)).await?;
        let WebhookRequest { url, kinds, addresses, domains, secret } = asked;
        let invalid =
            |pointer: &str, message: String| ServiceError::Invalid { pointer: pointer.to_owned(), message };
        let url = target::read(&url, self.webhooks.config.allow_private)
            .map_err(|message| invalid("/url", message))?;
        let lists = [("/kinds", kinds.len()), ("/addresses", addresses.len()), ("/domains", domains.len())];
        if let Some((pointer, _)) = lists.iter().find(|(_, length)| *length > NAMED) {
            return Err(invalid(
                pointer,
                format!("more than {NAMED} are named; name fewer, or none for all"),
            ));
        }
        if secret.as_deref().is_some_and(|secret| sign::key(secret).is_none()) {
            let message = "it is no secret of a webhook: `whsec_` and 24 to 64 bytes in base64; write one, or none to get one";
            return Err(invalid("/secret", message.to_owned()));
        }
        let now = self.store.now();
        let standing = self.find_webhook(tenant, name).await?;
        let standing = standing.map(|webhook| webhook.settings);
        let (secret, made) = match (secret, &standing) {
            (Some(secret), _) => (WebhookSecret(secret), false),
            (None, Some(standing)) => (standing.secret.clone(), false),
            (None, None) => (sign::make()?, true),
        };
        let former = match &standing {
            Some(standing) if standing.secret != secret => {
                Some(FormerSecret { secret: standing.secret.clone(), until: now + ROTATION })
            }
            Some(standing) => standing.former.clone(),
            None => None,
        };
        let settings = WebhookSettings {
            url: url.into(),
            kinds: unique(kinds),
            addresses: unique(addresses),
            domains: unique(domains),
            secret: secret.clone(),
            former,
            created_at: standing.map_or(now, |standing| standing.created_at),
        };
        let put = self.store.put_webhook(tenant, name, settings, request_id).await;
        let webhook = put.map_err(|error| match error {
            StoreError::Full { limit } => ServiceError::Full { what: "webhooks", limit },
            error => ServiceError::Store(error),
        })?;
        self.webhooks.tell();
        Ok(Shown { secret: made.then_some(secret.0), ..shown(webhook) })
    }

    async fn find_webhook(&self, tenant: &TenantId, name: &str) -> Result<Option<Webhook>, ServiceError> {
        let all = self.store.webhooks(tenant).await.map_err(ServiceError::Store)?;
        Ok(all.into_iter().find(|webhook| webhook.name == name))
    }

    /// One webhook, without its secret.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn webhook(&self, tenant: &TenantId, name: &str) -> Result<Shown, ServiceError> {
        let found = self.find_webhook(tenant, name).await?;
        found.map(shown).ok_or_else(|| unknown(name))
    }

    /// Every webhook by name, without secrets.
    ///
    /// # Errors
    /// When the window continues no page.
    pub async fn list_webhooks(
        &self,
        tenant: &TenantId,
        window: &Window,
    ) -> Result<Page<Shown>, ServiceError> {
        let after: Option<String> = window.after()?;
        let all = self.store.webhooks(tenant).await.map_err(ServiceError::Store)?;
        let behind = |webhook: &Webhook| after.as_ref().is_none_or(|after| webhook.name > *after);
        let items = all.into_iter().filter(behind).take(window.limit() + 1).map(shown).collect();
        Ok(window.page(items, |last: &Shown| last.name.clone()))
    }

    /// Forgets a webhook, and with it what could not be delivered.
    ///
    /// # Errors
    /// When there is none of that name.
    pub async fn remove_webhook(
        &self,
        tenant: &TenantId,
        name: &str,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        let removed =
            self.store.remove_webhook(tenant, name, request_id).await.map_err(ServiceError::Store)?;
        if removed { Ok(()) } else { Err(unknown(name)) }
    }

    /// What could not be delivered, the earliest first.
    ///
    /// # Errors
    /// When there is no webhook of that name.
    pub async fn failed_deliveries(
        &self,
        tenant: &TenantId,
        name: &str,
        window: &Window,
    ) -> Result<Page<FailedEvent>, ServiceError> {
        self.webhook(tenant, name).await?;
        let (after, limit) = (window.after()?.unwrap_or(0), window.limit() + 1);
        let failed = self.store.failed_deliveries(tenant, name, after, limit, false).await;
        let items = failed.map_err(ServiceError::Store)?.into_iter().map(shown_failed).collect();
        Ok(window.page(items, |last: &FailedEvent| last.sequence.to_string()))
    }

    /// Sends again one event that could not be delivered, or all of them, and says how many.
    ///
    /// # Errors
    /// When there is no such webhook, or the event is not in its list.
    pub async fn resend_failed(
        &self,
        tenant: &TenantId,
        name: &str,
        sequence: Option<u64>,
    ) -> Result<usize, ServiceError> {
        self.webhook(tenant, name).await?;
        let marked = self.store.resend_failed(tenant, name, sequence).await.map_err(ServiceError::Store)?;
        if let (Some(sequence), 0) = (sequence, marked) {
            return Err(ServiceError::UnknownFailed { name: name.to_owned(), sequence });
        }
        self.webhooks.tell();
        Ok(marked)
    }
}

/// The same letters as any other name of the mesh.
fn check_name(name: &str) -> Result<(), ServiceError> {
    if DomainName::new(name).is_ok() {
        return Ok(());
    }
    let message = "it is no name of a webhook; write one in kebab-case, e.g. `chat-room`".to_owned();
    Err(ServiceError::InvalidQuery { message })
}

fn unique<T: Ord>(items: Vec<T>) -> Vec<T> {
    items.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

fn unknown(name: &str) -> ServiceError {
    ServiceError::UnknownWebhook { name: name.chars().take(80).collect() }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Micros, true)
}

fn shown(webhook: Webhook) -> Shown {
    let Webhook { name, settings, cursor, state, again: _ } = webhook;
    Shown {
        name,
        url: settings.url,
        kinds: settings.kinds,
        addresses: settings.addresses,
        domains: settings.domains,
        cursor: cursor.to_string(),
        attempts: state.attempts,
        next_attempt_at: state.due_at.map(text),
        delivered_at: state.delivered_at.map(text),
        last_error: state.error,
        last_error_at: state.error_at.map(text),
        disabled: state.disabled,
        secret: None,
    }
}

fn shown_failed(failed: FailedDelivery) -> FailedEvent {
    let FailedDelivery { sequence, error, attempts, failed_at, again } = failed;
    FailedEvent { sequence, error, attempts, failed_at: text(failed_at), again }
}
