//! From a type to its contract.

mod expectation;
mod fields;
mod logical;
mod meaning;

use std::collections::BTreeMap;
use std::fmt;

use mesh_contract::contract::{Deprecation, DomainPart, Input, Levels, Port, Schemas, ServicePart, Side};
use mesh_contract::prose::unwrapped;
use mesh_contract::{Address, Contract, ContractVersion, FORMAT, FieldMeaning, double};
use serde_json::Value;

use crate::definition::{DomainDefinition, InputDefinition, ProductDefinition, ServiceDefinition};
use crate::nested::Described;
use crate::product::{DataProduct, DataType};
use crate::schema;

pub use expectation::expectation;
pub use fields::fields_read;
pub(crate) use logical::is_well_known;

/// Something that keeps a type from having a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where: a JSON pointer into the schemas, or the name of a type and its field.
    pub place: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Everything that keeps a type from having a contract.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mistakes(pub Vec<Mistake>);

impl Mistakes {
    /// Adds one.
    fn add(&mut self, place: impl Into<String>, message: impl Into<String>) {
        let mistake = Mistake { place: place.into(), message: message.into() };
        if !self.0.contains(&mistake) {
            self.0.push(mistake);
        }
    }

    /// The value of a text that the macros have checked already, or a mistake.
    fn parsed<T: std::str::FromStr<Err: fmt::Display>>(&mut self, place: &str, text: &str) -> Option<T> {
        match text.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(place, error.to_string());
                None
            }
        }
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Mistake { place, message }) in self.0.iter().enumerate() {
            let break_line = if index > 0 { "\n" } else { "" };
            write!(f, "{break_line}{place}: {message}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Mistakes {}

/// The contract of a product.
///
/// # Errors
/// With everything that keeps the type from having one, all at once.
pub fn contract<P: DataProduct>() -> Result<Contract, Mistakes> {
    contract_of(&P::DEFINITION, &Described::of::<P>())
}

/// The contract of a product whose type is forgotten, so that this is compiled once and not for each product.
fn contract_of(definition: &ProductDefinition, described: &Described) -> Result<Contract, Mistakes> {
    let mut mistakes = Mistakes::default();
    let (emits, accepts) = schema::generate_both(described);
    let types = meaning::types(&emits, &mut mistakes);
    let key = key(&types, &emits.root, &mut mistakes);
    check_tenant(&types, &emits.root, &mut mistakes);
    let head = head(definition, &mut mistakes);
    let mut examples = Vec::new();
    for (index, example) in definition.examples.iter().enumerate() {
        match example() {
            Ok(example) => examples.push(example),
            Err(error) => mistakes.add(format!("example {index}"), format!("it cannot be written: {error}")),
        }
    }
    let Some(Head { address, version, domain, service, deprecated, levels, ports, inputs }) = head else {
        return Err(mistakes);
    };
    let id = |side| Some(mesh_contract::contract::schema_id(&address, &version, side));
    let schemas = Schemas {
        emits: schema::document(&emits, Side::Emits, id(Side::Emits)),
        accepts: schema::document(&accepts, Side::Accepts, id(Side::Accepts)),
    };
    let mut tags = sorted(definition.tags);
    tags.dedup();
    let contract = Contract {
        mesh: FORMAT,
        address,
        version,
        description: unwrapped(described.body.description.trim()),
        kind: definition.kind,
        stability: definition.stability,
        domain,
        service,
        purpose: definition.purpose.map(str::to_owned),
        terms: definition.terms.map(str::to_owned),
        tags: tags.into_iter().map(str::to_owned).collect(),
        deprecated,
        levels,
        key,
        ports,
        inputs,
        root: emits.root.clone(),
        types,
        schemas,
        examples,
        extensions: Default::default(),
    };
    if let Err(inexact) = double::check_numbers(&contract.to_value()) {
        mistakes.add(inexact.pointer.clone(), inexact.to_string());
    }
    if mistakes.0.is_empty() { Ok(contract) } else { Err(mistakes) }
}

/// The JSON Schema of what a type takes, draft 2020-12, as schemars has it completed.
pub fn accepts_schema<T: DataType>() -> Value {
    schema_of(&Described::of::<T>(), Side::Accepts)
}

/// The JSON Schema of what a type writes, draft 2020-12, as schemars has it completed and closed.
pub fn emits_schema<T: DataType>() -> Value {
    schema_of(&Described::of::<T>(), Side::Emits)
}

fn schema_of(described: &Described, side: Side) -> Value {
    schema::document(&schema::generate(described, side), side, None)
}

/// The parts of a contract that do not come from the type's body.
struct Head {
    address: Address,
    version: ContractVersion,
    domain: DomainPart,
    service: ServicePart,
    deprecated: Option<Deprecation>,
    levels: Levels,
    ports: Vec<Port>,
    inputs: Vec<Input>,
}

/// The macros checked every text, so a mistake here is one in hand-written definitions.
fn head(definition: &ProductDefinition, mistakes: &mut Mistakes) -> Option<Head> {
    let name = definition.name;
    let domain = domain(definition.domain, mistakes);
    let service = service(definition.service, mistakes);
    let product = mistakes.parsed(name, name);
    let version = mistakes.parsed(name, definition.version);
    let deprecated = definition.deprecated.and_then(|deprecated| {
        let successor = deprecated.successor.and_then(|successor| mistakes.parsed(name, successor));
        Some(Deprecation { date: mistakes.parsed(name, deprecated.date)?, successor })
    });
    let levels = Levels {
        freshness: definition.freshness.and_then(|text| mistakes.parsed(name, text)),
        latency: definition.latency.and_then(|text| mistakes.parsed(name, text)),
        availability: definition.availability.and_then(|text| mistakes.parsed(name, text)),
        retention: definition.retention.and_then(|text| mistakes.parsed(name, text)),
    };
    if definition.ports.is_empty() {
        mistakes.add(name, "no port reads it; write e.g. `#[port(records)]`");
    }
    let port = |port: &crate::definition::PortDefinition, mistakes: &mut Mistakes| {
        let mut options = BTreeMap::new();
        for (name, value) in port.options {
            options.insert((*name).to_owned(), (*value).to_owned());
        }
        Some(Port {
            name: mistakes.parsed(name, port.name)?,
            kind: port.kind,
            options,
            extensions: Default::default(),
        })
    };
    let ports = definition.ports.iter().filter_map(|each| port(each, mistakes)).collect();
    let inputs = definition.inputs.iter().filter_map(|each| input(&each(), mistakes)).collect();
    let domain = domain?;
    Some(Head {
        address: Address::new(domain.name.clone(), product?),
        version: version?,
        domain,
        service: service?,
        deprecated,
        levels,
        ports,
        inputs,
    })
}

fn domain(definition: &DomainDefinition, mistakes: &mut Mistakes) -> Option<DomainPart> {
    Some(DomainPart {
        name: mistakes.parsed(definition.name, definition.name)?,
        description: unwrapped(definition.description.trim()),
        owner: definition.owner.to_owned(),
        contact: definition.contact.map(str::to_owned),
        extensions: Default::default(),
    })
}

fn service(definition: &ServiceDefinition, mistakes: &mut Mistakes) -> Option<ServicePart> {
    let shared = sorted(definition.shared_with).into_iter();
    let shared_with = shared.filter_map(|name| mistakes.parsed(definition.name, name)).collect();
    Some(ServicePart {
        name: mistakes.parsed(definition.name, definition.name)?,
        description: unwrapped(definition.description.trim()),
        shared_with,
        extensions: Default::default(),
    })
}

/// Texts in their order, which is that of the names they stand for.
fn sorted(texts: &[&'static str]) -> Vec<&'static str> {
    let mut sorted = texts.to_vec();
    sorted.sort_unstable();
    sorted
}

fn input(definition: &InputDefinition, mistakes: &mut Mistakes) -> Option<Input> {
    Some(Input {
        address: mistakes.parsed(definition.address, definition.address)?,
        requirement: mistakes.parsed(definition.address, definition.requirement)?,
        purpose: definition.purpose.map(str::to_owned),
        fields: fields_read(&(definition.schema)()),
        extensions: Default::default(),
    })
}

/// What tells whose a record is: one field of the record itself at most, in every record, as a text or a whole number.
fn check_tenant(types: &mesh_contract::meaning::Types, root: &str, mistakes: &mut Mistakes) {
    for (name, meaning) in types {
        let of_variants = meaning.variants.iter().flat_map(|variant| &variant.fields);
        let own = meaning.fields.iter().chain(meaning.newtype.as_deref());
        let first = own.clone().position(|field| field.tenant);
        let below = of_variants.map(|field| (false, field));
        let all = own.enumerate().map(|(index, field)| (name == root && first == Some(index), field));
        for (may, field) in all.chain(below).filter(|(_, field)| field.tenant) {
            let place = format!("{name}.{}", field.name);
            if !may {
                mistakes.add(
                    &place,
                    "one field of the product itself tells whose a record is; take `tenant` away here",
                );
            } else if field.optional || field.nullable {
                mistakes.add(
                    &place,
                    "whose a record is must always be told, so the field cannot be missing or null",
                );
            } else if !logical::can_be_named(&field.logical, types) {
                mistakes.add(
                    &place,
                    format!(
                        "a grant cannot name a {}; tell whose a record is by a text or a whole number",
                        field.logical
                    ),
                );
            }
        }
    }
}

/// The fields that name a record, in order of declaration. Each record has them, with a value that can be compared.
fn key(types: &mesh_contract::meaning::Types, root: &str, mistakes: &mut Mistakes) -> Vec<String> {
    let Some(meaning) = types.get(root) else { return Vec::new() };
    let key: Vec<&FieldMeaning> = meaning.fields.iter().filter(|field| field.key).collect();
    for field in &key {
        let place = format!("{root}.{}", field.name);
        if field.optional || field.nullable {
            mistakes.add(&place, "a key names each record, so it cannot be missing or null; take `key` away, or make it required");
        }
        if logical::cannot_name(&field.logical, types) {
            mistakes.add(
                &place,
                format!("a {} cannot name a record; choose a field with a plain value as key", field.logical),
            );
        }
    }
    key.into_iter().map(|field| field.name.clone()).collect()
}
