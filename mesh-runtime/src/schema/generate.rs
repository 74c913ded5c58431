//! From a type to the definitions of one side, with the types found in it.

use std::collections::BTreeMap;

use mesh_contract::contract::Side;
use mesh_contract::prose;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

use super::{bounds, close, complete, node};
use crate::nested::{Described, Found, Nested};

/// Every definition of one side of a type, the root among them, and the described types that it is made of.
#[derive(Debug, Clone)]
pub(crate) struct Generated {
    /// The root's name among the definitions.
    pub(crate) root: String,
    /// All definitions, those of flattened types included, which nothing refers to.
    pub(crate) defs: Map<String, Value>,
    /// The described types, the root first.
    pub(crate) found: Vec<Found>,
}

impl Generated {
    /// The described type of a name.
    pub(crate) fn described(&self, name: &str) -> Option<&Found> {
        self.found.iter().find(|found| found.name == name)
    }

    /// Whether any definition that the root reaches refers to a definition.
    pub(crate) fn is_referenced(&self, name: &str) -> bool {
        let mut reached = self.defs.clone();
        let mut root = Map::new();
        root.insert("$ref".to_owned(), node::reference(&self.root).into());
        node::keep_reachable(&root, &mut reached);
        let mut references = Vec::new();
        reached.values().for_each(|node| node::references(node, &mut references));
        references.iter().any(|reference| reference == name)
    }
}

/// What serde writes of a type and what it takes for it, under the same names.
pub(crate) fn generate_both(described: &Described) -> (Generated, Generated) {
    let emits = raw(described, Side::Emits);
    let mut accepts = raw(described, Side::Accepts);
    rename(&mut accepts, &emits.found);
    (finish(emits, Side::Emits), finish(accepts, Side::Accepts))
}

/// What serde does with a type on one side.
pub(crate) fn generate(described: &Described, side: Side) -> Generated {
    finish(raw(described, side), side)
}

fn raw(described: &Described, side: Side) -> Generated {
    let settings = SchemaSettings::draft2020_12();
    let settings = match side {
        Side::Emits => settings.for_serialize(),
        Side::Accepts => settings.for_deserialize(),
    };
    let mut generator = settings.into_generator();
    let mut nested = Nested::new(&mut generator);
    nested.visit_described(described);
    let found = nested.into_found();
    let root = found
        .first()
        .map(|found| found.name.clone())
        .unwrap_or_else(|| (described.schema_name)().into_owned());
    let inline = found.first().is_some_and(|found| found.inline).then(|| (described.schema)(&mut generator));
    let mut defs = generator.take_definitions(true);
    if let Some(schema) = inline {
        defs.insert(root.clone(), schema.to_value());
    }
    Generated { root, defs, found }
}

fn finish(mut generated: Generated, side: Side) -> Generated {
    generated.defs.values_mut().for_each(|node| node::walk_mut(node, &mut bounds::complete));
    generated.defs.values_mut().for_each(|node| node::walk_mut(node, &mut unwrap_description));
    complete::complete(&mut generated, side);
    if side == Side::Emits {
        close::close(&mut generated);
    }
    generated
}

/// Says in a schema what the contract's meaning says: comments with their paragraphs on one line each.
fn unwrap_description(node: &mut Value) {
    if let Some(Value::String(text)) = node.get_mut("description") {
        *text = prose::unwrapped(text.trim());
    }
}

/// Gives the described types the names that they have on the other side. Names differ only where several types have one
/// name and the sides reach them in different order.
fn rename(generated: &mut Generated, named: &[Found]) {
    let mut names = BTreeMap::new();
    for (found, named) in generated.found.iter_mut().zip(named) {
        if found.name != named.name {
            names.insert(std::mem::replace(&mut found.name, named.name.clone()), named.name.clone());
        }
    }
    if names.is_empty() {
        return;
    }
    let taken = |name: &String| names.values().any(|taken| taken == name);
    let displaced: Vec<String> =
        generated.defs.keys().filter(|name| taken(name) && !names.contains_key(*name)).cloned().collect();
    for name in displaced {
        let free = (2..)
            .map(|number| format!("{name}{number}"))
            .find(|free| !generated.defs.contains_key(free) && !names.values().any(|taken| taken == free));
        names.insert(name, free.expect("numbers do not end"));
    }
    let defs = std::mem::take(&mut generated.defs);
    for (name, mut node) in defs {
        node::walk_mut(&mut node, &mut |node| {
            if let Some(new) = node::definition_name(node).and_then(|name| names.get(&name))
                && let Some(members) = node.as_object_mut()
            {
                members.insert("$ref".to_owned(), node::reference(new).into());
            }
        });
        generated.defs.insert(names.get(&name).cloned().unwrap_or(name), node);
    }
    if let Some(first) = generated.found.first() {
        generated.root = first.name.clone();
    }
}
