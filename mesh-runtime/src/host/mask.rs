//! What stands in the place of personal data.
//!
//! A field is masked where the contract marks it as personal data (`pii`), at any depth: in nested types, in lists, in
//! maps and in the variants of enums. The place of a masked value is taken, in this order, by
//!
//! 1. nothing, where the contract lets a record go without the member;
//! 2. `null`, where the contract allows it;
//! 3. `***` for text: as long as the schema asks for, and `masked@example.invalid` where it must be an email address;
//! 4. nothing for all else: a number, a date, a text of a pattern. A made-up value would be taken for a true one, so a
//!    reader that needs the member is told that it is missing.
//!
//! What is there is never told from what is not: an absent or `null` value of rules 1 and 2 looks the same. Items and
//! map values that cannot be masked in place are left out. Where only the shape tells the variants of an enum apart, or
//! the variant is unknown, whatever is personal in any of them is masked. Masking happens once, when records are loaded,
//! so that no way to read can forget it.

use std::collections::HashMap;

use mesh_contract::meaning::{Tagging, Types, VariantMeaning};
use mesh_contract::{Contract, FieldMeaning, LogicalType};
use serde_json::{Map, Value};

const TEXT: &str = "***";
const EMAIL: &str = "masked@example.invalid";

/// Masks the records of one product.
#[derive(Debug)]
pub(crate) struct Mask {
    types: Types,
    root: String,
    /// The text for fields, by type and name, where it is not [`TEXT`]; nothing where no text will do.
    texts: HashMap<(String, String), Option<String>>,
    pointers: Vec<String>,
}

/// What becomes of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays, masked within where it must be.
    Stays,
    /// It cannot stay.
    Goes,
}

impl Mask {
    /// The mask of a product; none where nothing is personal.
    pub(crate) fn of(contract: &Contract) -> Option<Self> {
        let pointers = contract.personal_fields();
        if pointers.is_empty() {
            return None;
        }
        let Contract { types, root, schemas, .. } = contract;
        let mut texts = HashMap::new();
        for (name, meaning) in types {
            let schema = if name == root {
                Some(&schemas.emits)
            } else {
                schemas.emits.get("$defs").and_then(|definitions| definitions.get(name))
            };
            for field in meaning.fields.iter().filter(|field| field.pii.is_some()) {
                let property = schema
                    .and_then(|schema| schema.get("properties"))
                    .and_then(|properties| properties.get(&field.name));
                texts.insert((name.clone(), field.name.clone()), text_for(property, &schemas.emits));
            }
        }
        Some(Self { types: types.clone(), root: root.clone(), texts, pointers })
    }

    /// Where personal data is masked: JSON pointers, `*` standing for each item or value.
    pub(crate) fn pointers(&self) -> &[String] {
        &self.pointers
    }

    /// The record with everything personal masked.
    pub(crate) fn apply(&self, mut record: Value) -> Value {
        match self.named(&mut record, &self.root) {
            Fate::Stays => record,
            Fate::Goes => Value::Null,
        }
    }

    /// Masks within a value of a described type.
    fn named(&self, value: &mut Value, name: &str) -> Fate {
        let Some(meaning) = self.types.get(name) else { return Fate::Stays };
        if let Some(newtype) = &meaning.newtype {
            return self.value(value, newtype, name);
        }
        self.fields(value, &meaning.fields, name);
        if !meaning.variants.is_empty() {
            let tagging = meaning.tagging.as_ref().unwrap_or(&Tagging::Untagged);
            return self.variants(value, &meaning.variants, tagging, name);
        }
        Fate::Stays
    }

    /// Masks the members of a struct, or the items of a tuple.
    fn fields(&self, value: &mut Value, fields: &[FieldMeaning], owner: &str) {
        match value {
            Value::Object(members) => fields.iter().for_each(|field| self.member(members, field, owner)),
            Value::Array(items) => {
                for (item, field) in items.iter_mut().zip(fields) {
                    if self.value(item, field, owner) == Fate::Goes {
                        // The place of an item counts, so it cannot go.
                        *item = Value::Null;
                    }
                }
            }
            _ => {}
        }
    }

    fn member(&self, members: &mut Map<String, Value>, field: &FieldMeaning, owner: &str) {
        let personal = field.pii.is_some() || self.is_personal(&field.logical);
        if personal && field.optional {
            members.remove(&field.name);
            return;
        }
        let Some(value) = members.get_mut(&field.name) else { return };
        if personal && field.nullable {
            *value = Value::Null;
        } else if self.value(value, field, owner) == Fate::Goes {
            if field.nullable {
                *value = Value::Null;
            } else {
                members.remove(&field.name);
            }
        }
    }

    /// Masks the value of one field.
    fn value(&self, value: &mut Value, field: &FieldMeaning, owner: &str) -> Fate {
        if field.pii.is_none() {
            return self.logical(value, &field.logical);
        }
        let text = match self.texts.get(&(owner.to_owned(), field.name.clone())) {
            Some(text) => text.clone(),
            None => Some(TEXT.to_owned()),
        };
        match (value.is_string() && self.is_text(&field.logical), text) {
            (true, Some(text)) => {
                *value = Value::from(text);
                Fate::Stays
            }
            _ => Fate::Goes,
        }
    }

