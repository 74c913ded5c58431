//! What pages show of who may read what.

use mesh_contract::wire::{Agreement, AgreementState};
use mesh_contract::{Contract, Day};

/// An agreement, and what whoever looks at it may do with it.
#[derive(Debug, Clone)]
pub struct AgreementView {
    /// The agreement.
    pub agreement: Agreement,
    /// Whether they answer for the product's side.
    pub decides: bool,
    /// Whether they act for the consumer's side.
    pub reads: bool,
}

impl AgreementView {
    /// Whether it waits for an answer of whoever looks.
    pub fn waits(&self) -> bool {
        self.decides && self.agreement.state == AgreementState::Asked
    }
}

/// What the page of a product shows of its agreements.
#[derive(Debug, Clone)]
pub struct AccessFacts {
    /// The agreements of which whoever looks may see a side, the latest first.
    pub agreements: Vec<AgreementView>,
    /// Whether there are more of them than these.
    pub more: bool,
    /// Whether whoever looks may see any at all.
    pub may_see: bool,
    /// Whether they may ask.
    pub may_ask: bool,
    /// Whom they may ask for; empty where it is for everybody.
    pub consumers: Vec<String>,
    /// The day it is.
    pub today: Day,
}

/// A usual length of an agreement, in days.
const USUAL: i64 = 180;

impl AccessFacts {
    /// The day that a form proposes as the last.
    pub fn proposed(&self) -> Day {
        Day::from_unix_days(u64::try_from(self.today.unix_days() + USUAL).unwrap_or(0))
    }
}

/// The fields at the top of a product's records, each with its pointer and whether it is personal.
pub fn top_fields(contract: &Contract) -> Vec<(String, String, bool)> {
    let paths = contract.field_paths();
    let mut fields: Vec<(String, String, bool)> = Vec::new();
    for (pointer, meaning) in paths {
        let top = pointer.strip_prefix('/').is_some_and(|rest| !rest.contains('/'));
        if top && !fields.iter().any(|(known, ..)| *known == pointer) {
            let personal = contract.personal_fields().iter().any(|it| it.starts_with(&pointer));
            fields.push((pointer, meaning.name.clone(), personal));
        }
    }
    fields
}

/// What the page of agreements shows.
#[derive(Debug)]
pub struct AgreementsView {
    /// What waits for an answer of whoever looks.
    pub waiting: Vec<AgreementView>,
    /// The others.
    pub others: Vec<AgreementView>,
    /// What to ask the next page with.
    pub next: Option<String>,
}
