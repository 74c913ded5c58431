//! Who runs now. Kept in memory: after a restart of the registry the instances know better than any file, and announce
//! themselves again when they renew.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::Address;
use mesh_contract::wire::Announcement;

use super::super::{Deployment, DeploymentQuery, LEASES, Product, REMEMBERED_HOURS, StoreError, TenantId};

const REMEMBERED: TimeDelta = TimeDelta::hours(REMEMBERED_HOURS as i64);

#[derive(Debug, Default)]
pub(super) struct Leases {
    tenants: Mutex<HashMap<TenantId, BTreeMap<String, Entry>>>,
}

#[derive(Debug, Clone)]
struct Entry {
    announcement: Announcement,
    seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

impl Leases {
    fn lock(&self) -> MutexGuard<'_, HashMap<TenantId, BTreeMap<String, Entry>>> {
        // Nothing panics halfway through a change of the map.
        self.tenants.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn renew(
        &self,
        tenant: &TenantId,
        instance: &str,
        announcement: Announcement,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tenants = self.lock();
        let entries = tenants.entry(tenant.clone()).or_default();
        match entries.get(instance) {
            Some(entry) if entry.announcement.epoch > announcement.epoch => {
                return Err(StoreError::Conflict { current: entry.announcement.epoch });
            }
            Some(_) => {}
            None => make_room(entries, now)?,
        }
        let expires_at = now + TimeDelta::seconds(i64::from(announcement.lease_seconds));
        entries.insert(instance.to_owned(), Entry { announcement, seen_at: now, expires_at });
        Ok(())
    }

    pub(super) fn release(
        &self,
        tenant: &TenantId,
        instance: &str,
        epoch: u64,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let mut tenants = self.lock();
        let Some(entry) = tenants.get_mut(tenant).and_then(|entries| entries.get_mut(instance)) else {
            return Ok(());
        };
        if entry.announcement.epoch > epoch {
            return Err(StoreError::Conflict { current: entry.announcement.epoch });
        }
        // Remembered with its epoch, so that a renewal that was under way for an earlier start is still refused.
        entry.expires_at = entry.expires_at.min(now);
        Ok(())
    }

    /// How many hold a lease now.
    pub(super) fn live(&self, tenant: &TenantId, now: DateTime<Utc>) -> u64 {
        let tenants = self.lock();
        let entries = tenants.get(tenant).into_iter().flat_map(BTreeMap::values);
        entries.filter(|entry| entry.is_live(now)).count() as u64
    }

    pub(super) fn list(
        &self,
        tenant: &TenantId,
        query: &DeploymentQuery,
        now: DateTime<Utc>,
    ) -> Vec<Deployment> {
        let DeploymentQuery { instance, domain, environment, address, live, after, limit } = query;
        let tenants = self.lock();
        let Some(entries) = tenants.get(tenant) else { return Vec::new() };
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        entries
            .range::<String, _>((start, Bound::Unbounded))
            .filter(|(name, entry)| {
                let announced = &entry.announcement;
                entry.is_remembered(now)
                    && instance.as_ref().is_none_or(|instance| instance == *name)
                    && domain.as_ref().is_none_or(|domain| announced.domain == *domain)
                    && environment.as_ref().is_none_or(|environment| announced.environment == *environment)
                    && address
                        .as_ref()
                        .is_none_or(|address| announced.products.iter().any(|it| it.address == *address))
                    && live.is_none_or(|live| entry.is_live(now) == live)
            })
            .take(*limit)
            .map(|(instance, entry)| Deployment {
                instance: instance.clone(),
                announcement: entry.announcement.clone(),
                seen_at: entry.seen_at,
                live: entry.is_live(now),
            })
            .collect()
    }

    /// Counts, for each product, the live deployments that serve it in whatever version.
    pub(super) fn count_live(&self, tenant: &TenantId, products: &mut [Product], now: DateTime<Utc>) {
        let tenants = self.lock();
        let Some(entries) = tenants.get(tenant) else { return };
        let mut counts: HashMap<&Address, u32> = products.iter().map(|it| (&it.address, 0)).collect();
        for entry in entries.values().filter(|entry| entry.is_live(now)) {
            let mut served: Vec<_> = entry.announcement.products.iter().map(|it| &it.address).collect();
            served.sort_unstable();
            served.dedup();
            for address in served {
                if let Some(count) = counts.get_mut(address) {
                    *count += 1;
                }
            }
        }
        let counts: Vec<u32> = products.iter().map(|it| counts[&it.address]).collect();
        products.iter_mut().zip(counts).for_each(|(product, live)| product.live = live);
    }
}

impl Entry {
    fn is_live(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at
    }

    fn is_remembered(&self, now: DateTime<Utc>) -> bool {
        now < self.expires_at + REMEMBERED
    }
}

fn make_room(entries: &mut BTreeMap<String, Entry>, now: DateTime<Utc>) -> Result<(), StoreError> {
    if entries.len() < LEASES {
        return Ok(());
    }
    entries.retain(|_, entry| entry.is_remembered(now));
    if entries.len() < LEASES {
        return Ok(());
    }
    let ended = entries.iter().filter(|(_, entry)| !entry.is_live(now));
    let longest_ended = ended.min_by_key(|(_, entry)| entry.expires_at).map(|(instance, _)| instance.clone());
    match longest_ended {
        Some(instance) => {
            entries.remove(&instance);
            Ok(())
        }
        None => Err(StoreError::Full { limit: LEASES }),
    }
}
