//! Rolling back: the pointer of a line, the version that its requirements resolve to, moves to another one. Versions above it
//! are held back until the pointer moves on or a later version is released; whoever asks for exactly one of them gets it.

use mesh_contract::Line;
use mesh_contract::wire::MoveLine;
use serde_json::{Map, Value};

use super::{Before, Decided, preferred, tell};
use crate::service::ServiceError;
use crate::store::{EventKind, Lifecycle, Version, Withheld};

pub(super) fn move_to(
    before: &Before<'_>,
    line: Line,
    body: &MoveLine,
) -> Result<Option<Decided>, ServiceError> {
    let MoveLine { version, reason } = body;
    let address = before.address;
    if !line.has(version) {
        return Err(ServiceError::Invalid {
            pointer: "/version".to_owned(),
            message: format!("{version} is not in line {line} of `{address}`; name a version of the line"),
        });
    }
    let target = before.one(version)?;
    let Lifecycle { yanked, retired, .. } = &target.lifecycle;
    if let Some((state, undo)) =
        retired.as_ref().map(|_| ("retired", "retire")).or(yanked.as_ref().map(|_| ("yanked", "yank")))
    {
        return Err(ServiceError::WrongState {
            message: format!(
                "{version} of `{address}` is {state}, so nobody is to come to it; name another version, or take that back first with `mesh {undo} --undo {address}@{version}`"
            ),
        });
    }
    let in_line = || before.history.versions.iter().filter(|entry| line.has(&entry.version));
    let current = preferred(in_line()).map(|entry| entry.version.clone());
    let held = Withheld { since: before.now, reason: reason.clone() };
    let changed = |entry: &Version| {
        // Nothing is to happen to a version that is retired, and a draft is nobody's.
        let may_be_held = entry.stage == target.stage && entry.lifecycle.retired.is_none();
        let held_back = match (may_be_held && entry.version > *version, &entry.lifecycle.held_back) {
            (true, Some(since_before)) => Some(since_before.clone()),
            (true, None) => Some(held.clone()),
            (false, _) => None,
        };
        let lifecycle = Lifecycle { held_back, ..entry.lifecycle.clone() };
        (lifecycle != entry.lifecycle).then(|| (entry.version.clone(), lifecycle))
    };
    let lifecycles: Vec<_> = in_line().filter_map(changed).collect();
    if lifecycles.is_empty() {
        return Ok(None);
    }
    let mut data = Map::new();
    tell(&mut data, "from", current);
    data.insert("to".to_owned(), Value::from(version.to_string()));
    tell(&mut data, "reason", reason.as_ref());
    Ok(Some(Decided { lifecycles, kind: EventKind::LineMoved, scope: line.to_string(), data }))
}
