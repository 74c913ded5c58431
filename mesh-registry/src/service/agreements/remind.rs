//! Reminders: as the last day of an agreement comes near, the feed tells both sides, so that they look at it again. Each is told
//! once, whatever the number of replicas: who reminds writes it down in the same commit, and the revision decides between two.

use mesh_contract::Day;
use mesh_contract::wire::AgreementState;

use crate::service::{Registry, ServiceError};
use crate::store::{AgreementQuery, AgreementRecord, EventKind, TenantId};

/// So many days before the last day both sides are reminded.
const DAYS: [u16; 3] = [30, 7, 1];
/// So many agreements are looked at in one go.
const PAGE: usize = 100;

/// The reminder that is due, if one is: the latest of those whose day has come.
fn due(agreement: &AgreementRecord, days_left: i64) -> Option<u16> {
    let reached = DAYS.into_iter().filter(|days| days_left <= i64::from(*days)).min()?;
    agreement.reminded.is_none_or(|last| reached < last).then_some(reached)
}

impl Registry {
    /// Reminds both sides of each agreement that comes to its end, and says how many agreements those were.
    ///
    /// # Errors
    /// When the store does not answer. What was told until then is told.
    pub async fn remind_agreements(&self, tenant: &TenantId) -> Result<usize, ServiceError> {
        let today = self.today();
        let soon = today.unix_days() + i64::from(DAYS[0]);
        let mut query = AgreementQuery {
            state: Some(AgreementState::Accepted),
            ends_by: Some(Day::from_unix_days(u64::try_from(soon).unwrap_or(0))),
            limit: PAGE,
            ..AgreementQuery::on(today)
        };
        let mut reminded = 0;
        loop {
            let page = self.store.agreements(tenant, &query).await.map_err(ServiceError::Store)?;
            for agreement in &page {
                let days_left = agreement.terms().until.unix_days() - today.unix_days();
                let Some(days) = due(agreement, days_left) else { continue };
                let noted = AgreementRecord { reminded: Some(days), ..agreement.clone() };
                let kind = EventKind::AgreementReminded;
                // Where another replica was faster, it has told both sides.
                if self.agree(tenant, kind, vec![noted], Vec::new(), None).await? {
                    reminded += 1;
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE => query.after = Some(last.id.clone()),
                _ => return Ok(reminded),
            }
        }
    }
}
