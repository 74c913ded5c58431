//! What could be written instead: a contract in which a difference is taken back in a way that keeps what its author wanted,
//! and the Rust that makes it. Each is judged before it is shown.

use serde_json::Value;

use super::Step;
use super::change::Change;
use super::place::{last_step, schemas_of};
use crate::{Contract, FieldMeaning, LogicalType};

/// A contract to have instead.
pub(crate) struct Offer {
    /// What it does, as an imperative.
    pub(crate) title: String,
    /// The Rust to paste.
    pub(crate) code: String,
    pub(crate) contract: Contract,
}

/// The change as it is, as the first version of the next line beside the old one.
pub(crate) fn next_major(base: &Contract, new: &Contract) -> Offer {
    let mut contract = new.clone();
    contract.version = Step::Major.from(&base.version);
    Offer {
        title: format!("start the next line, and keep {} beside it for its readers", base.version),
        code: format!("#[product(version = \"{}\")]", contract.version),
        contract,
    }
}

/// What is to become of a field that is kept.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It stays as it was.
    AsItWas,
    /// It stays, and its readers are told that it will go.
    Deprecated,
}

/// What stands in for the words that only its author can write.
const WHY: &str = "say what to use instead";

/// The field as it was, beside whatever is new.
pub(crate) fn keep_field(change: &Change<'_>, pointer: &str, title: &str, kept: Kept) -> Option<Offer> {
    let field = change.old_field(pointer)?;
    let mut contract = change.new.clone();
    let restored = restore_meaning(change.old, &mut contract, field)?;
    let mut attributes = Vec::new();
    if kept == Kept::Deprecated {
        restored.deprecated = Some(WHY.to_owned());
        attributes.push(format!("#[field(deprecated = {WHY:?})]"));
    }
    restore_property(&change.old.schemas.emits, &mut contract.schemas.emits, pointer)?;
    restore_property(&change.old.schemas.accepts, &mut contract.schemas.accepts, pointer)?;
    Some(Offer { title: title.to_owned(), code: declaration(field, &attributes), contract })
}

/// Puts a field of an earlier contract into the type that held it, in place of one of the same name.
fn restore_meaning<'n>(
    old: &Contract,
    new: &'n mut Contract,
    field: &FieldMeaning,
) -> Option<&'n mut FieldMeaning> {
    let holds = |fields: &[FieldMeaning]| fields.iter().any(|it| std::ptr::eq(it, field));
    let (name, variant) = old.types.iter().find_map(|(name, meaning)| {
        let variant = meaning.variants.iter().position(|variant| holds(&variant.fields));
        (holds(&meaning.fields) || variant.is_some())
            .then_some((name, variant.map(|index| &meaning.variants[index].name)))
    })?;
    let meaning = new.types.get_mut(name)?;
    let fields = match variant {
        None => &mut meaning.fields,
        Some(variant) => &mut meaning.variants.iter_mut().find(|it| it.name == *variant)?.fields,
    };
    let index = fields.iter().position(|it| it.name == field.name);
    let index = index.unwrap_or_else(|| {
        fields.push(field.clone());
        fields.len() - 1
    });
    let restored = fields.get_mut(index)?;
    restored.clone_from(field);
    Some(restored)
}

/// Puts the schema of a member as it was into each schema that describes its object.
fn restore_property(old: &Value, new: &mut Value, pointer: &str) -> Option<()> {
    let (above, name) = last_step(pointer)?;
    let mut restored = None;
    for holder in schemas_of(old, above) {
        let Some(before) = old.pointer(&holder) else { continue };
        let Some(property) = before.get("properties").and_then(|it| it.get(&name)) else { continue };
        let required = names(before).any(|it| it == name);
        bring_definitions(old, property, new);
        let Some(object) = new.pointer_mut(&holder).and_then(Value::as_object_mut) else { continue };
        let properties = object.entry("properties").or_insert_with(|| Value::Object(serde_json::Map::new()));
        properties.as_object_mut()?.insert(name.clone(), property.clone());
        let listed = object.entry("required").or_insert_with(|| Value::Array(Vec::new())).as_array_mut()?;
        listed.retain(|it| it.as_str() != Some(&name));
        if required {
            listed.push(name.clone().into());
        }
        restored = Some(());
    }
    restored
}

fn names(schema: &Value) -> impl Iterator<Item = &str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

