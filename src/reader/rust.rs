//! The Rust source of a reader.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use mesh_contract::meaning::Tagging;
use mesh_contract::{Contract, FieldMeaning, LogicalType, TypeMeaning};
use serde_json::Value;

use super::fields::named;
use super::{Reader, Request};

/// How wide a comment may be.
const WIDTH: usize = 100;
/// Words that no field can be called, and those that a raw identifier cannot be either.
const KEYWORDS: [&str; 43] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "pub", "ref", "return", "static", "struct", "trait", "true",
    "try", "type", "typeof", "unsafe", "use", "where",
];
const NEVER_RAW: [&str; 4] = ["self", "Self", "super", "crate"];

/// Writes one reader.
#[derive(Debug)]
pub(super) struct Writer<'r> {
    request: &'r Request<'r>,
    contract: &'r Contract,
    root: String,
    source: String,
    crates: BTreeSet<&'static str>,
}

impl<'r> Writer<'r> {
    pub(super) fn new(request: &'r Request<'r>) -> Self {
        let contract = request.contract;
        let root = request.name.map_or_else(|| type_name(&contract.root), ToOwned::to_owned);
        Self { request, contract, root, source: String::new(), crates: BTreeSet::new() }
    }

    pub(super) fn write(mut self) -> Reader {
        let Contract { address, version, description, root, types, .. } = self.contract;
        let _ = writeln!(self.source, "//! Reads `{address}`, written from its contract {version}.");
        let _ = writeln!(self.source, "\nuse mesh_runtime::prelude::*;");
        if let Some(meaning) = types.get(root) {
            let text = if meaning.description.is_empty() { description } else { &meaning.description };
            self.source.push('\n');
            self.comment(0, text);
            self.source.push_str("#[derive(Debug, Clone, Deserialize, JsonSchema, Consumes)]\n");
            let _ = writeln!(
                self.source,
                "#[consumes(product = \"{address}\", version = \"{}\", purpose = {:?})]",
                self.request.requirement, self.request.purpose
            );
            let name = self.root.clone();
            self.body(root, &name, meaning);
        }
        for (name, meaning) in types {
            if name == root || !self.request.selection.reads_type(name) {
                continue;
            }
            self.source.push('\n');
            let fallback = format!("{}.", type_name(name));
            self.comment(0, if meaning.description.is_empty() { &fallback } else { &meaning.description });
            self.source.push_str("#[derive(Debug, Clone, Deserialize, JsonSchema, DataType)]\n");
            self.body(name, &self.name_of(name), meaning);
        }
        Reader { name: self.root, source: self.source, crates: self.crates.into_iter().collect() }
    }

    /// The name that a type of the contract has here.
    fn name_of(&self, name: &str) -> String {
        if name == self.contract.root { self.root.clone() } else { type_name(name) }
    }

    fn body(&mut self, name: &str, rust_name: &str, meaning: &TypeMeaning) {
        if let Some(value) = &meaning.newtype {
            let inner = self.rust_type(value, name);
            let _ = writeln!(self.source, "pub struct {rust_name}(pub {inner});");
        } else if meaning.variants.is_empty() {
            let _ = writeln!(self.source, "pub struct {rust_name} {{");
            self.fields(name, &meaning.fields, 1, "pub ");
            self.source.push_str("}\n");
        } else {
            self.choice(name, rust_name, meaning);
        }
    }

    fn choice(&mut self, name: &str, rust_name: &str, meaning: &TypeMeaning) {
        match &meaning.tagging {
            Some(Tagging::Internal { tag }) => {
                let _ = writeln!(self.source, "#[serde(tag = {tag:?})]");
            }
            Some(Tagging::Adjacent { tag, content }) => {
                let _ = writeln!(self.source, "#[serde(tag = {tag:?}, content = {content:?})]");
            }
            Some(Tagging::Untagged) => self.source.push_str("#[serde(untagged)]\n"),
            Some(Tagging::External) | None => {}
        }
        let _ = writeln!(self.source, "pub enum {rust_name} {{");
        for variant in &meaning.variants {
            let rust = type_name(&variant.name);
            let fallback = format!("`{}`.", variant.name);
            self.comment(1, if variant.description.is_empty() { &fallback } else { &variant.description });
            if variant.catch_all {
                self.source.push_str("    #[serde(other)]\n");
            } else if rust != variant.name {
                let _ = writeln!(self.source, "    #[serde(rename = {:?})]", variant.name);
            }
            let _ = write!(self.source, "    {rust}");
            if !variant.fields.is_empty() {
                self.source.push_str(" {\n");
                self.fields(name, &variant.fields, 2, "");
                self.source.push_str("    }");
            } else if !variant.holds.is_empty() {
                let held: Vec<String> = variant
                    .holds
                    .iter()
                    .map(|logical| self.logical_type(logical, &Value::Null, name))
                    .collect();
                let _ = write!(self.source, "({})", held.join(", "));
            }
            self.source.push_str(",\n");
        }
        self.source.push_str("}\n");
    }

