//! A count of steps, so that the same question costs the same everywhere, and an interrupt on top of it.

use super::error::what;
use super::schema::Opaque;

/// Why an answer stays open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// The budget of steps is used up.
    #[error("the budget of {steps} steps is used up; ask again with a larger one")]
    Steps {
        /// The budget.
        steps: u64,
    },
    /// The caller's interrupt asked to stop.
    #[error("the caller's time limit was reached")]
    Interrupted,
    /// A construct is beyond what the engine decides.
    #[error("{} has a construct that is not decided: {construct}", what(.pointer))]
    Construct {
        /// The construct.
        construct: String,
        /// Where it stands in its document.
        pointer: String,
    },
    /// Some case of the search is beyond what the engine decides.
    #[error("not decided: {case}")]
    Undecided {
        /// The case.
        case: &'static str,
    },
}

impl From<&Opaque> for Reason {
    fn from(opaque: &Opaque) -> Self {
        Self::Construct { construct: opaque.construct.to_string(), pointer: opaque.pointer.to_string() }
    }
}

/// The steps that are left.
pub(crate) struct Budget<'i> {
    limit: u64,
    spent: u64,
    interrupt: Option<&'i dyn Fn() -> bool>,
    next_look: u64,
}

/// The interrupt is asked once in so many steps.
const LOOK: u64 = 512;

impl<'i> Budget<'i> {
    pub(crate) fn new(limit: u64, interrupt: Option<&'i dyn Fn() -> bool>) -> Self {
        Self { limit, spent: 0, interrupt, next_look: LOOK }
    }

    pub(crate) fn spend(&mut self, steps: u64) -> Result<(), Reason> {
        self.spent = self.spent.saturating_add(steps);
        if self.spent > self.limit {
            return Err(Reason::Steps { steps: self.limit });
        }
        if self.spent >= self.next_look {
            self.next_look = self.spent + LOOK;
            if self.interrupt.is_some_and(|interrupt| interrupt()) {
                return Err(Reason::Interrupted);
            }
        }
        Ok(())
    }

    pub(crate) fn left(&self) -> u64 {
        self.limit.saturating_sub(self.spent)
    }

    pub(crate) fn spent(&self) -> u64 {
        self.spent.min(self.limit)
    }
}
