//! Retiring: versions are not promised any more. It is refused while a reader that runs somewhere needs them, and before the
//! day that readers were told; an owner may override that, and it stays on record.

use mesh_contract::Scope;
use mesh_contract::wire::Retire;
use serde_json::{Map, Value};

use super::{Before, Decided, tell};
use crate::service::{Registry, ServiceError};
use crate::store::{EventKind, Lifecycle, Retired, TenantId, Version};

impl Registry {
    pub(super) async fn retire(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        scope: &Scope,
        body: &Retire,
    ) -> Result<Option<Decided>, ServiceError> {
        let Retire { reason, overriding } = body;
        let found = before.released(scope)?;
        let standing: Vec<&Version> =
            found.into_iter().filter(|entry| entry.lifecycle.retired.is_none()).collect();
        if standing.is_empty() {
            return Ok(None);
        }
        let in_the_way = self.in_the_way(tenant, before, scope).await?;
        if !in_the_way.is_empty() {
            if !overriding {
                return Err(ServiceError::InTheWay {
                    address: before.address.clone(),
                    scope: scope.clone(),
                    in_the_way,
                });
            }
            if reason.is_none() {
                return Err(ServiceError::Invalid {
                    pointer: "/reason".to_owned(),
                    message: "overriding what stands in the way is kept on record; say why in `reason`"
                        .to_owned(),
                });
            }
        }
        let mut data = Map::new();
        tell(&mut data, "reason", reason.as_ref());
        if !in_the_way.is_empty() {
            let told = in_the_way.iter().map(String::as_str).map(Value::from).collect::<Vec<_>>();
            data.insert("overridden".to_owned(), told.into());
        }
        let retired = Retired { since: before.now, reason: reason.clone(), overridden: in_the_way };
        let lifecycles = standing
            .into_iter()
            .map(|entry| {
                let lifecycle = Lifecycle { retired: Some(retired.clone()), ..entry.lifecycle.clone() };
                (entry.version.clone(), lifecycle)
            })
            .collect();
        Ok(Some(Decided { lifecycles, kind: EventKind::LineRetired, scope: scope.to_string(), data }))
    }
}

pub(super) fn restore(before: &Before<'_>, scope: &Scope) -> Result<Option<Decided>, ServiceError> {
    let found = before.released(scope)?;
    let lifecycles: Vec<_> = found
        .into_iter()
        .filter(|entry| entry.lifecycle.retired.is_some())
        .map(|entry| (entry.version.clone(), Lifecycle { retired: None, ..entry.lifecycle.clone() }))
        .collect();
    if lifecycles.is_empty() {
        return Ok(None);
    }
    let (kind, scope) = (EventKind::LineRestored, scope.to_string());
    Ok(Some(Decided { lifecycles, kind, scope, data: Map::new() }))
}
