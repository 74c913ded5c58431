//! Tenants: how far the feed of each goes, and what a process does for each of them without being asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{Registry, ServiceError};
use crate::leave::Leave;
use crate::store::{StoreError, TenantId};

/// How long a tenant that was made is overlooked.
const LOOK: Duration = Duration::from_secs(1);

/// How far the feed of each tenant goes: the number of its last event. A clone tells the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Newest(Arc<Mutex<HashMap<TenantId, watch::Sender<u64>>>>);

impl Newest {
    /// Where it is told for a tenant.
    pub(crate) fn of(&self, tenant: &TenantId) -> watch::Sender<u64> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(tenant.clone()).or_default().clone()
    }
}

impl Registry {
    /// Every tenant that there is, by name.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn tenants(&self) -> Result<Vec<TenantId>, ServiceError> {
        self.store.tenants().await.map_err(ServiceError::Store)
    }

    /// Makes a tenant. Says whether it was new.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn add_tenant(&self, tenant: &TenantId) -> Result<bool, ServiceError> {
        self.store.add_tenant(tenant).await.map_err(ServiceError::Store)
    }

    /// Forgets a tenant of which nothing is kept. Says whether there was one.
    ///
    /// # Errors
    /// When something is kept of it, or the store does not answer.
    pub async fn remove_tenant(&self, tenant: &TenantId) -> Result<bool, StoreError> {
        self.store.remove_tenant(tenant).await
    }

    /// Works for every tenant that there is, until told to stop: what `begin` begins for each ends by itself then. Who is made
    /// later is worked for soon after, and who is forgotten no more.
    pub(crate) async fn for_each_tenant<W>(self, mut leave: Leave, begin: impl Fn(TenantId) -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let (mut work, mut under_way) = (JoinSet::new(), HashMap::new());
        let mut failing = false;
        while !leave.is_stopping() {
            match self.store.tenants().await {
                Ok(tenants) => {
                    failing = false;
                    under_way.retain(|tenant, handle: &mut tokio::task::AbortHandle| {
                        let stays = tenants.contains(tenant);
                        if !stays {
                            handle.abort();
                        }
                        stays
                    });
                    for tenant in tenants {
                        under_way.entry(tenant.clone()).or_insert_with(|| work.spawn(begin(tenant)));
                    }
                }
                Err(error) => {
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(
                            error = &error as &dyn std::error::Error,
                            "cannot read which tenants there are, and will try again: {error}"
                        );
                    }
                }
            }
            while let Some(Err(error)) = work.try_join_next() {
                if error.is_panic() {
                    tracing::error!(error = &error as &dyn std::error::Error, "work ended badly: {error}");
                }
            }
            tokio::select! {
                biased;
                () = leave.stopping() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        while let Some(ended) = work.join_next().await {
            if let Err(error) = ended
                && error.is_panic()
            {
                tracing::error!(error = &error as &dyn std::error::Error, "work ended badly: {error}");
            }
        }
    }
}
