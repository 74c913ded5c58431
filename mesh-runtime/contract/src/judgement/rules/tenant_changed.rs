//! `tenant-changed`: another field tells whose a record is

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "tenant-changed",
    step: Step::Major,
    sentence: "Another field tells whose a record is",
    explanation: "Each customer reads the records that are its own, and its grant says so by what stands in this field. Without \
                  it ports cannot keep customers apart, and with another one a grant that was agreed on shows others' records, \
                  or none. Start a new major line, for which access is agreed on anew.",
    example: Example {
        before: "#[field(tenant)]
pub customer_id: u32,",
        after: "pub customer_id: u32,",
        old: |document| {
            field(document, "Order", "customer_id")["tenant"] = true.into();
        },
        new: |document| {
            field(document, "Order", "customer_id")["tenant"] = false.into();
        },
    },
    check: Check::Versions(look),
    instead,
    ..Rule::BASE
};

fn look(change: &Change<'_>, seen: &mut Vec<Seen>) {
    let (old, new) = (change.old.tenant(), change.new.tenant());
    if old != new {
        let told = |name: Option<&str>| name.map_or("nothing".to_owned(), |name| format!("`{name}`"));
        let message = format!("{} told whose a record is, and {} tells it now", told(old), told(new));
        seen.push(Seen::part("/tenant", new.unwrap_or_default().to_owned(), message));
    }
}

fn instead(change: &Change<'_>, _: &Seen) -> Vec<Offer> {
    let old = change.old.tenant();
    let mut contract = change.new.clone();
    let Some(root) = contract.types.get_mut(&change.new.root) else { return Vec::new() };
    if old.is_some_and(|name| root.field(name).is_none()) {
        return Vec::new();
    }
    for field in &mut root.fields {
        field.tenant = Some(field.name.as_str()) == old;
    }
    let (title, code) = match old {
        Some(name) => {
            ("keep the field that tells whose a record is", format!("#[field(tenant)] // on `{name}`"))
        }
        None => ("take `tenant` away", String::new()),
    };
    vec![Offer { title: title.to_owned(), code, contract }]
}