    fn logical(&self, value: &mut Value, logical: &LogicalType) -> Fate {
        match (logical, value) {
            (LogicalType::List(inner), Value::Array(items)) => {
                items.retain_mut(|item| self.logical(item, inner) == Fate::Stays);
                Fate::Stays
            }
            (LogicalType::Map(inner), Value::Object(members)) => {
                let gone: Vec<String> = members
                    .iter_mut()
                    .filter_map(|(name, member)| {
                        (self.logical(member, inner) == Fate::Goes).then(|| name.clone())
                    })
                    .collect();
                for name in gone {
                    members.remove(&name);
                }
                Fate::Stays
            }
            (LogicalType::Type(_), Value::Null) => Fate::Stays,
            (LogicalType::Type(name), value) => self.named(value, name),
            _ => Fate::Stays,
        }
    }

    fn variants(
        &self,
        value: &mut Value,
        variants: &[VariantMeaning],
        tagging: &Tagging,
        owner: &str,
    ) -> Fate {
        let known = |name: Option<&str>| variants.iter().find(|variant| Some(variant.name.as_str()) == name);
        match tagging {
            Tagging::External => match value {
                Value::Object(members) => {
                    let mut gone = Vec::new();
                    for (name, content) in members.iter_mut() {
                        if self.some(content, known(Some(name)), variants, owner) == Fate::Goes {
                            gone.push(name.clone());
                        }
                    }
                    if gone.is_empty() { Fate::Stays } else { Fate::Goes }
                }
                // A name alone, which is the contract's own unless a catch-all let it in.
                Value::String(name) if known(Some(name)).is_none() => Fate::Goes,
                _ => Fate::Stays,
            },
            Tagging::Internal { tag } => {
                let name = value.get(tag).and_then(Value::as_str).map(str::to_owned);
                self.some(value, known(name.as_deref()), variants, owner)
            }
            Tagging::Adjacent { tag, content } => {
                let name = value.get(tag).and_then(Value::as_str).map(str::to_owned);
                match value.get_mut(content) {
                    Some(content) => self.some(content, known(name.as_deref()), variants, owner),
                    None => Fate::Stays,
                }
            }
            Tagging::Untagged => self.some(value, None, variants, owner),
        }
    }

    /// Masks the content of the variant that is known, or of any that it may be.
    fn some(
        &self,
        content: &mut Value,
        known: Option<&VariantMeaning>,
        all: &[VariantMeaning],
        owner: &str,
    ) -> Fate {
        let candidates = known.map_or(all, std::slice::from_ref);
        let mut fate = Fate::Stays;
        for VariantMeaning { fields, holds, .. } in candidates {
            self.fields(content, fields, owner);
            if let [only] = holds.as_slice() {
                fate = if self.logical(content, only) == Fate::Goes { Fate::Goes } else { fate };
            } else if let Value::Array(items) = content {
                for (item, logical) in items.iter_mut().zip(holds) {
                    if self.logical(item, logical) == Fate::Goes {
                        *item = Value::Null;
                    }
                }
            }
        }
        fate
    }

    /// Whether a value of the type is personal as a whole, because it is a newtype that is.
    fn is_personal(&self, logical: &LogicalType) -> bool {
        self.newtype(logical)
            .is_some_and(|newtype| newtype.pii.is_some() || self.is_personal(&newtype.logical))
    }

    fn is_text(&self, logical: &LogicalType) -> bool {
        match logical {
            LogicalType::String => true,
            other => self.newtype(other).is_some_and(|newtype| self.is_text(&newtype.logical)),
        }
    }

    fn newtype(&self, logical: &LogicalType) -> Option<&FieldMeaning> {
        match logical {
            LogicalType::Type(name) => self.types.get(name)?.newtype.as_deref(),
            _ => None,
        }
    }
}

/// The text that a text's own schema takes, or none.
fn text_for(property: Option<&Value>, document: &Value) -> Option<String> {
    let Some(schema) = property.and_then(|property| target(property, document)) else {
        return Some(TEXT.to_owned());
    };
    if ["enum", "const", "pattern", "allOf", "anyOf", "oneOf"]
        .iter()
        .any(|keyword| schema.get(*keyword).is_some())
    {
        return None;
    }
    let bound = |keyword: &str| {
        schema.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
    };
    let least = bound("minLength").unwrap_or(0);
    let most = bound("maxLength").unwrap_or(usize::MAX);
    let fits = |text: &str| (least..=most).contains(&text.len());
    match schema.get("format").and_then(Value::as_str) {
        Some("email" | "idn-email") => fits(EMAIL).then(|| EMAIL.to_owned()),
        Some(_) => None,
        None if least > most || least > 1_000 => None,
        None => Some("*".repeat(TEXT.len().clamp(least, most))),
    }
}

/// A schema behind at most one reference within the document.
fn target<'s>(schema: &'s Value, document: &'s Value) -> Option<&'s Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.strip_prefix('#')?),
        None => Some(schema),
    }
}
