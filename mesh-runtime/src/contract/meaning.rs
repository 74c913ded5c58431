//! What types and fields mean, from the macros' definitions and the schema of what is written.

use mesh_contract::meaning::{FieldMeaning, LogicalType, Tagging, TypeMeaning, Types, VariantMeaning};
use mesh_contract::prose::unwrapped;
use serde_json::Value;

use super::Mistakes;
use super::logical::{self, Logical, is_nullable};
use crate::definition::{FieldDefinition, Shape, TaggingDefinition, VariantDefinition, VariantShape};
use crate::nested::{FieldTypes, Found};
use crate::schema::Generated;

/// The meaning of every type that a product is made of.
pub(super) fn types(emits: &Generated, mistakes: &mut Mistakes) -> Types {
    let mut reader = Reader { emits, logical: Logical::new(emits), mistakes };
    let mut types = Types::new();
    for found in &emits.found {
        let meaning = reader.described(found);
        types.insert(found.name.clone(), meaning);
    }
    let mut next = 0;
    while let Some(name) = reader.logical.foreign.get(next).cloned() {
        next += 1;
        if let Some(node) = emits.defs.get(&name) {
            let meaning = reader.foreign(&name, node);
            types.insert(name, meaning);
        }
    }
    types
}

struct Reader<'r> {
    emits: &'r Generated,
    logical: Logical<'r>,
    mistakes: &'r mut Mistakes,
}

