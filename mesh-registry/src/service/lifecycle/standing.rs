//! Which of a product's versions stand where: the one it shows, and those that are preferred. Pure.

use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::wire::VersionState;
use mesh_contract::{Contract, ContractVersion};

use crate::store::{Lifecycle, Retired, Stage, Version};

/// How far a version has come.
pub(in super::super) fn state(version: &Version) -> VersionState {
    let Lifecycle { deprecated, retired, .. } = &version.lifecycle;
    match (version.stage, retired, deprecated) {
        (Stage::Draft, ..) => VersionState::Draft,
        (_, Some(_), _) => VersionState::Retired,
        (_, None, Some(_)) => VersionState::Deprecated,
        (_, None, None) => VersionState::Active,
    }
}

/// The version that a product shows: the highest one that a new reader would come to, or else what is left.
pub(crate) fn shown(versions: &[Version]) -> Option<&Version> {
    versions.iter().max_by_key(|entry| rank(entry))
}

/// The version that a requirement comes to, among released ones that it takes. One that was held back or yanked is taken
/// where there is no other: whoever asks for exactly it has bound to it before. A retired one never is.
pub(in super::super) fn preferred<'v>(
    versions: impl IntoIterator<Item = &'v Version>,
) -> Option<&'v Version> {
    let promised = |entry: &&Version| entry.stage == Stage::Released && entry.lifecycle.retired.is_none();
    versions.into_iter().filter(promised).max_by_key(|entry| rank(entry))
}

/// Whether a version of which nothing has become yet would be shown before all others.
pub(crate) fn would_be_shown<'v>(
    version: &ContractVersion,
    stage: Stage,
    others: impl IntoIterator<Item = &'v Version>,
) -> bool {
    let own = (worth(stage, &Lifecycle::default()), version);
    others.into_iter().all(|entry| rank(entry) < own)
}

/// The better a version is to bind to, the higher.
fn rank(version: &Version) -> (u8, &ContractVersion) {
    (worth(version.stage, &version.lifecycle), &version.version)
}

fn worth(stage: Stage, lifecycle: &Lifecycle) -> u8 {
    let Lifecycle { deprecated: _, yanked, held_back, retired } = lifecycle;
    match stage {
        Stage::Draft => 0,
        Stage::Released if retired.is_some() => 1,
        Stage::Released if yanked.is_some() => 2,
        Stage::Released if held_back.is_some() => 3,
        Stage::Released => 4,
    }
}

/// Whether the records of a retired version have outlived what was promised of them. Where nothing was promised, nobody
/// knows, and they count.
pub(in super::super) fn outlived(retired: &Retired, contract: &Contract, now: DateTime<Utc>) -> bool {
    contract.levels.retention.is_some_and(|retention| {
        let kept = i64::try_from(retention.as_seconds()).ok().and_then(TimeDelta::try_seconds);
        kept.and_then(|kept| retired.since.checked_add_signed(kept)).is_some_and(|end| end <= now)
    })
}

#[cfg(test)]
mod tests {
    use mesh_contract::Digest;

    use super::*;
    use crate::store::Withheld;

    /// Versions with marks behind them: `d`raft, `y`anked, `h`eld back, `r`etired.
    fn versions(texts: &[&str]) -> Vec<Version> {
        let one = |text: &&str| {
            let (number, marks) = text.split_once(' ').unwrap_or((*text, ""));
            let withheld =
                |mark| marks.contains(mark).then_some(Withheld { since: DateTime::UNIX_EPOCH, reason: None });
            let retired = Retired { since: DateTime::UNIX_EPOCH, reason: None, overridden: Vec::new() };
            Version {
                version: number.parse().expect("a version"),
                digest: Digest::of_bytes(text.as_bytes()),
                promise: Digest::of_bytes(b""),
                stage: if marks.contains('d') { Stage::Draft } else { Stage::Released },
                published_at: DateTime::UNIX_EPOCH,
                lifecycle: Lifecycle {
                    deprecated: None,
                    yanked: withheld('y'),
                    held_back: withheld('h'),
                    retired: marks.contains('r').then_some(retired),
                },
            }
        };
        texts.iter().map(one).collect()
    }

    #[track_caller]
    fn check(texts: &[&str], is_shown: Option<&str>, is_preferred: Option<&str>) {
        let versions = versions(texts);
        let number = |entry: Option<&Version>| entry.map(|entry| entry.version.to_string());
        assert_eq!(number(shown(&versions)).as_deref(), is_shown, "shown of {texts:?}");
        assert_eq!(number(preferred(&versions)).as_deref(), is_preferred, "preferred of {texts:?}");
    }

    #[test]
    fn the_highest_that_is_offered_comes_first() {
        check(&[], None, None);
        check(&["1.0.0", "1.10.0", "1.9.0"], Some("1.10.0"), Some("1.10.0"));
        check(&["1.0.0", "2.0.0 d"], Some("1.0.0"), Some("1.0.0"));
        check(&["1.0.0 d", "2.0.0 d"], Some("2.0.0"), None);
        check(&["1.0.0", "1.1.0 h", "1.2.0 h"], Some("1.0.0"), Some("1.0.0"));
        check(&["1.0.0 y", "1.1.0 h"], Some("1.1.0"), Some("1.1.0"));
        check(&["1.0.0 r", "1.1.0 y"], Some("1.1.0"), Some("1.1.0"));
        check(&["1.0.0 r", "1.1.0 ry"], Some("1.1.0"), None);
    }
}
