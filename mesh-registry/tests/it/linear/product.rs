//! What one product is to its callers, as if they came one after another: the specification that histories are held against.

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::{ContractVersion, Digest};

/// A product: its released versions, which never change and never go, and its registered readers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(crate) struct Product {
    pub(crate) versions: BTreeMap<ContractVersion, Digest>,
    pub(crate) readers: BTreeSet<String>,
}

/// What came of a publish.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// 201: it was not there and is.
    Created,
    /// 200: it was there with this content.
    Stands,
    /// 409: it was there with other content.
    Exists,
    /// 422: it would hurt a registered reader.
    Refused,
    /// The connection broke, or the registry said that it does not know: it may have been done, or be done later, or never.
    Unknown,
}

/// What somebody asked for, and what the answer was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// To publish a version; `hurts` when every registered reader needs what it leaves out.
    Publish { version: ContractVersion, digest: Digest, hurts: bool, outcome: Outcome },
    /// To register a reader.
    Register { reader: String, known: bool },
    /// For every version.
    Versions(BTreeMap<ContractVersion, Digest>),
    /// For the contract of a version.
    Contract(ContractVersion, Option<Digest>),
    /// For the highest version.
    Highest(Option<(ContractVersion, Digest)>),
    /// For every reader.
    Readers(BTreeSet<String>),
}

/// What an action comes to on a product.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The answer is right, and the product stays as it is.
    Same,
    /// The answer is right, and the product is this from now on.
    Becomes(Product),
    /// The answer is wrong.
    Wrong,
}

impl Action {
    /// Whether nobody knows what came of it.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Publish { outcome: Outcome::Unknown, .. } | Self::Register { known: false, .. })
    }

    /// What this comes to on a product, taken at one moment.
    pub(crate) fn on(&self, product: &Product) -> Step {
        let right = |right: bool| if right { Step::Same } else { Step::Wrong };
        match self {
            Self::Publish { version, digest, hurts, outcome } => {
                let due = match product.versions.get(version) {
                    Some(standing) if standing == digest => Outcome::Stands,
                    Some(_) => Outcome::Exists,
                    None if *hurts && !product.readers.is_empty() => Outcome::Refused,
                    None => Outcome::Created,
                };
                if *outcome != Outcome::Unknown && *outcome != due {
                    return Step::Wrong;
                }
                if due != Outcome::Created {
                    return Step::Same;
                }
                let mut next = product.clone();
                next.versions.insert(version.clone(), *digest);
                Step::Becomes(next)
            }
            Self::Register { reader, known: _ } => {
                let mut next = product.clone();
                if next.readers.insert(reader.clone()) { Step::Becomes(next) } else { Step::Same }
            }
            Self::Versions(seen) => right(product.versions == *seen),
            Self::Contract(version, seen) => right(product.versions.get(version) == seen.as_ref()),
            Self::Highest(seen) => {
                let highest = product.versions.last_key_value();
                right(highest == seen.as_ref().map(|(version, digest)| (version, digest)))
            }
            Self::Readers(seen) => right(product.readers == *seen),
        }
    }

    /// Whether this may still be right on the product or on anything that it can become. Versions and readers only ever come,
    /// so an answer that lacks what is there is wrong for good. A search that asks first does not go where nothing is.
    pub(crate) fn may_come(&self, product: &Product) -> bool {
        let versions = &product.versions;
        match self {
            Self::Publish { outcome: Outcome::Unknown, .. } | Self::Register { .. } => true,
            Self::Publish { version, digest, hurts, outcome } => match versions.get(version) {
                Some(standing) if standing == digest => *outcome == Outcome::Stands,
                Some(_) => *outcome == Outcome::Exists,
                None => *outcome != Outcome::Created || !hurts || product.readers.is_empty(),
            },
            Self::Versions(seen) => {
                versions.iter().all(|(version, digest)| seen.get(version) == Some(digest))
            }
            Self::Contract(version, seen) => {
                versions.get(version).is_none_or(|standing| Some(standing) == seen.as_ref())
            }
            Self::Highest(seen) => match (versions.last_key_value(), seen) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some((version, digest)), Some((highest, its))) => {
                    version < highest || (version == highest && digest == its)
                }
            },
            Self::Readers(seen) => product.readers.is_subset(seen),
        }
    }
}
