//! `service-moved`: another service of the domain offers the product

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "service-moved",
    step: Step::Minor,
    sentence: "Another service of the domain offers the product",
    explanation: "The address stays, so nobody has to bind again. It is told because the people behind the service may be \
                  others.",
    example: Example {
        before: "#[product(service = Shop::Ordering)]",
        after: "#[product(service = Shop::Billing)]",
        old: as_it_is,
        new: |document| {
            document["service"]["name"] = "billing".into();
        },
    },
    check: Check::Versions(look),
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let Change { old, new, .. } = change;
    let (was, is) = (&old.service, &new.service);
    if was.name != is.name {
        let message = format!("the service {} offered it, and {} does now", was.name, is.name);
        seen.push(Seen::part("/service/name", is.name.as_str(), message));
    }
    for gone in was.shared_with.iter().filter(|domain| !is.shared_with.contains(domain)) {
        let message = format!("the service is no longer shared with {gone}");
        seen.push(Seen::part("/service/sharedWith", gone.as_str(), message));
    }
}
