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
//! map values that cannot be masked in place are left out; an item of a tuple becomes `null`, since its place counts.
//! Masking for everybody happens once, when records are loaded, so that no way to read can forget it. For a reader with a grant
//! it happens anew, and what the grant names stands as it is.
//!
//! Where the contract cannot tell what a value is, more is masked rather than less:
//!
//! - where only the shape tells the variants of an enum apart, or the variant is unknown, whatever is personal in any;
//! - in a value that the contract knows as any JSON, each member with the name of a personal field; and the whole value
//!   where the product has personal data without names (a newtype), which nothing would tell from the rest.

mod text;

use std::collections::BTreeSet;

use mesh_contract::meaning::{Tagging, TypeMeaning, Types, VariantMeaning};
use mesh_contract::{Contract, FieldMeaning, LogicalType};
use serde_json::{Map, Value};

use self::text::{Owner, Texts};
use super::reach::Reach;

/// The name under which a contract knows the members of a flattened map.
const ANY_MEMBER: &str = "*";

/// Masks the records of one product.
#[derive(Debug)]
pub(crate) struct Mask {
    types: Types,
    root: String,
    /// The types that hold something personal, or something of which nobody knows.
    touched: BTreeSet<String>,
    /// The names of personal fields of any type.
    names: BTreeSet<String>,
    /// Whether something personal has no name.
    nameless: bool,
    /// What the schema asks of personal texts.
    texts: Texts,
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
        let Contract { types, root, schemas, .. } = contract;
        let personal = |field: &&FieldMeaning| field.pii.is_some();
        let names: BTreeSet<String> =
            types.values().flat_map(fields_of).filter(personal).map(|field| field.name.clone()).collect();
        if names.is_empty() {
            return None;
        }
        let texts = Texts::of(types, root, &schemas.emits);
        let mut pointers = contract.personal_fields();
        if pointers.is_empty() {
            // It is there, and only in a value of which the contract does not know where it stands.
            pointers.push("/*".to_owned());
        }
        let nameless = names.contains("") || names.contains(ANY_MEMBER);
        let touched = touched(types);
        Some(Self { types: types.clone(), root: root.clone(), touched, names, nameless, texts, pointers })
    }

    /// Where personal data is masked: JSON pointers, `*` standing for each item or value.
    pub(crate) fn pointers(&self) -> &[String] {
        &self.pointers
    }

    /// The record with everything personal masked that a grant does not name whole.
    pub(crate) fn apply(&self, mut record: Value, granted: &Reach<'_>) -> Value {
        match self.named(&mut record, &self.root, granted) {
            Fate::Stays => record,
            Fate::Goes => Value::Null,
        }
    }

    /// Masks within a value of a described type.
    fn named(&self, value: &mut Value, name: &str, granted: &Reach<'_>) -> Fate {
        if granted.is_whole() {
            return Fate::Stays;
        }
        let Some(meaning) = self.types.get(name).filter(|_| self.touched.contains(name)) else {
            return Fate::Stays;
        };
        let owner = Owner { name, variants: &[] };
        if let Some(newtype) = &meaning.newtype {
            return self.value(value, newtype, owner, granted);
        }
        match value {
            Value::Object(members) => self.members(members, meaning, owner, granted),
            Value::Array(items) => self.places(items, &meaning.fields, owner, granted),
            _ => {}
        }
        if meaning.variants.is_empty() { Fate::Stays } else { self.variants(value, meaning, name, granted) }
    }

    /// Masks the members of a struct.
    fn members(
        &self,
        members: &mut Map<String, Value>,
        meaning: &TypeMeaning,
        owner: Owner<'_>,
        granted: &Reach<'_>,
    ) {
        for field in meaning.fields.iter().filter(|field| field.name != ANY_MEMBER) {
            self.member(members, field, owner, granted);
        }
        for any in meaning.fields.iter().filter(|field| field.name == ANY_MEMBER) {
            let declared: BTreeSet<&str> = fields_of(meaning).map(|field| field.name.as_str()).collect();
            members.retain(|name, member| {
                let granted = granted.step(name);
                declared.contains(name.as_str())
                    || granted.is_whole()
                    || (any.pii.is_none() && self.logical(member, &any.logical, &granted) == Fate::Stays)
            });
        }
    }

    /// Masks the items of a tuple. The place of an item counts, so it cannot go.
    fn places(&self, items: &mut [Value], fields: &[FieldMeaning], owner: Owner<'_>, granted: &Reach<'_>) {
        for (item, field) in items.iter_mut().zip(fields) {
            if self.value(item, field, owner, &granted.step(&field.name)) == Fate::Goes {
                *item = Value::Null;
            }
        }
    }

    fn member(
        &self,
        members: &mut Map<String, Value>,
        field: &FieldMeaning,
        owner: Owner<'_>,
        granted: &Reach<'_>,
    ) {
        let granted = granted.step(&field.name);
        if granted.is_whole() {
            return;
        }
        let personal = field.pii.is_some() || self.is_personal(&field.logical);
        if personal && field.optional {
            members.remove(&field.name);
            return;
        }
        let Some(value) = members.get_mut(&field.name) else { return };
        if personal && field.nullable {
            *value = Value::Null;
        } else if self.value(value, field, owner, &granted) == Fate::Goes {
            if field.nullable {
                *value = Value::Null;
            } else {
                members.remove(&field.name);
            }
        }
    }

    /// Masks the value of one field.
    fn value(&self, value: &mut Value, field: &FieldMeaning, owner: Owner<'_>, granted: &Reach<'_>) -> Fate {
        if field.pii.is_none() || granted.is_whole() {
            return self.logical(value, &field.logical, granted);
        }
        match (value.is_string() && self.is_text(&field.logical), self.texts.text(owner, &field.name)) {
            (true, Some(text)) => {
                *value = Value::from(text);
                Fate::Stays
            }
            _ => Fate::Goes,
        }
    }

    fn logical(&self, value: &mut Value, logical: &LogicalType, granted: &Reach<'_>) -> Fate {
        match (logical, value) {
            (_, Value::Null) => Fate::Stays,
            _ if granted.is_whole() => Fate::Stays,
            (LogicalType::List(inner) | LogicalType::Map(inner), value) if **inner == LogicalType::Json => {
                self.unknown(value, granted)
            }
            (LogicalType::List(inner), Value::Array(items)) => {
                let granted = granted.step(ANY_MEMBER);
                items.retain_mut(|item| self.logical(item, inner, &granted) == Fate::Stays);
                Fate::Stays
            }
            (LogicalType::Map(inner), Value::Object(members)) => {
                members
                    .retain(|name, member| self.logical(member, inner, &granted.step(name)) == Fate::Stays);
                Fate::Stays
            }
            (LogicalType::Type(name), value) => self.named(value, name, granted),
            (LogicalType::Json, value) => self.unknown(value, granted),
            _ => Fate::Stays,
        }
    }

    /// Masks within a value of which the contract says nothing.
    fn unknown(&self, value: &mut Value, granted: &Reach<'_>) -> Fate {
        match value {
            _ if granted.is_whole() => return Fate::Stays,
            Value::Null | Value::Bool(_) => return Fate::Stays,
            _ if self.nameless => return Fate::Goes,
            // Without nameless data nothing goes whole.
            Value::Array(items) => {
                for item in items {
                    self.unknown(item, &granted.step(ANY_MEMBER));
                }
            }
            Value::Object(members) => {
                members.retain(|name, member| {
                    let granted = granted.step(name);
                    if self.names.contains(name) && !granted.is_whole() {
                        return false;
                    }
                    self.unknown(member, &granted);
                    true
                });
            }
            Value::Number(_) | Value::String(_) => {}
        }
        Fate::Stays
    }

    fn variants(&self, value: &mut Value, meaning: &TypeMeaning, owner: &str, granted: &Reach<'_>) -> Fate {
        let variants = &meaning.variants;
        let known = |name: &str| variants.iter().find(|variant| variant.name == name);
        match meaning.tagging.as_ref().unwrap_or(&Tagging::Untagged) {
            Tagging::External => match value {
                Value::Object(members) if members.keys().any(|name| known(name).is_some()) => {
                    let before = members.len();
                    members.retain(|name, content| match known(name) {
                        Some(variant) => {
                            let granted = granted.step(name);
                            self.content(content, std::slice::from_ref(variant), owner, &granted)
                                == Fate::Stays
                        }
                        // A member of the type that the enum is flattened into.
                        None => true,
                    });
                    let alone = meaning.fields.is_empty();
                    if alone && members.len() < before { Fate::Goes } else { Fate::Stays }
                }
                // The name of a variant that holds nothing.
                Value::String(name) if known(name).is_some() => Fate::Stays,
                value => self.content(value, variants, owner, granted),
            },
            Tagging::Internal { tag } => match value.get(tag).and_then(Value::as_str).and_then(known) {
                Some(variant) => self.content(value, std::slice::from_ref(variant), owner, granted),
                None => self.content(value, variants, owner, granted),
            },
            Tagging::Adjacent { tag, content } => {
                let variant = value.get(tag).and_then(Value::as_str).and_then(known);
                let candidates = variant.map_or(variants.as_slice(), std::slice::from_ref);
                match (value.get_mut(content), variant) {
                    (Some(inner), _) => {
                        let granted = granted.step(content);
                        if self.content(inner, candidates, owner, &granted) == Fate::Stays {
                            return Fate::Stays;
                        }
                        let Value::Object(members) = value else { return Fate::Goes };
                        members.remove(content);
                        Fate::Stays
                    }
                    (None, Some(_)) => Fate::Stays,
                    (None, None) => self.content(value, variants, owner, granted),
                }
            }
            Tagging::Untagged => self.content(value, variants, owner, granted),
        }
    }

    /// Masks what a variant holds: the one that is known, or any that it may be.
    fn content(
        &self,
        content: &mut Value,
        candidates: &[VariantMeaning],
        owner: &str,
        granted: &Reach<'_>,
    ) -> Fate {
        if granted.is_whole() {
            return Fate::Stays;
        }
        let mut fate = Fate::Stays;
        // Whatever is personal in any of them is masked; how its text must look, those say that the value may really be.
        let likely = likely(content, candidates);
        let owner = Owner { name: owner, variants: &likely };
        for VariantMeaning { fields, holds, .. } in candidates {
            if let Value::Object(members) = content {
                fields.iter().for_each(|field| self.member(members, field, owner, granted));
            }
            if let [only] = holds.as_slice() {
                fate = if self.logical(content, only, granted) == Fate::Goes { Fate::Goes } else { fate };
            } else if let Value::Array(items) = content {
                for (place, (item, logical)) in items.iter_mut().zip(holds).enumerate() {
                    if self.logical(item, logical, &granted.step(&place.to_string())) == Fate::Goes {
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

/// The variants that a value may really be: those that write exactly its members, else those whose members it has.
fn likely<'v>(value: &Value, candidates: &'v [VariantMeaning]) -> Vec<&'v str> {
    let has_all = |variant: &VariantMeaning| {
        variant.fields.iter().all(|field| field.optional || value.get(&field.name).is_some())
    };
    let has_no_other = |variant: &VariantMeaning| {
        let known = |name: &String| variant.fields.iter().any(|field| field.name == *name);
        value.as_object().is_none_or(|members| members.keys().all(known))
    };
    let names = |exactly: bool| -> Vec<&'v str> {
        let fitting =
            candidates.iter().filter(|variant| has_all(variant) && (!exactly || has_no_other(variant)));
        fitting.map(|variant| variant.name.as_str()).collect()
    };
    let exact = names(true);
    if exact.is_empty() { names(false) } else { exact }
}

/// Every field of a type, those of its variants included.
fn fields_of(meaning: &TypeMeaning) -> impl Iterator<Item = &FieldMeaning> {
    let variants = meaning.variants.iter().flat_map(|variant| &variant.fields);
    meaning.fields.iter().chain(variants).chain(meaning.newtype.as_deref())
}

/// The types with something personal in them at any depth, or with any JSON.
fn touched(types: &Types) -> BTreeSet<String> {
    fn reaches(logical: &LogicalType, touched: &BTreeSet<String>) -> bool {
        match logical {
            LogicalType::Json => true,
            LogicalType::List(inner) | LogicalType::Map(inner) => reaches(inner, touched),
            LogicalType::Type(name) => touched.contains(name),
            _ => false,
        }
    }
    let mut touched = BTreeSet::new();
    loop {
        let before = touched.len();
        for (name, meaning) in types {
            let field = |field: &FieldMeaning| field.pii.is_some() || reaches(&field.logical, &touched);
            let mut holds = meaning.variants.iter().flat_map(|variant| &variant.holds);
            if fields_of(meaning).any(field) || holds.any(|logical| reaches(logical, &touched)) {
                touched.insert(name.clone());
            }
        }
        if touched.len() == before {
            return touched;
        }
    }
}
