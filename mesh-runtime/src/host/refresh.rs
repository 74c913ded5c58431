//! Keeps a product loaded: at the start until it succeeds, then at an interval, and the last good snapshot all the while.

use std::sync::Arc;
use std::time::Duration;

use backon::BackoffBuilder;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::config::HostConfig;
use super::context::Context;
use super::product::{Product, State};
use super::snapshot::{Aside, Breach, Snapshot};
use super::source::SourceError;
use crate::client::Retry;

/// What the loop of one product needs.
pub(crate) struct Refresh {
    pub(crate) product: Arc<Product>,
    pub(crate) context: Context,
    pub(crate) interval: Duration,
    pub(crate) timeout: Duration,
    pub(crate) retry: Retry,
    /// Rings when somebody wants fresh records now.
    pub(crate) now: Arc<Notify>,
}

impl Refresh {
    pub(crate) fn of(
        product: &Arc<Product>,
        context: &Context,
        config: &HostConfig,
        now: &Arc<Notify>,
    ) -> Self {
        let HostConfig { refresh, load_timeout, retry, .. } = config;
        Self {
            product: Arc::clone(product),
            context: context.clone(),
            interval: *refresh,
            timeout: *load_timeout,
            retry: *retry,
            now: Arc::clone(now),
        }
    }

    /// Runs until it is aborted.
    pub(crate) async fn run(self) {
        let mut waits = self.retry.endless().build();
        let mut aside = Aside::default();
        loop {
            // Asked for before the load starts, so that no ring during it is lost.
            let now = self.now.notified();
            tokio::pin!(now);
            now.as_mut().enable();
            let context = self.context.fresh();
            let wait = match self.load(context.clone()).await {
                Ok(snapshot) => {
                    waits = self.retry.endless().build();
                    self.tell(&snapshot, &mut aside);
                    self.product.state.send_modify(|state| {
                        let loads = state.loads + 1;
                        let snapshot = Some(Arc::new(snapshot));
                        *state = State { snapshot, failures: 0, loads, inputs: context.inputs() };
                    });
                    self.interval
                }
                Err(failure) => {
                    let wait = waits.next().unwrap_or(self.retry.longest).min(self.interval);
                    let address = &self.product.contract.address;
                    if self.product.state.borrow().snapshot.is_some() {
                        tracing::warn!(product = %address, %failure, retry_in = ?wait, "records cannot be loaded; what was loaded last is served");
                    } else {
                        tracing::warn!(product = %address, %failure, retry_in = ?wait, "records cannot be loaded, and there are none to serve yet");
                    }
                    self.product.state.send_modify(|state| {
                        state.failures = state.failures.saturating_add(1);
                        state.loads += 1;
                    });
                    wait
                }
            };
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = &mut now => {}
            }
        }
    }

    /// One load, in a task of its own: a source that panics fails, and ends when the host does.
    async fn load(&self, context: Context) -> Result<Snapshot, Failure> {
        let mut task = JoinSet::new();
        let (source, plan) = (self.product.source.clone(), Arc::clone(&self.product.plan));
        task.spawn(async move { source.load(context, plan).await });
        match tokio::time::timeout(self.timeout, task.join_next()).await {
            Ok(Some(Ok(loaded))) => loaded.map_err(Failure::Source),
            Ok(Some(Err(_)) | None) => Err(Failure::Panicked),
            Err(_) => Err(Failure::TimedOut(self.timeout)),
        }
    }

    /// Logs what was loaded, and what is set aside when that has changed.
    fn tell(&self, snapshot: &Snapshot, before: &mut Aside) {
        let address = &self.product.contract.address;
        tracing::debug!(product = %address, records = snapshot.len(), "loaded");
        if snapshot.aside == *before {
            return;
        }
        for (Breach { pointer, rule, promised }, count) in &snapshot.aside.breaches {
            tracing::warn!(product = %address, pointer, rule, promised, count, "records break what the contract promises and are set aside");
        }
        *before = snapshot.aside.clone();
    }
}

#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{}", .0.chain())]
    Source(SourceError),
    #[error("the source panicked; its message stands in the log above")]
    Panicked,
    #[error("the source took longer than {0:?}")]
    TimedOut(Duration),
}
