//! `kill -9` at any moment: what was acknowledged is there, and nothing is half-written.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mesh_contract::Digest;
use mesh_registry::{Config, Registry};
use reqwest::Method;

use crate::world::{Client, contract, fixture, version_path};

const FOLDER: &str = "MESH_REGISTRY_TEST_FOLDER";
const SEEDS: u64 = 20;
const CLIENTS: usize = 8;

/// Not a test of its own: the process that the test below kills.
#[tokio::test]
#[ignore = "runs as a process of its own, started by the test of kills"]
async fn a_registry_that_waits_to_be_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let mut config = Config::new(folder);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    let running = Registry::start(config).await.expect("a registry");
    println!("\nlistening {}", running.address());
    // Ends with its parent at the latest: nobody is left to read the other end.
    tokio::time::sleep(Duration::from_secs(120)).await;
}

fn start(folder: &Path) -> (Child, Client) {
    let mut child = Command::new(std::env::current_exe().expect("this test"))
        .args(["crash::a_registry_that_waits_to_be_killed", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("a process");
    let output = BufReader::new(child.stdout.take().expect("its output"));
    let address = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("listening ")?.parse::<SocketAddr>().ok())
        .expect("it says where it listens");
    (child, Client::new(address))
}

/// Publishes without end and notes what was acknowledged: path and digest.
async fn publish_on(
    client: Client,
    seed: u64,
    number: usize,
    acknowledged: Arc<Mutex<BTreeMap<String, String>>>,
) {
    let mut random = fastrand::Rng::with_seed(seed * 100 + number as u64);
    for round in 0.. {
        // Some products are everybody's, so that publishers also meet on one revision.
        let document = match random.u8(..4) {
            0 => contract("shared.product", &format!("{}.{number}.{round}", seed + 1), "Shared."),
            1 => {
                let mut document = fixture("sales.orders@1.0.0");
                document["version"] = format!("{}.0.{round}", number + 1).into();
                document
            }
            _ => contract(
                &format!("own.p{seed}-{number}-{round}"),
                "1.0.0",
                &"x".repeat(random.usize(..20_000)),
            ),
        };
        let path = version_path(&document);
        let sent = client.try_send(Method::PUT, &path, &[], Some(document.to_string().into())).await;
        let Ok(answer) = sent else { return };
        assert!([200, 201].contains(&answer.status.as_u16()), "{path}: {answer:?}");
        let digest = answer.json()["digest"].as_str().expect("a digest").to_owned();
        acknowledged.lock().expect("no panic").insert(path, digest);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let folder = tempfile::tempdir().expect("a folder");
    let acknowledged = Arc::new(Mutex::new(BTreeMap::new()));
    let mut behind = 0;
    // On a busy machine few publishes are under way at a kill, and it takes more of them.
    for seed in 0..3 * SEEDS {
        if seed >= SEEDS && behind > 0 {
            break;
        }
        let (mut child, client) = start(folder.path());
        let publishers: Vec<_> = (0..CLIENTS)
            .map(|number| tokio::spawn(publish_on(client.clone(), seed, number, Arc::clone(&acknowledged))))
            .collect();
        let known = acknowledged.lock().expect("no panic").len();
        // Now and then it is killed before it has done anything, and else when it is at work.
        let begun = || seed % 4 == 3 || acknowledged.lock().expect("no panic").len() > known;
        for _ in 0..1_000 {
            if begun() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let moment = fastrand::Rng::with_seed(seed).u64(20..400);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        child.kill().expect("killed");
        child.wait().expect("dead");
        for publisher in publishers {
            publisher.await.expect("no wrong answer");
        }
        // Looking makes SQLite recover its log, which is the registry's to do; so this looks now and then only.
        if seed % 5 == 4 || seed >= SEEDS {
            behind += words_not_entered(folder.path());
        }
    }
    assert!(behind > 0, "no kill fell between a publish and its entry into the text index");
    let acknowledged = std::mem::take(&mut *acknowledged.lock().expect("no panic"));
    assert!(acknowledged.len() > 100, "only {} publishes were acknowledged in all", acknowledged.len());

    let (mut child, client) = start(folder.path());
    for (path, digest) in &acknowledged {
        let answer = client.get(path).await;
        answer.ok();
        assert_eq!(Digest::of_bytes(&answer.bytes).to_string(), *digest, "{path}");
        let address = path.split('/').nth(4).expect("an address");
        let found = client.get(&format!("/api/v1/products?q={address}&limit=200")).await.ok();
        let mut found = found["items"].as_array().expect("items").iter();
        assert!(found.any(|item| item["address"] == address), "`{address}` is not found by its words");
    }
    child.kill().expect("killed");
    child.wait().expect("dead");
    check_whole(folder.path(), acknowledged.len());
}

/// How many products the text index lacks.
fn words_not_entered(folder: &Path) -> i64 {
    let database = rusqlite::Connection::open(folder.join("registry.db")).expect("the database");
    database.query_row("SELECT COUNT(*) FROM search_due", [], |row| row.get(0)).expect("a count")
}

/// Looks into the database itself: every version has its contract, its event and its audit record, and no product
/// shows what is not there.
fn check_whole(folder: &Path, acknowledged: usize) {
    let database = rusqlite::Connection::open(folder.join("registry.db")).expect("the database");
    let one = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).expect(sql);
    let text: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(text, "ok");
    let versions = one("SELECT COUNT(*) FROM version");
    assert!(versions >= i64::try_from(acknowledged).expect("a count"));
    assert_eq!(one("SELECT COUNT(*) FROM event"), versions);
    assert_eq!(one("SELECT COUNT(*) FROM audit"), versions);
    assert_eq!(one("SELECT SUM(revision) FROM product"), versions);
    for sql in [
        "SELECT COUNT(*) FROM version v WHERE NOT EXISTS
            (SELECT 1 FROM contract c WHERE c.tenant = v.tenant AND c.digest = v.digest)",
        "SELECT COUNT(*) FROM version v WHERE NOT EXISTS
            (SELECT 1 FROM event e WHERE e.address = v.address AND e.subject = v.address || '@' || v.version
                AND json_extract(e.data, '$.digest') = v.digest)",
        "SELECT COUNT(*) FROM product p WHERE NOT EXISTS
            (SELECT 1 FROM version v WHERE v.address = p.address AND v.version = p.version)",
        "SELECT COUNT(*) FROM contract c WHERE NOT EXISTS
            (SELECT 1 FROM version v WHERE v.tenant = c.tenant AND v.digest = c.digest)",
    ] {
        assert_eq!(one(sql), 0, "{sql}");
    }
    database
        .execute_batch("INSERT INTO product_search (product_search) VALUES ('integrity-check')")
        .expect("the text index is whole");
}
