//! `level-strengthened`: a service level is better than before

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "level-strengthened",
    step: Step::Minor,
    sentence: "A service level is better than before",
    explanation: "Good news has a version, too: a consumer can rely on it by asking for the version. Taking it back later \
                  is a major step.",
    example: Example {
        before: r#"#[product(freshness = "15m")]"#,
        after: r#"#[product(freshness = "5m")]"#,
        old: as_it_is,
        new: |document| {
            document["levels"]["freshness"] = "5m".into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let (was, is) = (&old.levels, &new.levels);
    let shorter = |was: Option<Span>, is: Option<Span>| {
        is.is_some_and(|is| was.is_none_or(|was| is.as_seconds() < was.as_seconds()))
    };
    let longer = |was: Option<Span>, is: Option<Span>| {
        is.is_some_and(|is| was.is_none_or(|was| is.as_seconds() > was.as_seconds()))
    };
    let better = [
        ("freshness", shorter(was.freshness, is.freshness)),
        ("latency", shorter(was.latency, is.latency)),
        ("retention", longer(was.retention, is.retention)),
        ("availability", is.availability.is_some_and(|is| was.availability.is_none_or(|was| is > was))),
    ];
    for (name, _) in better.into_iter().filter(|(_, better)| *better) {
        seen.push(Seen::part(&step("/levels", name), "", format!("{name} is promised better than before")));
    }
}
