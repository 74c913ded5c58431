//! Delivering: in order to each webhook, at least once, again and again while it fails, and never so that one event or one
//! webhook holds up another.
//!
//! A process looks which webhooks have something to do, claims one, and works on it alone until nothing is left. Every
//! outcome is settled in the store before the next event is tried. A claim is longer than a try may take and is renewed
//! before each, so another process takes over only from one that is gone.

use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use hyper::StatusCode;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use url::Url;

use super::super::{Registry, cloud_event};
use super::post::Poster;
use super::sign;
use crate::config::Webhooks;
use crate::leave::Leave;
use crate::store::{Event, FailedDelivery, Settled, StoreError, TenantId, Webhook, WebhookSettings};

/// So many events are read at once.
const PAGE: usize = 100;
/// What nobody told of (a try that is due again, a process that is gone) is overlooked for so long at most.
const LOOK: Duration = Duration::from_millis(500);
/// Until the store is asked again when it does not answer.
const PAUSE: Duration = Duration::from_secs(1);
/// How much longer than a try a claim is at least.
const MARGIN: Duration = Duration::from_secs(5);
/// The longest reason that is kept.
const REASON: usize = 500;

/// What deliveries need.
#[derive(Debug)]
struct Deliverer {
    registry: Registry,
    tenant: TenantId,
    config: Webhooks,
    source: String,
    /// Tells this process from the others in the store.
    owner: String,
    poster: Poster,
}

/// What became of a try.
enum Tried {
    Delivered,
    Failed(String),
    Gone,
}

/// Why work on a webhook stops.
enum Stopped {
    /// Another process has it now.
    Lost,
    Store(StoreError),
}

