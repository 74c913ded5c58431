//! The contract: what a data product promises at one version. Once published it never changes.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::meaning::Types;
use crate::{
    Address, ContractVersion, Day, DomainName, Percent, PortKind, PortName, ProductKind, Requirement,
    ServiceName, Span, Stability,
};

/// The version of the document's own format, written in its member `mesh`.
pub const FORMAT: u32 = 1;

/// What a data product promises at one version.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Contract {
    /// The version of this document's format: [`FORMAT`].
    pub mesh: u32,
    /// Where the product is found.
    pub address: Address,
    /// The version of the promise.
    pub version: ContractVersion,
    /// What the product is, in a sentence or some.
    pub description: String,
    /// What it is made from and for.
    pub kind: ProductKind,
    /// How far a reader may rely on its shape.
    pub stability: Stability,
    /// The domain that owns it.
    pub domain: DomainPart,
    /// The service that offers it.
    pub service: ServicePart,
    /// What it is there for, in words of the business.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// On which terms it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// Words to find it by, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// That it goes away, when, and what to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecated: Option<Deprecation>,
    /// The service levels that it promises.
    #[serde(default, skip_serializing_if = "Levels::is_empty")]
    pub levels: Levels,
    /// The wire names of the fields that together name a record, in order of declaration.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    /// The ways to read it.
    pub ports: Vec<Port>,
    /// The products that it is made from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Input>,
    /// The name in `types` of the type that one record has.
    pub root: String,
    /// What its types and their fields mean.
    pub types: Types,
    /// What its records look like.
    pub schemas: Schemas,
    /// Records as they may be, each valid under both schemas.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Value>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// A domain, as a contract tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct DomainPart {
    /// Its name.
    pub name: DomainName,
    /// What it is about.
    pub description: String,
    /// The team that answers for it: an address to write to.
    pub owner: String,
    /// Where else to ask: a channel, a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// A service, as a contract tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct ServicePart {
    /// Its name.
    pub name: ServiceName,
    /// What it does.
    pub description: String,
    /// The other domains that take part in it, sorted. The owner is the domain of the contract.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared_with: Vec<DomainName>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// That a product goes away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Deprecation {
    /// The day from which it may be gone.
    pub date: Day,
    /// What to use instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub successor: Option<Address>,
}

/// Promised service levels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Levels {
    /// How old the newest record may be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub freshness: Option<Span>,
    /// How long it takes at most from when something happened until its record can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency: Option<Span>,
    /// How much of the time the ports answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Percent>,
    /// How long a record stays readable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Span>,
}

impl Levels {
    /// Whether nothing is promised.
    pub fn is_empty(&self) -> bool {
        let Self { freshness, latency, availability, retention } = self;
        freshness.is_none() && latency.is_none() && availability.is_none() && retention.is_none()
    }
}

/// An output port: one way to read the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Port {
    /// Its name, unique in the product.
    pub name: PortName,
    /// How it is read.
    pub kind: PortKind,
    /// What is set of it, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// An input port: another product that this one is made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase")]
pub struct Input {
    /// The product read.
    pub address: Address,
    /// The versions that will do.
    pub requirement: Requirement,
    /// What it is read for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// The JSON pointers of the fields that are read, sorted; `*` stands for each item of a list or value of a map.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Members whose name starts with `x-`.
    #[serde(flatten)]
    pub extensions: Extensions,
}

/// The two JSON Schemas of a record, draft 2020-12.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[cfg_attr(feature = "documents", derive(serde::Deserialize))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Schemas {
    /// What the product writes: serde's Serialize side. Closed.
    pub emits: Value,
    /// What a reader of the same type takes: serde's Deserialize side.
    pub accepts: Value,
}

/// Members of a document that the format does not know and keeps: their names start with `x-`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Extensions(pub(crate) BTreeMap<String, Value>);

impl Extensions {
    /// The members by name.
    pub fn members(&self) -> &BTreeMap<String, Value> {
        &self.0
    }
}

#[cfg(feature = "documents")]
impl<'de> serde::Deserialize<'de> for Extensions {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let members = BTreeMap::<String, Value>::deserialize(deserializer)?;
        match members.keys().find(|name| !name.starts_with("x-")) {
            Some(name) => Err(serde::de::Error::custom(format_args!(
                "unknown member `{name}`; remove it, or name it `x-{name}` to keep it as an extension"
            ))),
            None => Ok(Self(members)),
        }
    }
}

/// Which of a contract's two schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What is written.
    Emits,
    /// What is taken.
    Accepts,
}