    fn fields(&mut self, of: &str, fields: &[FieldMeaning], depth: usize, visibility: &str) {
        let indent = "    ".repeat(depth);
        let in_variant = visibility.is_empty();
        for field in fields {
            if !in_variant && !self.request.selection.reads(of, &field.name) {
                continue;
            }
            let fallback = format!("`{}`.", field.name);
            self.comment(depth, if field.description.is_empty() { &fallback } else { &field.description });
            let ident = field_name(&field.name);
            if ident.trim_start_matches("r#") != field.name {
                let _ = writeln!(self.source, "{indent}#[serde(rename = {:?})]", field.name);
            }
            let rust = self.rust_type(field, of);
            let _ = writeln!(self.source, "{indent}{visibility}{ident}: {rust},");
        }
    }

    fn rust_type(&mut self, field: &FieldMeaning, of: &str) -> String {
        let schema = self.member_schema(of, &field.name);
        let rust = self.logical_type(&field.logical, &schema, of);
        if field.optional || field.nullable { format!("Option<{rust}>") } else { rust }
    }

    fn logical_type(&mut self, logical: &LogicalType, schema: &Value, of: &str) -> String {
        let plain = match logical {
            LogicalType::Bool => "bool",
            LogicalType::Int8 => "i8",
            LogicalType::Int16 => "i16",
            LogicalType::Int32 => "i32",
            LogicalType::Int64 => "i64",
            LogicalType::Uint8 => "u8",
            LogicalType::Uint16 => "u16",
            LogicalType::Uint32 => "u32",
            LogicalType::Uint64 => "u64",
            LogicalType::Float32 => "f32",
            LogicalType::Float64 | LogicalType::Number => "f64",
            LogicalType::String => "String",
            LogicalType::Bytes if is_text(schema) => "String",
            LogicalType::Bytes => "Vec<u8>",
            LogicalType::Decimal { .. } => self.foreign("rust_decimal", "rust_decimal::Decimal"),
            LogicalType::Date => self.foreign("chrono", "chrono::NaiveDate"),
            LogicalType::Time => self.foreign("chrono", "chrono::NaiveTime"),
            LogicalType::Timestamp => self.foreign("chrono", "chrono::DateTime<chrono::Utc>"),
            LogicalType::LocalTimestamp => self.foreign("chrono", "chrono::NaiveDateTime"),
            LogicalType::Uuid => self.foreign("uuid", "uuid::Uuid"),
            LogicalType::Duration if is_text(schema) => "String",
            LogicalType::Integer => self.foreign("serde_json", "serde_json::Number"),
            LogicalType::List(item) => {
                return format!("Vec<{}>", self.logical_type(item, &Value::Null, of));
            }
            LogicalType::Map(value) => {
                let value = self.logical_type(value, &Value::Null, of);
                return format!("std::collections::BTreeMap<String, {value}>");
            }
            LogicalType::Type(name) => {
                let rust = self.name_of(name);
                return if self.holds(name, of) { format!("Box<{rust}>") } else { rust };
            }
            _ => self.foreign("serde_json", "serde_json::Value"),
        };
        plain.to_owned()
    }

