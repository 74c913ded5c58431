//! The reads. Each is one statement, so it sees one state of the database.

use chrono::{DateTime, Utc};
use deadpool_postgres::Client;
use mesh_contract::Address;
use tokio_postgres::Row;

use super::super::{
    ContractKey, Counts, Edge, EdgeQuery, History, Product, ProductOrder, ProductQuery, StoreError,
    StoredContract, TenantId, Version,
};
use super::failure::Failure;
use super::row::{count, json, maybe_json, number, parsed, stage};
use super::search_index;
use super::statement::query;

/// Sees that the database answers, and what time it is there.
pub(super) async fn time(client: &Client) -> Result<DateTime<Utc>, Failure> {
    let rows =
        query(client, "SELECT clock_timestamp() AS now, EXISTS (SELECT 1 FROM product) AS filled", &[])
            .await?;
    Ok(one(&rows)?.try_get("now")?)
}

fn one(rows: &[Row]) -> Result<&Row, Failure> {
    rows.first().ok_or(Failure::Refused(StoreError::NotFound))
}

pub(super) async fn history(
    client: &Client,
    tenant: &TenantId,
    address: &Address,
) -> Result<History, Failure> {
    let rows = query(
        client,
        "SELECT p.revision, d.owner, v.version, v.digest, v.promise, v.stage, v.published_at, v.lifecycle
         FROM product p
         JOIN domain d ON d.tenant = p.tenant AND d.name = p.domain
         JOIN version v ON v.tenant = p.tenant AND v.address = p.address
         WHERE p.tenant = $1 AND p.address = $2",
        &[&tenant.as_str(), &address.to_string()],
    )
    .await?;
    let Some(first) = rows.first() else { return Ok(History::default()) };
    let version = |row: &Row| {
        Ok(Version {
            version: parsed(row, "version")?,
            digest: parsed(row, "digest")?,
            promise: parsed(row, "promise")?,
            stage: stage(row, "stage")?,
            published_at: row.try_get("published_at")?,
            lifecycle: maybe_json(row, "lifecycle")?.unwrap_or_default(),
        })
    };
    Ok(History {
        revision: number(first, "revision")?,
        owner: Some(first.try_get("owner")?),
        versions: rows.iter().map(version).collect::<Result<_, Failure>>()?,
    })
}

pub(super) async fn contract(
    client: &Client,
    tenant: &TenantId,
    key: &ContractKey,
) -> Result<StoredContract, Failure> {
    let rows = match key {
        ContractKey::Digest(digest) => {
            query(
                client,
                "SELECT digest, document, CASE WHEN released THEN 'released' ELSE 'draft' END AS stage
                 FROM contract WHERE tenant = $1 AND digest = $2",
                &[&tenant.as_str(), &digest.to_string()],
            )
            .await?
        }
        ContractKey::Version(address, version) => {
            query(
                client,
                "SELECT c.digest, c.document, v.stage
                 FROM version v JOIN contract c ON c.tenant = v.tenant AND c.digest = v.digest
                 WHERE v.tenant = $1 AND v.address = $2 AND v.version = $3",
                &[&tenant.as_str(), &address.to_string(), &version.to_string()],
            )
            .await?
        }
    };
    let row = one(&rows)?;
    Ok(StoredContract {
        digest: parsed(row, "digest")?,
        stage: stage(row, "stage")?,
        document: row.try_get::<_, Vec<u8>>("document")?.into(),
    })
}

/// What is read of a product `p`, at the time `$1`.
const PRODUCT: &str = "p.address, p.version, p.stage, p.description, p.kind, p.service, p.owner, p.stability,
    p.tags, p.ports, p.deprecated,
    (SELECT COUNT(DISTINCT e.consumer) FROM expectation e WHERE e.tenant = p.tenant AND e.address = p.address)
        AS consumers,
    mesh_live(p.address, coalesce($1, statement_timestamp())) AS live";

/// Which products, by `$2` to `$5`.
const ASKED: &str = "p.tenant = $2 AND ($3::text IS NULL OR p.address = $3)
    AND ($4::text IS NULL OR p.domain = $4) AND ($5::text IS NULL OR p.kind = $5)";

