//! Ports tell who has read through them. A reader that was seen and has registered nothing counts like one that has, by what it
//! read.

use chrono::{DateTime, Utc};
use mesh_contract::wire::{ObservedReader, Reads};

use crate::access::{Action, Identity};
use crate::service::deployments::check_instance;
use crate::service::{Registry, ServiceError};
use crate::store::{DeploymentQuery, ObservedRead};

/// So many readers are told of at once.
const READERS: usize = 1_000;
/// So many fields are read by one of them.
const FIELDS: usize = 1_000;
/// As long as a pointer, or the name of an agreement, may be.
const LONGEST: usize = 500;

impl Registry {
    /// Notes who has read through an instance since it told last. Counts are as exact as reports arrive: one that is sent
    /// again counts again.
    ///
    /// # Errors
    /// When the instance has not announced itself, a later start of it has, or it tells of other products than its domain's.
    pub async fn observe_reads(
        &self,
        identity: &Identity,
        instance: &str,
        reads: Reads,
        request_id: Option<String>,
    ) -> Result<(), ServiceError> {
        check_instance(instance)?;
        let tenant = identity.tenant();
        let query =
            DeploymentQuery { instance: Some(instance.to_owned()), limit: 1, ..DeploymentQuery::default() };
        let found = self.store.deployments(tenant, &query).await.map_err(ServiceError::Store)?;
        let Some(deployment) = found.into_iter().next() else {
            return Err(ServiceError::UnknownInstance { instance: instance.to_owned() });
        };
        let announced = deployment.announcement;
        identity.may(Action::Announce, Some(&announced.domain))?;
        identity.may_in(Action::Announce, &announced.environment)?;
        let Reads { epoch, readers } = reads;
        if announced.epoch > epoch {
            let instance = instance.to_owned();
            return Err(ServiceError::StaleEpoch { instance, epoch, current: announced.epoch });
        }
        if readers.len() > READERS {
            return Err(invalid(
                "/readers",
                format!("more than {READERS} readers; tell of them in several reports"),
            ));
        }
        let now = self.store.now();
        let mut seen = Vec::with_capacity(readers.len());
        for (index, reader) in readers.into_iter().enumerate() {
            let at = format!("/readers/{index}");
            if *reader.address.domain() != announced.domain {
                let message = format!(
                    "`{}` is not a product of `{}`, which this instance serves",
                    reader.address, announced.domain
                );
                return Err(invalid(&format!("{at}/address"), message));
            }
            let last_at = checked(&reader, &at, now)?;
            let ObservedReader {
                consumer, agreement, address, version, mut fields, answered, refused, ..
            } = reader;
            fields.sort_unstable();
            fields.dedup();
            let environment = announced.environment.clone();
            seen.push(ObservedRead {
                address,
                consumer,
                environment,
                agreement,
                version,
                fields,
                answered,
                refused,
                first_at: last_at,
                last_at,
            });
        }
        self.store.observe(tenant, seen, request_id).await.map_err(ServiceError::Store)?;
        Ok(())
    }
}

/// What is told of one reader makes sense. Gives when it was seen last: not later than now, whatever the port's clock shows.
fn checked(reader: &ObservedReader, at: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, ServiceError> {
    let pointer = |field: &String| {
        (field.is_empty() || field.starts_with('/'))
            && field.len() <= LONGEST
            && !field.chars().any(char::is_control)
    };
    if reader.fields.len() > FIELDS || !reader.fields.iter().all(pointer) {
        let message = format!("fields are at most {FIELDS} JSON pointers of at most {LONGEST} bytes");
        return Err(invalid(&format!("{at}/fields"), message));
    }
    let plain =
        reader.agreement.len() <= 64 && reader.agreement.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if !plain {
        return Err(invalid(
            &format!("{at}/agreement"),
            "it names no agreement; send the one of the grant".to_owned(),
        ));
    }
    let last_at = DateTime::parse_from_rfc3339(&reader.last_at);
    let last_at = last_at.map_err(|_| {
        invalid(&format!("{at}/lastAt"), "it is no time; write one as RFC 3339 has it, in UTC".to_owned())
    })?;
    Ok(last_at.with_timezone(&Utc).min(now))
}

fn invalid(pointer: &str, message: String) -> ServiceError {
    ServiceError::Invalid { pointer: pointer.to_owned(), message }
}