    fn foreign(&mut self, krate: &'static str, path: &'static str) -> &'static str {
        self.crates.insert(krate);
        path
    }

    /// Whether a value of one type holds a value of another in itself, not behind a list or map: then it needs a box.
    fn holds(&self, outer: &str, inner: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![outer];
        while let Some(name) = open.pop() {
            if name == inner {
                return true;
            }
            if !seen.insert(name) {
                continue;
            }
            let Some(meaning) = self.contract.types.get(name) else { continue };
            let direct = |logical: &'r LogicalType| match logical {
                LogicalType::Type(_) => named(logical),
                _ => None,
            };
            let own = meaning.fields.iter().chain(meaning.newtype.as_deref());
            open.extend(own.filter_map(|field| direct(&field.logical)));
            for variant in &meaning.variants {
                open.extend(variant.fields.iter().filter_map(|field| direct(&field.logical)));
                open.extend(variant.holds.iter().filter_map(direct));
            }
        }
        false
    }

    /// The schema of a member, of the root itself or of a type among its definitions; null where there is none.
    fn member_schema(&self, of: &str, field: &str) -> Value {
        let emits = &self.contract.schemas.emits;
        let schema = if of == self.contract.root { emits } else { &emits["$defs"][of] };
        schema["properties"][field].clone()
    }

    fn comment(&mut self, depth: usize, text: &str) {
        let indent = "    ".repeat(depth);
        let room = WIDTH - indent.len() - 4;
        // Lines of a text were broken for another width; only a blank line parts paragraphs.
        let paragraphs = text.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
        for (index, paragraph) in paragraphs.enumerate() {
            if index > 0 {
                let _ = writeln!(self.source, "{indent}///");
            }
            let mut line = String::new();
            for word in paragraph.split_whitespace() {
                if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                    let _ = writeln!(self.source, "{indent}/// {line}");
                    line.clear();
                }
                if !line.is_empty() {
                    line.push(' ');
                }
                line.push_str(word);
            }
            let _ = writeln!(self.source, "{indent}/// {line}");
        }
    }
}

/// Whether what a schema admits is text.
fn is_text(schema: &Value) -> bool {
    let is = |word: &Value| word == "string";
    match &schema["type"] {
        Value::Array(words) => words.iter().any(is),
        word => is(word),
    }
}

/// A name in Rust's form for types.
fn type_name(name: &str) -> String {
    let mut rust = String::with_capacity(name.len());
    let mut upper = true;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            upper = true;
        } else if upper {
            rust.extend(character.to_uppercase());
            upper = false;
        } else {
            rust.push(character);
        }
    }
    match rust.chars().next() {
        None => "Value".to_owned(),
        Some(first) if first.is_numeric() => format!("N{rust}"),
        Some(_) if rust == "Self" => "Self_".to_owned(),
        Some(_) => rust,
    }
}

/// A name in Rust's form for fields.
fn field_name(name: &str) -> String {
    let mut rust = String::with_capacity(name.len() + 4);
    let mut previous_lower = false;
    for character in name.chars() {
        if !character.is_alphanumeric() {
            if !rust.is_empty() && !rust.ends_with('_') {
                rust.push('_');
            }
            previous_lower = false;
        } else {
            if character.is_uppercase() && previous_lower {
                rust.push('_');
            }
            previous_lower = !character.is_uppercase();
            rust.extend(character.to_lowercase());
        }
    }
    // A trailing hyphen left one underscore too many, unless the name itself ends so.
    if !name.ends_with('_') {
        rust.truncate(rust.trim_end_matches('_').len());
    }
    if name.starts_with('_') {
        rust.insert(0, '_');
    }
    match rust.chars().next() {
        None => "value".to_owned(),
        Some('_') if rust.len() == 1 => "value".to_owned(),
        Some(first) if first.is_numeric() => format!("n{rust}"),
        Some(_) if NEVER_RAW.contains(&rust.as_str()) => format!("{rust}_"),
        Some(_) if KEYWORDS.contains(&rust.as_str()) => format!("r#{rust}"),
        Some(_) => rust,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wire_name_becomes_an_identifier() {
        for (wire, rust) in [
            ("order_id", "order_id"),
            ("orderId", "order_id"),
            ("unit-price", "unit_price"),
            ("type", "r#type"),
            ("self", "self_"),
            ("2nd", "n2nd"),
            ("_links", "_links"),
            ("$ref", "r#ref"),
            ("---", "value"),
            ("größe", "größe"),
        ] {
            assert_eq!(field_name(wire), rust, "{wire}");
        }
        for (wire, rust) in [
            ("in-transit", "InTransit"),
            ("Order", "Order"),
            ("Page_for_Order", "PageForOrder"),
            ("404", "N404"),
        ] {
            assert_eq!(type_name(wire), rust, "{wire}");
        }
    }
}
