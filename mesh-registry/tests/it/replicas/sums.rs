//! What some runs came to, counted.

use std::collections::BTreeMap;

use super::run::Recorded;
use crate::linear::{Action, Outcome};

/// What some runs came to, so that who reads it sees that they were no walk in the park.
#[derive(Debug, Default)]
pub(super) struct Sums {
    runs: usize,
    kills: usize,
    operations: usize,
    outcomes: BTreeMap<&'static str, usize>,
}

impl Sums {
    pub(super) fn add(&mut self, recorded: &Recorded) {
        self.runs += 1;
        self.kills += recorded.kills;
        self.operations += recorded.entries.len();
        for entry in &recorded.entries {
            let name = match &entry.operation.action {
                Action::Publish { outcome: Outcome::Created, .. } => "created",
                Action::Publish { outcome: Outcome::Stands, .. } => "stood already",
                Action::Publish { outcome: Outcome::Exists, .. } => "other content",
                Action::Publish { outcome: Outcome::Refused, .. } => "would hurt a reader",
                Action::Publish { outcome: Outcome::Unknown, .. } | Action::Register { known: false, .. } => {
                    "answer lost"
                }
                Action::Register { .. } => "registered",
                _ => "read",
            };
            *self.outcomes.entry(name).or_default() += 1;
        }
    }

    /// Whether everything happened that a proof is to have seen.
    pub(super) fn are_telling(&self) -> bool {
        let due = [
            "created",
            "stood already",
            "other content",
            "would hurt a reader",
            "answer lost",
            "registered",
            "read",
        ];
        self.runs < 10
            || due.iter().all(|name| self.outcomes.get(name).is_some_and(|count| *count >= self.runs / 4))
    }
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { runs, kills, operations, outcomes } = self;
        write!(f, "{runs} runs with {kills} kills: {operations} operations, of which")?;
        outcomes.iter().try_for_each(|(name, count)| write!(f, " {count} {name},"))
    }
}
