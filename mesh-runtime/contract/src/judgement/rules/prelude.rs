//! What the files of rules share.

pub(super) use std::cmp::Ordering;

pub(super) use serde_json::{Value, json};

pub(super) use crate::judgement::breaks::Side;
pub(super) use crate::judgement::change::{Change, Seen};
pub(super) use crate::judgement::edit::{add, field, keyword, optional, property, remove};
pub(super) use crate::judgement::finding::Finding;
pub(super) use crate::judgement::offer::{
    Kept, Offer, declaration, keep_field, no_longer_required, rust_type,
};
pub(super) use crate::judgement::place::{last_step, schemas_of, shown, step};
pub(super) use crate::judgement::policy::{Policy, Waiver};
pub(super) use crate::judgement::rule::{Check, Example, Found, Rule, as_it_is, day_of_examples};
pub(super) use crate::judgement::variants::unknown_variant;
pub(super) use crate::judgement::{BUDGET, Step, judge};
pub(super) use crate::meaning::Tagging;
pub(super) use crate::{Classification, Contract, Exact, Expectation, LogicalType, Span, TypeMeaning};

/// The words of a text, without case, spacing and punctuation.
pub(super) fn words(text: &str) -> String {
    let words: Vec<String> = text
        .split(|character: char| !character.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    words.join(" ")
}

/// Whether two texts are the same words.
pub(super) fn same_words(one: &str, other: &str) -> bool {
    one == other || words(one) == words(other)
}

/// A policy that waives a finding of the examples until the day before they are judged.
pub(super) fn waived(finding: String) -> Policy {
    let waiver = json!({
        "finding": finding, "product": "shop.orders", "owner": "ann@example.com",
        "reason": "agreed with accounting", "until": "2026-01-31"
    });
    let waivers = serde_json::from_value(waiver).into_iter().collect();
    Policy { waivers, today: day_of_examples(), ..Policy::default() }
}