/// Brings along the definitions that a schema refers to.
fn bring_definitions(old: &Value, schema: &Value, new: &mut Value) {
    match schema {
        Value::Object(members) => {
            if let Some(name) =
                members.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix("#/$defs/"))
                && let Some(definition) = old.pointer(&format!("/$defs/{name}"))
                && let Some(document) = new.as_object_mut()
            {
                let definitions =
                    document.entry("$defs").or_insert_with(|| Value::Object(serde_json::Map::new()));
                let missing = definitions.as_object_mut().filter(|it| !it.contains_key(name));
                if let Some(definitions) = missing {
                    definitions.insert(name.to_owned(), definition.clone());
                    bring_definitions(old, definition, new);
                }
            }
            members.values().for_each(|member| bring_definitions(old, member, new));
        }
        Value::Array(items) => items.iter().for_each(|item| bring_definitions(old, item, new)),
        _ => {}
    }
}

/// A schema of what is taken in which a member may be missing.
pub(crate) fn no_longer_required(schema: &mut Value, pointer: &str) -> Option<()> {
    let (above, name) = last_step(pointer)?;
    let mut changed = None;
    for holder in schemas_of(schema, above) {
        let listed =
            schema.pointer_mut(&holder).and_then(|it| it.get_mut("required")).and_then(Value::as_array_mut);
        if let Some(listed) = listed {
            let before = listed.len();
            listed.retain(|it| it.as_str() != Some(&name));
            changed = (listed.len() < before).then_some(()).or(changed);
        }
    }
    changed
}

/// A field as it stands in a struct.
pub(crate) fn declaration(field: &FieldMeaning, attributes: &[String]) -> String {
    let mut code = String::new();
    for line in field.description.lines() {
        code.push_str(&format!("/// {line}\n"));
    }
    let mut says = Vec::new();
    if field.key {
        says.push("key".to_owned());
    }
    if field.tenant {
        says.push("tenant".to_owned());
    }
    let named = [
        ("unit", field.unit.clone()),
        ("term", field.term.clone()),
        ("pii", field.pii.map(|it| it.to_string())),
        ("classification", field.classification.map(|it| it.to_string())),
        ("min", field.min.clone()),
        ("max", field.max.clone()),
        ("references", field.references.clone()),
    ];
    if let LogicalType::Decimal { precision, scale } = field.logical {
        says.push(format!("decimal({precision}, {scale})"));
    }
    says.extend(named.into_iter().filter_map(|(name, value)| Some(format!("{name} = {:?}", value?))));
    if !says.is_empty() {
        code.push_str(&format!("#[field({})]\n", says.join(", ")));
    }
    for attribute in attributes {
        code.push_str(&format!("{attribute}\n"));
    }
    let rust = rust_name(&field.name);
    if rust != field.name {
        code.push_str(&format!("#[serde(rename = {:?})]\n", field.name));
    }
    let kind = rust_type(&field.logical);
    let kind = if field.optional || field.nullable { format!("Option<{kind}>") } else { kind };
    if field.optional {
        code.push_str("#[serde(skip_serializing_if = \"Option::is_none\")]\n");
    }
    code.push_str(&format!("pub {rust}: {kind},"));
    code
}

/// A wire name as a Rust field would be called.
fn rust_name(name: &str) -> String {
    let mut rust = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !rust.is_empty() && !rust.ends_with('_') {
            rust.push('_');
        }
        rust.push(if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' });
    }
    rust
}

/// The Rust type of a logical type, as the mesh writes it.
pub(crate) fn rust_type(logical: &LogicalType) -> String {
    match logical {
        LogicalType::Bool => "bool".to_owned(),
        LogicalType::Int8 => "i8".to_owned(),
        LogicalType::Int16 => "i16".to_owned(),
        LogicalType::Int32 => "i32".to_owned(),
        LogicalType::Int64 | LogicalType::Integer => "i64".to_owned(),
        LogicalType::Uint8 => "u8".to_owned(),
        LogicalType::Uint16 => "u16".to_owned(),
        LogicalType::Uint32 => "u32".to_owned(),
        LogicalType::Uint64 => "u64".to_owned(),
        LogicalType::Float32 => "f32".to_owned(),
        LogicalType::Float64 | LogicalType::Number => "f64".to_owned(),
        LogicalType::Decimal { .. } => "Decimal".to_owned(),
        LogicalType::String | LogicalType::Duration => "String".to_owned(),
        LogicalType::Bytes => "Vec<u8>".to_owned(),
        LogicalType::Date => "NaiveDate".to_owned(),
        LogicalType::Time => "NaiveTime".to_owned(),
        LogicalType::Timestamp => "DateTime<Utc>".to_owned(),
        LogicalType::LocalTimestamp => "NaiveDateTime".to_owned(),
        LogicalType::Uuid => "Uuid".to_owned(),
        LogicalType::Json => "serde_json::Value".to_owned(),
        LogicalType::List(item) => format!("Vec<{}>", rust_type(item)),
        LogicalType::Map(value) => format!("BTreeMap<String, {}>", rust_type(value)),
        LogicalType::Type(name) => name.clone(),
    }
}
