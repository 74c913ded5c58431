//! `waiver-expired`: a waiver has expired

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "waiver-expired",
    step: Step::None,
    sentence: "A waiver has expired",
    explanation: "Somebody took the finding upon themselves for a while, and the while is over. Mend the change, or ask \
                  its owner to waive it anew.",
    example: Example {
        before: r#"[[waiver]]
until = "2026-01-31""#,
        after: "# today is 2026-02-01",
        old: as_it_is,
        new: |document| {
            document["levels"]["freshness"] = "24h".into();
        },
    },
    check: Check::Judgement,
    around: |example| {
        let (old, new) = example.contracts();
        let judgement = judge(&[old], &new, &[], &Policy::default(), BUDGET);
        let found = judgement.findings.into_iter().next().map(|finding| finding.fingerprint);
        (Vec::new(), waived(found.unwrap_or_default()))
    },
    ..Rule::BASE
};

pub(crate) fn seen(waiver: &Waiver, finding: &Finding) -> Seen {
    let message =
        format!("the waiver of {} for `{}` held until {}", waiver.owner, finding.rule, waiver.until);
    Seen::part("", waiver.finding.clone(), message)
}
