//! Yanking: nobody new is to bind to a version. Whoever has bound to it reads on, and so does whoever asks for exactly it.

use mesh_contract::ContractVersion;
use mesh_contract::wire::Yank;
use serde_json::Map;

use super::{Before, Decided, tell};
use crate::service::ServiceError;
use crate::store::{EventKind, Lifecycle, Withheld};

pub(super) fn yank(
    before: &Before<'_>,
    version: &ContractVersion,
    body: &Yank,
) -> Result<Option<Decided>, ServiceError> {
    let entry = before.one(version)?;
    if entry.lifecycle.yanked.as_ref().is_some_and(|yanked| yanked.reason == body.reason) {
        return Ok(None);
    }
    let yanked = Some(Withheld { since: before.now, reason: body.reason.clone() });
    let mut data = Map::new();
    tell(&mut data, "reason", body.reason.as_ref());
    Ok(Some(Decided {
        lifecycles: vec![(version.clone(), Lifecycle { yanked, ..entry.lifecycle.clone() })],
        kind: EventKind::VersionYanked,
        scope: version.to_string(),
        data,
    }))
}

pub(super) fn unyank(
    before: &Before<'_>,
    version: &ContractVersion,
) -> Result<Option<Decided>, ServiceError> {
    let entry = before.one(version)?;
    if entry.lifecycle.yanked.is_none() {
        return Ok(None);
    }
    Ok(Some(Decided {
        lifecycles: vec![(version.clone(), Lifecycle { yanked: None, ..entry.lifecycle.clone() })],
        kind: EventKind::VersionUnyanked,
        scope: version.to_string(),
        data: Map::new(),
    }))
}
