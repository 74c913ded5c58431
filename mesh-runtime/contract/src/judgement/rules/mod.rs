//! The rules, one file each, and the table that lists them.
//!
//! Rules that name a break of schemas are asked in the order of the table, and the first that knows the break has it.

pub(crate) mod availability_weakened;
pub(crate) mod bounds_loosened;
pub(crate) mod bounds_tightened;
pub(crate) mod classification_loosened;
pub(crate) mod classification_tightened;
pub(crate) mod decimal_changed;
pub(crate) mod deprecation_announced;
pub(crate) mod deprecation_brought_forward;
pub(crate) mod deprecation_withdrawn;
pub(crate) mod deprecation_without_successor;
pub(crate) mod expectation_pending;
pub(crate) mod extensible_withdrawn;
pub(crate) mod field_added;
pub(crate) mod field_deprecated;
pub(crate) mod field_dropped;
pub(crate) mod field_made_nullable;
pub(crate) mod field_made_optional;
pub(crate) mod field_removed;
pub(crate) mod field_renamed;
pub(crate) mod field_required;
pub(crate) mod freshness_weakened;
pub(crate) mod grain_changed;
pub(crate) mod input_changed;
pub(crate) mod key_changed;
pub(crate) mod kind_changed;
pub(crate) mod latency_weakened;
pub(crate) mod later_version_breaks;
pub(crate) mod level_strengthened;
pub(crate) mod logical_type_changed;
pub(crate) mod meaning_changed;
pub(crate) mod member_refused;
pub(crate) mod null_refused;
pub(crate) mod owner_moved;
pub(crate) mod personal_data_added;
pub(crate) mod personal_data_marked;
pub(crate) mod personal_data_unmarked;
pub(crate) mod port_added;
pub(crate) mod port_changed;
pub(crate) mod port_removed;
mod prelude;
pub(crate) mod promise_changed;
pub(crate) mod reader_refuses;
pub(crate) mod reference_changed;
pub(crate) mod replay_refuses;
pub(crate) mod retention_shortened;
pub(crate) mod service_moved;
pub(crate) mod stability_lowered;
pub(crate) mod tenant_changed;
pub(crate) mod term_changed;
pub(crate) mod terms_changed;
pub(crate) mod time_zone_changed;
pub(crate) mod type_changed;
pub(crate) mod undecided;
pub(crate) mod unit_changed;
pub(crate) mod values_narrowed;
pub(crate) mod values_widened;
pub(crate) mod variant_added;
pub(crate) mod variant_lands_in_another_arm;
pub(crate) mod variant_lands_in_catch_all;
pub(crate) mod variant_removed;
pub(crate) mod waiver_expired;
pub(crate) mod waiver_unused;
pub(crate) mod words_changed;

use super::change::Seen;
use super::rule::{Check, Found, Rule};

/// Every rule.
pub static ALL: &[&Rule] = &[
    &field_renamed::RULE,
    &field_removed::RULE,
    &field_made_optional::RULE,
    &field_made_nullable::RULE,
    &variant_lands_in_catch_all::RULE,
    &variant_added::RULE,
    &variant_removed::RULE,
    &null_refused::RULE,
    &field_required::RULE,
    &type_changed::RULE,
    &values_widened::RULE,
    &values_narrowed::RULE,
    &member_refused::RULE,
    &reader_refuses::RULE,
    &replay_refuses::RULE,
    &undecided::RULE,
    &field_dropped::RULE,
    &field_added::RULE,
    &unit_changed::RULE,
    &term_changed::RULE,
    &time_zone_changed::RULE,
    &decimal_changed::RULE,
    &logical_type_changed::RULE,
    &bounds_loosened::RULE,
    &bounds_tightened::RULE,
    &reference_changed::RULE,
    &classification_loosened::RULE,
    &classification_tightened::RULE,
    &personal_data_marked::RULE,
    &personal_data_unmarked::RULE,
    &personal_data_added::RULE,
    &field_deprecated::RULE,
    &meaning_changed::RULE,
    &variant_lands_in_another_arm::RULE,
    &extensible_withdrawn::RULE,
    &key_changed::RULE,
    &tenant_changed::RULE,
    &grain_changed::RULE,
    &port_removed::RULE,
    &port_changed::RULE,
    &port_added::RULE,
    &freshness_weakened::RULE,
    &latency_weakened::RULE,
    &availability_weakened::RULE,
    &retention_shortened::RULE,
    &level_strengthened::RULE,
    &terms_changed::RULE,
    &stability_lowered::RULE,
    &kind_changed::RULE,
    &owner_moved::RULE,
    &service_moved::RULE,
    &input_changed::RULE,
    &deprecation_announced::RULE,
    &deprecation_without_successor::RULE,
    &deprecation_brought_forward::RULE,
    &deprecation_withdrawn::RULE,
    &promise_changed::RULE,
    &words_changed::RULE,
    &expectation_pending::RULE,
    &later_version_breaks::RULE,
    &waiver_expired::RULE,
    &waiver_unused::RULE,
];

/// The name of the rule that asks the author what changed words mean.
pub const MEANING_CHANGED: &str = meaning_changed::RULE.id;

/// The rule of a name.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.iter().copied().find(|rule| rule.id == id)
}

/// The rule that knows a break, and what it says of it.
pub(super) fn name(found: &Found<'_>) -> Option<(&'static Rule, Seen)> {
    ALL.iter().find_map(|rule| match rule.check {
        Check::Break(name) => Some((*rule, name(found)?)),
        Check::Versions(_) | Check::Judgement => None,
    })
}
