//! The clock of the registry's machine jumps by an hour while the registry runs.

use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use super::{connect, found, left_out};
use crate::database::Database;
use crate::replicas::client::Connection;
use crate::replicas::process::{Part, Process};
use crate::world::{announcement, contract};
use hyper::Method;

/// The library that sets a process's clock: Debian's `faketime`.
fn library() -> Option<PathBuf> {
    let places = [
        "/usr/lib/x86_64-linux-gnu",
        "/usr/lib/aarch64-linux-gnu",
        "/usr/lib",
        "/usr/lib64",
        "/usr/local/lib",
    ];
    found(places.iter().map(|place| Path::new(place).join("faketime/libfaketime.so.1")))
}

/// A registry whose machine's clock the test sets.
struct Clocked {
    _process: Process,
    connection: Connection,
    shift: PathBuf,
    _folder: tempfile::TempDir,
}

impl Clocked {
    async fn start(part: impl FnOnce(&Path) -> Part) -> Option<Self> {
        let Some(library) = library() else {
            left_out("the test of a clock that jumps", "Debian's package `faketime` is not installed");
            return None;
        };
        let folder = tempfile::tempdir().expect("a folder");
        let shift = folder.path().join("shift");
        std::fs::write(&shift, "+0").expect("the shift");
        let part = Part { clock: Some((library, shift.clone())), ..part(folder.path()) };
        let process = Process::start(&part).await;
        let connection = connect(process.address).await;
        Some(Self { _process: process, connection, shift, _folder: folder })
    }

    fn jump(&self, by: &str) {
        std::fs::write(&self.shift, by).expect("the shift");
    }

    async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Value {
        let answered = self.connection.ask(method, path, body).await.expect("an answer");
        assert!(answered.status < 300, "{path}: {answered:?}");
        answered.body
    }

    async fn announce(&mut self) {
        let mut lease = announcement("sales", "sales.orders", "1.0.0", 1);
        lease["leaseSeconds"] = 600.into();
        self.ask(Method::PUT, "/api/v1/deployments/one", Some(&lease)).await;
    }

    async fn is_live(&mut self) -> bool {
        self.ask(Method::GET, "/api/v1/products/sales.orders", None).await["live"] == 1
    }

    /// Publishes a version and gives when that was by the registry.
    async fn publish(&mut self, version: &str) -> DateTime<Utc> {
        let path = format!("/api/v1/products/sales.orders/versions/{version}");
        let published = self.ask(Method::PUT, &path, Some(&contract("sales.orders", version, "One."))).await;
        published["publishedAt"].as_str().expect("a time").parse().expect("a time")
    }
}

fn is_about(one: DateTime<Utc>, other: DateTime<Utc>) -> bool {
    (one - other).abs() < TimeDelta::minutes(10)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_postgresql_a_clock_that_jumps_changes_nothing() {
    let Some(database) = Database::make().await else { return };
    let Some(mut registry) = Clocked::start(|_| Part::over(&database.url())).await else { return };
    registry.publish("1.0.0").await;
    registry.announce().await;
    for (round, by) in ["+3600", "-3600", "+0"].iter().enumerate() {
        registry.jump(by);
        assert!(registry.is_live().await, "a lease ended early at {by}");
        let at = registry.publish(&format!("1.{}.0", round + 1)).await;
        assert!(is_about(at, Utc::now()), "published at {at} at {by}");
        registry.announce().await;
        // A lease of an hour ago is over, whatever the registry's machine says.
        let client = database.connect().await;
        let earlier = "UPDATE lease SET expires_at = expires_at - INTERVAL '30 minutes'";
        client.batch_execute(earlier).await.expect("an earlier lease");
        assert!(!registry.is_live().await, "a lease outlived its time at {by}");
        registry.announce().await;
        assert!(registry.is_live().await);
    }
    in_order(&mut registry).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_the_embedded_store_leases_follow_the_machines_clock_and_renewals_mend_them() {
    let Some(mut registry) = Clocked::start(|folder| Part::within(folder.join("data"))).await else { return };
    registry.publish("1.0.0").await;
    registry.announce().await;
    assert!(registry.is_live().await);
    registry.jump("+3600");
    assert!(!registry.is_live().await, "an hour is over by the machine's clock");
    registry.announce().await;
    assert!(registry.is_live().await, "the next renewal mends it");
    let late = registry.publish("1.1.0").await;
    assert!(is_about(late, Utc::now() + TimeDelta::hours(1)), "{late}");
    // Set right again: what was announced meanwhile seems to last an hour longer, and is mended by a renewal or ended.
    registry.jump("+0");
    assert!(registry.is_live().await);
    registry.announce().await;
    let early = registry.publish("1.2.0").await;
    assert!(is_about(early, Utc::now()), "{early}");
    registry.jump("+900");
    assert!(!registry.is_live().await, "a lease that was renewed since lasts no longer than it says");
    in_order(&mut registry).await;
}

/// Whatever the times say, a product shows its highest version, and every version is there once.
async fn in_order(registry: &mut Clocked) {
    let versions = registry.ask(Method::GET, "/api/v1/products/sales.orders/versions", None).await;
    let listed = versions["items"].as_array().expect("items").iter();
    let listed: Vec<_> = listed.map(|item| item["version"].as_str().expect("a version").to_owned()).collect();
    let highest = listed.len() - 1;
    let due: Vec<_> = (0..=highest).rev().map(|number| format!("1.{number}.0")).collect();
    assert_eq!(listed, due);
    let shown = registry.ask(Method::GET, "/api/v1/products/sales.orders", None).await;
    assert_eq!(shown["version"], format!("1.{highest}.0"));
}
