//! `waiver-unused`: a waiver waives nothing

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "waiver-unused",
    step: Step::None,
    sentence: "A waiver waives nothing",
    explanation: "The finding that it names is gone, or was never there. A waiver that nobody needs would hide the next \
                  finding of the same kind: delete it.",
    example: Example {
        before: r#"[[waiver]]
finding = "0123456789abcdef""#,
        after: "# no such finding",
        old: as_it_is,
        new: |document| {
            document["tags"] = json!(["tidy"]);
        },
    },
    check: Check::Judgement,
    around: |_| (Vec::new(), waived("0123456789abcdef".to_owned())),
    ..Rule::BASE
};

pub(crate) fn seen(waiver: &Waiver) -> Seen {
    let message = format!(
        "the waiver of {} names the finding {}, and there is none to waive; delete it",
        waiver.owner, waiver.finding
    );
    Seen::part("", waiver.finding.clone(), message)
}
