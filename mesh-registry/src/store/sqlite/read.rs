//! The reads.

use mesh_contract::{Address, DomainName};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params, params};

use super::super::{
    ContractKey, Counts, DomainQuery, DomainRecord, Edge, EdgeQuery, History, Product, ProductOrder,
    ProductQuery, ServiceRecord, StoreError, StoredContract, TenantId, Version,
};
use super::row::{json, json_text, maybe_json, parsed, stage, time};

pub(super) fn ready(connection: &Connection) -> Result<(), StoreError> {
    Ok(connection.prepare_cached("SELECT 1 FROM product LIMIT 1")?.exists([]).map(drop)?)
}

pub(super) fn history(
    connection: &Connection,
    tenant: &TenantId,
    address: &Address,
) -> Result<History, StoreError> {
    // One transaction, so that the revision belongs to the versions.
    let transaction = connection.unchecked_transaction()?;
    let place = params![tenant.as_str(), address.to_string()];
    let product = transaction
        .prepare_cached(
            "SELECT p.revision, d.owner FROM product p JOIN domain d ON d.tenant = p.tenant AND d.name = p.domain
             WHERE p.tenant = ?1 AND p.address = ?2",
        )?
        .query_row(place, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((revision, owner)) = product else { return Ok(History::default()) };
    let versions = transaction
        .prepare_cached(
            "SELECT version, digest, promise, stage, published_at, lifecycle FROM version
             WHERE tenant = ?1 AND address = ?2",
        )?
        .query_map(place, |row| {
            Ok(Version {
                version: parsed(row, "version")?,
                digest: parsed(row, "digest")?,
                promise: parsed(row, "promise")?,
                stage: stage(row, "stage")?,
                published_at: time(row, "published_at")?,
                lifecycle: maybe_json(row, "lifecycle")?.unwrap_or_default(),
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(History { revision, owner, versions })
}

pub(super) fn contract(
    connection: &Connection,
    tenant: &TenantId,
    key: &ContractKey,
) -> Result<StoredContract, StoreError> {
    let read = |row: &Row<'_>| {
        Ok(StoredContract {
            digest: parsed(row, "digest")?,
            stage: stage(row, "stage")?,
            document: row.get::<_, Vec<u8>>("document")?.into(),
        })
    };
    let found = match key {
        ContractKey::Digest(digest) => connection
            .prepare_cached(
                "SELECT digest, document, iif(released, 'released', 'draft') AS stage
                 FROM contract WHERE tenant = ?1 AND digest = ?2",
            )?
            .query_row(params![tenant.as_str(), digest.to_string()], read)?,
        ContractKey::Version(address, version) => connection
            .prepare_cached(
                "SELECT c.digest, c.document, v.stage
                 FROM version v JOIN contract c ON c.tenant = v.tenant AND c.digest = v.digest
                 WHERE v.tenant = ?1 AND v.address = ?2 AND v.version = ?3",
            )?
            .query_row(params![tenant.as_str(), address.to_string(), version.to_string()], read)?,
    };
    Ok(found)
}

const PRODUCT: &str =
    "p.address, p.version, p.stage, p.description, p.kind, p.service, p.owner, p.stability, p.tags,
    p.ports, p.deprecated,
    (SELECT COUNT(DISTINCT e.consumer) FROM expectation e WHERE e.tenant = p.tenant AND e.address = p.address)
        AS consumers";

fn product(row: &Row<'_>) -> rusqlite::Result<Product> {
    Ok(Product {
        address: parsed(row, "address")?,
        version: parsed(row, "version")?,
        stage: stage(row, "stage")?,
        description: row.get("description")?,
        kind: parsed(row, "kind")?,
        service: parsed(row, "service")?,
        owner: row.get("owner")?,
        stability: parsed(row, "stability")?,
        tags: json(row, "tags")?,
        ports: json(row, "ports")?,
        deprecated: row.get("deprecated")?,
        live: 0,
        consumers: row.get("consumers")?,
    })
}

pub(super) fn products(
    connection: &Connection,
    tenant: &TenantId,
    query: &ProductQuery,
) -> Result<Vec<Product>, StoreError> {
    let ProductQuery { address, domain, kind, order, limit } = query;
    let address = address.as_ref().map(ToString::to_string);
    let (domain, kind) = (domain.as_ref().map(DomainName::as_str), kind.map(|kind| kind.as_str()));
    // One product is found by its key. A condition that may or may not ask for one is answered by looking at them all.
    let one = if address.is_some() { "p.address = :address" } else { ":address IS NULL" };
    let products = match order {
        ProductOrder::Address { after } => connection
            .prepare_cached(&format!(
                "SELECT {PRODUCT} FROM product p
                 WHERE p.tenant = :tenant AND p.address > :after AND {one}
                   AND (:domain IS NULL OR p.domain = :domain) AND (:kind IS NULL OR p.kind = :kind)
                 ORDER BY p.address LIMIT :limit"
            ))?
            .query_map(
                named_params! {
                    ":tenant": tenant.as_str(),
                    ":after": after.as_ref().map(ToString::to_string).unwrap_or_default(),
                    ":address": address, ":domain": domain, ":kind": kind, ":limit": limit,
                },
                product,
            )?
            .collect::<Result<_, _>>()?,
        // A word of the address says most, a tag was chosen to be found by, and a field may be called anything.
        ProductOrder::Relevance { words, skip } => connection
            .prepare_cached(&format!(
                "SELECT {PRODUCT} FROM product_search s JOIN product p ON p.id = s.rowid
                 WHERE product_search MATCH :words AND p.tenant = :tenant
                   AND (:address IS NULL OR p.address = :address)
                   AND (:domain IS NULL OR p.domain = :domain) AND (:kind IS NULL OR p.kind = :kind)
                 ORDER BY bm25(product_search, 10.0, 3.0, 1.0, 5.0, 1.0), p.address LIMIT :limit OFFSET :skip"
            ))?
            .query_map(
                named_params! {
                    ":words": match_expression(words), ":tenant": tenant.as_str(),
                    ":address": address, ":domain": domain, ":kind": kind, ":limit": limit, ":skip": skip,
                },
                product,
            )?
            .collect::<Result<_, _>>()?,
    };
    Ok(products)
}

/// Every word as the beginning of a word. Quoted, a word is nothing but letters to the index, whatever it looks like; only
/// the quote itself and the character that ends a text in C would get out.
fn match_expression(words: &[String]) -> String {
    let quoted: Vec<_> =
        words.iter().map(|word| format!("\"{}\" *", word.replace(['"', '\0'], " "))).collect();
    quoted.join(" AND ")
}

pub(super) fn domains(
    connection: &Connection,
    tenant: &TenantId,
    query: &DomainQuery,
) -> Result<Vec<DomainRecord>, StoreError> {
    let DomainQuery { name, after, limit } = query;
    let transaction = connection.unchecked_transaction()?;
    let mut domains = transaction
        .prepare_cached(
            "SELECT d.name, d.description, d.owner, d.contact,
                (SELECT COUNT(*) FROM product p WHERE p.tenant = d.tenant AND p.domain = d.name) AS products
             FROM domain d
             WHERE d.tenant = ?1 AND (?2 IS NULL OR d.name = ?2) AND d.name > ?3 ORDER BY d.name LIMIT ?4",
        )?
        .query_map(
            params![
                tenant.as_str(),
                name.as_ref().map(DomainName::as_str),
                after.as_ref().map(DomainName::as_str).unwrap_or_default(),
                limit
            ],
            |row| {
                Ok(DomainRecord {
                    name: parsed(row, "name")?,
                    description: row.get("description")?,
                    owner: row.get("owner")?,
                    contact: row.get("contact")?,
                    services: Vec::new(),
                    products: row.get("products")?,
                })
            },
        )?
        .collect::<Result<Vec<_>, _>>()?;
    for domain in &mut domains {
        domain.services = services(&transaction, tenant, &domain.name)?;
    }
    Ok(domains)
}

/// How many there are of each sort but leases, which no table has.
pub(super) fn counts(connection: &Connection, tenant: &TenantId) -> Result<Counts, StoreError> {
    let counted = connection
        .prepare_cached(
            "SELECT (SELECT COUNT(*) FROM domain WHERE tenant = ?1) AS domains,
                (SELECT COUNT(*) FROM (SELECT DISTINCT domain, service FROM product WHERE tenant = ?1)) AS services,
                (SELECT COUNT(*) FROM product WHERE tenant = ?1) AS products",
        )?
        .query_row([tenant.as_str()], |row| {
            Ok(Counts {
                domains: row.get("domains")?,
                services: row.get("services")?,
                products: row.get("products")?,
                live: 0,
            })
        })?;
    Ok(counted)
}

/// The services that a domain owns or takes part in. One that no product names any more is not told of.
fn services(
    connection: &Connection,
    tenant: &TenantId,
    domain: &DomainName,
) -> rusqlite::Result<Vec<ServiceRecord>> {
    connection
        .prepare_cached(
            "SELECT s.domain, s.name, s.description, s.shared_with FROM service s
             WHERE s.tenant = ?1
               AND (s.domain = ?2 OR EXISTS (SELECT 1 FROM json_each(s.shared_with) WHERE value = ?2))
               AND EXISTS (SELECT 1 FROM product p
                           WHERE p.tenant = s.tenant AND p.domain = s.domain AND p.service = s.name)
             ORDER BY s.domain, s.name",
        )?
        .query_map(params![tenant.as_str(), domain.as_str()], |row| {
            Ok(ServiceRecord {
                name: parsed(row, "name")?,
                description: row.get("description")?,
                owner: parsed(row, "domain")?,
                shared_with: json(row, "shared_with")?,
            })
        })?
        .collect()
}

pub(super) fn edges(
    connection: &Connection,
    tenant: &TenantId,
    query: &EdgeQuery,
) -> Result<Vec<Edge>, StoreError> {
    let (addresses, sql) = match query {
        EdgeQuery::Into(addresses) => (
            addresses,
            "SELECT source, address AS target, fields FROM input
             WHERE tenant = ?1 AND address IN (SELECT value FROM json_each(?2))
             UNION ALL
             SELECT address, consumer, fields FROM expectation
             WHERE tenant = ?1 AND consumer IN (SELECT value FROM json_each(?2))",
        ),
        EdgeQuery::From(addresses) => (
            addresses,
            "SELECT source, address AS target, fields FROM input
             WHERE tenant = ?1 AND source IN (SELECT value FROM json_each(?2))
             UNION ALL
             SELECT address, consumer, fields FROM expectation
             WHERE tenant = ?1 AND address IN (SELECT value FROM json_each(?2))",
        ),
    };
    let found = connection
        .prepare_cached(sql)?
        .query_map(params![tenant.as_str(), json_text(addresses)?], |row| {
            Ok(Edge {
                source: parsed(row, "source")?,
                target: parsed(row, "target")?,
                fields: json(row, "fields")?,
            })
        })?
        .collect::<Result<_, _>>()?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_word_looks_like_it_is_quoted() {
        let words = ["NEAR", "a\"b", "x*"].map(str::to_owned);
        assert_eq!(match_expression(&words), r#""NEAR" * AND "a b" * AND "x*" *"#);
    }
}