impl Reader<'_> {
    fn described(&mut self, found: &Found) -> TypeMeaning {
        let body = &found.body;
        let place = body.rust_name;
        if body.description.trim().is_empty() {
            self.mistakes.add(place, "it has no description; write a doc comment");
        }
        if found.inline && found.name != self.emits.root {
            self.mistakes.add(place, "`#[schemars(inline)]` leaves its meaning without a name; take it away");
        }
        let mut meaning = TypeMeaning {
            description: unwrapped(body.description.trim()),
            extensible: body.extensible,
            ..TypeMeaning::default()
        };
        let nothing = Value::Null;
        let node = self.emits.defs.get(&found.name).unwrap_or(&nothing);
        self.body(place, &body.shape, &found.fields, node, &mut meaning);
        meaning
    }

    fn body(
        &mut self,
        place: &str,
        shape: &Shape,
        types: &[FieldTypes],
        node: &Value,
        meaning: &mut TypeMeaning,
    ) {
        match shape {
            Shape::Struct { fields } => self.members(place, fields, types, node, meaning),
            Shape::Newtype { field } => {
                let value = self.field(place, field, String::new(), node, false);
                meaning.newtype = Some(Box::new(value));
            }
            Shape::Tuple { fields } => {
                let there = fields.iter().filter(|field| !field.never_emitted);
                let items = node.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
                for (index, (field, item)) in there.zip(items).enumerate() {
                    let place = format!("{place}.{}", field.rust_name);
                    meaning.fields.push(self.field(&place, field, index.to_string(), item, false));
                }
            }
            Shape::Unit => {}
            Shape::Enum { tagging, variants } => {
                meaning.tagging = Some(tagging_of(*tagging));
                self.variants(place, *tagging, variants, types, node, meaning);
            }
        }
    }

    fn members(
        &mut self,
        place: &str,
        fields: &[FieldDefinition],
        types: &[FieldTypes],
        node: &Value,
        meaning: &mut TypeMeaning,
    ) {
        let nothing = FieldTypes::default();
        for (index, field) in fields.iter().enumerate() {
            if field.never_emitted {
                if field.key {
                    let message =
                        "a key that is never written names no record; write it, or choose another key";
                    self.mistakes.add(format!("{place}.{}", field.rust_name), message);
                }
                continue;
            }
            let types = types.get(index).unwrap_or(&nothing);
            if field.flatten {
                self.flattened(place, field, types, node, meaning);
                continue;
            }
            let place = format!("{place}.{}", field.rust_name);
            let Some(property) = find_property(node, field.emits) else {
                let message = format!(
                    "the schema of what is written has no member `{}`; derive `JsonSchema` for the type, or describe what \
                     `#[serde(into)]` writes by a type of its own",
                    field.emits
                );
                self.mistakes.add(place, message);
                continue;
            };
            let required = node.get("required").and_then(Value::as_array);
            let optional = !required.is_some_and(|names| names.iter().any(|name| name == field.emits));
            meaning.fields.push(self.field(&place, field, field.emits.to_owned(), property, optional));
        }
    }

    /// The members of a flattened type stand among those of the type around it.
    fn flattened(
        &mut self,
        place: &str,
        field: &FieldDefinition,
        types: &FieldTypes,
        node: &Value,
        meaning: &mut TypeMeaning,
    ) {
        // Room for any member may have been made by another field, or within the flattened type. Only the keys of a map tell that
        // the members are what this very field holds.
        let is_map = !types.keys.is_empty();
        let any_member = node.get("additionalProperties").or(node.get("unevaluatedProperties"));
        match (types.described.as_slice(), any_member) {
            ([only], _) if !is_map => {
                let inner = &self.emits.found[*only];
                self.body(place, &inner.body.shape, &inner.fields, node, meaning);
            }
            (_, Some(value)) => {
                let place = format!("{place}.{}", field.rust_name);
                meaning.fields.push(self.field(&place, field, "*".to_owned(), value, true));
            }
            _ => {
                let message = "what a foreign type writes among the members of this one has no meaning; derive `DataType` \
                               for it, or wrap it in a type that does";
                self.mistakes.add(format!("{place}.{}", field.rust_name), message);
            }
        }
    }

    fn field(
        &mut self,
        place: &str,
        field: &FieldDefinition,
        name: String,
        node: &Value,
        optional: bool,
    ) -> FieldMeaning {
        let logical = self.logical.of_field(field, node);
        let own = self.logical.of(node);
        if (field.decimal.is_some() || field.min.is_some() || field.max.is_some())
            && !can_be_exact(&own, node)
        {
            let message = format!(
                "`decimal`, `min` and `max` are said of numbers, and this is a {own}; take them away"
            );
            self.mistakes.add(place, message);
        }
        let described = !field.description.trim().is_empty();
        if !described && !name.is_empty() && name.parse::<usize>().is_err() {
            self.mistakes.add(place, "it has no description; write a doc comment");
        }
        let mut examples = Vec::new();
        for text in field.examples {
            match serde_json::from_str(text) {
                Ok(example) => examples.push(example),
                Err(error) => self.mistakes.add(place, format!("the example `{text}` is not JSON: {error}")),
            }
        }
        FieldMeaning {
            description: unwrapped(field.description.trim()),
            optional,
            nullable: is_nullable(node, self.emits),
            key: field.key,
            tenant: field.tenant,
            unit: field.unit.map(str::to_owned),
            term: field.term.map(str::to_owned),
            pii: field.pii,
            classification: field.classification,
            deprecated: field.deprecated.map(str::to_owned),
            references: field.references.map(str::to_owned),
            min: field.min.map(str::to_owned),
            max: field.max.map(str::to_owned),
            examples,
            ..FieldMeaning::new(name, logical)
        }
    }

    fn variants(
        &mut self,
        place: &str,
        tagging: TaggingDefinition,
        variants: &[VariantDefinition],
        types: &[FieldTypes],
        node: &Value,
        meaning: &mut TypeMeaning,
    ) {
        let mut from = 0;
        let there = |variant: &VariantDefinition| !variant.never_emitted;
        let mut untagged = (0, crate::schema::count_untagged(tagging, variants, there));
        for variant in variants {
            let count = match &variant.shape {
                VariantShape::Unit => 0,
                VariantShape::Newtype(_) => 1,
                VariantShape::Tuple(fields) | VariantShape::Struct(fields) => fields.len(),
            };
            let types = types.get(from..from + count).unwrap_or_default();
            from += count;
            if variant.never_emitted && !variant.other {
                continue;
            }
            let place = format!("{place}::{}", variant.rust_name);
            if variant.description.trim().is_empty() {
                self.mistakes.add(&place, "it has no description; write a doc comment");
            }
            let tagging = if variant.untagged { TaggingDefinition::Untagged } else { tagging };
            let content = crate::schema::variant_content(node, tagging, variant.emits, untagged);
            untagged.0 += usize::from(tagging == TaggingDefinition::Untagged);
            let mut written = VariantMeaning {
                name: variant.emits.to_owned(),
                description: unwrapped(variant.description.trim()),
                catch_all: variant.other,
                ..VariantMeaning::default()
            };
            if let Some(content) = content {
                self.content(&place, &variant.shape, types, content, &mut written);
            }
            meaning.variants.push(written);
        }
    }

    fn content(
        &mut self,
        place: &str,
        shape: &VariantShape,
        types: &[FieldTypes],
        content: &Value,
        written: &mut VariantMeaning,
    ) {
        match shape {
            VariantShape::Unit => {}
            VariantShape::Newtype(field) => {
                self.nameless(place, field);
                let inlined = types.first().and_then(|types| match types.described.as_slice() {
                    [only] if content.get("$ref").is_none() && content.get("properties").is_some() => {
                        Some(*only)
                    }
                    _ => None,
                });
                let logical = match inlined {
                    Some(inner) => LogicalType::Type(self.emits.found[inner].name.clone()),
                    None => self.logical.of_field(field, content),
                };
                written.holds.push(logical);
            }
            VariantShape::Tuple(fields) => {
                let there = fields.iter().filter(|field| !field.never_emitted);
                let items = content.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
                for (field, item) in there.zip(items) {
                    self.nameless(place, field);
                    written.holds.push(self.logical.of_field(field, item));
                }
            }
            VariantShape::Struct(fields) => {
                let mut members = TypeMeaning::default();
                self.members(place, fields, types, content, &mut members);
                written.fields = members.fields;
            }
        }
    }

    /// A contract keeps what a variant holds without a name as a bare type: that it is personal would be lost.
    fn nameless(&mut self, place: &str, field: &FieldDefinition) {
        if field.pii.is_some() || field.classification.is_some() {
            let message = "it has no name that `pii` or `classification` could be kept under; give the variant a named field, \
                           or let it hold a newtype of your own that derives `DataType` and says so";
            self.mistakes.add(format!("{place}.{}", field.rust_name), message);
        }
    }

    /// A type that only its schema describes.
    fn foreign(&mut self, name: &str, node: &Value) -> TypeMeaning {
        let description = |node: &Value| {
            node.get("description").and_then(Value::as_str).unwrap_or_default().trim().to_owned()
        };
        let mut meaning = TypeMeaning { description: description(node), ..TypeMeaning::default() };
        let mut undescribed = Vec::new();
        if meaning.description.is_empty() {
            undescribed.push("itself".to_owned());
        }
        let required = node.get("required").and_then(Value::as_array);
        for (member, schema) in node.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let text = description(schema);
            if text.is_empty() {
                undescribed.push(format!("`{member}`"));
            }
            let logical = self.logical.of(schema);
            meaning.fields.push(FieldMeaning {
                description: text,
                optional: !required.is_some_and(|names| names.iter().any(|name| name == member)),
                nullable: is_nullable(schema, self.emits),
                ..FieldMeaning::new(member, logical)
            });
        }
        if !undescribed.is_empty() {
            let message = format!(
                "the type says nothing of {}; derive `DataType` for it, or hold the values in a type of your own that does",
                undescribed.join(", ")
            );
            self.mistakes.add(name, message);
        }
        meaning
    }
}

/// Whether exact bounds can be said of values: numbers, and texts that are numbers.
fn can_be_exact(own: &LogicalType, node: &Value) -> bool {
    // A text with a pattern of its own may be an exact number of another library.
    let text_with_pattern = *logical::core(own) == LogicalType::String && node.get("pattern").is_some();
    let newtype = matches!(logical::core(own), LogicalType::Type(_));
    logical::is_numeric(own) || text_with_pattern || newtype
}

fn find_property<'s>(node: &'s Value, name: &str) -> Option<&'s Value> {
    node.get("properties")?.get(name)
}

fn tagging_of(tagging: TaggingDefinition) -> Tagging {
    match tagging {
        TaggingDefinition::External => Tagging::External,
        TaggingDefinition::Internal { tag } => Tagging::Internal { tag: tag.to_owned() },
        TaggingDefinition::Adjacent { tag, content } => {
            Tagging::Adjacent { tag: tag.to_owned(), content: content.to_owned() }
        }
        TaggingDefinition::Untagged => Tagging::Untagged,
    }
}
