//! Journeys through the pages in a real browser; see `tests/browser` at the root of the workspace.
//!
//! They need Node.js, Chromium and `npm ci` in that folder, so they run only when `MESH_BROWSER_TESTS=1` is set. They
//! look at the registry that `MESH_BROWSER_URL` names, or else at one that is started and filled here.

use std::path::PathBuf;
use std::process::Command;

use crate::fixture_mesh;

#[test]
fn people_find_their_way_in_a_browser() {
    if std::env::var("MESH_BROWSER_TESTS").as_deref() != Ok("1") {
        eprintln!("left out: set MESH_BROWSER_TESTS=1 to run the journeys in Chromium");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let data = tempfile::tempdir().expect("a folder");
        let started = match std::env::var("MESH_BROWSER_URL") {
            Ok(_) => None,
            Err(_) => Some(fixture_mesh::start(data.path(), 0, None).await),
        };
        let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "..", "tests", "browser"].iter().collect();
        assert!(
            folder.join("node_modules").is_dir(),
            "the journeys' own packages are missing; run `npm ci` in `tests/browser`"
        );
        let mut command = Command::new("node");
        command.arg("main.mjs").current_dir(&folder);
        if let Some(running) = &started {
            command.env("MESH_BROWSER_URL", format!("http://{}", running.address()));
        }
        let ended = tokio::task::spawn_blocking(move || command.status()).await.expect("it is waited for");
        let status = ended.expect("`node` starts; install Node.js 20 or later");
        if let Some(running) = started {
            running.shutdown().await;
        }
        assert!(status.success(), "a journey failed; what it says stands above");
    });
}
