//! Deprecating: versions stay only until a day, and their readers learn of it. It opens a campaign, which ends when they are
//! retired or stay after all.

use mesh_contract::Scope;
use mesh_contract::wire::{Deprecate, Successor};
use serde_json::{Map, Value};

use super::{Before, Decided, tell};
use crate::service::{Registry, ServiceError};
use crate::store::{Deprecated, EventKind, Lifecycle, Stage, TenantId, Version};

impl Registry {
    pub(super) async fn deprecate(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        scope: &Scope,
        body: &Deprecate,
    ) -> Result<Option<Decided>, ServiceError> {
        let Deprecate { until, successor, reason } = body;
        let found = before.released(scope)?;
        let promised: Vec<&Version> =
            found.into_iter().filter(|entry| entry.lifecycle.retired.is_none()).collect();
        if promised.is_empty() {
            return Err(ServiceError::WrongState {
                message: format!(
                    "{} of `{}` is retired already, and nothing is left to deprecate",
                    scope.words(),
                    before.address
                ),
            });
        }
        if *until <= before.today() {
            return Err(ServiceError::Invalid {
                pointer: "/until".to_owned(),
                message: format!(
                    "{until} is not in the future (today is {}); readers need time, so name a later day",
                    before.today()
                ),
            });
        }
        self.check_successor(tenant, before, scope, successor.as_ref()).await?;
        let deprecated = |entry: &Version| {
            let standing = entry.lifecycle.deprecated.as_ref();
            let same = standing.is_some_and(|it| {
                (&it.scope, &it.until, &it.successor, &it.reason) == (scope, until, successor, reason)
            });
            (!same).then(|| {
                let deprecated = Deprecated {
                    scope: scope.clone(),
                    // A campaign that is changed is still the same one.
                    since: standing.filter(|it| it.scope == *scope).map_or(before.now, |it| it.since),
                    until: *until,
                    successor: successor.clone(),
                    reason: reason.clone(),
                    reminded: None,
                };
                let lifecycle = Lifecycle { deprecated: Some(deprecated), ..entry.lifecycle.clone() };
                (entry.version.clone(), lifecycle)
            })
        };
        let lifecycles: Vec<_> = promised.into_iter().filter_map(deprecated).collect();
        if lifecycles.is_empty() {
            return Ok(None);
        }
        let mut data = Map::new();
        data.insert("until".to_owned(), Value::from(until.to_string()));
        tell(&mut data, "successor", successor.as_ref());
        tell(&mut data, "reason", reason.as_ref());
        Ok(Some(Decided { lifecycles, kind: EventKind::LineDeprecated, scope: scope.to_string(), data }))
    }

    /// Whoever is told to go somewhere has to find something there.
    async fn check_successor(
        &self,
        tenant: &TenantId,
        before: &Before<'_>,
        scope: &Scope,
        successor: Option<&Successor>,
    ) -> Result<(), ServiceError> {
        let invalid = |message| Err(ServiceError::Invalid { pointer: "/successor".to_owned(), message });
        let address = before.address;
        match successor {
            None => Ok(()),
            Some(Successor::Version(version)) if scope.has(version) => invalid(format!(
                "{version} is deprecated with the rest of {}; name a version outside",
                scope.words()
            )),
            Some(Successor::Version(version)) => {
                let entry = before.history.versions.iter().find(|entry| entry.version == *version);
                match entry {
                    Some(entry) if entry.lifecycle.retired.is_some() => {
                        invalid(format!("{version} of `{address}` is retired; name a version that stays"))
                    }
                    Some(entry) if entry.stage == Stage::Released => Ok(()),
                    Some(_) => invalid(format!("{version} of `{address}` is a draft; publish it first")),
                    None => invalid(format!("`{address}` has no version {version}; publish it first")),
                }
            }
            Some(Successor::Product(product)) if product == address => {
                invalid(format!("`{address}` is the product itself; name one of its versions, e.g. `2.0.0`"))
            }
            Some(Successor::Product(product)) => {
                let other = self.store.history(tenant, product).await.map_err(ServiceError::Store)?;
                match other.versions.iter().any(|entry| entry.stage == Stage::Released) {
                    true => Ok(()),
                    false => invalid(format!("`{product}` is not published; publish it first")),
                }
            }
        }
    }
}

pub(super) fn undeprecate(before: &Before<'_>, scope: &Scope) -> Result<Option<Decided>, ServiceError> {
    let standing = |entry: &&Version| {
        let Lifecycle { deprecated, retired, .. } = &entry.lifecycle;
        deprecated.as_ref().is_some_and(|it| it.scope == *scope) && retired.is_none()
    };
    let plain =
        |entry: &Version| (entry.version.clone(), Lifecycle { deprecated: None, ..entry.lifecycle.clone() });
    let found = before.released(scope)?;
    let lifecycles: Vec<_> = found.into_iter().filter(standing).map(plain).collect();
    if lifecycles.is_empty() {
        return Ok(None);
    }
    let (kind, scope) = (EventKind::DeprecationWithdrawn, scope.to_string());
    Ok(Some(Decided { lifecycles, kind, scope, data: Map::new() }))
}
