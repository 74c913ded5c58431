//! Domains, each with its services and those that others share with it.

use deadpool_postgres::Client;
use tokio_postgres::Row;

use super::super::{DomainQuery, DomainRecord, ServiceRecord, TenantId};
use super::failure::Failure;
use super::row::{count, json, number, parsed};
use super::statement::query;

pub(super) async fn domains(
    client: &Client,
    tenant: &TenantId,
    asked: &DomainQuery,
) -> Result<Vec<DomainRecord>, Failure> {
    let DomainQuery { name, after, limit } = asked;
    // A service that no product names any more is not told of. One row for each service of a domain, so that domains and
    // services belong to the same state.
    let rows = query(
        client,
        "SELECT d.name, d.description, d.owner, d.contact,
            (SELECT COUNT(*) FROM product p WHERE p.tenant = d.tenant AND p.domain = d.name) AS products,
            s.domain AS service_owner, s.name AS service, s.description AS service_description, s.shared_with
         FROM (SELECT * FROM domain
               WHERE tenant = $1 AND ($2::text IS NULL OR name = $2) AND name > $3 ORDER BY name LIMIT $4) d
         LEFT JOIN service s ON s.tenant = d.tenant
            AND (s.domain = d.name OR s.shared_with::jsonb ? d.name)
            AND EXISTS (SELECT 1 FROM product p
                        WHERE p.tenant = s.tenant AND p.domain = s.domain AND p.service = s.name)
         ORDER BY d.name, s.domain, s.name",
        &[
            &tenant.as_str(),
            &name.as_ref().map(ToString::to_string),
            &after.as_ref().map(ToString::to_string).unwrap_or_default(),
            &count(*limit),
        ],
    )
    .await?;
    let mut domains: Vec<DomainRecord> = Vec::new();
    for row in &rows {
        let name = parsed(row, "name")?;
        if domains.last().is_none_or(|last| last.name != name) {
            domains.push(DomainRecord {
                name,
                description: row.try_get("description")?,
                owner: row.try_get("owner")?,
                contact: row.try_get("contact")?,
                services: Vec::new(),
                products: number(row, "products")?,
            });
        }
        if let (Some(domain), Some(service)) = (domains.last_mut(), service(row)?) {
            domain.services.push(service);
        }
    }
    Ok(domains)
}

fn service(row: &Row) -> Result<Option<ServiceRecord>, Failure> {
    if row.try_get::<_, Option<&str>>("service")?.is_none() {
        return Ok(None);
    }
    Ok(Some(ServiceRecord {
        name: parsed(row, "service")?,
        description: row.try_get("service_description")?,
        owner: parsed(row, "service_owner")?,
        shared_with: json(row, "shared_with")?,
    }))
}
