//! The facts that expressions see, taken from contracts and grants. [`crate::member`] says what each means.

use mesh_contract::contract::{Contract, Input};
use mesh_contract::{Address, ConsumerName, EnvironmentName, GrantClaims, Span};
use serde::{Deserialize, Serialize};

/// How a tag begins that says where a product's data may be.
const REGION: &str = "region-";

/// What a contract says of its product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "`member::PRODUCT` says what each is, and a test holds the two together")]
pub struct ProductFacts {
    pub address: String,
    pub domain: String,
    pub version: String,
    pub description: String,
    pub kind: String,
    pub stability: String,
    pub owner: String,
    pub contact: String,
    pub service: String,
    pub purpose: String,
    pub terms: String,
    pub tags: Vec<String>,
    pub regions: Vec<String>,
    pub deprecated: bool,
    pub freshness: i64,
    pub latency: i64,
    pub availability: String,
    pub retention: i64,
    pub key: Vec<String>,
    pub ports: Vec<PortFacts>,
    pub inputs: Vec<String>,
    pub fields: Vec<FieldFacts>,
    pub personal: Vec<String>,
    pub examples: i64,
}

/// A way to read a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "`member::PORT` says what each is, and a test holds the two together")]
pub struct PortFacts {
    pub name: String,
    pub kind: String,
}

/// A field of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "`member::FIELD` says what each is, and a test holds the two together")]
pub struct FieldFacts {
    pub pointer: String,
    pub r#type: String,
    pub description: String,
    pub term: String,
    pub unit: String,
    pub personal: String,
    pub classification: String,
}

/// A product that another one is made from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "`member::INPUT` says what each is, and a test holds the two together")]
pub struct InputFacts {
    pub address: String,
    pub domain: String,
    pub requirement: String,
    pub purpose: String,
    pub fields: Vec<String>,
    pub known: bool,
    pub deprecated: bool,
    pub retired: bool,
    pub personal: Vec<String>,
    pub regions: Vec<String>,
}

/// Somebody who reads a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(missing_docs, reason = "`member::READER` says what each is, and a test holds the two together")]
pub struct ReaderFacts {
    pub consumer: String,
    pub domain: String,
    pub purpose: String,
    pub environment: String,
    pub region: String,
    pub fields: Vec<String>,
    pub personal: Vec<String>,
    pub rows: String,
}

impl ProductFacts {
    /// What a contract says.
    pub fn of(contract: &Contract) -> Self {
        let seconds =
            |span: &Option<Span>| span.map_or(0, |it| i64::try_from(it.as_seconds()).unwrap_or(i64::MAX));
        let levels = &contract.levels;
        let paths = contract.field_paths();
        let personal = paths.iter().filter(|(_, field)| field.pii.is_some()).map(|(at, _)| at.clone());
        Self {
            address: contract.address.to_string(),
            domain: contract.domain.name.to_string(),
            version: contract.version.to_string(),
            description: contract.description.clone(),
            kind: contract.kind.to_string(),
            stability: contract.stability.to_string(),
            owner: contract.domain.owner.clone(),
            contact: contract.domain.contact.clone().unwrap_or_default(),
            service: contract.service.name.to_string(),
            purpose: contract.purpose.clone().unwrap_or_default(),
            terms: contract.terms.clone().unwrap_or_default(),
            tags: contract.tags.clone(),
            regions: regions(contract),
            deprecated: contract.deprecated.is_some(),
            freshness: seconds(&levels.freshness),
            latency: seconds(&levels.latency),
            availability: levels.availability.map(|it| it.to_string()).unwrap_or_default(),
            retention: seconds(&levels.retention),
            key: contract.key.clone(),
            ports: contract
                .ports
                .iter()
                .map(|port| PortFacts { name: port.name.to_string(), kind: port.kind.to_string() })
                .collect(),
            inputs: contract.inputs.iter().map(|input| input.address.to_string()).collect(),
            personal: personal.collect(),
            fields: paths.iter().map(|(pointer, field)| FieldFacts::of(pointer, field)).collect(),
            examples: i64::try_from(contract.examples.len()).unwrap_or(i64::MAX),
        }
    }
}

impl FieldFacts {
    fn of(pointer: &str, field: &mesh_contract::FieldMeaning) -> Self {
        Self {
            pointer: pointer.to_owned(),
            r#type: field.logical.to_string(),
            description: field.description.clone(),
            term: field.term.clone().unwrap_or_default(),
            unit: field.unit.clone().unwrap_or_default(),
            personal: field.pii.map(|it| it.to_string()).unwrap_or_default(),
            classification: field.classification.map(|it| it.to_string()).unwrap_or_default(),
        }
    }
}

