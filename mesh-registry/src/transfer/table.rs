//! What there is to move. A table that is not listed is made anew from those that are (the text index), is of no use
//! elsewhere (leases), or is the store's own.

use super::value::Kind::{self, Bytes, Flag, Maybe, Number, Text, Time};

/// A table that both stores have under the same names.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static [(&'static str, Kind)],
    /// So many of the first columns tell its rows apart, and rows come in their order.
    pub(super) keys: usize,
}

impl Table {
    fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|(name, _)| *name).collect()
    }

    /// `a, b, c`.
    pub(super) fn list(&self) -> String {
        self.names().join(", ")
    }

    /// All rows, by key.
    pub(super) fn select(&self) -> String {
        format!("SELECT {} FROM {} ORDER BY {}", self.list(), self.name, self.names()[..self.keys].join(", "))
    }
}

pub(super) const TABLES: [Table; 21] = [
    Table { name: "tenant", columns: &[("tenant", Text), ("made_at", Time)], keys: 1 },
    Table {
        name: "product",
        columns: &[
            ("tenant", Text),
            ("address", Text),
            ("domain", Text),
            ("revision", Number),
            ("version", Text),
            ("stage", Text),
            ("description", Text),
            ("kind", Text),
            ("service", Text),
            ("owner", Text),
            ("stability", Text),
            ("tags", Text),
            ("ports", Text),
            ("deprecated", Flag),
        ],
        keys: 2,
    },
    Table {
        name: "contract",
        columns: &[("tenant", Text), ("digest", Text), ("document", Bytes), ("released", Flag)],
        keys: 2,
    },
    Table {
        name: "version",
        columns: &[
            ("tenant", Text),
            ("address", Text),
            ("version", Text),
            ("digest", Text),
            ("promise", Text),
            ("stage", Text),
            ("published_at", Time),
            ("lifecycle", Maybe),
        ],
        keys: 3,
    },
    Table {
        name: "domain",
        columns: &[
            ("tenant", Text),
            ("name", Text),
            ("description", Text),
            ("owner", Text),
            ("contact", Maybe),
            ("offered", Maybe),
        ],
        keys: 2,
    },
    Table {
        name: "service",
        columns: &[
            ("tenant", Text),
            ("domain", Text),
            ("name", Text),
            ("description", Text),
            ("shared_with", Text),
        ],
        keys: 3,
    },
    Table {
        name: "input",
        columns: &[("tenant", Text), ("address", Text), ("source", Text), ("fields", Text)],
        keys: 3,
    },
    Table {
        name: "expectation",
        columns: &[
            ("tenant", Text),
            ("consumer", Text),
            ("address", Text),
            ("consumer_version", Text),
            ("environment", Text),
            ("purpose", Text),
            ("fields", Text),
            ("document", Text),
            ("registered_at", Time),
        ],
        keys: 6,
    },
    Table {
        name: "deployed",
        columns: &[
            ("tenant", Text),
            ("environment", Text),
            ("subject", Text),
            ("line", Text),
            ("version", Text),
            ("recorded_at", Time),
        ],
        keys: 4,
    },
    Table {
        name: "audit",
        columns: &[
            ("tenant", Text),
            ("id", Number),
            ("at", Time),
            ("action", Text),
            ("subject", Text),
            ("digest", Maybe),
            ("request_id", Maybe),
        ],
        keys: 2,
    },
    Table {
        name: "event",
        columns: &[
            ("tenant", Text),
            ("sequence", Number),
            ("kind", Text),
            ("subject", Text),
            ("address", Maybe),
            ("data", Text),
            ("at", Time),
        ],
        keys: 2,
    },
    Table {
        name: "policy_set",
        columns: &[
            ("tenant", Text),
            ("revision", Number),
            ("document", Text),
            ("digest", Text),
            ("set_by", Text),
            ("set_at", Time),
        ],
        keys: 2,
    },
    // Who has claimed a webhook is of no use elsewhere.
    Table {
        name: "webhook",
        columns: &[("tenant", Text), ("name", Text), ("settings", Text), ("cursor", Number), ("state", Text)],
        keys: 2,
    },
    Table {
        name: "webhook_failed",
        columns: &[
            ("tenant", Text),
            ("webhook", Text),
            ("sequence", Number),
            ("error", Text),
            ("attempts", Number),
            ("failed_at", Time),
            ("again", Flag),
        ],
        keys: 3,
    },
    // When a credential was used last is of no use elsewhere.
    Table {
        name: "credential",
        columns: &[
            ("tenant", Text),
            ("id", Text),
            ("kind", Text),
            ("hash", Text),
            ("principal", Text),
            ("label", Text),
            ("scope", Text),
            ("made_by", Text),
            ("made_at", Time),
            ("expires_at", Time),
        ],
        keys: 2,
    },
    Table {
        name: "member",
        columns: &[
            ("tenant", Text),
            ("principal", Text),
            ("domain", Text),
            ("role", Text),
            ("made_by", Text),
            ("since", Time),
        ],
        keys: 4,
    },
    Table {
        name: "audit_batch",
        columns: &[
            ("tenant", Text),
            ("number", Number),
            ("previous", Maybe),
            ("sealed_at", Time),
            ("records", Text),
            ("seal", Text),
        ],
        keys: 2,
    },
    Table {
        name: "agreement",
        columns: &[
            ("tenant", Text),
            ("id", Text),
            ("revision", Number),
            ("address", Text),
            ("provider", Text),
            ("consumer", Text),
            ("reader", Text),
            ("environment", Text),
            ("purpose", Text),
            ("state", Text),
            ("until", Text),
            ("asked_at", Time),
            ("document", Text),
        ],
        keys: 2,
    },
    Table {
        name: "signing_key",
        columns: &[
            ("tenant", Text),
            ("kid", Text),
            ("secret", Bytes),
            ("made_at", Time),
            ("trusted_until", Maybe),
        ],
        keys: 2,
    },
    Table {
        name: "revoked_grant",
        columns: &[("tenant", Text), ("jti", Text), ("provider", Text), ("until", Text)],
        keys: 2,
    },
    Table {
        name: "observed_reader",
        columns: &[
            ("tenant", Text),
            ("address", Text),
            ("consumer", Text),
            ("environment", Text),
            ("agreement", Text),
            ("version", Text),
            ("fields", Text),
            ("answered", Number),
            ("refused", Number),
            ("first_at", Time),
            ("last_at", Time),
        ],
        keys: 6,
    },
];
