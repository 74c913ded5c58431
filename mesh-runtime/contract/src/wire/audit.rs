//! The audit: every decision of a registry, sealed in batches by a chain of digests.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::double::NotExact;
use crate::{Digest, DomainName};

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was let through. What came of it beyond, whoever did it was told.
    Allowed,
    /// It was refused for who asked.
    Refused,
}

/// One decision; or, of looking, all of a kind within a minute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// When, RFC 3339 in UTC: when the last of them was decided.
    pub at: String,
    /// Who asked.
    pub principal: String,
    /// By what they were known: `token 3f9c...`, `session 07aa...`, `nothing`.
    pub means: String,
    /// What they asked for, by its name in the table of permissions.
    pub action: String,
    /// In which domain, if in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<DomainName>,
    /// The request: method and path, without what stands behind the question mark.
    pub request: String,
    /// What was decided.
    pub outcome: Outcome,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The status of the answer.
    pub status: u16,
    /// The id of the request, or of the last of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// How many decisions these are.
    pub count: u64,
}

/// Records that were sealed together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditBatch {
    /// Whose.
    pub tenant: String,
    /// The place in the chain, from 1 without a gap.
    pub number: u64,
    /// The seal of the batch before; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Digest>,
    /// When it was sealed, RFC 3339 in UTC.
    pub sealed_at: String,
    /// What was decided, in order.
    pub records: Vec<AuditRecord>,
    /// The SHA-256 of all of the above as one object of canonical JSON (RFC 8785), `previous` null where there is none.
    pub seal: Digest,
}

/// Why a chain does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BrokenChain {
    /// A batch says something else than what was sealed.
    #[error("batch {number} is not what was sealed: its seal is {seal}, and its content gives {found}")]
    Changed {
        /// The batch.
        number: u64,
        /// What it says.
        seal: Digest,
        /// What its content gives.
        found: Digest,
    },
    /// A batch does not follow the one before.
    #[error("batch {number} does not follow the one before it; a batch was taken away, put in or moved")]
    Unlinked {
        /// The batch.
        number: u64,
    },
    /// A batch cannot be read as canonical JSON.
    #[error("batch {number} cannot be read")]
    Unreadable {
        /// The batch.
        number: u64,
    },
}

impl AuditBatch {
    /// Seals records behind a batch.
    ///
    /// # Errors
    /// When a number in them is too large to survive a double.
    pub fn seal(
        tenant: String,
        before: Option<(u64, Digest)>,
        sealed_at: String,
        records: Vec<AuditRecord>,
    ) -> Result<Self, NotExact> {
        let (number, previous) = match before {
            Some((number, seal)) => (number + 1, Some(seal)),
            None => (1, None),
        };
        let mut batch = Self { tenant, number, previous, sealed_at, records, seal: Digest::of_bytes(b"") };
        batch.seal = batch.computed()?;
        Ok(batch)
    }

    /// Holds that the batch is what was sealed, and follows `before`.
    ///
    /// # Errors
    /// How it does not.
    pub fn verify(&self, before: Option<(u64, Digest)>) -> Result<(), BrokenChain> {
        let number = self.number;
        let found = self.computed().map_err(|_| BrokenChain::Unreadable { number })?;
        if found != self.seal {
            return Err(BrokenChain::Changed { number, seal: self.seal, found });
        }
        let follows = match before {
            Some((last, seal)) => last + 1 == number && self.previous == Some(seal),
            None => number == 1 && self.previous.is_none(),
        };
        if follows { Ok(()) } else { Err(BrokenChain::Unlinked { number }) }
    }

    fn computed(&self) -> Result<Digest, NotExact> {
        let Self { tenant, number, previous, sealed_at, records, seal: _ } = self;
        Digest::of_value(&json!({
            "tenant": tenant, "number": number, "previous": previous, "sealedAt": sealed_at, "records": records,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(principal: &str) -> AuditRecord {
        AuditRecord {
            at: "2027-01-31T10:00:00.000Z".to_owned(),
            principal: principal.to_owned(),
            means: "token 3f9c".to_owned(),
            action: "publish".to_owned(),
            domain: DomainName::new("sales").ok(),
            request: "PUT /api/v1/products/sales.orders/versions/1.0.0".to_owned(),
            outcome: Outcome::Allowed,
            reason: None,
            status: 201,
            request_id: None,
            count: 1,
        }
    }

    fn chain() -> Vec<AuditBatch> {
        let mut before = None;
        let mut chain = Vec::new();
        for who in ["ana", "ben", "zoë"] {
            let batch = AuditBatch::seal(
                "default".to_owned(),
                before,
                "2027-01-31T10:00:01Z".to_owned(),
                vec![record(who)],
            )
            .expect("it is sealed");
            before = Some((batch.number, batch.seal));
            chain.push(batch);
        }
        chain
    }

    fn holds(chain: &[AuditBatch]) -> Result<(), BrokenChain> {
        let mut before = None;
        for batch in chain {
            batch.verify(before)?;
            before = Some((batch.number, batch.seal));
        }
        Ok(())
    }

    #[test]
    fn a_chain_that_nobody_touched_holds() {
        assert_eq!(holds(&chain()), Ok(()));
        let text = serde_json::to_string(&chain()).expect("JSON");
        let read: Vec<AuditBatch> = serde_json::from_str(&text).expect("it is read again");
        assert_eq!(holds(&read), Ok(()));
    }

    #[test]
    fn whatever_is_changed_is_found() {
        let change: [fn(&mut Vec<AuditBatch>); 8] = [
            |chain| chain[1].records[0].principal.push('x'),
            |chain| chain[1].records[0].outcome = Outcome::Refused,
            |chain| chain[1].records[0].count = 2,
            |chain| chain[1].tenant = "other".to_owned(),
            |chain| chain[1].sealed_at.push(' '),
            |chain| drop(chain.remove(1)),
            |chain| drop(chain.remove(0)),
            |chain| chain.swap(1, 2),
        ];
        for (place, change) in change.iter().enumerate() {
            let mut chain = chain();
            change(&mut chain);
            assert!(holds(&chain).is_err(), "change {place}");
        }
    }

    #[test]
    fn one_who_seals_a_change_anew_breaks_the_next_link() {
        let mut chain = chain();
        let mut records = chain[1].records.clone();
        records[0].principal = "nobody".to_owned();
        let before = Some((chain[0].number, chain[0].seal));
        chain[1] = AuditBatch::seal("default".to_owned(), before, chain[1].sealed_at.clone(), records)
            .expect("sealed");
        assert_eq!(holds(&chain), Err(BrokenChain::Unlinked { number: 3 }));
    }
}