impl InputFacts {
    /// What is known of an input: its contract where that is at hand, and what has become of that version since.
    pub fn of(input: &Input, contract: Option<&Contract>, deprecated: bool, retired: bool) -> Self {
        let deprecated = deprecated || contract.is_some_and(|it| it.deprecated.is_some());
        Self {
            address: input.address.to_string(),
            domain: input.address.domain().to_string(),
            requirement: input.requirement.to_string(),
            purpose: input.purpose.clone().unwrap_or_default(),
            fields: input.fields.clone(),
            known: contract.is_some(),
            deprecated,
            retired,
            personal: contract
                .map(|it| personal_of(&it.personal_fields(), &input.fields))
                .unwrap_or_default(),
            regions: contract.map(regions).unwrap_or_default(),
        }
    }
}

impl ReaderFacts {
    /// Somebody who reads a product or asks to. The region is the policies' own to tell.
    pub fn new(
        product: &ProductFacts,
        consumer: &ConsumerName,
        purpose: &str,
        environment: &EnvironmentName,
        fields: &[String],
        rows: Option<&str>,
    ) -> Self {
        let domain = consumer.as_str().parse::<Address>().map(|it| it.domain().to_string());
        Self {
            consumer: consumer.to_string(),
            domain: domain.unwrap_or_default(),
            purpose: purpose.to_owned(),
            environment: environment.to_string(),
            region: String::new(),
            fields: fields.to_vec(),
            personal: personal_of(&product.personal, fields),
            rows: rows.unwrap_or_default().to_owned(),
        }
    }

    /// Whoever shows a grant for a product.
    pub fn of_grant(product: &ProductFacts, grant: &GrantClaims) -> Self {
        let GrantClaims { sub, purpose, environment, fields, rows, .. } = grant;
        Self::new(product, sub, purpose, environment, fields, rows.as_deref())
    }
}

fn regions(contract: &Contract) -> Vec<String> {
    contract.tags.iter().filter_map(|tag| tag.strip_prefix(REGION)).map(ToOwned::to_owned).collect()
}

/// The pointers with personal data that are read with some fields: those in them, and those that they are in. No fields are all.
fn personal_of(personal: &[String], fields: &[String]) -> Vec<String> {
    let within = |inner: &str, outer: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let read = |pointer: &&String| {
        fields.is_empty() || fields.iter().any(|field| within(pointer, field) || within(field, pointer))
    };
    personal.iter().filter(read).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::member::{FIELD, INPUT, MemberKind, OBJECTS, Object, PORT, PRODUCT, READER};

    #[test]
    fn every_member_of_the_table_is_given_and_no_other() {
        let given: [(&Object, Value); 5] = [
            (&PRODUCT, serde_json::to_value(ProductFacts::default()).expect("JSON")),
            (&PORT, serde_json::to_value(PortFacts::default()).expect("JSON")),
            (&FIELD, serde_json::to_value(FieldFacts::default()).expect("JSON")),
            (&INPUT, serde_json::to_value(InputFacts::default()).expect("JSON")),
            (&READER, serde_json::to_value(ReaderFacts::default()).expect("JSON")),
        ];
        assert_eq!(given.len(), OBJECTS.len());
        for (object, facts) in given {
            let facts = facts.as_object().expect("an object");
            for member in object.members {
                let value =
                    facts.get(member.name).unwrap_or_else(|| panic!("no {}.{}", object.name, member.name));
                let fits = match member.kind {
                    MemberKind::Bool => value.is_boolean(),
                    MemberKind::Int => value.is_i64(),
                    MemberKind::Text => value.is_string(),
                    MemberKind::Texts | MemberKind::Objects(_) => value.is_array(),
                };
                assert!(fits, "{}.{} is {value}", object.name, member.name);
            }
            assert_eq!(facts.len(), object.members.len(), "{}", object.name);
        }
    }

    #[test]
    fn personal_data_is_read_by_the_field_around_it_and_by_those_within() {
        let personal = ["/contact/mail".to_owned(), "/name".to_owned(), "/address".to_owned()];
        let read = |fields: &[&str]| {
            let fields: Vec<_> = fields.iter().map(|it| (*it).to_owned()).collect();
            personal_of(&personal, &fields)
        };
        assert_eq!(read(&["/contact"]), ["/contact/mail"]);
        assert_eq!(read(&["/address/street"]), ["/address"]);
        assert_eq!(read(&["/names", "/contacts"]), Vec::<String>::new());
        assert_eq!(read(&[""]), personal, "the whole record");
        assert_eq!(read(&[]), personal);
    }
}