impl From<StoreError> for Stopped {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Registry {
    /// Delivers to every webhook until told to stop.
    pub(crate) async fn deliver(
        self,
        tenant: TenantId,
        source: String,
        newest: watch::Receiver<u64>,
        mut leave: Leave,
    ) {
        let config = self.webhooks.config;
        let Webhooks { allow_private, time, .. } = config;
        let poster = Poster { allow_private, time, tls: OnceLock::new() };
        let owner = format!("{:016x}", fastrand::u64(..));
        let deliverer = Arc::new(Deliverer { registry: self, tenant, config, source, owner, poster });
        tokio::select! {
            () = Arc::clone(&deliverer).look(newest) => {}
            () = leave.stopping() => {}
        }
        deliverer.let_go().await;
    }
}

impl Deliverer {
    /// Looks for webhooks with something to do, and sets to work on each.
    async fn look(self: Arc<Self>, mut newest: watch::Receiver<u64>) {
        let places = Arc::new(Semaphore::new(self.config.at_once));
        let (mut working, mut names) = (JoinSet::new(), HashSet::new());
        loop {
            while let Some(ended) = working.try_join_next() {
                match ended {
                    Ok(name) => names.remove(&name),
                    // Its name stays, and nobody delivers to it until the registry starts again.
                    Err(error) => {
                        tracing::error!(
                            error = &error as &dyn std::error::Error,
                            "a delivery panicked: {error}"
                        );
                        false
                    }
                };
            }
            let end = *newest.borrow_and_update();
            match self.registry.store.webhooks(&self.tenant).await {
                Ok(webhooks) => {
                    let now = self.registry.store.now();
                    for webhook in webhooks.into_iter().filter(|webhook| has_work(webhook, end, now)) {
                        if names.insert(webhook.name.clone()) {
                            let (this, places) = (Arc::clone(&self), Arc::clone(&places));
                            working.spawn(async move {
                                let place = places.acquire().await;
                                let pause = this.work(&webhook.name).await;
                                drop(place);
                                tokio::time::sleep(pause).await;
                                webhook.name
                            });
                        }
                    }
                }
                Err(error) => {
                    tracing::debug!(
                        error = &error as &dyn std::error::Error,
                        "cannot read webhooks: {error}"
                    );
                    tokio::time::sleep(PAUSE).await;
                }
            }
            tokio::select! {
                changed = newest.changed() => if changed.is_err() { return },
                () = self.registry.webhooks.look.notified() => {}
                Some(ended) = working.join_next() => {
                    if let Ok(name) = ended {
                        names.remove(&name);
                    }
                }
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Works on one webhook until nothing is left to do, or somebody else does it. Gives how long to leave it alone.
    async fn work(&self, name: &str) -> Duration {
        match self.work_through(name).await {
            Ok(()) => {
                self.release(name).await;
                Duration::ZERO
            }
            Err(Stopped::Lost) => LOOK,
            Err(Stopped::Store(error)) => {
                tracing::warn!(
                    webhook = name,
                    error = &error as &dyn std::error::Error,
                    "cannot deliver, and will try again: {error}"
                );
                PAUSE
            }
        }
    }

    async fn release(&self, name: &str) {
        // When it fails, the claim runs out.
        drop(self.registry.store.settle_webhook(&self.tenant, name, &self.owner, Settled::Released).await);
    }

    /// Lets go of what this process has claimed, so that another need not wait.
    async fn let_go(&self) {
        let webhooks = self.registry.store.webhooks(&self.tenant).await.unwrap_or_default();
        for webhook in webhooks {
            self.release(&webhook.name).await;
        }
    }

    async fn claim(&self, name: &str) -> Result<Webhook, Stopped> {
        let length = self.config.claim.max(self.config.time + MARGIN);
        let length = TimeDelta::from_std(length).unwrap_or(TimeDelta::MAX);
        let claimed = self.registry.store.claim_webhook(&self.tenant, name, &self.owner, length).await?;
        claimed.ok_or(Stopped::Lost)
    }

    async fn settle(&self, name: &str, settled: Settled) -> Result<(), Stopped> {
        match self.registry.store.settle_webhook(&self.tenant, name, &self.owner, settled).await? {
            true => Ok(()),
            false => Err(Stopped::Lost),
        }
    }

    async fn work_through(&self, name: &str) -> Result<(), Stopped> {
        let mut ahead = VecDeque::<Event>::new();
        loop {
            let webhook = self.claim(name).await?;
            if webhook.state.disabled {
                return Ok(());
            }
            if webhook.again > 0 {
                self.resend(&webhook).await?;
                continue;
            }
            if webhook.state.due_at.is_some_and(|due| due > self.registry.store.now()) {
                return Ok(());
            }
            while ahead.front().is_some_and(|event| event.sequence <= webhook.cursor) {
                ahead.pop_front();
            }
            if ahead.is_empty() {
                ahead = self.registry.store.events(&self.tenant, webhook.cursor, PAGE).await?.into();
            }
            let Some(last) = ahead.back().map(|event| event.sequence) else { return Ok(()) };
            match ahead.iter().find(|event| takes(&webhook.settings, event)) {
                Some(event) => {
                    if !self.next(webhook, event.clone()).await? {
                        return Ok(());
                    }
                }
                None => {
                    let Webhook { state, .. } = webhook;
                    self.settle(name, Settled::On { cursor: last, state, failed: None }).await?;
                }
            }
        }
    }

    /// Tries the next event, and says whether to go on at once.
    async fn next(&self, webhook: Webhook, event: Event) -> Result<bool, Stopped> {
        let Webhook { name, settings, cursor, mut state, .. } = webhook;
        let sequence = event.sequence;
        let tried = self.send(&name, &settings, event).await;
        let now = self.registry.store.now();
        let (cursor, failed, on) = match tried {
            Tried::Delivered => {
                (state.attempts, state.due_at, state.delivered_at) = (0, None, Some(now));
                (sequence, None, true)
            }
            Tried::Gone => {
                state.disabled = true;
                (state.error, state.error_at) = (Some("answered 410 Gone".to_owned()), Some(now));
                (cursor, None, false)
            }
            Tried::Failed(error) => {
                state.attempts += 1;
                (state.error, state.error_at) = (Some(error.clone()), Some(now));
                if (state.attempts as usize) < self.config.attempts {
                    state.due_at = Some(now + self.delay(state.attempts));
                    (cursor, None, false)
                } else {
                    tracing::warn!(
                        webhook = &name[..],
                        sequence,
                        "given up after {} tries: {error}",
                        state.attempts
                    );
                    let attempts = std::mem::take(&mut state.attempts);
                    state.due_at = None;
                    (
                        sequence,
                        Some(FailedDelivery { sequence, error, attempts, failed_at: now, again: false }),
                        true,
                    )
                }
            }
        };
        self.settle(&name, Settled::On { cursor, state, failed }).await?;
        Ok(on)
    }

    /// Tries once what somebody has asked to send again.
    async fn resend(&self, webhook: &Webhook) -> Result<(), Stopped> {
        let Webhook { name, settings, .. } = webhook;
        let again = self.registry.store.failed_deliveries(&self.tenant, name, 0, 1, true).await?;
        let Some(failed) = again.into_iter().next() else { return Ok(()) };
        let events = self.registry.store.events(&self.tenant, failed.sequence.saturating_sub(1), 1).await?;
        let event = events.into_iter().find(|event| event.sequence == failed.sequence);
        let tried = match event {
            Some(event) => self.send(name, settings, event).await,
            None => Tried::Failed("the event is not kept any more".to_owned()),
        };
        let error = match tried {
            Tried::Delivered => return self.settle(name, Settled::Resent(failed.sequence)).await,
            Tried::Gone => "answered 410 Gone".to_owned(),
            Tried::Failed(error) => error,
        };
        let attempts = failed.attempts.saturating_add(1);
        let failed_at = self.registry.store.now();
        self.settle(
            name,
            Settled::FailedAgain(FailedDelivery { error, attempts, failed_at, again: false, ..failed }),
        )
        .await
    }

    async fn send(&self, name: &str, settings: &WebhookSettings, event: Event) -> Tried {
        let sequence = event.sequence;
        let url = match Url::parse(&settings.url) {
            Ok(url) => url,
            Err(error) => return Tried::Failed(error.to_string()),
        };
        let body = match serde_json::to_vec(&cloud_event(event, &self.source)) {
            Ok(body) => body,
            Err(error) => return Tried::Failed(error.to_string()),
        };
        let now = self.registry.store.now();
        // The same for each try, so that whoever has it already can tell.
        let id = format!("msg_{name}_{sequence}");
        let signatures = sign::signatures(settings, &id, now.timestamp(), &body, now);
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", now.timestamp().to_string()),
            ("webhook-signature", signatures),
        ];
        match self.poster.post(&url, headers, body.into()).await {
            Ok(status) if status.is_success() => Tried::Delivered,
            Ok(StatusCode::GONE) => Tried::Gone,
            Ok(status) if status.is_redirection() => {
                Tried::Failed(format!("answered {status}, and redirects are not followed"))
            }
            Ok(status) => Tried::Failed(format!("answered {status}")),
            Err(error) => Tried::Failed(error.to_string().chars().take(REASON).collect()),
        }
    }

    /// Until the next try: longer each time, and not the same for webhooks that failed together.
    fn delay(&self, attempts: u32) -> TimeDelta {
        let Webhooks { first_delay, longest_delay, .. } = self.config;
        let grown = first_delay.saturating_mul(3_u32.saturating_pow(attempts.saturating_sub(1)));
        let spread = grown.min(longest_delay).mul_f64(0.8 + 0.4 * fastrand::f64());
        TimeDelta::from_std(spread).unwrap_or(TimeDelta::hours(1))
    }
}

fn has_work(webhook: &Webhook, end: u64, now: DateTime<Utc>) -> bool {
    let Webhook { cursor, state, again, .. } = webhook;
    !state.disabled && (*again > 0 || (*cursor < end && state.due_at.is_none_or(|due| due <= now)))
}

fn takes(settings: &WebhookSettings, event: &Event) -> bool {
    let WebhookSettings { kinds, addresses, domains, .. } = settings;
    let about = |address: &mesh_contract::Address| {
        addresses.contains(address) || domains.iter().any(|domain| domain == address.domain())
    };
    (kinds.is_empty() || kinds.iter().any(|kind| kind == event.kind.as_str()))
        && ((addresses.is_empty() && domains.is_empty()) || event.address.as_ref().is_some_and(about))
}
