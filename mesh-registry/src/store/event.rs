//! Events: what happened in the registry, in the words that followers read it in.
//!
//! A kind is a text with a version of its own, which is the `type` of a CloudEvent too. A kind never changes its meaning;
//! what has to be told differently gets another version, or another name.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use mesh_contract::{Address, Expectation};
use serde_json::{Map, Value, json};

use super::{Commit, Deployed, Stage};

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Larger for each later event.
    pub sequence: u64,
    /// What sort of thing happened.
    pub kind: EventKind,
    /// What it happened to: `sales.orders@1.2.0`, or `sales.orders`.
    pub subject: String,
    /// The product that it is about, if it is about one.
    pub address: Option<Address>,
    /// What more there is to tell, an object.
    pub data: Value,
    /// When.
    pub at: DateTime<Utc>,
}

/// Something that happens in a transaction and is told with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// What sort of thing happens.
    pub kind: EventKind,
    /// What it happens to.
    pub subject: String,
    /// The product that it is about, if it is about one.
    pub address: Option<Address>,
    /// What more there is to tell, an object.
    pub data: Value,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $name:ident = $text:literal,)*) => {
        /// What sort of thing happened.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum EventKind {
            $($(#[doc = $doc])* $name,)*
            /// A kind of a later release.
            Other(String),
        }

        impl EventKind {
            /// Every kind that this release writes.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The kind as text, which is the `type` of its CloudEvents.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$name => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for EventKind {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$name,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }
    };
}

kinds! {
    /// A version was published, as a draft or for good.
    VersionPublished = "mesh.version.published.v1",
    /// A version was yanked: nobody new is to bind to it.
    VersionYanked = "mesh.version.yanked.v1",
    /// A yanked version may be bound to again.
    VersionUnyanked = "mesh.version.unyanked.v1",
    /// Until when a line, or one version, stays was said.
    LineDeprecated = "mesh.line.deprecated.v1",
    /// What was deprecated stays after all.
    DeprecationWithdrawn = "mesh.line.deprecation-withdrawn.v1",
    /// A line, or one version, is not promised any more.
    LineRetired = "mesh.line.retired.v1",
    /// What was retired is promised again.
    LineRestored = "mesh.line.restored.v1",
    /// A line was rolled back or forward: its requirements come to another version.
    LineMoved = "mesh.line.moved.v1",
    /// The day of a deprecation comes near, and these readers are left.
    ReaderReminded = "mesh.reader.reminded.v1",
    /// A reader has said what it relies on.
    ExpectationRegistered = "mesh.expectation.registered.v1",
    /// A reader no longer relies on what it had said.
    ExpectationRemoved = "mesh.expectation.removed.v1",
    /// Something was recorded to run somewhere.
    DeploymentRecorded = "mesh.deployment.recorded.v1",
    /// Something no longer runs somewhere.
    DeploymentRemoved = "mesh.deployment.removed.v1",
    /// A domain was offered to another owner.
    OwnershipOffered = "mesh.ownership.offered.v1",
    /// A domain has another owner.
    OwnershipTransferred = "mesh.ownership.transferred.v1",
    /// The offer of a domain was taken back.
    OwnershipWithdrawn = "mesh.ownership.withdrawn.v1",
    /// A consumer asks to read a product.
    AgreementAsked = "mesh.agreement.asked.v1",
    /// A consumer may read a product.
    AgreementAccepted = "mesh.agreement.accepted.v1",
    /// A consumer may read less of a product than before.
    AgreementNarrowed = "mesh.agreement.narrowed.v1",
    /// A consumer may not read a product.
    AgreementRefused = "mesh.agreement.refused.v1",
    /// A consumer may not read a product any more, before the day that was agreed on.
    AgreementRevoked = "mesh.agreement.revoked.v1",
    /// A consumer has taken back that it reads, or wants to read, a product.
    AgreementWithdrawn = "mesh.agreement.withdrawn.v1",
    /// The last day of an agreement comes near.
    AgreementReminded = "mesh.agreement.reminded.v1",
    /// Grants are signed with another key from now on.
    SigningKeyMade = "mesh.signing-key.made.v1",
    /// A reader was seen to read what it had not been seen to read before.
    ReaderObserved = "mesh.reader.observed.v1",
    /// Other policies hold from now on.
    PoliciesSet = "mesh.policies.set.v1",
}

impl FromStr for EventKind {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl NewEvent {
    pub(super) fn published(commit: &Commit) -> Self {
        let Commit { address, version, stage, digest, .. } = commit;
        let stage = match stage {
            Stage::Draft => "draft",
            Stage::Released => "released",
        };
        Self {
            kind: EventKind::VersionPublished,
            subject: format!("{address}@{version}"),
            address: Some(address.clone()),
            data: json!({ "version": version.to_string(), "digest": digest.to_string(), "stage": stage }),
        }
    }

    /// News of what a reader relies on. What it does not say is left out.
    pub(super) fn expectation(kind: EventKind, expectation: &Expectation) -> Self {
        let Expectation {
            consumer,
            consumer_version,
            environment,
            address,
            requirement,
            purpose,
            fields,
            ..
        } = expectation;
        let mut data = Map::new();
        data.insert("consumer".to_owned(), consumer.as_str().into());
        data.insert("requirement".to_owned(), requirement.to_string().into());
        data.insert("fields".to_owned(), fields.clone().into());
        let optional = [
            ("consumerVersion", consumer_version.clone()),
            ("environment", environment.as_ref().map(ToString::to_string)),
            ("purpose", purpose.clone()),
        ];
        for (name, value) in optional {
            data.extend(value.map(|value| (name.to_owned(), Value::from(value))));
        }
        Self { kind, subject: address.to_string(), address: Some(address.clone()), data: data.into() }
    }

    /// News of who reads.
    pub(super) fn observed(seen: &super::ObservedRead) -> Self {
        let super::ObservedRead { address, consumer, environment, agreement, version, fields, .. } = seen;
        Self {
            kind: EventKind::ReaderObserved,
            subject: address.to_string(),
            address: Some(address.clone()),
            data: json!({
                "consumer": consumer.as_str(), "environment": environment.as_str(), "agreement": agreement,
                "version": version.to_string(), "fields": fields,
            }),
        }
    }

    /// News of the key that grants are signed with.
    pub(super) fn signing_key(kid: &str) -> Self {
        Self {
            kind: EventKind::SigningKeyMade,
            subject: kid.to_owned(),
            address: None,
            data: json!({ "kid": kid }),
        }
    }

    /// News of what runs where.
    pub(super) fn deployment(kind: EventKind, deployed: &Deployed) -> Self {
        let Deployed { subject, version, line: _, environment } = deployed;
        Self {
            kind,
            subject: format!("{subject}@{version}"),
            address: subject.as_str().parse().ok(),
            data: json!({
                "subject": subject.as_str(), "version": version, "environment": environment.as_str(),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_read_as_it_is_written_and_one_of_a_later_release_stays_what_it_is() {
        for kind in EventKind::ALL {
            assert_eq!(EventKind::from(kind.as_str()), *kind);
            assert!(kind.as_str().starts_with("mesh.") && kind.as_str().ends_with(".v1"), "{kind}");
        }
        let later = EventKind::from("mesh.version.published.v2");
        assert_eq!(later, EventKind::Other("mesh.version.published.v2".to_owned()));
        assert_eq!(later.as_str(), "mesh.version.published.v2");
    }
}
