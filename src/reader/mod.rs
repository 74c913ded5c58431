//! Writes the Rust types that read a product, from its contract: what `mesh add` puts into `src/`.
//!
//! A reader names only what it needs, so that only what it needs can break it. The types are the user's from the moment
//! they are written: `mesh update` never touches them.

mod fields;
mod rust;

use mesh_contract::{Contract, Requirement};

pub(crate) use fields::Selection;

/// The source of a reader, and what to do so that it compiles.
#[derive(Debug)]
pub(crate) struct Reader {
    /// The name of the type that one record is read as.
    pub(crate) name: String,
    /// The source file's content.
    pub(crate) source: String,
    /// The crates that the types come from, beside those that every domain has.
    pub(crate) crates: Vec<&'static str>,
}

/// What to write.
#[derive(Debug)]
pub(crate) struct Request<'c> {
    /// The contract of the product read.
    pub(crate) contract: &'c Contract,
    /// The versions that will do.
    pub(crate) requirement: &'c Requirement,
    /// What it is read for.
    pub(crate) purpose: &'c str,
    /// The name of the type; that of the product's own type unless given.
    pub(crate) name: Option<&'c str>,
    /// The fields that are read.
    pub(crate) selection: &'c Selection,
}

impl Request<'_> {
    /// Writes the reader.
    pub(crate) fn write(&self) -> Reader {
        rust::Writer::new(self).write()
    }
}

/// The name of the module that a product is read in: `sales_orders`.
pub(crate) fn module_name(contract: &Contract) -> String {
    contract.address.to_string().replace(['.', '-'], "_")
}
