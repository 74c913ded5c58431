//! The words of products, which a text index cannot give back: they are read from the documents again.

use mesh_contract::Contract;

use crate::service::search_text;

/// The newest version of each product with its document, in both stores' SQL.
pub(super) const DOCUMENTS: &str = "SELECT p.tenant, p.address, p.description, p.tags, p.owner, c.document
    FROM product p
    JOIN version v ON v.tenant = p.tenant AND v.address = p.address AND v.version = p.version
    JOIN contract c ON c.tenant = v.tenant AND c.digest = v.digest";

/// A product's words, as one of the stores has told them.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) tenant: String,
    pub(super) address: String,
    pub(super) description: String,
    pub(super) tags: Vec<String>,
    pub(super) owner: String,
    pub(super) fields: String,
}

impl Words {
    /// A document that this release does not read any more is found by the rest.
    pub(super) fn read([tenant, address, description, tags, owner]: [String; 5], document: &[u8]) -> Self {
        let contract = std::str::from_utf8(document).ok().and_then(|text| Contract::read(text).ok());
        let fields = contract.as_ref().map(search_text).unwrap_or_default();
        let tags = serde_json::from_str(&tags).unwrap_or_default();
        Self { tenant, address, description, tags, owner, fields }
    }
}
