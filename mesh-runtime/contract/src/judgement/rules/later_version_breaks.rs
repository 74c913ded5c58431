//! `later-version-breaks`: a later version, which is published already, breaks what this one promises

use super::super::finding::{Finding, Standing};
use super::prelude::*;
use crate::ContractVersion;

pub(crate) static RULE: Rule = Rule {
    id: "later-version-breaks",
    step: Step::None,
    sentence: "A later version, which is published already, breaks what this one promises",
    explanation: "Whoever takes this version may come to the later one by an update that promises not to hurt, so it does \
                  not matter which of both was published first. Leave out what the later version does not keep, or start a \
                  new line above it.",
    example: Example {
        before: "// 1.3.0 is published, without `email`",
        after: "// 1.2.0 comes after it, and each of its records has an `email`",
        old: as_it_is,
        new: |document| {
            let fields = document["types"]["Order"]["fields"].as_array_mut();
            fields.into_iter().for_each(|fields| fields.retain(|field| field["name"] != "email"));
            for side in ["emits", "accepts"] {
                let schema = &mut document["schemas"][side];
                schema["properties"].as_object_mut().and_then(|members| members.remove("email"));
                let required = schema["required"].as_array_mut();
                required.into_iter().for_each(|names| names.retain(|name| name != "email"));
            }
        },
    },
    late: true,
    ..Rule::BASE
};

/// What is found between this version and a later one, as it counts for this one. Its fingerprint is that of the difference,
/// so that a waiver holds for it whatever the order. What other words mean was for the author of the later version to say.
/// Those who are hurt read this version, and meet records of the later one.
pub(crate) fn of(found: Finding, later: &ContractVersion) -> Option<Finding> {
    if found.rule == super::MEANING_CHANGED {
        return None;
    }
    if !found.counts() && !matches!(found.standing, Standing::Waived { .. }) {
        return None;
    }
    let message =
        format!("{later} is published already and follows it with no such promise: {}", found.message);
    Some(Finding { rule: RULE.id.to_owned(), message, instead: Vec::new(), ..found })
}
