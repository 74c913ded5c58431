//! The schema of a product as tables: one for its root and one for each type nested in it, in the order in which a reader
//! meets them. What fields mean comes from the contract's meaning, what their values may be from what it emits.

use std::collections::{BTreeMap, VecDeque};

use mesh_contract::meaning::{Tagging, VariantMeaning};
use mesh_contract::{Address, Contract, FieldMeaning, LogicalType, TypeMeaning};
use serde_json::Value;

use super::constraint::{Constraint, constraints};
use super::mask::MASK;
use crate::web::url;

/// The tables of a product.
#[derive(Debug)]
pub struct SchemaView {
    /// The types, the root first.
    pub types: Vec<TypeView>,
    /// The id of each field's row, by the pointer under which expectations and inputs name it.
    anchors: BTreeMap<String, String>,
}

/// One type as a table.
#[derive(Debug)]
pub struct TypeView {
    /// Its name in the contract.
    pub name: String,
    /// The id of its heading.
    pub anchor: String,
    /// What it stands for.
    pub description: String,
    /// Whether readers must expect variants that they do not know.
    pub extensible: bool,
    /// How its variants are told apart on the wire, in a sentence.
    pub tagging: Option<String>,
    /// Its fields.
    pub fields: Vec<FieldView>,
    /// Its variants.
    pub variants: Vec<VariantView>,
}

/// One variant of an enum.
#[derive(Debug)]
pub struct VariantView {
    /// Its name on the wire.
    pub name: String,
    /// What it stands for.
    pub description: String,
    /// Whether it stands for every name that the reader does not know.
    pub catch_all: bool,
    /// What it holds without names.
    pub holds: Vec<LogicalType>,
    /// Its named fields.
    pub fields: Vec<FieldView>,
}

/// One field as a row.
#[derive(Debug)]
pub struct FieldView {
    /// The id of its row.
    pub anchor: String,
    /// What the contract says of it.
    pub meaning: FieldMeaning,
    /// The field of another product that it names: its text, and the page's address if the product is known here.
    pub reference: Option<(String, Option<String>)>,
    /// What is demanded of its values beyond their type.
    pub constraints: Vec<Constraint>,
    /// Values it may have; personal data is masked.
    pub examples: Vec<String>,
    /// How many readers name it.
    pub readers: usize,
}

impl FieldView {
    /// Whether a record always carries the member, in words.
    pub fn presence(&self) -> &'static str {
        match (self.meaning.optional, self.meaning.nullable) {
            (false, false) => "always present",
            (false, true) => "may be null",
            (true, false) => "may be absent",
            (true, true) => "may be absent or null",
        }
    }
}

/// The id of a type's heading.
pub fn type_anchor(name: &str) -> String {
    format!("type-{}", url::anchor(name))
}

/// The id of the row of one of the root's fields.
pub fn root_field_anchor(field: &str) -> String {
    format!("field-{}", url::anchor(field))
}

/// How deep a schema is followed for one field: references, nullable wrappers and branches together.
const MAX_STEPS: usize = 24;

impl SchemaView {
    /// The tables of a contract. `is_known` tells whether a product has a page here; `readers` names, for each reader,
    /// the pointers that it reads.
    pub fn new(contract: &Contract, is_known: &dyn Fn(&Address) -> bool, readers: &[&[String]]) -> Self {
        let emits = &contract.schemas.emits;
        let mut found: Vec<(&str, &TypeMeaning, Option<&Value>)> = Vec::new();
        let mut queue = VecDeque::from([(contract.root.as_str(), Some(emits))]);
        while let Some((name, schema)) = queue.pop_front() {
            let Some(meaning) = contract.types.get(name) else { continue };
            if found.iter().any(|(known, ..)| *known == name) {
                continue;
            }
            for (logical, schema) in children(emits, meaning, schema) {
                nested(emits, logical, schema, &mut queue);
            }
            found.push((name, meaning, schema));
        }
        let mut anchors = BTreeMap::new();
        locate(contract, &contract.root, "", &mut Vec::new(), &mut anchors);
        let counts = count_readers(&anchors, readers);
        let make = Maker { emits, is_known, counts: &counts };
        let types = found
            .into_iter()
            .map(|(name, meaning, schema)| make.type_view(name, meaning, schema, name == contract.root))
            .collect();
        Self { types, anchors }
    }

    /// The id of the row of the field that a pointer names.
    pub fn anchor_of(&self, pointer: &str) -> Option<&str> {
        self.anchors.get(pointer).map(String::as_str)
    }

    /// The fields of the root.
    pub fn root_fields(&self) -> &[FieldView] {
        self.types.first().map_or(&[], |root| &root.fields)
    }
}