impl Side {
    /// The word in a schema's id.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Emits => "emits",
            Self::Accepts => "accepts",
        }
    }
}

/// The id of a schema: `urn:mesh:sales.orders:1.2.0:emits`.
pub fn schema_id(address: &Address, version: &ContractVersion, side: Side) -> String {
    format!("urn:mesh:{address}:{version}:{}", side.as_str())
}

impl Contract {
    /// The document as a JSON value.
    pub fn to_value(&self) -> Value {
        serde_json::to_value(self).expect("a contract holds only names as keys and numbers that are finite")
    }

    /// The pointers of the fields with personal data, `*` standing for each item or value, in order of declaration. The
    /// fields of a recursive type are named once on each way down.
    pub fn personal_fields(&self) -> Vec<String> {
        self.field_paths()
            .into_iter()
            .filter(|(_, field)| field.pii.is_some())
            .map(|(pointer, _)| pointer)
            .collect()
    }

    /// The member that tells whose a record is, where several customers share the product.
    pub fn tenant(&self) -> Option<&str> {
        let fields = &self.types.get(&self.root)?.fields;
        fields.iter().find(|field| field.tenant).map(|field| field.name.as_str())
    }

    /// Every field from the root down with its pointer, in order of declaration. A type is not entered again below itself.
    pub fn field_paths(&self) -> Vec<(String, &crate::FieldMeaning)> {
        let mut paths = Vec::new();
        walk(&self.types, &self.root, String::new(), &mut Vec::new(), &mut paths);
        paths
    }
}

fn walk<'c>(
    types: &'c Types,
    name: &'c str,
    at: String,
    above: &mut Vec<&'c str>,
    paths: &mut Vec<(String, &'c crate::FieldMeaning)>,
) {
    let Some(meaning) = types.get(name) else { return };
    if above.contains(&name) {
        return;
    }
    above.push(name);
    for field in meaning.fields.iter().chain(meaning.newtype.as_deref()) {
        field_path(types, field, &at, above, paths);
    }
    for variant in &meaning.variants {
        let below = match &meaning.tagging {
            Some(crate::meaning::Tagging::External) => step(&at, &variant.name),
            Some(crate::meaning::Tagging::Adjacent { tag: _, content }) => step(&at, content),
            Some(crate::meaning::Tagging::Internal { .. } | crate::meaning::Tagging::Untagged) | None => {
                at.clone()
            }
        };
        for field in &variant.fields {
            field_path(types, field, &below, above, paths);
        }
        for (index, logical) in variant.holds.iter().enumerate() {
            let at = if variant.holds.len() > 1 { step(&below, &index.to_string()) } else { below.clone() };
            held_paths(types, logical, at, above, paths);
        }
    }
    above.pop();
}

fn step(at: &str, name: &str) -> String {
    format!("{at}/{}", name.replace('~', "~0").replace('/', "~1"))
}

fn field_path<'c>(
    types: &'c Types,
    field: &'c crate::FieldMeaning,
    at: &str,
    above: &mut Vec<&'c str>,
    paths: &mut Vec<(String, &'c crate::FieldMeaning)>,
) {
    let pointer = if field.name.is_empty() { at.to_owned() } else { step(at, &field.name) };
    paths.push((pointer.clone(), field));
    held_paths(types, &field.logical, pointer, above, paths);
}

