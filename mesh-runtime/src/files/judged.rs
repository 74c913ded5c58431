//! Which of the committed contracts are still to be released, and the judgement of one of them.

use std::time::{SystemTime, UNIX_EPOCH};

use mesh_contract::judgement::{BUDGET, Earlier, Judgement, Left, Policy, Prepared, judge_prepared};
use mesh_contract::{Contract, Day, Expectation};

use super::{Committed, Lock};

/// The contracts that may still change: the highest of each line, unless it is released as it stands.
pub fn candidates<'c>(committed: &'c [Committed], lock: &Lock) -> Vec<&'c Committed> {
    let is_released = |it: &Committed| {
        lock.released(&it.contract.address, &it.contract.version)
            .is_some_and(|released| released.digest == it.digest)
    };
    committed.iter().filter(|it| is_highest(it, committed) && !is_released(it)).collect()
}

/// Whether a committed contract is the highest of its line.
pub(crate) fn is_highest(committed: &Committed, all: &[Committed]) -> bool {
    let Contract { address, version, .. } = &committed.contract;
    !all.iter().any(|other| {
        let it = &other.contract;
        it.address == *address && it.version > *version && it.version.same_line(version)
    })
}

/// The day it is, in UTC: waivers end by the calendar.
pub fn today() -> Day {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Day::from_unix_days(since.as_secs() / (24 * 60 * 60))
}

/// Judges a contract against the versions before it that are committed or published, and against readers. The contract itself
/// may be among the versions; where a version is named twice, the first one counts. Retired versions have no readers; whether
/// their records are still there only a registry knows, so they count.
pub fn judge_candidate<'c>(
    candidate: &Contract,
    versions: impl IntoIterator<Item = &'c Contract>,
    is_retired: impl Fn(&Contract) -> bool,
    readers: &[Expectation],
    policy: &Policy,
) -> Judgement {
    let before = |it: &&Contract| it.address == candidate.address && it.version < candidate.version;
    let prepared = |it| match is_retired(it) {
        true => Prepared::of(it).retired(Left::Records),
        false => Prepared::of(it),
    };
    // Of two that are told of one version the last one would stay.
    let mut earlier: Vec<&Contract> = Vec::new();
    for version in versions.into_iter().filter(before) {
        if !earlier.iter().any(|it| it.version == version.version) {
            earlier.push(version);
        }
    }
    let earlier = Earlier::new(earlier.into_iter().map(prepared));
    judge_prepared(&earlier, &Prepared::of(candidate), readers, policy, BUDGET)
}