/// Each field of a type with its schema, and what its variants hold without names.
fn children<'c>(
    emits: &'c Value,
    meaning: &'c TypeMeaning,
    schema: Option<&'c Value>,
) -> Vec<(&'c LogicalType, Option<&'c Value>)> {
    let mut found = Vec::new();
    for field in &meaning.fields {
        found.push((&field.logical, schema.and_then(|s| property(emits, s, &field.name))));
    }
    for variant in &meaning.variants {
        let branch = schema.and_then(|s| variant_schema(emits, s, meaning.tagging.as_ref(), variant));
        for field in &variant.fields {
            found.push((&field.logical, branch.and_then(|s| property(emits, s, &field.name))));
        }
        for (index, held) in variant.holds.iter().enumerate() {
            let held_schema = branch.and_then(|branch| match variant.holds.len() {
                1 => Some(branch),
                _ => resolve(emits, branch).get("prefixItems")?.get(index),
            });
            found.push((held, held_schema));
        }
    }
    if let Some(inner) = &meaning.newtype {
        found.push((&inner.logical, schema));
    }
    found
}

fn nested<'c>(
    emits: &'c Value,
    logical: &'c LogicalType,
    schema: Option<&'c Value>,
    queue: &mut VecDeque<(&'c str, Option<&'c Value>)>,
) {
    match logical {
        LogicalType::Type(name) => queue.push_back((name, schema.map(|s| resolve(emits, s)))),
        LogicalType::List(inner) => {
            nested(emits, inner, schema.and_then(|s| resolve(emits, s).get("items")), queue);
        }
        LogicalType::Map(inner) => {
            let value = schema.and_then(|s| resolve(emits, s).get("additionalProperties"));
            nested(emits, inner, value, queue);
        }
        _ => {}
    }
}

/// Follows local references and steps through what only adds `null`.
fn resolve<'s>(document: &'s Value, mut schema: &'s Value) -> &'s Value {
    for _ in 0..MAX_STEPS {
        let target = schema
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| reference.strip_prefix('#'))
            .and_then(|pointer| document.pointer(pointer));
        let only_other = || {
            let branches = schema.get("anyOf").or_else(|| schema.get("oneOf"))?.as_array()?;
            let is_null = |branch: &&Value| branch.get("type").and_then(Value::as_str) == Some("null");
            let mut others = branches.iter().filter(|branch| !is_null(branch));
            let first = others.next()?;
            (others.next().is_none() && branches.len() > 1).then_some(first)
        };
        match target.or_else(only_other) {
            Some(next) => schema = next,
            None => break,
        }
    }
    schema
}

fn property<'s>(document: &'s Value, schema: &'s Value, name: &str) -> Option<&'s Value> {
    fn look<'s>(document: &'s Value, schema: &'s Value, name: &str, depth: usize) -> Option<&'s Value> {
        let schema = resolve(document, schema);
        if let Some(found) = schema.get("properties").and_then(|properties| properties.get(name)) {
            return Some(found);
        }
        let depth = depth.checked_sub(1)?;
        ["allOf", "anyOf", "oneOf"]
            .iter()
            .filter_map(|keyword| schema.get(keyword)?.as_array())
            .flatten()
            .find_map(|branch| look(document, branch, name, depth))
    }
    look(document, schema, name, 3)
}

/// The branch of an enum's schema that holds the content of a variant.
fn variant_schema<'s>(
    document: &'s Value,
    schema: &'s Value,
    tagging: Option<&Tagging>,
    variant: &VariantMeaning,
) -> Option<&'s Value> {
    let schema = resolve(document, schema);
    let branches = schema.get("oneOf").or_else(|| schema.get("anyOf"))?.as_array()?;
    let tagged = |tag: &str| {
        branches.iter().map(|branch| resolve(document, branch)).find(|branch| {
            branch
                .get("properties")
                .and_then(|properties| properties.get(tag)?.get("const")?.as_str())
                .is_some_and(|name| name == variant.name)
        })
    };
    match tagging {
        Some(Tagging::Internal { tag }) => tagged(tag),
        Some(Tagging::Adjacent { tag, content }) => tagged(tag)?.get("properties")?.get(content),
        Some(Tagging::Untagged) => None,
        Some(Tagging::External) | None => {
            branches.iter().find_map(|branch| resolve(document, branch).get("properties")?.get(&variant.name))
        }
    }
}

