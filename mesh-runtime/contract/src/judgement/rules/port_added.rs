//! `port-added`: a port is new

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "port-added",
    step: Step::Minor,
    sentence: "A port is new",
    explanation: "Another way to read the product. The step is minor, so that a consumer can ask for it by asking for the \
                  version.",
    example: Example {
        before: "#[port(records)]
#[port(events)]",
        after: "#[port(records)]
#[port(events)]
#[port(table)]",
        old: as_it_is,
        new: |document| {
            document["ports"]
                .as_array_mut()
                .expect("the base has ports")
                .push(json!({ "name": "table", "kind": "table" }));
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    for port in new.ports.iter().filter(|port| old.ports.iter().all(|it| it.name != port.name)) {
        let message = format!("the port `{}` ({}) is new", port.name, port.kind);
        seen.push(Seen::part(&step("/ports", port.name.as_str()), "", message));
    }
}
