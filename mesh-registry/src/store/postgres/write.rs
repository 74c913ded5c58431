//! A commit, in one transaction. Whoever commits to a product holds its row to the end, so others of the same product wait;
//! commits to different products share nothing but rows that one of them would change.

use chrono::{DateTime, Utc};
use deadpool_postgres::{Client, Transaction};
use futures_util::future::{try_join, try_join4};

use super::super::{Commit, Head, NewEvent, Stage, StoreError, TenantId, Version};
use super::failure::Failure;
use super::feed::note;
use super::head::Shown;
use super::lifecycle;
use super::row::{number, plain, stage_text};
use super::statement::{begin, one_within, within};

pub(super) async fn commit(
    client: &mut Client,
    tenant: &TenantId,
    commit: &Commit,
    at: Option<DateTime<Utc>>,
) -> Result<Version, Failure> {
    let transaction = begin(client).await?;
    let writing = Writing {
        transaction: &transaction,
        tenant: tenant.as_str(),
        address: commit.address.to_string(),
        number: commit.version.to_string(),
        digest: commit.digest.to_string(),
        commit,
    };
    let standing = writing.take().await?;
    let published_at = writing.version(at).await?;
    let event = NewEvent::published(commit);
    // Nothing of the rest depends on another part of it, so all of it is sent at once.
    try_join4(
        writing.contract(),
        writing.product(&standing),
        note(&transaction, tenant.as_str(), &event, Some(published_at)),
        audit(
            &transaction,
            tenant.as_str(),
            &format!("publish-{}", stage_text(commit.stage)),
            &format!("{}@{}", writing.address, writing.number),
            Some(&writing.digest),
            commit.request_id.as_deref(),
            Some(published_at),
        ),
    )
    .await?;
    transaction.commit().await?;
    let Commit { version, digest, promise, stage, lifecycle, .. } = commit;
    Ok(Version {
        version: version.clone(),
        digest: *digest,
        promise: *promise,
        stage: *stage,
        published_at,
        lifecycle: lifecycle.clone(),
    })
}

/// A product as it stands before a commit.
enum Standing {
    /// It was just made.
    New,
    /// It is offered by this service.
    Known { service: String },
}

struct Writing<'a> {
    transaction: &'a Transaction<'a>,
    tenant: &'a str,
    address: String,
    number: String,
    digest: String,
    commit: &'a Commit,
}

impl Writing<'_> {
    fn shown<'s>(&'s self, head: &'s Head) -> Shown<'s> {
        Shown {
            tenant: self.tenant,
            address: &self.address,
            version: &self.number,
            stage: stage_text(self.commit.stage),
            head,
        }
    }

    /// Takes the product until the end of the transaction, if it has the revision that the caller decided on.
    async fn take(&self) -> Result<Standing, Failure> {
        let row = one_within(
            self.transaction,
            "SELECT revision, service FROM product WHERE tenant = $1 AND address = $2 FOR UPDATE",
            &[&self.tenant, &self.address],
        )
        .await?;
        if let Some(row) = row {
            let current: u64 = number(&row, "revision")?;
            return if current == self.commit.revision {
                Ok(Standing::Known { service: row.try_get("service")? })
            } else {
                Err(StoreError::Conflict { current }.into())
            };
        }
        if self.commit.revision != 0 {
            return Err(StoreError::Conflict { current: 0 }.into());
        }
        let Some(head) = &self.commit.head else {
            return Err(Failure::unreadable("the first version of a product is its newest"));
        };
        // Whoever knows a product's revision knows who owns it. A new product has none, and until it is there its domain is not
        // to change hands.
        let owner = one_within(
            self.transaction,
            "SELECT owner FROM domain WHERE tenant = $1 AND name = $2 FOR SHARE",
            &[&self.tenant, &head.domain.name.as_str()],
        )
        .await?;
        if let Some(row) = owner {
            let owner: String = row.try_get("owner")?;
            if owner != plain(&head.domain.owner) {
                return Err(StoreError::OwnedBy { owner }.into());
            }
        }
        if self.shown(head).insert_product(self.transaction).await? {
            return Ok(Standing::New);
        }
        // Somebody else has made the product since it was looked for.
        let row = one_within(
            self.transaction,
            "SELECT revision FROM product WHERE tenant = $1 AND address = $2",
            &[&self.tenant, &self.address],
        )
        .await?;
        let current = row.map_or(Ok(0), |row| number(&row, "revision"))?;
        Err(StoreError::Conflict { current }.into())
    }

    /// Writes the version and gives when that was. The condition is the store's own: whatever a caller believes, a released
    /// version is never written over.
    async fn version(&self, at: Option<DateTime<Utc>>) -> Result<DateTime<Utc>, Failure> {
        let row = one_within(
            self.transaction,
            "INSERT INTO version (tenant, address, version, digest, promise, stage, published_at, lifecycle)
             VALUES ($1, $2, $3, $4, $5, $6, coalesce($7, clock_timestamp()), $8)
             ON CONFLICT (tenant, address, version) DO UPDATE SET
                digest = excluded.digest, promise = excluded.promise, stage = excluded.stage,
                published_at = excluded.published_at, lifecycle = excluded.lifecycle
             WHERE version.stage = 'draft'
             RETURNING published_at",
            &[
                &self.tenant,
                &self.address,
                &self.number,
                &self.digest,
                &self.commit.promise.to_string(),
                &stage_text(self.commit.stage),
                &at,
                &lifecycle::text(&self.commit.lifecycle)?,
            ],
        )
        .await?;
        let row = row.ok_or(Failure::Refused(StoreError::AlreadyExists))?;
        Ok(row.try_get("published_at")?)
    }

    async fn contract(&self) -> Result<(), Failure> {
        within(
            self.transaction,
            "INSERT INTO contract (tenant, digest, document, released) VALUES ($1, $2, $3, $4)
             ON CONFLICT (tenant, digest) DO UPDATE SET released = true
             WHERE excluded.released AND NOT contract.released",
            &[
                &self.tenant,
                &self.digest,
                &&self.commit.document[..],
                &(self.commit.stage == Stage::Released),
            ],
        )
        .await
        .map(drop)
    }

    /// Moves the product on by one revision, and writes what it shows.
    async fn product(&self, standing: &Standing) -> Result<(), Failure> {
        let Some(head) = &self.commit.head else {
            let moved = "UPDATE product SET revision = revision + 1 WHERE tenant = $1 AND address = $2";
            return within(self.transaction, moved, &[&self.tenant, &self.address]).await.map(drop);
        };
        let shown = self.shown(head);
        let update = async {
            match standing {
                Standing::New => Ok(()),
                Standing::Known { service } => shown.update_product(self.transaction, service).await,
            }
        };
        try_join(update, shown.write_rest(self.transaction)).await.map(drop)
    }
}

pub(super) async fn audit(
    transaction: &Transaction<'_>,
    tenant: &str,
    action: &str,
    subject: &str,
    digest: Option<&str>,
    request_id: Option<&str>,
    at: Option<DateTime<Utc>>,
) -> Result<(), Failure> {
    within(
        transaction,
        "INSERT INTO audit (tenant, at, action, subject, digest, request_id)
         VALUES ($1, coalesce($2, clock_timestamp()), $3, $4, $5, $6)",
        &[&tenant, &at, &action, &subject, &digest, &request_id],
    )
    .await
    .map(drop)
}