/// Notes the row of each field under every pointer by which it is reached. A type is not entered again below itself.
fn locate<'c>(
    contract: &'c Contract,
    name: &'c str,
    at: &str,
    above: &mut Vec<&'c str>,
    anchors: &mut BTreeMap<String, String>,
) {
    let Some(meaning) = contract.types.get(name).filter(|_| !above.contains(&name)) else { return };
    above.push(name);
    let root = name == contract.root;
    let plain = meaning.fields.iter().map(|field| (field, field_anchor(name, root, None, &field.name)));
    let varied = meaning.variants.iter().flat_map(|variant| {
        variant.fields.iter().map(|field| (field, field_anchor(name, root, Some(&variant.name), &field.name)))
    });
    let inner = meaning.newtype.as_deref().map(|field| (field, type_anchor(name)));
    for (field, anchor) in plain.chain(varied).chain(inner) {
        let mut pointer = at.to_owned();
        if !field.name.is_empty() {
            pointer.push('/');
            pointer.push_str(&field.name.replace('~', "~0").replace('/', "~1"));
        }
        anchors.entry(pointer.clone()).or_insert(anchor);
        let mut logical = &field.logical;
        while let LogicalType::List(next) | LogicalType::Map(next) = logical {
            pointer.push_str("/*");
            logical = next;
        }
        if let LogicalType::Type(nested) = logical {
            locate(contract, nested, &pointer, above, anchors);
        }
    }
    above.pop();
}

fn field_anchor(type_name: &str, root: bool, variant: Option<&str>, field: &str) -> String {
    match (root, variant) {
        (true, None) => root_field_anchor(field),
        (_, None) => format!("{}-{}", type_anchor(type_name), url::anchor(field)),
        (_, Some(variant)) => {
            format!("{}-{}-{}", type_anchor(type_name), url::anchor(variant), url::anchor(field))
        }
    }
}

/// How many readers name each row, by its id.
fn count_readers(anchors: &BTreeMap<String, String>, readers: &[&[String]]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for pointers in readers {
        let mut rows: Vec<&String> = pointers.iter().filter_map(|pointer| anchors.get(pointer)).collect();
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            *counts.entry(row.clone()).or_default() += 1;
        }
    }
    counts
}

struct Maker<'m> {
    emits: &'m Value,
    is_known: &'m dyn Fn(&Address) -> bool,
    counts: &'m BTreeMap<String, usize>,
}

impl Maker<'_> {
    fn type_view(&self, name: &str, meaning: &TypeMeaning, schema: Option<&Value>, root: bool) -> TypeView {
        let field = |field: &FieldMeaning, variant: Option<&VariantMeaning>| {
            let holder = match variant {
                Some(v) => schema.and_then(|s| variant_schema(self.emits, s, meaning.tagging.as_ref(), v)),
                None => schema,
            };
            let own = holder.and_then(|s| property(self.emits, s, &field.name));
            let anchor = field_anchor(name, root, variant.map(|v| v.name.as_str()), &field.name);
            self.field_view(anchor, field, own)
        };
        let mut fields: Vec<FieldView> = meaning.fields.iter().map(|f| field(f, None)).collect();
        if let Some(inner) = &meaning.newtype {
            fields.push(self.field_view(format!("{}-value", type_anchor(name)), inner, schema));
        }
        TypeView {
            name: name.to_owned(),
            anchor: type_anchor(name),
            description: meaning.description.clone(),
            extensible: meaning.extensible,
            tagging: (!meaning.variants.is_empty()).then(|| tagging_sentence(meaning)).flatten(),
            fields,
            variants: meaning
                .variants
                .iter()
                .map(|variant| VariantView {
                    name: variant.name.clone(),
                    description: variant.description.clone(),
                    catch_all: variant.catch_all,
                    holds: variant.holds.clone(),
                    fields: variant.fields.iter().map(|f| field(f, Some(variant))).collect(),
                })
                .collect(),
        }
    }

    fn field_view(&self, anchor: String, meaning: &FieldMeaning, schema: Option<&Value>) -> FieldView {
        let demands = schema.map_or_else(Vec::new, |schema| {
            let schema = match meaning.logical {
                // What is demanded of a type stands in the type's own table.
                LogicalType::Type(_) => &Value::Null,
                _ => resolve(self.emits, schema),
            };
            constraints(schema, &meaning.logical, meaning.min.as_deref(), meaning.max.as_deref())
        });
        let examples = meaning
            .examples
            .iter()
            .map(|example| if meaning.pii.is_some() { MASK.to_owned() } else { example.to_string() })
            .collect();
        let reference = meaning.references.clone().map(|text| {
            let href = text.split_once('/').and_then(|(product, field)| {
                let address: Address = product.parse().ok()?;
                (self.is_known)(&address)
                    .then(|| format!("{}#{}", url::product(&address), root_field_anchor(field)))
            });
            (text, href)
        });
        FieldView {
            readers: self.counts.get(&anchor).copied().unwrap_or_default(),
            anchor,
            meaning: meaning.clone(),
            reference,
            constraints: demands,
            examples,
        }
    }
}

