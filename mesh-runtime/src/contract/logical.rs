//! Which logical type a schema stands for.

use mesh_contract::LogicalType;
use mesh_contract::meaning::Types;
use serde_json::Value;

use crate::definition::FieldDefinition;
use crate::schema::{Generated, definition_name, is_null, resolve};

/// Finds logical types, and remembers the foreign types that it met.
pub(super) struct Logical<'g> {
    generated: &'g Generated,
    /// Names of definitions that the macros know nothing of and that are objects with members.
    pub(super) foreign: Vec<String>,
}

impl<'g> Logical<'g> {
    pub(super) fn new(generated: &'g Generated) -> Self {
        Self { generated, foreign: Vec::new() }
    }

    /// The logical type of a field's schema.
    pub(super) fn of_field(&mut self, field: &FieldDefinition, node: &Value) -> LogicalType {
        let logical = self.of(node);
        match field.decimal {
            Some((precision, scale)) => innermost(logical, LogicalType::Decimal { precision, scale }),
            None => logical,
        }
    }

    /// The logical type of a schema.
    pub(super) fn of(&mut self, node: &Value) -> LogicalType {
        if let Some(name) = definition_name(node) {
            return self.of_definition(name);
        }
        let Some(members) = node.as_object() else { return LogicalType::Json };
        let kinds: Vec<&str> = match members.get("type") {
            Some(Value::String(kind)) => vec![kind],
            Some(Value::Array(kinds)) => {
                kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect()
            }
            _ => Vec::new(),
        };
        let format = members.get("format").and_then(Value::as_str).unwrap_or_default();
        match kinds.as_slice() {
            [] => self.of_branches(node),
            ["boolean"] => LogicalType::Bool,
            ["integer"] => whole(format),
            ["number"] => match format {
                "float" => LogicalType::Float32,
                "double" => LogicalType::Float64,
                _ => LogicalType::Number,
            },
            ["string", "number"] | ["number", "string"] => LogicalType::Number,
            ["string"] => text(node, format),
            ["array"] => self.of_array(node),
            ["object"] => self.of_object(node),
            _ => LogicalType::Json,
        }
    }

    fn of_definition(&mut self, name: String) -> LogicalType {
        if self.generated.described(&name).is_some() {
            return LogicalType::Type(name);
        }
        let Some(target) = self.generated.defs.get(&name) else { return LogicalType::Json };
        if let Some(logical) = well_known(target) {
            return logical;
        }
        if target.get("properties").is_some()
            || target.get("oneOf").is_some()
            || target.get("anyOf").is_some()
        {
            if !self.foreign.contains(&name) {
                self.foreign.push(name.clone());
            }
            return LogicalType::Type(name);
        }
        self.of(target)
    }

    /// The one type that all branches but `null` have, or any JSON.
    fn of_branches(&mut self, node: &Value) -> LogicalType {
        let branches = ["anyOf", "oneOf"].iter().find_map(|keyword| node.get(*keyword)?.as_array());
        let Some(branches) = branches else {
            let values = node.get("enum").and_then(Value::as_array);
            let all_text =
                values.is_some_and(|it| it.iter().all(|value| value.is_string() || value.is_null()));
            let text = all_text || node.get("const").is_some_and(Value::is_string);
            return if text { LogicalType::String } else { LogicalType::Json };
        };
        let mut logical = branches.iter().filter(|branch| !is_null(branch)).map(|branch| self.of(branch));
        match logical.next() {
            Some(first) if logical.all(|other| other == first) => first,
            _ => LogicalType::Json,
        }
    }

    fn of_array(&mut self, node: &Value) -> LogicalType {
        let item = match (node.get("items"), node.get("prefixItems").and_then(Value::as_array)) {
            (_, Some(items)) => {
                let mut logical = items.iter().map(|item| self.of(item));
                match logical.next() {
                    Some(first) if logical.all(|other| other == first) => first,
                    _ => LogicalType::Json,
                }
            }
            (Some(item), None) => self.of(item),
            (None, None) => LogicalType::Json,
        };
        LogicalType::List(Box::new(item))
    }

    fn of_object(&mut self, node: &Value) -> LogicalType {
        if node.get("properties").is_some() {
            return LogicalType::Json;
        }
        let pattern = node.get("patternProperties").and_then(|it| it.as_object()?.values().next());
        let value = node.get("additionalProperties").filter(|it| **it != Value::Bool(false)).or(pattern);
        match value {
            Some(value) => LogicalType::Map(Box::new(self.of(value))),
            None => LogicalType::Json,
        }
    }
}

