//! Why the registry refuses, in words of the mesh. What HTTP makes of it is decided at the edge.

use std::sync::Arc;

use mesh_contract::judgement::{Judgement, Verdict};
use mesh_contract::read::ReadError;
use mesh_contract::wire::{Holding, PolicyFinding};
use mesh_contract::{
    Address, ConsumerName, ContractVersion, Digest, DomainName, EnvironmentName, Line, Requirement, Scope,
};

use mesh_policy::PolicyErrors;

use crate::access::Denied;
use crate::store::StoreError;

/// Why the registry did not do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServiceError {
    /// Whoever asks may not.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// No product is published at the address.
    #[error(
        "no product is published at `{address}`; look for it with `mesh search`, or publish it with `mesh publish`"
    )]
    UnknownProduct {
        /// What was asked for.
        address: Address,
    },
    /// Whoever asks does not speak for the team.
    #[error(
        "`{principal}` does not speak for {team}; that does whoever is named so, or owns a domain of that team"
    )]
    NotTheTeam {
        /// Who asks.
        principal: String,
        /// For whom.
        team: String,
    },
    /// No token of this name is there for whoever asks.
    #[error("there is no token `{id}` that you could revoke; `mesh token list` shows yours")]
    UnknownToken {
        /// What was asked for.
        id: String,
    },
    /// Nobody of this name is this.
    #[error("`{principal}` is not {}; `mesh owner members` shows who is", held(.holding))]
    UnknownMember {
        /// Who.
        principal: String,
        /// What they are not.
        holding: Holding,
    },
    /// The product has no such version.
    #[error("`{address}` has no version {version}; {}", newest_published(.newest))]
    UnknownVersion {
        /// The product.
        address: Address,
        /// What was asked for.
        version: ContractVersion,
        /// The newest version there is.
        newest: Option<ContractVersion>,
    },
    /// The product has no released version of the line.
    #[error("`{address}` has no released version of line {line}; {}", newest_published(.newest))]
    UnknownLine {
        /// The product.
        address: Address,
        /// What was asked for.
        line: Line,
        /// The newest version there is.
        newest: Option<ContractVersion>,
    },
    /// Exactly this was not deprecated.
    #[error(
        "{} of `{address}` is not deprecated, so there is no campaign; open one with `mesh deprecate {address}@{scope} --until <DAY>`",
        .scope.words()
    )]
    NotDeprecated {
        /// The product.
        address: Address,
        /// What was asked for.
        scope: Scope,
    },
    /// Only retired versions satisfy the requirement.
    #[error("no version of `{address}` that satisfies `{requirement}` is promised any more, for all of them are retired; {}", instead(.successor))]
    Retired {
        /// The product.
        address: Address,
        /// What was asked for.
        requirement: Requirement,
        /// What to use instead, where it was said.
        successor: Option<String>,
    },
    /// The version is published into a line that is retired as a whole.
    #[error(
        "line {line} of `{address}` is retired, and nobody is to come to it; publish this as a version of another line, or bring the line back with `mesh retire --undo {address}@{line}`"
    )]
    LineRetired {
        /// The product.
        address: Address,
        /// The line.
        line: Line,
    },
    /// The versions have not come to where this can be done.
    #[error("{message}")]
    WrongState {
        /// What state they are in, and what to do instead.
        message: String,
    },
    /// Somebody would be hurt by retiring versions.
    #[error("{} of `{address}` cannot be retired: {}. Override that with `mesh retire --override --reason`, which stays on record", .scope.words(), .in_the_way.join(". "))]
    InTheWay {
        /// The product.
        address: Address,
        /// What was to be retired.
        scope: Scope,
        /// Each thing that stands in the way.
        in_the_way: Vec<String>,
    },
    /// Somebody else owns the domain.
    #[error(
        "`{domain}` is owned by {owner}, not by {told}; only its owner publishes. If it is to change hands, its owner offers it with `mesh owner offer {domain} --to {told}` and {told} accepts it"
    )]
    NotOwner {
        /// The domain.
        domain: DomainName,
        /// Who owns it.
        owner: String,
        /// Who was said to.
        told: String,
    },
    /// The domain was not offered to whoever accepts it.
    #[error("`{domain}` was {}, so {by} cannot accept it; {owner} owns it and may offer it with `mesh owner offer {domain} --to {by}`", offered_to(.offered))]
    NotOffered {
        /// The domain.
        domain: DomainName,
        /// Who owns it.
        owner: String,
        /// To whom it was offered.
        offered: Option<String>,
        /// Who would accept it.
        by: String,
    },
    /// No contract has the digest.
    #[error("no contract with the digest {digest} is published here")]
    UnknownDigest {
        /// What was asked for.
        digest: Digest,
    },
    /// No product of the domain is published.
    #[error("no product of a domain `{domain}` is published here; see what there is with `mesh search`")]
    UnknownDomain {
        /// What was asked for.
        domain: DomainName,
    },
    /// There is no such agreement, or none that whoever asks may see.
    #[error("there is no agreement `{id}` of yours; `mesh access list` shows those there are")]
    UnknownAgreement {
        /// What was asked for.
        id: String,
    },
    /// No instance of this name has announced itself lately.
    #[error("no instance `{instance}` has announced itself; announce it, and tell of its readers then")]
    UnknownInstance {
        /// What was named.
        instance: String,
    },
    /// Nobody registered that.
    #[error("no such expectation is registered, so there is nothing to forget")]
    UnknownExpectation,
    /// It was not recorded to run there.
    #[error(
        "`{subject}` {version} is not recorded to run in {environment}, so there is nothing to take back"
    )]
    UnknownDeployment {
        /// What was named.
        subject: ConsumerName,
        /// Its version.
        version: String,
        /// Where.
        environment: EnvironmentName,
    },
    /// No version of the product satisfies the requirement.
    #[error("no version of `{address}` satisfies `{requirement}`; {}", newest_published(.newest))]
    NoVersionMatches {
        /// The product.
        address: Address,
        /// What was asked for.
        requirement: Requirement,
        /// The newest version there is.
        newest: Option<ContractVersion>,
    },
    /// The document cannot be read.
    #[error("the document cannot be read: {0}")]
    Malformed(#[from] ReadError),
    /// The document is no text.
    #[error("the document cannot be read: line {line}: it is not UTF-8 at byte {byte}; save it as UTF-8")]
    NotText {
        /// The line, from 1.
        line: usize,
        /// The first byte that is none of UTF-8, from 0.
        byte: usize,
    },
    /// The document is not about what the address says it is about.
    #[error("the address says {what} `{expected}` and the document says `{found}`; make them equal")]
    Mismatch {
        /// What differs.
        what: &'static str,
        /// Where the document says it, as a JSON pointer.
        pointer: &'static str,
        /// What the address of the request says.
        expected: String,
        /// What the document says.
        found: String,
    },
    /// What was asked for cannot be answered as it was asked.
    #[error("{message}")]
    InvalidQuery {
        /// What is wrong, and what to do instead.
        message: String,
    },
    /// The document breaks a rule of the registry.
    #[error("{message}")]
    Invalid {
        /// Where, as a JSON pointer into the document that was sent.
        pointer: String,
        /// What is wrong, and what to do instead.
        message: String,
    },
    /// The version stands with other content, and a version never changes.
    #[error(
        "version {version} of `{address}` is published with other content ({}), and a published version never changes; publish yours as {next}",
        published.short()
    )]
    VersionExists {
        /// The product.
        address: Address,
        /// What was to be published.
        version: ContractVersion,
        /// The digest of what stands there.
        published: Digest,
        /// The version to choose instead.
        next: ContractVersion,
    },
    /// The judge objects to the change.
    #[error("{}", told(.judgement))]
    Judged {
        /// What it found.
        judgement: Arc<Judgement>,
    },
    /// A policy refuses the version.
    #[error("{}", refused(.address, .version, .findings))]
    Policy {
        /// The product.
        address: Address,
        /// What was to be published.
        version: ContractVersion,
        /// What was found, warnings too.
        findings: Vec<PolicyFinding>,
    },
    /// The document of policies has mistakes.
    #[error("{}", mistaken(.errors))]
    PolicyMistakes {
        /// Each of them.
        errors: PolicyErrors,
    },
    /// A later start of the instance has announced itself.
    #[error(
        "the instance `{instance}` has announced itself with epoch {current}, which is later than {epoch}; stop this one, or start it anew with a later epoch"
    )]
    StaleEpoch {
        /// The instance.
        instance: String,
        /// What it was announced with now.
        epoch: u64,
        /// What it was announced with before.
        current: u64,
    },
    /// Others publish versions of the same product so fast that this publish never came to its turn.
    #[error("`{address}` is being published by many at once; try again in a moment")]
    Busy {
        /// The product.
        address: Address,
    },
    /// The registry takes no more of these.
    #[error("the registry holds {limit} {what} and takes no more; remove some, or ask whoever runs it")]
    Full {
        /// What there are too many of.
        what: &'static str,
        /// How many it takes.
        limit: usize,
    },
    /// There is no such webhook.
    #[error("there is no webhook `{name}`; `mesh registry webhook list` shows those there are")]
    UnknownWebhook {
        /// What was asked for.
        name: String,
    },
    /// The event is not among those that could not be delivered.
    #[error(
        "event {sequence} is not in the list of those that could not be delivered to `{name}`; `mesh registry webhook failed {name}` shows the list"
    )]
    UnknownFailed {
        /// The webhook.
        name: String,
        /// What was asked for.
        sequence: u64,
    },
    /// Nothing in the feed is so late.
    #[error(
        "the feed ends at {newest}, before {after}: the position is of another registry, or this one was restored from an earlier backup; read anew what you keep of it, and go on with `after={newest}`"
    )]
    CursorGone {
        /// Where the follower says it stands.
        after: u64,
        /// Where the feed ends.
        newest: u64,
    },
    /// The store does not answer.
    #[error("the registry cannot reach its store; try again in a moment")]
    Store(#[source] StoreError),
}

