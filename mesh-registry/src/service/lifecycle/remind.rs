//! Reminders: as the day of a deprecation comes near, the feed names those who still read. Each is told once, whatever the
//! number of replicas: who reminds writes it down in the same commit, and the revision decides between two.

use std::time::Duration;

use mesh_contract::wire::ReaderState;
use serde_json::{Map, Value, json};

use super::campaign::open;
use super::{Before, Decided, tell};
use crate::leave::Leave;
use crate::service::{Registry, ServiceError};
use crate::store::{Deprecated, EventKind, Lifecycle, TenantId};

/// So many days before the day readers are reminded; the last time on the day itself.
const DAYS: [u16; 5] = [90, 30, 7, 1, 0];
/// How often a registry looks.
const EVERY: Duration = Duration::from_secs(600);
/// So many products are looked at in one go.
const PAGE: usize = 100;

/// The reminder that is due, if one is: the latest of those whose day has come.
fn due(deprecated: &Deprecated, days_left: i64) -> Option<u16> {
    let reached = DAYS.into_iter().filter(|days| days_left <= i64::from(*days)).min()?;
    deprecated.reminded.is_none_or(|last| reached < last).then_some(reached)
}

impl Registry {
    /// Reminds whoever has to be reminded now, and says how many campaigns that were.
    ///
    /// # Errors
    /// When the store does not answer. What was told until then is told.
    pub async fn remind(&self, tenant: &TenantId) -> Result<usize, ServiceError> {
        let (mut after, mut reminded) = (None, 0);
        loop {
            let page = self.store.turned(tenant, after.as_ref(), PAGE).await.map_err(ServiceError::Store)?;
            for address in &page {
                let history = self.store.history(tenant, address).await.map_err(ServiceError::Store)?;
                let before = Before { address, history: &history, now: self.store.now() };
                for deprecated in open(&before) {
                    // One at a time: the next one is due on what stands by then.
                    if self.remind_of(tenant, &before, &deprecated).await? {
                        reminded += 1;
                        break;
                    }
                }
            }
            if page.len() < PAGE {
                return Ok(reminded);
            }
            after = page.into_iter().next_back();
        }
    }

    /// Looks again and again, until told to stop or until nobody is left who could tell it.
    pub(crate) async fn remind_until(self, tenant: TenantId, mut leave: Leave) {
        let mut clock = tokio::time::interval(EVERY);
        clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = leave.stopping() => return,
                _ = clock.tick() => {}
            }
            if let Err(error) = self.remind(&tenant).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "cannot remind readers: {error}");
            }
            if let Err(error) = self.remind_agreements(&tenant).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "cannot remind of agreements that end: {error}"
                );
            }
        }
    }

    async fn remind_of(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        deprecated: &Deprecated,
    ) -> Result<bool, ServiceError> {
        let days_left = deprecated.until.unix_days() - super::today(before.now).unix_days();
        let Some(days) = due(deprecated, days_left) else { return Ok(false) };
        let campaign = self.campaign_of(tenant, before, deprecated).await?;
        let left = campaign.readers.iter().filter(|reader| reader.state != ReaderState::Moved);
        let readers: Vec<Value> = left
            .map(|reader| {
                json!({
                    "consumer": reader.consumer,
                    "consumerVersion": reader.consumer_version,
                    "environments": reader.environments,
                    "requirement": reader.requirement,
                    "state": reader.state,
                })
            })
            .collect();
        // Nobody is left to be told, and whoever comes yet is told the next time.
        if readers.is_empty() {
            return Ok(false);
        }
        let noted = |lifecycle: &Lifecycle| {
            let standing = lifecycle.deprecated.as_ref().filter(|it| it.scope == deprecated.scope)?;
            let deprecated = Some(Deprecated { reminded: Some(days), ..standing.clone() });
            Some(Lifecycle { deprecated, ..lifecycle.clone() })
        };
        let lifecycles = before
            .history
            .versions
            .iter()
            .filter(|entry| campaign.versions.contains(&entry.version))
            .filter_map(|entry| noted(&entry.lifecycle).map(|lifecycle| (entry.version.clone(), lifecycle)))
            .collect();
        let mut data = Map::new();
        data.insert("until".to_owned(), deprecated.until.to_string().into());
        data.insert("daysLeft".to_owned(), days_left.into());
        tell(&mut data, "successor", deprecated.successor.as_ref());
        data.insert("readers".to_owned(), readers.into());
        let scope = deprecated.scope.to_string();
        let decided = Decided { lifecycles, kind: EventKind::ReaderReminded, scope, data };
        // Where the product has moved on meanwhile, it is looked at again the next time.
        self.turn(tenant, before, decided, None).await
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn each_reminder_is_due_once_and_missed_ones_are_not_made_up_for() {
        let deprecated = |reminded| Deprecated {
            scope: "1".parse().expect("a line"),
            since: DateTime::UNIX_EPOCH,
            until: "2030-01-31".parse().expect("a day"),
            successor: None,
            reason: None,
            reminded,
        };
        let due = |reminded, days_left| due(&deprecated(reminded), days_left);
        assert_eq!(due(None, 91), None);
        assert_eq!(due(None, 90), Some(90));
        assert_eq!((due(Some(90), 90), due(Some(90), 31), due(Some(90), 30)), (None, None, Some(30)));
        // A registry that was away for a month tells the last one only.
        assert_eq!((due(Some(90), 5), due(Some(7), 5)), (Some(7), None));
        assert_eq!((due(Some(1), 0), due(Some(0), -3), due(None, -3)), (Some(0), None, Some(0)));
    }
}