fn whole(format: &str) -> LogicalType {
    match format {
        "int8" => LogicalType::Int8,
        "int16" => LogicalType::Int16,
        "int32" => LogicalType::Int32,
        "int64" | "int" => LogicalType::Int64,
        "uint8" => LogicalType::Uint8,
        "uint16" => LogicalType::Uint16,
        "uint32" => LogicalType::Uint32,
        "uint64" | "uint" => LogicalType::Uint64,
        _ => LogicalType::Integer,
    }
}

fn text(node: &Value, format: &str) -> LogicalType {
    match format {
        "date" => LogicalType::Date,
        "time" | "partial-time" => LogicalType::Time,
        "date-time" => LogicalType::Timestamp,
        "partial-date-time" => LogicalType::LocalTimestamp,
        "duration" => LogicalType::Duration,
        "uuid" => LogicalType::Uuid,
        _ if node.get("contentEncoding").is_some_and(|it| it == "base64") => LogicalType::Bytes,
        _ if node.get("pattern").is_some_and(|it| it == crate::schema::DECIMAL) => LogicalType::Number,
        _ => LogicalType::String,
    }
}

/// The logical type of a definition that the standard library's types have.
fn well_known(target: &Value) -> Option<LogicalType> {
    let properties = target.get("properties")?.as_object()?;
    let has =
        |names: [&str; 2]| properties.len() == 2 && names.iter().all(|name| properties.contains_key(*name));
    if has(["secs", "nanos"]) {
        Some(LogicalType::Duration)
    } else if has(["secs_since_epoch", "nanos_since_epoch"]) {
        Some(LogicalType::Timestamp)
    } else {
        None
    }
}

/// Whether a definition is that of one of the standard library's types, whose members are known.
pub(crate) fn is_well_known(target: &Value) -> bool {
    well_known(target).is_some()
}

/// Whether a schema takes `null`.
pub(super) fn is_nullable(node: &Value, generated: &Generated) -> bool {
    let node = resolve(node, &generated.defs);
    let Some(members) = node.as_object() else { return node == &Value::Bool(true) };
    if members.is_empty() {
        return true;
    }
    match members.get("type") {
        Some(Value::String(kind)) => return kind == "null",
        Some(Value::Array(kinds)) => return kinds.iter().any(|kind| kind == "null"),
        _ => {}
    }
    let branches = ["anyOf", "oneOf"].iter().find_map(|keyword| members.get(*keyword)?.as_array());
    branches.is_some_and(|branches| branches.iter().any(|branch| is_nullable(branch, generated)))
}

/// The type with another one in place of what its lists and maps hold in the end.
fn innermost(logical: LogicalType, put: LogicalType) -> LogicalType {
    match logical {
        LogicalType::List(item) => LogicalType::List(Box::new(innermost(*item, put))),
        LogicalType::Map(value) => LogicalType::Map(Box::new(innermost(*value, put))),
        _ => put,
    }
}

/// What lists and maps hold in the end.
pub(super) fn core(logical: &LogicalType) -> &LogicalType {
    match logical {
        LogicalType::List(inner) | LogicalType::Map(inner) => core(inner),
        plain => plain,
    }
}

/// Whether `min`, `max` and `decimal` can be said of values of the type.
pub(super) fn is_numeric(logical: &LogicalType) -> bool {
    use LogicalType as L;
    matches!(
        core(logical),
        L::Int8
            | L::Int16
            | L::Int32
            | L::Int64
            | L::Uint8
            | L::Uint16
            | L::Uint32
            | L::Uint64
            | L::Integer
            | L::Float32
            | L::Float64
            | L::Number
            | L::Decimal { .. }
    )
}

/// Whether values of the type are texts or whole numbers, which can be named elsewhere.
pub(super) fn can_be_named(logical: &LogicalType, types: &Types) -> bool {
    match logical {
        LogicalType::String | LogicalType::Uuid => true,
        LogicalType::Int8 | LogicalType::Int16 | LogicalType::Int32 | LogicalType::Int64 => true,
        LogicalType::Uint8 | LogicalType::Uint16 | LogicalType::Uint32 | LogicalType::Uint64 => true,
        LogicalType::Type(name) => types
            .get(name)
            .and_then(|meaning| meaning.newtype.as_ref())
            .is_some_and(|inner| can_be_named(&inner.logical, types)),
        _ => false,
    }
}

/// Whether values of the type are no plain values that two records can be told apart by.
pub(super) fn cannot_name(logical: &LogicalType, types: &Types) -> bool {
    match logical {
        LogicalType::List(_) | LogicalType::Map(_) | LogicalType::Json => true,
        LogicalType::Float32 | LogicalType::Float64 => true,
        LogicalType::Type(name) => types.get(name).is_some_and(|meaning| match &meaning.newtype {
            Some(inner) => cannot_name(&inner.logical, types),
            None => {
                !meaning.fields.is_empty()
                    || meaning.variants.iter().any(|it| !it.fields.is_empty() || !it.holds.is_empty())
            }
        }),
        _ => false,
    }
}
