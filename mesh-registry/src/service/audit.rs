//! The audit: every decision of a closed registry, sealed in batches about once a second.
//!
//! What changes something, and whatever is refused, is a record of its own. Who has looked at what is counted by the minute: a
//! record for each request would be larger than everything else that is kept. Decisions are gathered in memory and sealed
//! together; a process that is killed takes with it what it has not sealed, a second of records and a minute of looks. What was
//! changed is on record all the same, in the transaction that changed it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::DomainName;
use mesh_contract::wire::{AuditBatch, AuditRecord, Outcome, Page};

use super::lookup::rfc3339;
use super::{Registry, ServiceError, Window};
use crate::access::{Action, Identity, Means};
use crate::leave::Leave;
use crate::store::TenantId;

/// How often decisions are sealed.
const BEAT: Duration = Duration::from_secs(1);
/// How long looks are counted before they are sealed.
const COUNTED: TimeDelta = TimeDelta::minutes(1);
/// How many decisions wait for their seal at most, of records and of counted looks each.
const WAITING: usize = 20_000;
/// How many records are sealed together at most, so that a batch stays easy to read.
const BATCH: usize = 1_000;

/// What was decided of one request.
#[derive(Debug)]
pub struct Decision<'r> {
    /// Who asked.
    pub identity: &'r Identity,
    /// For what.
    pub action: Action,
    /// In which domain, if in one.
    pub domain: Option<DomainName>,
    /// The request's method and path.
    pub request: String,
    /// Whether it only looked.
    pub looks: bool,
    /// Why it was refused, if it was.
    pub refused: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The request's id.
    pub request_id: Option<String>,
}

/// What waits for its seal.
#[derive(Debug, Default)]
pub(super) struct Waiting(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    records: Vec<(TenantId, AuditRecord)>,
    looks: HashMap<Look, Counted>,
    /// How many could not wait, by tenant.
    lost: HashMap<TenantId, u64>,
}

/// Whose looks are counted together.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Look {
    tenant: TenantId,
    principal: String,
    means: String,
    action: Action,
    domain: Option<DomainName>,
}

#[derive(Debug)]
struct Counted {
    since: DateTime<Utc>,
    last: AuditRecord,
}

