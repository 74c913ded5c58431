//! What is held against the record of a run: an order for each product, and what can be seen without looking for one.

use std::collections::BTreeMap;

use mesh_contract::{ContractVersion, Digest};
use mesh_registry::store::postgres::PostgresStore;
use mesh_registry::store::{Event, EventKind, Store as _, TenantId};

use super::run::{Entry, Recorded, addresses};
use crate::database::Database;
use crate::linear::{Action, Outcome, Product, Verdict, check};

/// How a finding of the search for an order begins.
pub(super) const NO_ORDER: &str = "not linearizable";

/// Everything that is wrong; nothing when all is well.
pub(super) async fn of(recorded: &Recorded, database: &Database) -> Vec<String> {
    let mut found = Vec::new();
    for address in addresses() {
        let own = recorded.entries.iter().filter(|entry| entry.address == address);
        let operations: Vec<_> = own.map(|entry| entry.operation.clone()).collect();
        match check(&operations) {
            Verdict::Linearizable { .. } => {}
            Verdict::Impossible(text) => found.push(format!("{NO_ORDER}: {address}: {text}")),
            Verdict::Undecided { states } => {
                found.push(format!("{address}: undecided after {states} states"))
            }
        }
    }
    found.extend(two_contents(&recorded.entries));
    found.extend(older_after_newer(&recorded.entries));
    let kept = Kept::read(database).await;
    found.extend(kept.lost(&recorded.entries));
    found.extend(kept.twice());
    found.extend(kept.out_of_order(&recorded.entries));
    found
}

/// Every version that an entry says is there.
fn shown(action: &Action) -> Vec<(&ContractVersion, Digest)> {
    match action {
        Action::Publish { version, digest, outcome: Outcome::Created | Outcome::Stands, .. } => {
            vec![(version, *digest)]
        }
        Action::Versions(seen) => seen.iter().map(|(version, digest)| (version, *digest)).collect(),
        Action::Contract(version, Some(digest)) | Action::Highest(Some((version, digest))) => {
            vec![(version, *digest)]
        }
        _ => Vec::new(),
    }
}

fn two_contents(entries: &[Entry]) -> Vec<String> {
    let mut contents: BTreeMap<(&str, &ContractVersion), Digest> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in entries {
        for (version, digest) in shown(&entry.operation.action) {
            let standing = *contents.entry((&entry.address, version)).or_insert(digest);
            if standing != digest {
                found.push(format!("{} {version} has two contents: {entry:?}", entry.address));
            }
        }
    }
    found
}

/// On one connection, answers come from one replica, one after another.
fn older_after_newer(entries: &[Entry]) -> Vec<String> {
    let mut sorted: Vec<_> = entries.iter().collect();
    sorted.sort_by_key(|entry| entry.operation.called);
    let mut known: BTreeMap<(&str, usize, &str), Product> = BTreeMap::new();
    let mut found = Vec::new();
    for entry in sorted {
        let key = (entry.operation.client.as_str(), entry.connection, entry.address.as_str());
        let known = known.entry(key).or_default();
        if !entry.operation.action.may_come(known) {
            found.push(format!("an older state after a newer one: {entry:?} after {known:?}"));
        }
        for (version, digest) in shown(&entry.operation.action) {
            known.versions.insert(version.clone(), digest);
        }
        match &entry.operation.action {
            Action::Readers(seen) => known.readers.extend(seen.iter().cloned()),
            Action::Register { reader, known: true } => drop(known.readers.insert(reader.clone())),
            _ => {}
        }
    }
    found
}

/// What the database keeps in the end.
struct Kept {
    versions: BTreeMap<(String, ContractVersion), Digest>,
    feed: Vec<(String, ContractVersion, Digest)>,
    /// What the audit has more than once.
    repeated: Vec<String>,
}

impl Kept {
    async fn read(database: &Database) -> Self {
        let (store, tenant) =
            (PostgresStore::open(&database.url(), None).await.expect("a store"), TenantId::default());
        let mut versions = BTreeMap::new();
        for address in addresses() {
            let history =
                store.history(&tenant, &address.parse().expect("an address")).await.expect("a history");
            versions
                .extend(history.versions.into_iter().map(|it| ((address.clone(), it.version), it.digest)));
        }
        let events = store.events(&tenant, 0, 100_000).await.expect("the feed");
        let text = |event: &Event, name: &str| event.data[name].as_str().expect("text").to_owned();
        let published = |event: Event| {
            let address = event.address.as_ref().expect("a product").to_string();
            let version = text(&event, "version").parse().expect("a version");
            (address, version, text(&event, "digest").parse().expect("a digest"))
        };
        let feed = events.into_iter().filter(|event| event.kind == EventKind::VersionPublished);
        let feed = feed.map(published).collect();
        let repeated = "SELECT action || ' ' || subject || ': ' || count(*) FROM audit
            GROUP BY action, subject HAVING count(*) > 1";
        let rows = database.connect().await.query(repeated, &[]).await.expect("the audit");
        Self { versions, feed, repeated: rows.iter().map(|row| row.get(0)).collect() }
    }

    /// Whatever was acknowledged is there, with the content that it was acknowledged with.
    fn lost(&self, entries: &[Entry]) -> Vec<String> {
        let mut found = Vec::new();
        for entry in entries {
            for (version, digest) in shown(&entry.operation.action) {
                if self.versions.get(&(entry.address.clone(), version.clone())) != Some(&digest) {
                    found.push(format!("lost: {} {version}, as in {entry:?}", entry.address));
                }
            }
        }
        found
    }

    /// Each version has one event and one record in the audit, and nothing else has.
    fn twice(&self) -> Vec<String> {
        let mut found: Vec<_> =
            self.repeated.iter().map(|it| format!("more than once in the audit: {it}")).collect();
        let mut left = self.versions.clone();
        for (address, version, digest) in &self.feed {
            match left.remove(&(address.clone(), version.clone())) {
                Some(standing) if standing == *digest => {}
                Some(_) => found.push(format!("the feed has {address} {version} with other content")),
                None => found.push(format!("the feed has {address} {version} twice, or without a version")),
            }
        }
        found.extend(left.keys().map(|(address, version)| format!("the feed lacks {address} {version}")));
        found
    }

    /// Of two versions of a product, the one that was acknowledged before the other was asked for comes first in the feed.
    fn out_of_order(&self, entries: &[Entry]) -> Vec<String> {
        let created: BTreeMap<_, _> = entries
            .iter()
            .filter_map(|entry| match &entry.operation.action {
                Action::Publish { version, outcome: Outcome::Created, .. } => {
                    Some(((&entry.address, version), &entry.operation))
                }
                _ => None,
            })
            .collect();
        let mut found = Vec::new();
        let mut latest: BTreeMap<&String, u64> = BTreeMap::new();
        for (address, version, _) in &self.feed {
            let Some(operation) = created.get(&(address, version)) else { continue };
            let latest = latest.entry(address).or_default();
            if operation.answered < *latest {
                found
                    .push(format!("the feed has {address} {version} behind one that was asked for after it"));
            }
            *latest = (*latest).max(operation.called);
        }
        found
    }
}