/// The gravest objection with whom it hurts, how many more there are, and what to do next.
fn told(judgement: &Judgement) -> String {
    let Judgement { address, version, base, verdict, .. } = judgement;
    let mut objections = judgement.objections();
    let first = objections.next();
    let (what, more) = (first.map_or("", |finding| finding.message.as_str()), objections.count());
    let readers: Vec<_> = first.into_iter().flat_map(|it| &it.readers).map(ToString::to_string).collect();
    let hurt =
        if readers.is_empty() { String::new() } else { format!(", which hurts {}", readers.join(", ")) };
    let place = first.map(|finding| format!("{}: ", finding.place)).unwrap_or_default();
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    let since = base.as_ref().map_or(String::new(), |base| format!(" after {base}"));
    let next = match (verdict, judgement.next_version()) {
        (Verdict::Broken, Some(next)) if next > *version => {
            format!("publish it as {next}, or change it as the findings say")
        }
        _ => "say what is meant with a claim or a waiver, or change it as the findings say".to_owned(),
    };
    format!("`{address}` {version} is not safe{since}: {place}{what}{hurt}{more}; {next}")
}

/// The first refusal, how many more there are, and what to do next.
fn refused(address: &Address, version: &ContractVersion, findings: &[PolicyFinding]) -> String {
    let mut refusals = findings.iter().filter(|finding| finding.refuses());
    let Some(first) = refusals.next() else { return format!("`{address}` {version} is refused") };
    let more = refusals.count();
    let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
    let PolicyFinding { rule, subject, message, fix, .. } = first;
    let reads = if *subject == address.to_string() { String::new() } else { format!("{subject}: ") };
    format!("`{address}` {version} breaks the policy `{rule}`: {reads}{message}{more}; {fix}")
}

fn mistaken(errors: &PolicyErrors) -> String {
    let first = errors.0.first().map(ToString::to_string).unwrap_or_default();
    match errors.0.len() {
        0 | 1 => first,
        more => format!("{first} (and {} more)", more - 1),
    }
}

fn instead(successor: &Option<String>) -> String {
    match successor {
        Some(successor) => format!("use {successor} instead"),
        None => "see `mesh info` for what there is".to_owned(),
    }
}

fn offered_to(offered: &Option<String>) -> String {
    match offered {
        Some(to) => format!("offered to {to}"),
        None => "offered to nobody".to_owned(),
    }
}

fn newest_published(newest: &Option<ContractVersion>) -> String {
    match newest {
        Some(version) => format!("the newest is {version}"),
        None => "it has only drafts".to_owned(),
    }
}

fn held(holding: &Holding) -> String {
    match &holding.domain {
        Some(domain) => format!("{} of `{domain}`", holding.role),
        None => holding.role.to_string(),
    }
}