/// The fields of the type that a value has, or that what its lists and maps hold has.
fn held_paths<'c>(
    types: &'c Types,
    logical: &'c crate::LogicalType,
    mut at: String,
    above: &mut Vec<&'c str>,
    paths: &mut Vec<(String, &'c crate::FieldMeaning)>,
) {
    match logical {
        crate::LogicalType::List(inner) | crate::LogicalType::Map(inner) => {
            at.push_str("/*");
            held_paths(types, inner, at, above, paths);
        }
        crate::LogicalType::Type(nested) => walk(types, nested, at, above, paths),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn contract() -> Contract {
        let document = json!({
            "mesh": 1, "address": "sales.orders", "version": "1.2.0", "description": "Orders.",
            "kind": "source-aligned", "stability": "stable",
            "domain": {"name": "sales", "description": "Selling.", "owner": "sales@example.com", "contact": "chat"},
            "service": {"name": "orders", "description": "Takes orders."},
            "purpose": "billing", "tags": ["a"], "ports": [{"name": "records", "kind": "records"}],
            "inputs": [{"address": "shop.carts", "requirement": "^1", "purpose": "all", "fields": ["/id"]}],
            "root": "Order",
            "types": {
                "Order": {"description": "One.", "fields": [
                    {"name": "a/b", "type": "uint64", "description": "Number.", "examples": [1]},
                    {"name": "people", "type": {"list": {"type": "Contact"}}}
                ]},
                "Contact": {"tagging": "external", "variants": [
                    {"name": "person", "description": "Somebody.", "holds": [{"type": "Person"}]},
                    {"name": "pair", "holds": [{"type": "Person"}, "string"]},
                    {"name": "named", "fields": [{"name": "mail", "type": "string", "pii": "email", "classification": "confidential"}]}
                ]},
                "Person": {"fields": [{"name": "name", "type": "string", "pii": "name", "classification": "confidential"}]}
            },
            "schemas": {"emits": {"title": "Order", "properties": {"title": {"type": "string", "description": "x"}}}, "accepts": true},
            "x-note": {"kept": true}
        });
        Contract::read(&document.to_string()).expect("a contract")
    }

    #[test]
    fn personal_data_inside_variants_is_found_where_the_tagging_puts_it() {
        assert_eq!(
            contract().personal_fields(),
            ["/people/*/person/name", "/people/*/pair/0/name", "/people/*/named/mail"]
        );
        let mut adjacent = contract();
        let contact = adjacent.types.get_mut("Contact").expect("the type");
        contact.tagging =
            Some(crate::meaning::Tagging::Adjacent { tag: "t".to_owned(), content: "c".to_owned() });
        assert_eq!(
            adjacent.personal_fields(),
            ["/people/*/c/name", "/people/*/c/0/name", "/people/*/c/mail"]
        );
    }

    #[test]
    fn a_product_goes_away_on_a_day_of_the_calendar() {
        let read = |date: &str| {
            let mut document = contract().to_value();
            document["deprecated"] = json!({ "date": date });
            Contract::read(&document.to_string())
        };
        assert!(read("2027-02-28").is_ok());
        let error = read("2027-02-29").expect_err("no day");
        assert_eq!(error.pointer, "/deprecated/date");
        assert!(error.message.contains("`2027-02-29` is not a day"), "{error}");
    }

    #[test]
    fn the_digest_covers_words_and_the_promise_does_not() {
        let told = contract();
        let words: [fn(&mut Contract); 8] = [
            |it| it.description.push('!'),
            |it| it.purpose = None,
            |it| it.domain.contact = None,
            |it| it.inputs[0].purpose = None,
            |it| it.extensions = Extensions::default(),
            |it| it.tags.clear(),
            |it| it.types.get_mut("Contact").expect("the type").variants[0].description.clear(),
            |it| it.schemas.emits["properties"]["title"]["description"] = "y".into(),
        ];
        for change in words {
            let mut other = told.clone();
            change(&mut other);
            assert_ne!(other.digest(), told.digest());
            assert_eq!(other.promise(), told.promise());
        }
        let promises: [fn(&mut Contract); 4] = [
            |it| it.terms = Some("none".to_owned()),
            |it| it.types.get_mut("Person").expect("the type").fields[0].pii = None,
            |it| it.inputs[0].fields.clear(),
            |it| it.schemas.emits["properties"]["title"]["type"] = "integer".into(),
        ];
        for change in promises {
            let mut other = told.clone();
            change(&mut other);
            assert_ne!(other.promise(), told.promise());
        }
    }

    #[test]
    fn the_digest_is_the_same_for_every_order_notation_and_escape() {
        let told = contract();
        let text = told.to_pretty();
        let shuffled = text
            .replace("\"mesh\": 1,", "")
            .replacen("\"address\"", "\"mesh\": 1, \"address\"", 1)
            .replace("Orders.", "\\u004frders.");
        assert_ne!(shuffled, text);
        assert_eq!(Contract::read(&shuffled).expect("the same").digest(), told.digest());
        let value = told.to_value();
        for notation in ["1.0", "1e0", "10e-1"] {
            let text = value.to_string().replace("\"examples\":[1]", &format!("\"examples\":[{notation}]"));
            assert!(text.contains(notation), "{text}");
            assert_eq!(Contract::read(&text).expect("the same").digest(), told.digest(), "{notation}");
        }
        assert_eq!(told.digest().expect("a digest").to_string(), DIGEST, "the same on every run and machine");
        assert_eq!(told.promise().expect("a digest").to_string(), PROMISE);
    }

    const DIGEST: &str = "sha256:be1878bb2ad193f6b1edd354803025fc25d330cdfb381113fb04c18644e4f1da";
    const PROMISE: &str = "sha256:f3424fd836d6085935c4dc77f70d8286331f84218024d255ade6d8d1b9d22b06";
}
