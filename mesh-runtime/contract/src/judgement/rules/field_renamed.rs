//! `field-renamed`: a field has another name

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "field-renamed",
    step: Step::Major,
    sentence: "A field has another name",
    explanation: "Records carry the new name, and every reader of the line looks for the old one. Rust names and wire \
                  names are different things: rename the field in Rust as you like and keep the wire name with \
                  `#[serde(rename = \"...\")]`. To give the wire name up, write both names for a while, or start a new major \
                  line.",
    example: Example {
        before: "pub customer_id: u32,",
        after: "pub client_id: u32,",
        old: as_it_is,
        new: |document| {
            remove(document, "customer_id");
            let meaning = json!({ "name": "client_id", "type": "uint32", "description": "Who ordered." });
            add(
                document,
                meaning,
                json!({ "type": "integer", "minimum": 0, "maximum": 4_294_967_295_u32 }),
                true,
                true,
            );
        },
    },
    check: Check::Break(name),
    instead,
    ..Rule::BASE
};

/// A field that was always there is gone, and one that means the same stands beside where it was. Readers miss the old name,
/// earlier records the new one.
fn name(found: &Found<'_>) -> Option<Seen> {
    let change = found.change?;
    if found.at.keyword != "required" {
        return None;
    }
    let (old, new) = match found.at.side {
        Side::Readers => (found.field, renamed(change, found.field)?),
        Side::Replay => {
            let before = change.gone().find(|(pointer, _)| renamed(change, pointer) == Some(found.field));
            (before?.0, found.field)
        }
    };
    let message = format!("{} is called {} now, and readers look for the old name", shown(old), shown(new));
    Some(Seen::field(old, new, message))
}

/// The only new field with the same parent, type and description.
fn renamed<'c>(change: &'c Change<'_>, pointer: &str) -> Option<&'c str> {
    let (above, _) = last_step(pointer)?;
    let old = change.old_field(pointer).filter(|_| change.new_field(pointer).is_none())?;
    let mut alike = change.added().filter(|(added, field)| {
        last_step(added).is_some_and(|(parent, _)| parent == above)
            && field.logical == old.logical
            && same_words(&field.description, &old.description)
    });
    let (found, _) = alike.next()?;
    alike.next().is_none().then_some(found)
}

fn instead(change: &Change<'_>, seen: &Seen) -> Vec<Offer> {
    let pointer = seen.place.pointer();
    let Some((old, (_, name))) = change.old_field(pointer).zip(last_step(pointer)) else { return Vec::new() };
    let Some((_, now)) = last_step(&seen.key) else { return Vec::new() };
    let mut contract = change.new.clone();
    for meaning in contract.types.values_mut() {
        meaning
            .fields
            .iter_mut()
            .filter(|field| field.name == now)
            .for_each(|field| field.name.clone_from(&old.name));
    }
    for schema in [&mut contract.schemas.emits, &mut contract.schemas.accepts] {
        rename_member(schema, &seen.key, &name);
    }
    let code = format!("#[serde(rename = {name:?})]\npub {now}: {},", rust_type(&old.logical));
    vec![Offer { title: "keep the name on the wire".to_owned(), code, contract }]
}

fn rename_member(schema: &mut Value, pointer: &str, to: &str) {
    let Some((above, from)) = last_step(pointer) else { return };
    for holder in schemas_of(schema, above) {
        let Some(object) = schema.pointer_mut(&holder).and_then(Value::as_object_mut) else { continue };
        if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut)
            && let Some(property) = properties.remove(&from)
        {
            properties.insert(to.to_owned(), property);
        }
        for name in object.get_mut("required").and_then(Value::as_array_mut).into_iter().flatten() {
            if name.as_str() == Some(&from) {
                *name = to.into();
            }
        }
    }
}
