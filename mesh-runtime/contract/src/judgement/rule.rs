//! What a rule is. Each stands in a file of its own below `rules/`, and `rules::ALL` lists them.

use serde_json::Value;

use super::Step;
use super::breaks::Break;
use super::change::{Change, Seen};
use super::offer::Offer;
use super::policy::Policy;
use super::verdict::Judgement;
use super::{BUDGET, judge};
use crate::{Contract, Day, Expectation};

/// One rule of the judgement.
#[derive(Clone, Copy)]
pub struct Rule {
    /// Its name, in kebab-case. It never changes.
    pub id: &'static str,
    /// The version step that a finding requires, unless the finding says otherwise.
    pub step: Step,
    /// What is wrong, in a sentence.
    pub sentence: &'static str,
    /// Why it matters, and to whom. Markdown.
    pub explanation: &'static str,
    /// A change that it finds.
    pub example: Example,
    /// The step that it requires when a registered reader names the place.
    pub(crate) when_read: Option<Step>,
    /// The step that it requires when no registered reader names the place, and the policy says that every reader is registered.
    pub(crate) when_unread: Option<Step>,
    /// The rules that tell more of the same: where one of them speaks, this one is silent.
    pub(crate) yields_to: &'static [&'static str],
    pub(crate) check: Check,
    /// Whether in the example the second version was published before the first.
    pub(crate) late: bool,
    /// Who reads, and what is waived, in the example.
    pub(crate) around: fn(&Example) -> (Vec<Expectation>, Policy),
    /// What could be written instead of what was found.
    pub(crate) instead: fn(&Change<'_>, &Seen) -> Vec<Offer>,
}

/// A change that a rule finds, as Rust and as contracts.
#[derive(Clone, Copy)]
pub struct Example {
    /// The Rust before.
    pub before: &'static str,
    /// The Rust after.
    pub after: &'static str,
    /// What makes the contract before of [`Example::base`].
    pub(crate) old: fn(&mut Value),
    /// What makes the contract after of the contract before.
    pub(crate) new: fn(&mut Value),
}

/// How a rule finds what it finds.
#[derive(Clone, Copy)]
pub(crate) enum Check {
    /// By comparing two versions.
    Versions(fn(&Change<'_>, &mut Vec<Seen>)),
    /// By naming a break that containment found. The first rule of the table that names it has it.
    Break(fn(&Found<'_>) -> Option<Seen>),
    /// The judgement itself finds it.
    Judgement,
}

/// A break with the documents around it.
pub(crate) struct Found<'a> {
    pub(crate) at: &'a Break,
    /// The field that is guilty.
    pub(crate) field: &'a str,
    /// The schema of what is written.
    pub(crate) written: &'a Value,
    /// The schema that refuses it.
    pub(crate) read: &'a Value,
    /// Whether the reader is registered, so that the schema is what it really takes.
    pub(crate) registered: bool,
    /// What is known of the contracts; nothing where only schemas are compared.
    pub(crate) change: Option<&'a Change<'a>>,
}

impl Rule {
    /// What most rules have in common.
    pub(crate) const BASE: Self = Self {
        id: "",
        step: Step::Major,
        sentence: "",
        explanation: "",
        example: Example { before: "", after: "", old: as_it_is, new: as_it_is },
        when_read: None,
        when_unread: None,
        yields_to: &[],
        check: Check::Judgement,
        late: false,
        around: nobody_else,
        instead: nothing_else,
    };

    /// What the judge says of the example: the contract that was published first, the other one, and the judgement.
    pub fn judged_example(&self) -> (Contract, Contract, Judgement) {
        let (mut old, mut new) = self.example.contracts();
        if self.late {
            std::mem::swap(&mut old, &mut new);
        }
        let (expectations, policy) = (self.around)(&self.example);
        let judgement = judge(std::slice::from_ref(&old), &new, &expectations, &policy, BUDGET);
        (old, new, judgement)
    }
}

/// The day on which examples are judged.
pub(crate) fn day_of_examples() -> Option<Day> {
    "2026-02-01".parse().ok()
}

/// No registered reader, and nothing waived.
fn nobody_else(_: &Example) -> (Vec<Expectation>, Policy) {
    (Vec::new(), Policy { today: day_of_examples(), ..Policy::default() })
}

impl Example {
    /// The contract that every example starts from.
    pub fn base() -> Value {
        serde_json::from_str(include_str!("example.json"))
            .expect("the file is part of this crate and a test reads it")
    }

    /// The contracts before and after, the second a minor step behind the first.
    ///
    /// # Panics
    /// Never for the examples of this crate: a test makes them all.
    pub fn contracts(&self) -> (Contract, Contract) {
        let mut document = Self::base();
        (self.old)(&mut document);
        let read =
            |document: &Value| Contract::read(&document.to_string()).expect("a test reads every example");
        let old = read(&document);
        (self.new)(&mut document);
        document["version"] = Step::Minor.from(&old.version).to_string().into();
        (old, read(&document))
    }
}

/// No change: for rules whose example is made from the base as it is.
pub(crate) fn as_it_is(_: &mut Value) {}

/// No alternative.
fn nothing_else(_: &Change<'_>, _: &Seen) -> Vec<Offer> {
    Vec::new()
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rule").field("id", &self.id).field("step", &self.step).finish_non_exhaustive()
    }
}