pub(super) async fn products(
    client: &Client,
    tenant: &TenantId,
    asked: &ProductQuery,
    at: Option<DateTime<Utc>>,
) -> Result<Vec<Product>, Failure> {
    let ProductQuery { address, domain, kind, order, limit } = asked;
    let address = address.as_ref().map(ToString::to_string);
    let domain = domain.as_ref().map(ToString::to_string);
    let (kind, limit) = (kind.map(|kind| kind.as_str()), count(*limit));
    let rows = match order {
        ProductOrder::Address { after } => {
            let after = after.as_ref().map(ToString::to_string).unwrap_or_default();
            let sql = format!(
                "SELECT {PRODUCT} FROM product p WHERE {ASKED} AND p.address > $6 ORDER BY p.address LIMIT $7"
            );
            let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 7] =
                [&at, &tenant.as_str(), &address, &domain, &kind, &after, &limit];
            query(client, &sql, &parameters).await?
        }
        ProductOrder::Relevance { words, skip } => {
            let Some(words) = search_index::query(words) else { return Ok(Vec::new()) };
            let sql = format!(
                "SELECT {PRODUCT}
                 FROM mesh_found($6, $7) s JOIN product p ON p.address = s.address
                 WHERE {ASKED} ORDER BY s.rank DESC, p.address LIMIT $8 OFFSET $9"
            );
            let (weights, skip) = (&search_index::WEIGHTS[..], count(*skip));
            let parameters: [&(dyn tokio_postgres::types::ToSql + Sync); 9] =
                [&at, &tenant.as_str(), &address, &domain, &kind, &words, &weights, &limit, &skip];
            query(client, &sql, &parameters).await?
        }
    };
    rows.iter().map(product).collect()
}

fn product(row: &Row) -> Result<Product, Failure> {
    Ok(Product {
        address: parsed(row, "address")?,
        version: parsed(row, "version")?,
        stage: stage(row, "stage")?,
        description: row.try_get("description")?,
        kind: parsed(row, "kind")?,
        service: parsed(row, "service")?,
        owner: row.try_get("owner")?,
        stability: parsed(row, "stability")?,
        tags: json(row, "tags")?,
        ports: json(row, "ports")?,
        deprecated: row.try_get("deprecated")?,
        live: number(row, "live")?,
        consumers: number(row, "consumers")?,
    })
}

pub(super) async fn counts(
    client: &Client,
    tenant: &TenantId,
    at: Option<DateTime<Utc>>,
) -> Result<Counts, Failure> {
    let rows = query(
        client,
        "SELECT (SELECT COUNT(*) FROM domain WHERE tenant = $1) AS domains,
            (SELECT COUNT(*) FROM (SELECT DISTINCT domain, service FROM product WHERE tenant = $1) s) AS services,
            (SELECT COUNT(*) FROM product WHERE tenant = $1) AS products,
            (SELECT COUNT(*) FROM lease
             WHERE tenant = $1 AND expires_at > coalesce($2, statement_timestamp())) AS live",
        &[&tenant.as_str(), &at],
    )
    .await?;
    let row = one(&rows)?;
    Ok(Counts {
        domains: number(row, "domains")?,
        services: number(row, "services")?,
        products: number(row, "products")?,
        live: number(row, "live")?,
    })
}

pub(super) async fn edges(
    client: &Client,
    tenant: &TenantId,
    asked: &EdgeQuery,
) -> Result<Vec<Edge>, Failure> {
    let (addresses, sql) = match asked {
        EdgeQuery::Into(addresses) => (
            addresses,
            "SELECT source, address AS target, fields FROM input WHERE tenant = $1 AND address = ANY($2)
             UNION ALL
             SELECT address, consumer, fields FROM expectation WHERE tenant = $1 AND consumer = ANY($2)",
        ),
        EdgeQuery::From(addresses) => (
            addresses,
            "SELECT source, address AS target, fields FROM input WHERE tenant = $1 AND source = ANY($2)
             UNION ALL
             SELECT address, consumer, fields FROM expectation WHERE tenant = $1 AND address = ANY($2)",
        ),
    };
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let edge = |row: &Row| {
        Ok(Edge {
            source: parsed(row, "source")?,
            target: parsed(row, "target")?,
            fields: json(row, "fields")?,
        })
    };
    query(client, sql, &[&tenant.as_str(), &addresses]).await?.iter().map(edge).collect()
}
