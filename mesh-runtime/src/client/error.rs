//! Why something could not be found or read, and what to do next.

use std::fmt;
use std::time::Duration;

use mesh_contract::wire::Problem;
use mesh_contract::{Address, Digest, EnvironmentName, Requirement};
use reqwest::Url;

/// Whom a request went to; it decides what one can do about a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The registry.
    Registry,
    /// A domain's host.
    Domain,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Registry => "registry",
            Self::Domain => "domain",
        })
    }
}

/// The versions that were asked for; nothing where any of them would do.
fn at(requirement: &Requirement) -> String {
    match requirement.to_string() {
        any if any == "*" => String::new(),
        some => format!(" at `{some}`"),
    }
}

fn start(peer: &Peer) -> &'static str {
    match peer {
        Peer::Registry => "start one with `mesh registry serve`, or name another with MESH_REGISTRY",
        Peer::Domain => "start the domain, or ask its owner",
    }
}

/// Why something could not be found or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ClientError {
    /// No registry is set.
    #[error("no registry is set; name one with MESH_REGISTRY, e.g. `http://127.0.0.1:7474`")]
    NoRegistry,
    /// An address that cannot be used.
    #[error("`{url}` cannot be used: {reason}")]
    BadUrl {
        /// As it was given.
        url: String,
        /// Why, and what to write instead.
        reason: &'static str,
    },
    /// Nothing listens there.
    #[error("no {peer} answers at {url}; {}", start(.peer))]
    Unreachable {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
        /// What the connection says.
        #[source]
        source: reqwest::Error,
    },
    /// Whoever listens there takes too long.
    #[error("the {peer} at {url} did not answer in time; try again, or look whether it is overloaded")]
    TimedOut {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
    },
    /// The answer sends one around, or to somebody else.
    #[error(
        "the {peer} at {url} answers with redirects that lead around or away; use the address where it is"
    )]
    Redirected {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
    },
    /// The connection broke in the middle of an answer.
    #[error("the answer of the {peer} at {url} broke off; try again")]
    Broken {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
        /// What the connection says.
        #[source]
        source: reqwest::Error,
    },
    /// The answer is a problem with a stable type.
    #[error("the {peer} answers `{}`{}", .problem.title, detail(.problem))]
    Refused {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
        /// What it says.
        problem: Box<Problem>,
        /// When to try again, if it says so.
        retry_after: Option<Duration>,
    },
    /// The answer has a status of failure and nothing in it that the mesh reads.
    #[error(
        "{url} answers with status {status}, not as a {peer} of the mesh does; look whether the address is right"
    )]
    NotMesh {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
        /// Its status.
        status: u16,
        /// When to try again, if it says so.
        retry_after: Option<Duration>,
    },
    /// The answer is not the document it should be.
    #[error(
        "the answer of the {peer} at {url} cannot be read, at {place}; look whether both are of near releases"
    )]
    Unreadable {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
        /// The line and place in the answer, and what is wrong there.
        place: String,
    },
    /// The answer is larger than is taken.
    #[error("the answer of the {peer} at {url} is larger than {limit} bytes; ask for fewer records at once")]
    TooLarge {
        /// Who was asked.
        peer: Peer,
        /// Where.
        url: Url,
        /// The largest taken.
        limit: usize,
    },
    /// The document is another than the one asked for.
    #[error(
        "the contract that the registry sends for {wanted} has the digest {found}; do not use it, and tell whoever runs the registry"
    )]
    WrongDigest {
        /// What was asked for.
        wanted: Digest,
        /// What came.
        found: Digest,
    },
    /// The product is known, but nothing serves it now.
    #[error(
        "nothing serves `{address}`{} in the environment `{environment}`; start its domain there, or ask for another environment",
        at(.requirement)
    )]
    NotServed {
        /// What was asked for.
        address: Address,
        /// At which versions.
        requirement: Requirement,
        /// Where.
        environment: EnvironmentName,
    },
    /// A host answers with another product, or a version that will not do.
    #[error("{url} serves `{found}`, not `{address}` at `{requirement}`; resolve the address anew")]
    WrongProduct {
        /// Where.
        url: Url,
        /// What was asked for.
        address: Address,
        /// At which versions.
        requirement: Requirement,
        /// What came, as its header says.
        found: String,
    },
    /// The pages lead back to themselves, to another host, or on without records.
    #[error("the pages at {url} {how}, so reading stops after {lines} lines; tell the owner of the domain")]
    BadPaging {
        /// The page.
        url: Url,
        /// What they do.
        how: &'static str,
        /// How many lines were read before.
        lines: u64,
    },
    /// A hand-written `NEED` that is no address or requirement.
    #[error("`{type_name}` does not say what it reads: {message}")]
    BadNeed {
        /// The type.
        type_name: &'static str,
        /// What is wrong.
        message: String,
    },
    /// The HTTP client could not be made.
    #[error("the HTTP client cannot be set up")]
    Setup(#[source] reqwest::Error),
}

fn detail(problem: &Problem) -> String {
    if problem.detail.is_empty() { String::new() } else { format!(": {}", problem.detail) }
}

impl ClientError {
    /// Whether the same request may succeed later without anybody changing anything.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::TimedOut { .. } | Self::Broken { .. } => true,
            Self::Refused { problem, .. } => transient(problem.status),
            Self::NotMesh { status, .. } => transient(*status),
            _ => false,
        }
    }

    /// Whether the one asked is not there, so that what it said before is the best there is.
    pub fn is_absent(&self) -> bool {
        match self {
            Self::Refused { problem, .. } => problem.status >= 500,
            Self::NotMesh { status, .. } => *status >= 500,
            other => other.is_transient() || matches!(other, Self::NoRegistry),
        }
    }

    /// The problem, when the answer was one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            Self::Refused { problem, .. } => Some(problem),
            _ => None,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } | Self::NotMesh { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

fn transient(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500 | 502 | 503 | 504)
}
