//! A webhook of a code host: told apart by an internal tag, with parts that have none and parts flattened in.

use std::collections::BTreeMap;

use mesh_runtime::prelude::*;

use super::Shapes;

/// One delivery of a webhook.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shapes::Documents, name = "deliveries", version = "1.0.0", kind = "source-aligned")]
#[port(events, name = "hooks", topic = "deliveries")]
#[port(records)]
pub struct Delivery {
    /// Identifier of the delivery.
    #[field(key)]
    pub id: uuid::Uuid,
    /// When it was sent.
    pub sent_at: chrono::DateTime<chrono::Utc>,
    /// Who caused it.
    pub sender: Account,
    #[serde(flatten)]
    pub event: Event,
    /// Headers of the request.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
}

/// What happened.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Event {
    /// Commits were pushed.
    Push {
        /// The name of the branch.
        #[schemars(length(min = 1, max = 255))]
        git_ref: String,
        /// The commits, the oldest first.
        commits: Vec<Commit>,
        /// Whether history was written anew.
        #[serde(default)]
        is_forced: bool,
    },
    /// An issue changed.
    Issue(IssueChange),
    /// The hook was set up.
    Ping,
}

/// One commit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Commit {
    /// Its digest.
    #[schemars(regex(pattern = "^[0-9a-f]{40}$"))]
    pub sha: String,
    /// What it says.
    pub message: String,
    /// Who wrote it, with a name alone or with an address beside it.
    pub author: Author,
}

/// Who wrote a commit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
pub enum Author {
    /// Name and address.
    Full {
        /// Name.
        #[field(pii = "name", classification = "internal")]
        name: String,
        /// Address.
        #[field(pii = "email", classification = "confidential")]
        email: String,
    },
    /// A name alone.
    Name(PersonName),
}

/// A person's name alone.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct PersonName(#[field(pii = "name", classification = "internal")] pub String);

/// What happened to an issue.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct IssueChange {
    /// What was done.
    pub action: Action,
    /// Its number in the repository.
    #[schemars(range(min = 1))]
    pub number: u32,
    /// What it was about before, if that changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_title: Option<String>,
}

/// What was done to an issue.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Opened for the first time.
    Opened,
    /// Closed for good.
    Closed,
    /// Opened again.
    ReOpened,
}

/// An account of the code host.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Account {
    /// The name to log in with.
    #[field(pii = "online-id", classification = "internal")]
    #[serde(alias = "username")]
    pub login: String,
    /// Whether a program acts under it.
    #[serde(rename = "type")]
    pub kind: AccountKind,
}

/// Who acts under an account.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema, DataType)]
pub enum AccountKind {
    /// A person.
    User,
    /// A program.
    Bot,
}
