//! Whether one reader takes all that one version of a product emits. The answer depends on nothing but the two documents and
//! the rules, so it is remembered by their digests and the version of the rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use mesh_contract::judgement::{BUDGET, JUDGE, Place, Policy, Verdict, judge};
use mesh_contract::wire::{PairFinding, PairVerdict};
use mesh_contract::{Contract, Digest, Expectation};
use quick_cache::sync::Cache;

use super::{Registry, ServiceError};
use crate::store::{ContractKey, StoreError, TenantId};

/// So many answers are remembered, some hundred bytes each.
const ANSWERS: usize = 50_000;

/// What an answer is remembered by: the contract, the expectation, the rules. And whose they are: that an answer comes sooner would
/// tell that somebody else has the same.
type Key = (TenantId, Digest, Digest, u32);

/// What was answered already.
#[derive(Debug)]
pub(super) struct Verdicts(Cache<Key, Arc<Judged>>);

impl Default for Verdicts {
    fn default() -> Self {
        Self(Cache::new(ANSWERS))
    }
}

/// The answer for one pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) verdict: PairVerdict,
    pub(super) findings: Vec<PairFinding>,
}

impl Registry {
    /// The answers for some pairs of a published contract and a reader, in their order.
    pub(super) async fn verdicts(
        &self,
        tenant: &TenantId,
        pairs: &[(Digest, &Expectation)],
    ) -> Result<Vec<Arc<Judged>>, ServiceError> {
        let mut answers: Vec<Option<Arc<Judged>>> = Vec::with_capacity(pairs.len());
        let mut asked: BTreeMap<Digest, Vec<(usize, Key, Expectation)>> = BTreeMap::new();
        for (index, (contract, expectation)) in pairs.iter().enumerate() {
            let key = (tenant.clone(), *contract, digest(expectation)?, JUDGE);
            let known = self.metrics.verdicts.look(self.verdicts.0.get(&key));
            if known.is_none() {
                asked.entry(*contract).or_default().push((index, key, (*expectation).clone()));
            }
            answers.push(known);
        }
        for (contract, asked) in asked {
            let stored = self.contract(tenant, &ContractKey::Digest(contract)).await?;
            // The judge may take its time, and nobody else is to wait for it.
            let judging = tokio::task::spawn_blocking(move || -> Result<Vec<_>, ServiceError> {
                let contract = Contract::read(&String::from_utf8_lossy(&stored.document))?;
                let judged = |(index, key, expectation)| (index, key, Arc::new(of(&contract, expectation)));
                Ok(asked.into_iter().map(judged).collect())
            });
            let judged =
                judging.await.map_err(|error| ServiceError::Store(StoreError::unavailable(error)))??;
            for (index, key, judged) in judged {
                self.verdicts.0.insert(key, Arc::clone(&judged));
                answers[index] = Some(judged);
            }
        }
        Ok(answers.into_iter().flatten().collect())
    }
}

/// The digest of an expectation, which was read strictly before.
pub(super) fn digest(expectation: &Expectation) -> Result<Digest, ServiceError> {
    expectation
        .digest()
        .map_err(|error| ServiceError::Invalid { pointer: error.pointer.clone(), message: error.to_string() })
}

fn of(contract: &Contract, mut expectation: Expectation) -> Judged {
    // Whether the reader asks for this version is for the caller to know; here it is only whether it could take it.
    if let Ok(exactly) = format!("={}", contract.version).parse() {
        expectation.requirement = exactly;
    }
    let judgement = judge(&[], contract, &[expectation], &Policy::default(), BUDGET);
    let findings = judgement.findings.into_iter().filter(|finding| !finding.readers.is_empty());
    Judged {
        verdict: match judgement.readers {
            Verdict::Compatible => PairVerdict::Compatible,
            // A side is never waived; it would not be proved either.
            Verdict::Unproven | Verdict::Waived => PairVerdict::Unproven,
            Verdict::Broken => PairVerdict::Broken,
        },
        findings: findings
            .map(|finding| PairFinding {
                rule: finding.rule,
                pointer: match finding.place {
                    Place::Field(pointer) | Place::Contract(pointer) => pointer,
                },
                message: finding.message,
            })
            .collect(),
    }
}
