//! A disk that is full: what cannot be kept is refused and told, what was acknowledged stays, and room is enough to go on.

use std::path::{Path, PathBuf};
use std::process::Command;

use mesh_registry::{Config, Registry, Running};

use crate::world::{Client, announcement, contract};

const FOLDER: &str = "MESH_REGISTRY_TEST_SMALL_DISK";
/// The disk, and the file that is taken away to make room.
const DISK: &str = "size=10m";
const BALLAST: usize = 3 * 1024 * 1024;

#[test]
fn on_a_full_disk_nothing_acknowledged_is_lost_and_room_is_enough_to_go_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let own_mounts = |more: &[&str]| {
        let mut command = Command::new("unshare");
        command.args(more).arg("--mount");
        command
    };
    // Whoever may mount needs no other user; whoever may not, may in a world of his own.
    let ways: [&[&str]; 2] = [&[], &["--user", "--map-root-user"]];
    let mounts = |way: &&&[&str]| {
        let tried =
            own_mounts(way).args(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(folder.path()).output();
        tried.is_ok_and(|tried| tried.status.success())
    };
    let Some(way) = ways.iter().find(mounts) else {
        return super::left_out(
            "the test of a full disk",
            "nobody may mount a small disk (`unshare --mount`)",
        );
    };
    let output = own_mounts(way)
        .arg(std::env::current_exe().expect("this test"))
        .args(["failures::disk::a_registry_on_a_disk_that_fills_up", "--exact", "--ignored", "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .expect("it runs");
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && told.contains("1 passed"), "{told}");
}

async fn start(folder: &Path) -> (Running, Client) {
    let mut config = Config::new(folder.join("data"));
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    let running = Registry::start(config).await.expect("a registry");
    let client = Client::new(running.address());
    (running, client)
}

/// Publishes until a publish is refused, and gives what was acknowledged.
async fn fill(client: &Client, domain: &str) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0..10_000 {
        let document = contract(&format!("{domain}.p{number}"), "1.0.0", &"x".repeat(20_000));
        let answer = client.publish(&document).await;
        if answer.status != 201 {
            let detail = answer.problem(507, "no-space");
            assert!(detail.contains("make room") && detail.contains("send it again"), "{detail}");
            return acknowledged;
        }
        acknowledged.push(crate::world::version_path(&document));
    }
    panic!("the disk never filled up");
}

async fn all_there(client: &Client, acknowledged: &[String]) {
    for path in acknowledged {
        client.get(path).await.ok();
    }
}

/// Not a test of its own: it runs where its disk can be mounted.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs with mounts of its own, started by the test of a full disk"]
async fn a_registry_on_a_disk_that_fills_up() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(&folder).status();
    assert!(mounted.expect("mount runs").success());
    let ballast = folder.join("ballast");
    std::fs::write(&ballast, vec![1; BALLAST]).expect("room for the ballast");

    let (running, client) = start(&folder).await;
    let mut acknowledged = fill(&client, "first").await;
    assert!(acknowledged.len() > 10, "{}", acknowledged.len());
    // Everything that writes nothing goes on, and so do leases, which are in memory; what writes is refused again.
    all_there(&client, &acknowledged).await;
    client.get("/health/ready").await.ok();
    let lease = announcement("first", "first.p0", "1.0.0", 1);
    client.put("/api/v1/deployments/one", &lease).await.ok();
    assert_eq!(client.get("/api/v1/products/first.p0").await.ok()["live"], 1);
    assert_eq!(fill(&client, "second").await, Vec::<String>::new());
    // Searching enters words into the index, which needs room as well; it says so or answers.
    let found = client.get("/api/v1/products?q=first").await;
    assert!([200, 507].contains(&found.status.as_u16()), "{found:?}");

    // Room, and nothing else.
    std::fs::remove_file(&ballast).expect("room");
    acknowledged.extend(fill(&client, "third").await);
    let count = |domain: &str| acknowledged.iter().filter(|path| path.contains(domain)).count();
    assert!(count("third.") > 3, "{}", count("third."));
    client.put("/api/v1/deployments/one", &lease).await.ok();

    // The same from a start on a disk that is full.
    running.shutdown().await;
    let (running, client) = start(&folder).await;
    all_there(&client, &acknowledged).await;
    let listed = client.get("/api/v1/products?limit=200").await.ok();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(acknowledged.len()), "nothing half is there");
    running.shutdown().await;
    let database = rusqlite::Connection::open(folder.join("data/registry.db")).expect("the database");
    let whole: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a check");
    assert_eq!(whole, "ok");
}