fn tagging_sentence(meaning: &TypeMeaning) -> Option<String> {
    let bare = meaning.variants.iter().all(|variant| variant.fields.is_empty() && variant.holds.is_empty());
    Some(match meaning.tagging.as_ref()? {
        Tagging::External if bare => "One of these words.".to_owned(),
        Tagging::External => "An object with one member, named as the variant.".to_owned(),
        Tagging::Internal { tag } => format!("An object whose member `{tag}` names the variant."),
        Tagging::Adjacent { tag, content } => {
            format!("An object whose member `{tag}` names the variant and `{content}` holds it.")
        }
        Tagging::Untagged => "Only the shape tells which variant it is.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::fixtures;

    fn orders(readers: &[&[String]]) -> SchemaView {
        let is_known = |address: &Address| address.to_string() == "sales.customers";
        SchemaView::new(&fixtures::contract("sales.orders@1.2.0"), &is_known, readers)
    }

    #[test]
    fn types_come_root_first_and_each_once() {
        let names: Vec<String> = orders(&[]).types.into_iter().map(|t| t.name).collect();
        assert_eq!(names, ["Order", "Channel", "Address", "OrderLine", "Discount"]);
    }

    #[test]
    fn demands_are_found_behind_references_null_and_variants() {
        let view = orders(&[]);
        let words = |type_name: &str, variant: Option<&str>, field: &str| -> Vec<String> {
            let t = view.types.iter().find(|t| t.name == type_name).expect("the type");
            let fields = match variant {
                Some(name) => &t.variants.iter().find(|v| v.name == name).expect("the variant").fields,
                None => &t.fields,
            };
            let field = fields.iter().find(|f| f.meaning.name == field).expect("the field");
            field.constraints.iter().map(|c| c.words.clone()).collect()
        };
        assert_eq!(words("OrderLine", None, "quantity"), ["1 to 999"]);
        assert_eq!(words("Discount", Some("voucher"), "code"), ["6 to 12 characters", "matches"]);
        assert_eq!(words("Order", None, "lines"), ["1 to 500 items"]);
        assert_eq!(words("Order", None, "total"), ["0 to 99999.99"]);
        assert_eq!(words("Address", None, "postal_code"), ["at most 10 characters"]);
    }

    #[test]
    fn a_reference_is_a_link_only_where_there_is_a_page() {
        let view = orders(&[]);
        let customer =
            view.root_fields().iter().find(|f| f.meaning.name == "customer_id").expect("the field");
        assert_eq!(
            customer.reference,
            Some((
                "sales.customers/customer_id".to_owned(),
                Some("/products/sales.customers#field-customer_id".to_owned())
            ))
        );
        let line = view.types.iter().find(|t| t.name == "OrderLine").expect("lines");
        assert_eq!(line.fields[0].reference, Some(("sales.products/track_id".to_owned(), None)));
    }

    #[test]
    fn readers_are_counted_once_for_each_field_they_name() {
        let one = ["/total".to_owned(), "/lines/*/unit_price".to_owned()];
        let two = ["/total".to_owned(), "/no_such_field".to_owned()];
        let view = orders(&[&one, &two]);
        let total = view.root_fields().iter().find(|f| f.meaning.name == "total").expect("the field");
        assert_eq!(total.readers, 2);
        assert_eq!(view.anchor_of("/lines/*/unit_price"), Some("type-OrderLine-unit_price"));
        assert_eq!(view.anchor_of("/no_such_field"), None);
    }

    #[test]
    fn examples_of_personal_fields_are_masked() {
        let view = orders(&[]);
        let email = view.root_fields().iter().find(|f| f.meaning.name == "email").expect("the field");
        assert_eq!(email.examples, [MASK]);
    }

    #[test]
    fn a_recursive_type_and_a_missing_one_end_the_walk() {
        let mut contract = fixtures::contract("sales.orders@1.2.0");
        let root = contract.types.get_mut("Order").expect("the root");
        root.fields.push(FieldMeaning::new("parent", LogicalType::Type("Order".to_owned())));
        root.fields.push(FieldMeaning::new("ghost", LogicalType::Type("Ghost".to_owned())));
        contract.schemas.emits["properties"]["parent"] = serde_json::json!({"$ref": "#"});
        contract.schemas.emits["$defs"]["Loop"] = serde_json::json!({"$ref": "#/$defs/Loop"});
        contract.schemas.emits["properties"]["ghost"] = serde_json::json!({"$ref": "#/$defs/Loop"});
        let view = SchemaView::new(&contract, &|_| false, &[]);
        assert_eq!(view.types.len(), 5);
        assert_eq!(view.anchor_of("/parent"), Some("field-parent"));
    }
}
