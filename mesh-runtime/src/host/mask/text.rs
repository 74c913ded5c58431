//! What stands in the place of a personal text: something that the text's own schema takes, so that a masked record keeps
//! the contract's promise. Fields of variants have their schema where the tagging of the enum puts it.

use std::collections::HashMap;

use mesh_contract::meaning::{Tagging, TypeMeaning, Types, VariantMeaning};
use serde_json::Value;

const TEXT: &str = "***";
const EMAIL: &str = "masked@example.invalid";

/// Longer than this no masked text is made.
const LONGEST: usize = 1_000;

/// Whose field it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'o> {
    /// The type.
    pub(super) name: &'o str,
    /// The variants that the value may be; none for the fields of the type itself.
    pub(super) variants: &'o [&'o str],
}

/// What the schema asks of personal texts, by type, variant and field.
#[derive(Debug, Default)]
pub(super) struct Texts(HashMap<(String, Option<String>, String), Form>);

impl Texts {
    /// What the schema of what is written says of every personal field.
    pub(super) fn of(types: &Types, root: &str, emits: &Value) -> Self {
        let mut texts = HashMap::new();
        for (name, meaning) in types {
            let schema =
                if name == root { Some(emits) } else { emits.get("$defs").and_then(|all| all.get(name)) };
            let fields = meaning.fields.iter().chain(meaning.newtype.as_deref());
            for field in fields.filter(|field| field.pii.is_some()) {
                let own = schema.filter(|_| field.name.is_empty());
                let property = own.or_else(|| schema?.get("properties")?.get(&field.name));
                let form = property.map_or(Form::ANY, |property| Form::of(property, emits));
                texts.insert((name.clone(), None, field.name.clone()), form);
            }
            // An enum that is flattened into others has no definition of its own; its variants stand somewhere.
            let branches = branches(schema.unwrap_or(emits), emits, schema.is_none());
            for variant in &meaning.variants {
                let contents = contents(&branches, meaning, variant, emits);
                for field in variant.fields.iter().filter(|field| field.pii.is_some()) {
                    let properties =
                        contents.iter().filter_map(|content| content.get("properties")?.get(&field.name));
                    let form = properties
                        .map(|property| Form::of(property, emits))
                        .fold(Form::ANY, |one, other| one.and(&other));
                    texts.insert((name.clone(), Some(variant.name.clone()), field.name.clone()), form);
                }
            }
        }
        Self(texts)
    }

    /// The text for a field; none where no made-up text will do.
    pub(super) fn text(&self, owner: Owner<'_>, field: &str) -> Option<String> {
        let form = |variant: Option<&str>| {
            self.0.get(&(owner.name.to_owned(), variant.map(str::to_owned), field.to_owned()))
        };
        let own = form(None).into_iter();
        let of_variants = owner.variants.iter().filter_map(|variant| form(Some(variant)));
        own.chain(of_variants).fold(Form::ANY, |one, other| one.and(other)).text()
    }
}

/// What a schema asks of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Form {
    least: usize,
    most: usize,
    email: bool,
    /// Whether more is asked than can be made up.
    special: bool,
}

impl Form {
    const ANY: Self = Self { least: 0, most: usize::MAX, email: false, special: false };

    fn of(schema: &Value, document: &Value) -> Self {
        let bound = |keyword: &str| {
            schema.get(keyword).and_then(Value::as_u64).and_then(|bound| usize::try_from(bound).ok())
        };
        let format = schema.get("format").and_then(Value::as_str);
        let email = matches!(format, Some("email" | "idn-email"));
        let asks = |keyword: &&str| schema.get(*keyword).is_some();
        let own = Self {
            least: bound("minLength").unwrap_or(0),
            most: bound("maxLength").unwrap_or(usize::MAX),
            email,
            special: (format.is_some() && !email)
                || ["enum", "const", "pattern", "allOf", "anyOf", "oneOf"].iter().any(asks),
        };
        // Only one step, since a definition that refers to itself would never end.
        match schema.get("$ref").and(target(schema, document)) {
            Some(behind) if behind.get("$ref").is_none() => own.and(&Self::of(behind, document)),
            _ => own,
        }
    }

    fn and(self, other: &Self) -> Self {
        Self {
            least: self.least.max(other.least),
            most: self.most.min(other.most),
            email: self.email || other.email,
            special: self.special || other.special,
        }
    }

    fn text(self) -> Option<String> {
        let Self { least, most, email, special } = self;
        if special || least > most || least > LONGEST {
            return None;
        }
        if email {
            return (least..=most).contains(&EMAIL.len()).then(|| EMAIL.to_owned());
        }
        Some("*".repeat(TEXT.len().clamp(least, most)))
    }
}

/// A schema, or the one that it refers to within the document.
fn target<'s>(schema: &'s Value, document: &'s Value) -> Option<&'s Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => document.pointer(reference.strip_prefix('#')?),
        None => Some(schema),
    }
}

/// The alternatives of a schema, or of all schemas of a document.
fn branches<'s>(schema: &'s Value, document: &'s Value, everywhere: bool) -> Vec<&'s Value> {
    let mut all = Vec::new();
    collect(schema, document, everywhere, &mut all);
    all
}

fn collect<'s>(schema: &'s Value, document: &'s Value, everywhere: bool, all: &mut Vec<&'s Value>) {
    let choices = ["oneOf", "anyOf"].iter().filter_map(|keyword| schema.get(keyword)?.as_array()).flatten();
    for choice in choices {
        all.extend(target(choice, document));
        collect(choice, document, false, all);
    }
    if everywhere {
        match schema {
            Value::Object(members) => members.values().for_each(|inner| collect(inner, document, true, all)),
            Value::Array(items) => items.iter().for_each(|inner| collect(inner, document, true, all)),
            _ => {}
        }
    }
}

/// The schemas of what a variant holds, among the alternatives of its enum.
fn contents<'s>(
    branches: &[&'s Value],
    meaning: &TypeMeaning,
    variant: &VariantMeaning,
    document: &'s Value,
) -> Vec<&'s Value> {
    let property = |branch: &'s Value, name: &str| branch.get("properties")?.get(name);
    let tagged = |branch: &'s Value, tag: &str| {
        property(branch, tag).is_some_and(|schema| {
            let only =
                schema.get("enum").and_then(Value::as_array).and_then(|words| match words.as_slice() {
                    [only] => Some(only),
                    _ => None,
                });
            schema.get("const").or(only).and_then(Value::as_str) == Some(&variant.name)
        })
    };
    let content = |branch: &'s Value| match meaning.tagging.as_ref().unwrap_or(&Tagging::Untagged) {
        Tagging::External => property(branch, &variant.name).and_then(|content| target(content, document)),
        Tagging::Internal { tag } => tagged(branch, tag).then_some(branch),
        Tagging::Adjacent { tag, content } => tagged(branch, tag)
            .then(|| property(branch, content))
            .flatten()
            .and_then(|content| target(content, document)),
        Tagging::Untagged => {
            let all = variant.fields.iter().all(|field| property(branch, &field.name).is_some());
            let none_other = branch
                .get("properties")
                .and_then(Value::as_object)
                .is_some_and(|properties| properties.len() == variant.fields.len());
            (all && none_other).then_some(branch)
        }
    };
    branches.iter().filter_map(|branch| content(branch)).collect()
}
