//! Which fields of a product a reader names: `order_id,total,lines.quantity`.

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::{Contract, FieldMeaning, LogicalType, TypeMeaning};

/// A field that the product does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is not a field of {product}; there are {}", .known.join(", "))]
pub(crate) struct UnknownField {
    field: String,
    product: String,
    known: Vec<String>,
}

/// The fields that are read of each type; a type that is not listed is not read, and one without a list is read whole.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    types: BTreeMap<String, Option<BTreeSet<String>>>,
}

impl Selection {
    /// Reads a list of fields. Without any, the whole record is read.
    pub(crate) fn of(contract: &Contract, fields: &[String]) -> Result<Self, UnknownField> {
        let mut selection = Self::default();
        if fields.is_empty() {
            selection.whole(contract, &contract.root);
        }
        for field in fields {
            let path: Vec<&str> =
                field.split(['.', '/']).filter(|step| !step.is_empty() && *step != "*").collect();
            selection.one(contract, &contract.root, &path).map_err(|known| UnknownField {
                field: field.clone(),
                product: contract.address.to_string(),
                known,
            })?;
        }
        Ok(selection)
    }

    /// Whether a type is read at all.
    pub(crate) fn reads_type(&self, name: &str) -> bool {
        self.types.contains_key(name)
    }

    /// Whether a field of a type is read.
    pub(crate) fn reads(&self, name: &str, field: &str) -> bool {
        match self.types.get(name) {
            Some(Some(fields)) => fields.contains(field),
            Some(None) => true,
            None => false,
        }
    }

    fn whole(&mut self, contract: &Contract, name: &str) {
        if self.types.insert(name.to_owned(), None) == Some(None) {
            return;
        }
        let nested: Vec<&str> = contract
            .types
            .get(name)
            .map(|meaning| every_type(meaning).filter_map(named).collect())
            .unwrap_or_default();
        nested.into_iter().for_each(|name| self.whole(contract, name));
    }

    fn one(&mut self, contract: &Contract, name: &str, path: &[&str]) -> Result<(), Vec<String>> {
        let Some((first, rest)) = path.split_first() else {
            self.whole(contract, name);
            return Ok(());
        };
        let Some(meaning) = contract.types.get(name) else { return Err(Vec::new()) };
        if meaning.fields.is_empty() {
            // A choice of variants or a single value has no fields to choose from: what it is made of is read whole.
            return Err(vec![format!("none in `{name}`")]);
        }
        let Some(field) = meaning.field(first) else {
            return Err(meaning.fields.iter().map(|field| format!("`{}`", field.name)).collect());
        };
        if let Some(fields) = self.types.entry(name.to_owned()).or_insert_with(|| Some(BTreeSet::new())) {
            fields.insert((*first).to_owned());
        }
        match named(&field.logical) {
            Some(nested) => self.one(contract, nested, rest),
            None if rest.is_empty() => Ok(()),
            None => Err(vec![format!("none in `{first}`")]),
        }
    }
}

/// The named type inside a type.
pub(super) fn named(logical: &LogicalType) -> Option<&str> {
    match logical {
        LogicalType::Type(name) => Some(name),
        LogicalType::List(inner) | LogicalType::Map(inner) => named(inner),
        _ => None,
    }
}

fn every_type(meaning: &TypeMeaning) -> impl Iterator<Item = &LogicalType> {
    let own = meaning.fields.iter().chain(meaning.newtype.as_deref());
    let own = own.map(|field: &FieldMeaning| &field.logical);
    own.chain(
        meaning
            .variants
            .iter()
            .flat_map(|variant| variant.fields.iter().map(|field| &field.logical).chain(&variant.holds)),
    )
}