impl Waiting {
    fn with<T>(&self, work: impl FnOnce(&mut Pending) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Pending {
    fn note(
        &mut self,
        tenant: TenantId,
        action: Action,
        looks: bool,
        record: AuditRecord,
        now: DateTime<Utc>,
    ) {
        if !looks {
            if self.records.len() < WAITING {
                self.records.push((tenant, record));
            } else {
                *self.lost.entry(tenant).or_default() += 1;
            }
            return;
        }
        let look = Look {
            tenant,
            principal: record.principal.clone(),
            means: record.means.clone(),
            action,
            domain: record.domain.clone(),
        };
        if let Some(counted) = self.looks.get_mut(&look) {
            let count = counted.last.count + 1;
            counted.last = AuditRecord { count, ..record };
        } else if self.looks.len() < WAITING {
            self.looks.insert(look, Counted { since: now, last: record });
        } else {
            *self.lost.entry(look.tenant).or_default() += 1;
        }
    }

    /// Takes what is to be sealed now.
    fn take(&mut self, now: DateTime<Utc>, all: bool) -> HashMap<TenantId, Vec<AuditRecord>> {
        let mut taken: HashMap<TenantId, Vec<AuditRecord>> = HashMap::new();
        for (tenant, record) in self.records.drain(..) {
            taken.entry(tenant).or_default().push(record);
        }
        let due = self.looks.extract_if(|_, counted| all || now - counted.since >= COUNTED);
        let mut due: Vec<_> = due.collect();
        due.sort_by(|(_, one), (_, other)| one.last.at.cmp(&other.last.at));
        for (look, counted) in due {
            taken.entry(look.tenant).or_default().push(counted.last);
        }
        for (tenant, count) in self.lost.drain() {
            taken.entry(tenant).or_default().push(lost(count, now));
        }
        taken
    }

    /// Takes back what could not be sealed.
    fn put_back(&mut self, tenant: &TenantId, records: Vec<AuditRecord>) {
        let room = WAITING.saturating_sub(self.records.len());
        let beyond = records.len().saturating_sub(room);
        let mut back: Vec<_> =
            records.into_iter().take(room).map(|record| (tenant.clone(), record)).collect();
        back.append(&mut self.records);
        self.records = back;
        if beyond > 0 {
            *self.lost.entry(tenant.clone()).or_default() += beyond as u64;
        }
    }
}

/// What could not be kept is on record as well.
fn lost(count: u64, now: DateTime<Utc>) -> AuditRecord {
    AuditRecord {
        at: rfc3339(now),
        principal: "the registry".to_owned(),
        means: "itself".to_owned(),
        action: "audit".to_owned(),
        domain: None,
        request: "more was decided than could wait for its seal, and is not on record".to_owned(),
        outcome: Outcome::Refused,
        reason: Some("the store did not answer for too long".to_owned()),
        status: 0,
        request_id: None,
        count,
    }
}

impl Registry {
    /// Notes what was decided. An open registry decides nothing.
    pub(crate) fn note(&self, decision: Decision<'_>) {
        let Decision { identity, action, domain, request, looks, refused, status, request_id } = decision;
        let means = match identity.means() {
            Means::Open => return,
            Means::Nothing => "nothing".to_owned(),
            Means::Rejected => "what does not count".to_owned(),
            Means::Token(id) => format!("token {id}"),
            Means::Session(id) => format!("session {id}"),
        };
        let now = self.store.now();
        let record = AuditRecord {
            at: rfc3339(now),
            principal: identity.principal().to_owned(),
            means,
            action: action.name().to_owned(),
            domain,
            request,
            outcome: if refused.is_some() { Outcome::Refused } else { Outcome::Allowed },
            reason: refused,
            status,
            request_id,
            count: 1,
        };
        let looks = looks && record.outcome == Outcome::Allowed;
        self.waiting.with(|pending| pending.note(identity.tenant().clone(), action, looks, record, now));
    }

    /// Seals what was decided until the registry stops; what is left then is sealed when the last request is answered.
    pub(crate) async fn seal_until(self, mut leave: Leave) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(BEAT) => self.seal_now(false).await,
                () = leave.stopping() => return,
            }
        }
    }

    /// Seals what waits: what was counted only where a minute has gone by, unless it is `all` to be sealed.
    pub(crate) async fn seal_now(&self, all: bool) {
        let now = self.store.now();
        for (tenant, mut records) in self.waiting.with(|pending| pending.take(now, all)) {
            while !records.is_empty() {
                let rest = records.split_off(records.len().min(BATCH));
                if let Err(error) = self.store.seal(&tenant, records.clone()).await {
                    tracing::warn!(%error, "what was decided could not be sealed, and is tried again");
                    records.extend(rest);
                    self.waiting.with(|pending| pending.put_back(&tenant, records));
                    break;
                }
                records = rest;
            }
        }
    }

    /// A page of the batches of the audit, in their order.
    ///
    /// # Errors
    /// When the store does not answer, or the window continues no page.
    pub async fn audit_page(
        &self,
        tenant: &TenantId,
        window: &Window,
    ) -> Result<Page<AuditBatch>, ServiceError> {
        let after = window.after()?.unwrap_or(0);
        let found = self.store.audit_batches(tenant, after, window.limit() + 1).await;
        Ok(window.page(found.map_err(ServiceError::Store)?, |last| last.number.to_string()))
    }

    /// The last batches of the audit before a number, or of all, the last first.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn latest_audit_batches(
        &self,
        tenant: &TenantId,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<AuditBatch>, ServiceError> {
        self.store.latest_audit_batches(tenant, before, limit).await.map_err(ServiceError::Store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(principal: &str) -> AuditRecord {
        AuditRecord { principal: principal.to_owned(), ..lost(1, DateTime::<Utc>::UNIX_EPOCH) }
    }

    fn counts(taken: &HashMap<TenantId, Vec<AuditRecord>>) -> Vec<(String, u64)> {
        let mut counts: Vec<_> =
            taken.values().flatten().map(|record| (record.principal.clone(), record.count)).collect();
        counts.sort();
        counts
    }

    #[test]
    fn looks_are_counted_by_the_minute_and_the_rest_is_told_one_by_one() {
        let (tenant, start) = (TenantId::default(), DateTime::<Utc>::UNIX_EPOCH);
        let mut pending = Pending::default();
        for _ in 0..3 {
            pending.note(tenant.clone(), Action::Browse, true, record("ana"), start);
            pending.note(tenant.clone(), Action::Publish, false, record("ben"), start);
        }
        let three = |name: &str| vec![(name.to_owned(), 1); 3];
        assert_eq!(counts(&pending.take(start + TimeDelta::seconds(59), false)), three("ben"));
        assert_eq!(counts(&pending.take(start + COUNTED, false)), [("ana".to_owned(), 3)]);
        assert_eq!(counts(&pending.take(start + COUNTED, true)), []);
    }

    #[test]
    fn what_cannot_wait_is_on_record_as_lost() {
        let (tenant, start) = (TenantId::default(), DateTime::<Utc>::UNIX_EPOCH);
        let mut pending = Pending::default();
        for _ in 0..WAITING + 7 {
            pending.note(tenant.clone(), Action::Publish, false, record("ben"), start);
        }
        let mut taken = pending.take(start, false).remove(&tenant).expect("records");
        assert_eq!((taken.len(), taken.last().map(|it| it.count)), (WAITING + 1, Some(7)));
        pending.note(tenant.clone(), Action::Publish, false, record("zoe"), start);
        taken.truncate(WAITING);
        pending.put_back(&tenant, taken);
        let again = pending.take(start, false).remove(&tenant).expect("records");
        let told: u64 = again.iter().map(|it| it.count).sum();
        assert_eq!(told, WAITING as u64 + 1, "each is there, or among those that were lost");
        assert_eq!(again.iter().rev().nth(1).map(|it| it.principal.as_str()), Some("zoe"), "in their order");
    }
}
