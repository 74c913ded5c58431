//! `undecided`: the judge could not decide whether records are taken

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "undecided",
    step: Step::Major,
    sentence: "The judge could not decide whether records are taken",
    explanation: "Neither a proof nor a witness was found, within the budget or because a construct is beyond what the \
                  judge decides. It is never counted as compatible. Simplify the schema at the named construct, give a \
                  larger budget, or waive the finding with a reason.",
    example: Example {
        before: r#"#[schemars(regex(pattern = "a"))]"#,
        after: r#"#[schemars(regex(pattern = "(?=b)a"))]"#,
        old: as_it_is,
        new: |document| {
            let hard = json!({ "$dynamicRef": "#node" });
            document["schemas"]["emits"]["properties"]["note"] = hard;
        },
    },
    check: Check::Judgement,
    ..Rule::BASE
};

pub(crate) fn seen(side: Side, reason: String) -> Seen {
    let (key, message) = match side {
        Side::Readers => ("readers", "it is not proved that readers of the line take every record"),
        Side::Replay => ("replay", "it is not proved that the new version takes every earlier record"),
    };
    Seen::part("/schemas", key, message.to_owned()).unproven(reason)
}
