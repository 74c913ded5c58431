//! Which of the committed contracts are still to be released, and the judgement of one of them.

use mesh_contract::judgement::{BUDGET, Judgement, Policy, judge};
use mesh_contract::{Contract, Expectation};

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

/// Judges a contract against the other versions of its product that are committed or published, and against readers.
///
/// The contract itself may be among the versions; the same version counts once, the first that is named.
pub fn judge_candidate(
    candidate: &Contract,
    versions: &[Contract],
    readers: &[Expectation],
    policy: &Policy,
) -> Judgement {
    let mut earlier: Vec<Contract> = Vec::new();
    for version in
        versions.iter().filter(|it| it.address == candidate.address && it.version < candidate.version)
    {
        if earlier.iter().all(|it| it.version != version.version) {
            earlier.push(version.clone());
        }
    }
    judge(&earlier, candidate, readers, policy, BUDGET)
}
