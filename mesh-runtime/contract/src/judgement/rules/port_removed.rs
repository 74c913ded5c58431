//! `port-removed`: a port is gone

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "port-removed",
    step: Step::Major,
    sentence: "A port is gone",
    explanation: "Readers that use the port find nothing there. Keep the port until nobody uses it, or start a new major \
                  line.",
    example: Example {
        before: "#[port(records)]
#[port(events)]",
        after: "#[port(records)]",
        old: as_it_is,
        new: |document| {
            document["ports"].as_array_mut().expect("the base has ports").truncate(1);
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    for port in old.ports.iter().filter(|port| new.ports.iter().all(|it| it.name != port.name)) {
        let message = format!("the port `{}` ({}) is gone", port.name, port.kind);
        seen.push(Seen::part(&step("/ports", port.name.as_str()), "", message));
    }
}

pub(super) fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let Some((_, name)) = last_step(seen.place.pointer()) else { return Vec::new() };
    let Some(port) = change.old.ports.iter().find(|port| port.name.as_str() == name) else {
        return Vec::new();
    };
    let mut contract = change.new.clone();
    contract.ports.retain(|it| it.name != port.name);
    contract.ports.push(port.clone());
    let named = if port.name.as_str() == port.kind.as_str() {
        String::new()
    } else {
        format!(", name = \"{}\"", port.name)
    };
    let code = format!("#[port({}{named})]", port.kind);
    vec![Offer { title: "keep the port as it was".to_owned(), code, contract }]
}
