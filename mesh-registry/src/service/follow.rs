//! The one follower of a process: it reads every event once, forgets what the event makes stale, and then tells whoever
//! waits for events how far the feed goes.
//!
//! What it forgets would be found out anyway, for no decision is committed on a stale memory; forgetting saves the round
//! that is lost in finding out.

use std::time::Duration;

use mesh_contract::ConsumerName;
use tokio::sync::watch;

use super::Registry;
use crate::leave::Leave;
use crate::store::{Event, EventKind, ExpectationQuery, StoreError, TenantId};

/// So many events are read at once.
const PAGE: usize = 500;
/// Between two looks, so that a burst of writes costs a few of them. Nobody waits that long for the first of a burst.
const BREATH: Duration = Duration::from_millis(10);
/// Until it is tried again when the store does not answer.
const PAUSE: Duration = Duration::from_secs(1);

impl Registry {
    /// Follows the feed until told to stop, or until nobody is left who could tell.
    pub(crate) async fn follow(self, tenant: TenantId, newest: watch::Sender<u64>, mut leave: Leave) {
        tokio::select! {
            () = self.keep_following(&tenant, &newest) => {}
            () = leave.stopping() => {}
        }
    }

    async fn keep_following(&self, tenant: &TenantId, newest: &watch::Sender<u64>) {
        let mut woken = self.store.woken();
        let mut position = None;
        let mut failing = false;
        loop {
            woken.mark_unchanged();
            match self.catch_up(tenant, &mut position, newest).await {
                Ok(()) => failing = false,
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "cannot follow the feed, and will try again: {error}"
                        );
                    }
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            }
            tokio::time::sleep(BREATH).await;
            if woken.changed().await.is_err() {
                return;
            }
        }
    }

    /// Reads what there is behind a position, or finds the position to start from: what was before is in no memory.
    async fn catch_up(
        &self,
        tenant: &TenantId,
        position: &mut Option<u64>,
        newest: &watch::Sender<u64>,
    ) -> Result<(), StoreError> {
        let Some(mut after) = *position else {
            let last = self.newest_event(tenant).await?;
            *position = Some(last);
            newest.send_replace(last);
            return Ok(());
        };
        loop {
            let events = self.store.events(tenant, after, PAGE).await?;
            let Some(last) = events.last() else { return Ok(()) };
            after = last.sequence;
            for event in &events {
                self.forget_stale(tenant, event).await?;
            }
            *position = Some(after);
            newest.send_replace(after);
            if events.len() < PAGE {
                return Ok(());
            }
        }
    }

    /// The number of the last event, 0 when there is none.
    pub(crate) async fn newest_event(&self, tenant: &TenantId) -> Result<u64, StoreError> {
        let last = self.store.latest_events(tenant, None, 1).await?;
        Ok(last.first().map_or(0, |event| event.sequence))
    }

    async fn forget_stale(&self, tenant: &TenantId, event: &Event) -> Result<(), StoreError> {
        if matches!(event.kind, EventKind::DeploymentRecorded | EventKind::DeploymentRemoved)
            && let Some(Ok(reader)) = event.data["subject"].as_str().map(str::parse::<ConsumerName>)
        {
            // It moves every product on that the reader reads.
            let query =
                ExpectationQuery { consumer: Some(reader), limit: PAGE, ..ExpectationQuery::default() };
            for read in self.store.expectations(tenant, &query).await? {
                self.lines.forget(tenant, &read.expectation.address);
            }
        }
        if event.kind == EventKind::PoliciesSet {
            self.policies.forget(tenant);
        }
        if let Some(address) = &event.address {
            let text = |name: &str| event.data[name].as_str().unwrap_or_default();
            // What this process has published it knows already.
            let known = event.kind == EventKind::VersionPublished
                && match (text("version").parse(), text("digest").parse()) {
                    (Ok(version), Ok(digest)) => self.lines.is_own(tenant, address, &version, &digest),
                    _ => false,
                };
            if !known {
                self.lines.forget(tenant, address);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Publication;
    use super::*;
    use crate::leave::Phase;
    use crate::store::conformance::sample_commit;
    use crate::store::sqlite::SqliteStore;
    use crate::store::{Stage, Store, SystemClock};

    fn published(version: &str) -> Publication {
        let document = include_str!("../../tests/fixtures/contracts/accounting.payroll@1.0.0.json");
        let document = document.replacen("\"version\": \"1.0.0\"", &format!("\"version\": \"{version}\""), 1);
        Publication {
            address: "accounting.payroll".parse().expect("an address"),
            version: version.parse().expect("a version"),
            stage: Stage::Released,
            document: document.into(),
            request_id: None,
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_another_process_has_moved_on_is_forgotten_and_what_this_one_did_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let store: Arc<dyn Store> =
            Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store"));
        let registry = Registry::new(Arc::clone(&store), 1 << 20);
        let tenant = TenantId::default();
        let newest = watch::Sender::new(0);
        let (phase, leave) = Leave::new();
        let mut seen = newest.subscribe();
        let following = tokio::spawn(registry.clone().follow(tenant.clone(), newest, leave));
        let address = "accounting.payroll".parse().expect("an address");
        for revision in 1..=20 {
            let version = format!("1.0.{}", revision - 1);
            registry.publish(&tenant, published(&version)).await.expect("published");
            let known = registry.line(&tenant, &address).await.expect("a line");
            assert_eq!((known.fresh, known.line.history.revision), (false, revision));
        }
        seen.wait_for(|newest| *newest >= 20).await.expect("it follows");
        let known = registry.line(&tenant, &address).await.expect("a line");
        assert_eq!((known.fresh, known.line.history.revision), (false, 20));
        // As another process would: past this registry's memory.
        store
            .commit(&tenant, sample_commit("accounting.payroll", "1.0.20", 20, "other"))
            .await
            .expect("committed");
        seen.wait_for(|newest| *newest >= 21).await.expect("it follows");
        let known = registry.line(&tenant, &address).await.expect("a line");
        assert_eq!((known.fresh, known.line.history.revision), (true, 21));
        phase.send_replace(Phase::Stopping);
        following.await.expect("it ends");
    }
}
