//! The judgement of a contract change: is it safe, which version step does it need, and whom does it hurt?
//!
//! [`judge`] is one pure function, asked by contract tests, `mesh check`, the registry's gate and everything else, so that
//! none of them can disagree:
//!
//! - *readers*: all that the new version emits is accepted by every reader of the line: by each registered expectation, and,
//!   for readers whom nobody registered, by each earlier version's *emits* with unknown members ignored;
//! - *replay*: all that an earlier version emitted is within what the new version accepts;
//! - everything that no schema tells: ports, keys, units, terms, service levels, classification and so on, a [`Rule`] each.
//!
//! All versions of the line count and not only the last: two safe steps can make an unsafe pair. What a version of the line
//! already did to its predecessors is not held against the next one.

mod alternatives;
mod breaks;
mod change;
mod decide;
mod earlier;
mod edit;
mod finding;
mod hits;
mod offer;
mod place;
mod policy;
mod rule;
pub mod rules;
mod schemas;
mod standing;
mod step;
mod variants;
mod verdict;

pub use breaks::Side;
pub use decide::{judge, judge_prepared};
pub use earlier::{Earlier, Left, Prepared};
pub use finding::{Alternative, Finding, Place, Reader, Standing};
pub use place::opened;
pub use policy::{Claim, Policy, Says, Unread, Waiver};
pub use rule::{Example, Rule};
pub use schemas::{Reading, SchemaFinding, SchemaJudgement, Sided, judge_schemas};
pub use step::Step;
pub use verdict::{Judgement, Verdict};

pub use crate::judge::Steps;

/// The version of the rules. Equal versions give equal judgements of equal questions, so caches of judgements go by it.
pub const JUDGE: u32 = 1;

/// A budget that is enough for long lines with many readers, and a few seconds of work when all of it is used.
pub const BUDGET: Steps = Steps(8_000_000);
