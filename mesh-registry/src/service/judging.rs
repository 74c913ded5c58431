//! The judgement of what is published: against every released version of the product and every expectation in force, outside
//! any lock. The judge is one pure function, so its answers are remembered by the digests of all that it was asked about.

use std::sync::Arc;
use std::time::Instant;

use mesh_contract::judgement::{BUDGET, Claim, JUDGE, Judgement, Policy, Unread, Waiver, judge_prepared};
use mesh_contract::{Contract, Day, Digest};
use quick_cache::sync::Cache;
use serde::Deserialize;
use serde_json::{Value, json};

use super::line::{Against, Seen};
use super::publish::Candidate;
use super::{Registry, ServiceError};
use crate::store::{StoreError, TenantId};

/// So many judgements are remembered, some kilobytes each.
const JUDGEMENTS: usize = 2_000;

/// What was judged already.
#[derive(Debug)]
pub(super) struct Judgements(Cache<Digest, Arc<Judgement>>);

impl Default for Judgements {
    fn default() -> Self {
        Self(Cache::new(JUDGEMENTS))
    }
}

/// What an author says beside the contract. It travels with the publish and is no part of what is published.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    unread: Unread,
    waivers: Vec<Waiver>,
    meaning: Vec<Claim>,
}

/// A contract with what its author says beside it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    contract: Value,
    #[serde(default)]
    unread: Unread,
    #[serde(default)]
    waivers: Vec<Waiver>,
    #[serde(default)]
    meaning: Vec<Claim>,
}

/// Reads what was sent: a contract, or one in an envelope.
pub(super) fn read_sent(text: &str) -> Result<(Contract, Said), ServiceError> {
    #[derive(Deserialize)]
    struct Probe {
        #[serde(default)]
        contract: Option<serde::de::IgnoredAny>,
    }
    let error = match Contract::read(text) {
        Ok(contract) => return Ok((contract, Said::default())),
        Err(error) => error,
    };
    if !serde_json::from_str::<Probe>(text).is_ok_and(|probe| probe.contract.is_some()) {
        return Err(error.into());
    }
    let Envelope { contract, unread, waivers, meaning } = mesh_contract::read::read(text)?;
    // The envelope was read strictly as a whole. What is wrong inside is told by its place in it.
    let contract = Contract::read(&contract.to_string()).map_err(|error| ServiceError::Invalid {
        pointer: format!("/contract{}", error.pointer),
        message: format!("the contract cannot be read: {}", error.message),
    })?;
    Ok((contract, Said { unread, waivers, meaning }))
}

impl Registry {
    /// Judges a version against what was seen of its product.
    #[tracing::instrument(level = "debug", skip_all)]
    pub(super) async fn judge(
        &self,
        tenant: &TenantId,
        candidate: &Arc<Candidate>,
        seen: &Seen,
    ) -> Result<Arc<Judgement>, ServiceError> {
        let unix_days = self.store.now().timestamp().div_euclid(24 * 60 * 60);
        let Said { unread, waivers, meaning } = candidate.said.clone();
        let today = Some(Day::from_unix_days(u64::try_from(unix_days).unwrap_or(0)));
        let policy = Policy { unread, waivers, meaning, today };
        let line = Arc::clone(&seen.line);
        let seal = line.against.as_ref().and_then(|against| against.seal).map(|seal| seal.to_string());
        // Whose it is belongs to the question: that an answer comes sooner would tell that somebody else has asked the same.
        let question = json!([JUDGE, tenant.as_str(), candidate.digest, seal, policy]);
        let key = Digest::of_bytes(question.to_string().as_bytes());
        if let Some(known) = self.metrics.judged.look(self.judgements.0.get(&key)) {
            return Ok(known);
        }
        let contract = Arc::clone(&candidate.contract);
        let started = Instant::now();
        let judging = tokio::task::spawn_blocking(move || {
            let nothing = Against::default();
            let Against { earlier, expectations, .. } = line.against.as_deref().unwrap_or(&nothing);
            judge_prepared(earlier, &contract, expectations, &policy, BUDGET)
        });
        let judgement = judging.await.map_err(|error| ServiceError::Store(StoreError::unavailable(error)))?;
        self.metrics.judgement(judgement.verdict.as_str(), started);
        let judgement = Arc::new(judgement);
        self.judgements.0.insert(key, Arc::clone(&judgement));
        Ok(judgement)
    }
}
