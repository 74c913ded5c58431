//! Tells the registry that the domain runs, and keeps telling.
//!
//! The lease is renewed at a third of its length, so that two renewals may be lost. A registry that does not answer is
//! asked again and again with growing waits; one that returns, with or without its memory, hears a whole announcement,
//! since every renewal is one. Nothing here ever keeps a request of a reader waiting.

use std::sync::Arc;
use std::time::Duration;

use backon::BackoffBuilder;
use mesh_contract::wire::{Announcement, Health, ObservedReader, Reads as ToldReads};
use mesh_contract::{DomainName, EnvironmentName, Expectation};
use tokio::sync::watch;

use super::known_trust::KnownTrust;
use super::product::Product;
use super::reads::Reads;
use crate::client::{ClientError, RegistryClient, Retry};

/// The last word at a stop must not keep the process alive.
const WITHDRAW_TIMEOUT: Duration = Duration::from_secs(3);

/// How often an epoch is chosen anew before somebody else must be choosing too.
const MOST_EPOCHS: u32 = 3;

/// How the domain stands with the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// No registry is set.
    Alone,
    /// It was not reached yet, or is not now.
    Seeking,
    /// It knows of this instance.
    Announced,
    /// A later start of the same instance has taken the name.
    Superseded,
}

impl Standing {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Alone => "none",
            Self::Seeking => "unreachable",
            Self::Announced => "announced",
            Self::Superseded => "superseded",
        }
    }
}

/// What the loop needs.
pub(crate) struct Announcer {
    pub(crate) registry: RegistryClient,
    pub(crate) instance: String,
    pub(crate) epoch: u64,
    /// Whether the registry has ever taken this start for the latest.
    pub(crate) accepted: bool,
    /// Whether the registry may think that this start holds a lease.
    pub(crate) may_hold: bool,
    pub(crate) domain: DomainName,
    pub(crate) environment: EnvironmentName,
    pub(crate) base_url: String,
    pub(crate) lease: Duration,
    pub(crate) retry: Retry,
    pub(crate) products: Vec<Arc<Product>>,
    pub(crate) expectations: Vec<Expectation>,
    pub(crate) trust: Arc<KnownTrust>,
    pub(crate) reads: Arc<Reads>,
    pub(crate) standing: watch::Sender<Standing>,
    pub(crate) stop: watch::Receiver<bool>,
}

