//! `port-changed`: a port is of another kind or has other options

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "port-changed",
    step: Step::Major,
    sentence: "A port is of another kind or has other options",
    explanation: "Readers connect by kind and options: a topic, a table, a partitioning. Offer the new form as a second \
                  port, and keep the old one until nobody uses it.",
    example: Example {
        before: "#[port(events)]",
        after: r#"#[port(table, name = "events")]"#,
        old: as_it_is,
        new: |document| {
            document["ports"][1]["kind"] = "table".into();
        },
    },
    check: Check::Versions(look),
    instead: super::port_removed::instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    for port in &old.ports {
        let Some(now) = new.ports.iter().find(|it| it.name == port.name) else { continue };
        if port.kind != now.kind {
            let message = format!("the port `{}` was {} and is {} now", port.name, port.kind, now.kind);
            seen.push(Seen::part(&step("/ports", port.name.as_str()), now.kind.as_str(), message));
        }
        for (option, was) in &port.options {
            let is = now.options.get(option);
            if is != Some(was) {
                let is = is.map_or("not set", String::as_str);
                let message = format!("`{option}` of the port `{}` was {was} and is {is} now", port.name);
                seen.push(Seen::part(&step("/ports", port.name.as_str()), format!("{option}={is}"), message));
            }
        }
    }
}
