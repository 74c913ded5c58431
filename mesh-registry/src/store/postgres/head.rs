//! What a product shows from now on: its row, its words, what it is made from, its domain and its service.

use std::collections::BTreeMap;

use deadpool_postgres::Transaction;
use futures_util::future::try_join4;

use super::super::{DomainRecord, Head, ServiceRecord};
use super::failure::Failure;
use super::row::{json_text, plain};
use super::search_index::{self, Said};
use super::statement::within;

/// What a product shows from now on.
pub(super) struct Shown<'a> {
    pub(super) tenant: &'a str,
    pub(super) address: &'a str,
    pub(super) version: &'a str,
    pub(super) stage: &'a str,
    pub(super) head: &'a Head,
}

impl Shown<'_> {
    fn service(&self) -> &str {
        self.head.domain.services.first().map(|service| service.name.as_str()).unwrap_or_default()
    }

    /// Makes the product, unless there is one.
    pub(super) async fn insert_product(&self, transaction: &Transaction<'_>) -> Result<bool, Failure> {
        let Self { tenant, address, version, stage, head } = self;
        let inserted = within(
            transaction,
            "INSERT INTO product (tenant, address, domain, revision, version, stage, description, kind,
                service, owner, stability, tags, ports, deprecated)
             VALUES ($1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
             ON CONFLICT (tenant, address) DO NOTHING",
            &[
                tenant,
                address,
                &head.domain.name.as_str(),
                version,
                stage,
                &plain(&head.description),
                &head.kind.as_str(),
                &self.service(),
                &plain(&head.domain.owner),
                &head.stability.as_str(),
                &json_text(&head.tags)?,
                &json_text(&head.ports)?,
                &head.deprecated,
            ],
        )
        .await?;
        Ok(inserted > 0)
    }

    /// Moves the product on by one revision. The service is left alone when it stays the same, so that the new row needs no
    /// new entry in an index.
    pub(super) async fn update_product(
        &self,
        transaction: &Transaction<'_>,
        standing: &str,
    ) -> Result<(), Failure> {
        let Self { tenant, address, version, stage, head } = self;
        within(
            transaction,
            "UPDATE product SET revision = revision + 1, version = $3, stage = $4, description = $5, kind = $6,
                owner = $7, stability = $8, tags = $9, ports = $10, deprecated = $11
             WHERE tenant = $1 AND address = $2",
            &[
                tenant,
                address,
                version,
                stage,
                &plain(&head.description),
                &head.kind.as_str(),
                &plain(&head.domain.owner),
                &head.stability.as_str(),
                &json_text(&head.tags)?,
                &json_text(&head.ports)?,
                &head.deprecated,
            ],
        )
        .await?;
        if self.service() == standing {
            return Ok(());
        }
        let moved = "UPDATE product SET service = $3 WHERE tenant = $1 AND address = $2";
        within(transaction, moved, &[tenant, address, &self.service()]).await.map(drop)
    }

    /// Writes all but the product's own row.
    pub(super) async fn write_rest(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        try_join4(
            self.write_words(transaction),
            self.write_inputs(transaction),
            write_domain(transaction, self.tenant, &self.head.domain),
            write_services(transaction, self.tenant, &self.head.domain),
        )
        .await
        .map(drop)
    }

    async fn write_words(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let Head { tags, description, domain, fields, .. } = self.head;
        let said = Said { address: self.address, tags, description, owner: &domain.owner, fields };
        within(
            transaction,
            "INSERT INTO product_search (tenant, address, words) VALUES ($1, $2, $3::text::tsvector)
             ON CONFLICT (tenant, address) DO UPDATE SET words = excluded.words
             WHERE product_search.words <> excluded.words",
            &[&self.tenant, &self.address, &search_index::vector(said)],
        )
        .await
        .map(drop)
    }

    async fn write_inputs(&self, transaction: &Transaction<'_>) -> Result<(), Failure> {
        let mut inputs = BTreeMap::new();
        for input in &self.head.inputs {
            inputs.insert(input.address.to_string(), json_text(&input.fields)?);
        }
        let (sources, fields): (Vec<String>, Vec<String>) = inputs.into_iter().unzip();
        within(
            transaction,
            "DELETE FROM input WHERE tenant = $1 AND address = $2 AND source <> ALL ($3)",
            &[&self.tenant, &self.address, &sources],
        )
        .await?;
        if sources.is_empty() {
            return Ok(());
        }
        within(
            transaction,
            "INSERT INTO input (tenant, address, source, fields)
             SELECT $1, $2, i.source, i.fields FROM unnest($3::text[], $4::text[]) AS i (source, fields)
             ON CONFLICT (tenant, address, source) DO UPDATE SET fields = excluded.fields
             WHERE input.fields <> excluded.fields",
            &[&self.tenant, &self.address, &sources, &fields],
        )
        .await
        .map(drop)
    }
}

/// Nearly every publish tells of its domain what the one before it told. Then nothing is written and, which an upsert alone
/// would do, no row is held that all products of the domain share. Who owns it is told once, and never by a publish again.
async fn write_domain(
    transaction: &Transaction<'_>,
    tenant: &str,
    domain: &DomainRecord,
) -> Result<(), Failure> {
    let DomainRecord { name, description, owner, contact, services: _, products: _ } = domain;
    within(
        transaction,
        "INSERT INTO domain (tenant, name, description, owner, contact)
         SELECT $1, $2, $3, $4, $5
         WHERE NOT EXISTS (SELECT 1 FROM domain WHERE tenant = $1 AND name = $2
                           AND description = $3 AND contact IS NOT DISTINCT FROM $5)
         ON CONFLICT (tenant, name) DO UPDATE SET
            description = excluded.description, contact = excluded.contact",
        &[&tenant, &name.as_str(), &plain(description), &plain(owner), &contact.as_deref().map(plain)],
    )
    .await
    .map(drop)
}

async fn write_services(
    transaction: &Transaction<'_>,
    tenant: &str,
    domain: &DomainRecord,
) -> Result<(), Failure> {
    for ServiceRecord { name, description, owner: _, shared_with } in &domain.services {
        within(
            transaction,
            "INSERT INTO service (tenant, domain, name, description, shared_with)
             SELECT $1, $2, $3, $4, $5
             WHERE NOT EXISTS (SELECT 1 FROM service WHERE tenant = $1 AND domain = $2 AND name = $3
                               AND description = $4 AND shared_with = $5)
             ON CONFLICT (tenant, domain, name) DO UPDATE SET
                description = excluded.description, shared_with = excluded.shared_with",
            &[&tenant, &domain.name.as_str(), &name.as_str(), &plain(description), &json_text(shared_with)?],
        )
        .await?;
    }
    Ok(())
}