impl Announcer {
    /// Runs until the host stops, and then ends the lease.
    pub(crate) async fn run(mut self) {
        let mut states: Vec<_> = self.products.iter().map(|product| product.state.subscribe()).collect();
        let mut waits = self.retry.endless().build();
        let mut pending = self.expectations.clone();
        let mut stop = self.stop.clone();
        loop {
            let before = self.summary();
            // A stop may cut off the answer to an announcement that the registry has taken.
            let held = std::mem::replace(&mut self.may_hold, true);
            let announced = tokio::select! {
                announced = self.announce() => announced,
                _ = stop.wait_for(|stop| *stop) => break,
            };
            // Whose grants count is learned from every registry that answers, so that a host that is not announced believes no
            // grant that was revoked.
            let answers = match &announced {
                Err(Refusal::Other(error)) => !error.is_absent(),
                _ => true,
            };
            if answers {
                tokio::select! {
                    () = self.trust.renew(&self.registry) => {}
                    _ = stop.wait_for(|stop| *stop) => break,
                }
            }
            let wait = match announced {
                Ok(lease) => {
                    waits = self.retry.endless().build();
                    if self.standing.send_replace(Standing::Announced) != Standing::Announced {
                        tracing::info!(instance = self.instance, registry = %self.registry.base(), "announced");
                        // A registry that was away may have lost what readers rely on.
                        pending.clone_from(&self.expectations);
                    }
                    tokio::select! {
                        () = self.expect(&mut pending) => {}
                        _ = stop.wait_for(|stop| *stop) => break,
                    }
                    tokio::select! {
                        () = self.tell_reads() => {}
                        _ = stop.wait_for(|stop| *stop) => break,
                    }
                    renewal(lease)
                }
                Err(Refusal::Superseded) => {
                    self.standing.send_replace(Standing::Superseded);
                    tracing::warn!(
                        instance = self.instance,
                        "a later start of this instance has announced itself; this one goes on serving unannounced. Give each instance a name of its own with MESH_INSTANCE"
                    );
                    return self.trust_on(stop).await;
                }
                Err(Refusal::Other(error)) => {
                    self.may_hold = held || !matches!(error, ClientError::Unreachable { .. });
                    let wait = waits.next().unwrap_or(self.retry.longest);
                    if self.standing.send_replace(Standing::Seeking) != Standing::Seeking || before.0 == 0 {
                        tracing::warn!(%error, "the registry does not take the announcement; serving goes on, and so does trying");
                    } else {
                        tracing::debug!(%error, retry_in = ?wait, "still not announced");
                    }
                    wait
                }
            };
            let changed = async {
                // Only what readers choose by is worth a renewal before its time.
                while self.summary() == before {
                    any_changed(&mut states).await;
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = changed, if *self.standing.borrow() == Standing::Announced => {}
                _ = stop.wait_for(|stop| *stop) => break,
            }
        }
        self.withdraw().await;
    }

    /// How many products are loaded, and whether something is amiss.
    fn summary(&self) -> (usize, Health) {
        let loaded = self.products.iter().filter(|product| product.count().is_some()).count();
        let degraded = self.products.iter().any(|product| product.is_degraded());
        (loaded, if degraded { Health::Degraded } else { Health::Healthy })
    }

    async fn announce(&mut self) -> Result<Duration, Refusal> {
        let seconds = u32::try_from(self.lease.as_secs()).unwrap_or(u32::MAX).max(1);
        for _ in 0..MOST_EPOCHS {
            let announcement = Announcement {
                domain: self.domain.clone(),
                environment: self.environment.clone(),
                base_url: self.base_url.clone(),
                epoch: self.epoch,
                lease_seconds: seconds,
                runtime: env!("CARGO_PKG_VERSION").to_owned(),
                health: self.summary().1,
                products: self.products.iter().map(|product| product.served()).collect(),
            };
            match self.registry.announce(&self.instance, &announcement).await {
                Ok(lease) => {
                    self.accepted = true;
                    return Ok(Duration::from_secs(u64::from(lease.lease_seconds)));
                }
                Err(error) if error.problem().is_some_and(|problem| problem.status == 409) => {
                    self.outdo(error).await?;
                }
                Err(error) => return Err(Refusal::Other(error)),
            }
        }
        Err(Refusal::Superseded)
    }

    /// Chooses an epoch later than the one that the registry knows, when that was an earlier start of this very instance:
    /// one at the address that this process listens on now. It happens when a clock was set back. Whoever was accepted
    /// once and is not any more, was replaced by a later start and stays so: two would replace each other for ever.
    async fn outdo(&mut self, error: ClientError) -> Result<(), Refusal> {
        if self.accepted {
            return Err(Refusal::Superseded);
        }
        let deployments = self.registry.domain_deployments(&self.domain).await.map_err(Refusal::Other)?;
        let known = deployments.into_iter().find(|deployment| deployment.instance == self.instance);
        match known.map(|deployment| deployment.announcement) {
            Some(known) if known.base_url == self.base_url => {
                self.epoch = self.epoch.max(known.epoch).saturating_add(1);
                Ok(())
            }
            Some(_) => Err(Refusal::Superseded),
            None => Err(Refusal::Other(error)),
        }
    }

    /// Registers what is not registered yet. A product that is not published is asked for again with the next renewal.
    async fn expect(&self, pending: &mut Vec<Expectation>) {
        let mut later = Vec::new();
        for expectation in pending.drain(..) {
            let Err(error) = self.registry.expect(&expectation).await else { continue };
            let missing = error.problem().is_some_and(|problem| problem.status == 404);
            let Expectation { consumer, address, .. } = &expectation;
            if missing || error.is_transient() {
                tracing::debug!(%consumer, %address, %error, "the expectation is registered later");
                later.push(expectation);
            } else {
                tracing::warn!(%consumer, %address, %error, "the registry refuses the expectation");
            }
        }
        *pending = later;
    }

    /// Tells who has read since it was told last. What cannot be told is told with the next renewal.
    async fn tell_reads(&self) {
        let readers = self.reads.take();
        if readers.is_empty() {
            return;
        }
        // A stop in the middle puts them back as well.
        let mut untold = Untold { reads: &self.reads, readers };
        let told = ToldReads { epoch: self.epoch, readers: untold.readers.clone() };
        match self.registry.tell_reads(&self.instance, &told).await {
            Ok(()) => untold.readers.clear(),
            Err(error) => tracing::debug!(%error, "who has read is told later"),
        }
    }

    /// Goes on learning whose grants count where a later start has taken the name: this one still serves.
    async fn trust_on(self, mut stop: watch::Receiver<bool>) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(renewal(self.lease)) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            tokio::select! {
                () = self.trust.renew(&self.registry) => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    async fn withdraw(&self) {
        if !self.may_hold {
            return;
        }
        // The last word, for which there is no next renewal.
        let withdrawn = async {
            self.tell_reads().await;
            self.registry.withdraw(&self.instance, self.epoch).await
        };
        match tokio::time::timeout(WITHDRAW_TIMEOUT, withdrawn).await {
            Ok(Ok(())) => tracing::info!(instance = self.instance, "withdrawn"),
            Ok(Err(error)) => tracing::warn!(%error, "the lease is left to run out"),
            Err(_) => tracing::warn!("the registry does not answer; the lease is left to run out"),
        }
    }
}

/// Readers that are being told of, and are put back unless they were.
struct Untold<'r> {
    reads: &'r Reads,
    readers: Vec<ObservedReader>,
}

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        self.reads.put_back(std::mem::take(&mut self.readers));
    }
}

enum Refusal {
    Superseded,
    Other(ClientError),
}

async fn any_changed(states: &mut [watch::Receiver<super::product::State>]) {
    let mut changes: Vec<_> = states.iter_mut().map(|state| Box::pin(state.changed())).collect();
    std::future::poll_fn(|context| {
        match changes.iter_mut().any(|change| change.as_mut().poll(context).is_ready()) {
            true => std::task::Poll::Ready(()),
            false => std::task::Poll::Pending,
        }
    })
    .await;
}

/// A third of the lease, a tenth of it more or less so that many hosts do not come at once.
fn renewal(lease: Duration) -> Duration {
    (lease / 3).mul_f64(0.9 + 0.2 * fastrand::f64())
}
