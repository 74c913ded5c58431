//! Which described types a type is made of, each by the name of its schema.

use std::any::type_name;
use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};

use crate::definition::TypeDefinition;
use crate::product::DataType;

/// Collects the described types that a type is made of, each once, and which fields hold which of them.
pub struct Nested<'g> {
    generator: &'g mut SchemaGenerator,
    /// The names that the compiler gives to the types found, in the same order.
    seen: Vec<&'static str>,
    found: Vec<Found>,
    /// The types whose fields are being walked, the innermost last.
    open: Vec<usize>,
}

/// A described type and the name under which its schema stands in `$defs`.
#[derive(Debug, Clone)]
pub struct Found {
    /// The key in `$defs`; the type's own name where its schema stands inline.
    pub name: String,
    /// Whether its schema stands inline wherever it is used, so that `$defs` does not hold it.
    pub inline: bool,
    /// What the macro read of it.
    pub body: TypeDefinition,
    /// What its fields are made of, in the order of the definition: variant by variant where it has variants.
    pub fields: Vec<FieldTypes>,
}

/// What a field is made of, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct FieldTypes {
    /// The described types that it holds, itself or below containers, by their place in the list of all that was found.
    pub described: Vec<usize>,
    /// The schemas of the keys of the maps in it, from the outermost.
    pub keys: Vec<serde_json::Value>,
    /// Whether its type is one that the mesh knows nothing of.
    pub foreign: bool,
}

/// A described type by what schemas need of it, so that the code which needs it is compiled once and not for each type.
#[derive(Clone, Copy)]
pub(crate) struct Described {
    type_name: &'static str,
    /// What the macro read of it.
    pub(crate) body: &'static TypeDefinition,
    /// The name of its schema, before the generator tells several of one name apart.
    pub(crate) schema_name: fn() -> Cow<'static, str>,
    /// Its schema, as it stands in another.
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
    nested: fn(&mut Nested<'_>),
}

impl Described {
    /// The description of a type.
    pub(crate) fn of<T: DataType>() -> Self {
        Self {
            type_name: type_name::<T>(),
            body: &T::BODY,
            schema_name: T::schema_name,
            schema: SchemaGenerator::subschema_for::<T>,
            nested: T::nested,
        }
    }
}

impl<'g> Nested<'g> {
    /// Starts with nothing found; names come from the generator.
    pub fn new(generator: &'g mut SchemaGenerator) -> Self {
        Self { generator, seen: Vec::new(), found: Vec::new(), open: Vec::new() }
    }

    /// Adds a type and all that it is made of.
    pub fn visit<T: DataType>(&mut self) {
        self.visit_described(&Described::of::<T>());
    }

    pub(crate) fn visit_described(&mut self, described: &Described) {
        let known = self.seen.iter().position(|seen| *seen == described.type_name);
        let index = known.unwrap_or(self.found.len());
        if let Some(field) = self.field() {
            field.described.push(index);
        }
        if known.is_some() {
            return;
        }
        self.seen.push(described.type_name);
        let schema = (described.schema)(self.generator);
        let reference = schema.get("$ref").and_then(serde_json::Value::as_str);
        let name = match reference.and_then(|reference| reference.rsplit('/').next()) {
            Some(key) => decode_reference(key),
            None => (described.schema_name)().into_owned(),
        };
        let body = *described.body;
        self.found.push(Found { name, inline: reference.is_none(), body, fields: Vec::new() });
        self.open.push(index);
        (described.nested)(self);
        self.open.pop();
    }

    /// Notes that the field at hand holds a map with keys of this type.
    pub fn map_key<K: JsonSchema + ?Sized>(&mut self) {
        let schema = self.generator.subschema_for::<K>();
        let name =
            schema.get("$ref").and_then(serde_json::Value::as_str).and_then(|it| it.rsplit('/').next());
        let definition = name.and_then(|name| self.generator.definitions().get(&decode_reference(name)));
        let schema = definition.cloned().unwrap_or_else(|| schema.to_value());
        if let Some(field) = self.field() {
            field.keys.push(schema);
        }
    }

    /// Passes fields whose types describe nothing, as their names alone tell.
    pub fn plain(&mut self, fields: usize) {
        for _ in 0..fields {
            self.next_field(false);
        }
    }

    /// Passes a field whose schema is made by a function, of which nothing is known.
    pub fn foreign(&mut self) {
        self.next_field(true);
    }

    /// Goes to the next field of the type at hand.
    pub(crate) fn next_field(&mut self, foreign: bool) {
        if let Some(index) = self.open.last() {
            self.found[*index].fields.push(FieldTypes { foreign, ..FieldTypes::default() });
        }
    }

    fn field(&mut self) -> Option<&mut FieldTypes> {
        let index = *self.open.last()?;
        self.found[index].fields.last_mut()
    }

    /// What was found, in the order of a walk down the fields: whatever was visited first is the first.
    pub fn into_found(self) -> Vec<Found> {
        self.found
    }
}

/// The name in the last step of a `$ref`, which is a JSON pointer in a URI fragment.
pub(crate) fn decode_reference(step: &str) -> String {
    let mut bytes = Vec::with_capacity(step.len());
    let mut rest = step.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = || u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok();
        match hex().filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).replace("~1", "/").replace("~0", "~")
}
