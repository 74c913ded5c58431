//! A registry in a process of its own, which can be killed: this test program, started again with its part in the environment.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use mesh_registry::store::sqlite::SqliteStore;
use mesh_registry::store::{Store, SystemClock};
use mesh_registry::{Config, Registry, StoreUrl};

use super::broken::{Broken, Fault};

const PART: &str = "MESH_REGISTRY_TEST_PART";

/// What a registry is started with.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    /// The database that it serves, or else the folder.
    pub(crate) store: Option<String>,
    pub(crate) folder: PathBuf,
    /// How it is broken.
    pub(crate) fault: Option<Fault>,
    /// The library that sets its clock, and the file that says to what.
    pub(crate) clock: Option<(PathBuf, PathBuf)>,
}

impl Part {
    pub(crate) fn over(url: &StoreUrl) -> Self {
        Self { store: Some(url.secret().to_owned()), ..Self::default() }
    }

    pub(crate) fn within(folder: impl Into<PathBuf>) -> Self {
        Self { folder: folder.into(), ..Self::default() }
    }

    fn text(&self) -> String {
        let Self { store, folder, fault, clock: _ } = self;
        serde_json::json!({ "store": store, "folder": folder, "fault": fault.map(Fault::name) }).to_string()
    }

    fn read(text: &str) -> Self {
        let value: serde_json::Value = serde_json::from_str(text).expect("a part");
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        Self {
            store: text("store"),
            folder: text("folder").expect("a folder").into(),
            fault: text("fault").map(|fault| fault.parse().expect("a fault")),
            clock: None,
        }
    }
}

/// Not a test of its own: the process that others start and kill.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "runs as a process of its own, started by the tests that kill it"]
async fn a_registry_that_others_start() {
    let Ok(part) = std::env::var(PART) else { return };
    let Part { store, folder, fault, clock: _ } = Part::read(&part);
    let mut config = Config::new(&folder);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    let running = match (store, fault) {
        (Some(url), Some(fault)) => {
            let url = url.parse().expect("a URL");
            let store = mesh_registry::store::postgres::PostgresStore::open(&url, None).await;
            let store: Arc<dyn Store> = Arc::new(store.expect("a store"));
            Registry::start_on(Arc::new(Broken::new(store, fault)), config).await
        }
        (None, Some(fault)) => {
            let store: Arc<dyn Store> =
                Arc::new(SqliteStore::open(&folder, Arc::new(SystemClock)).expect("a store"));
            Registry::start_on(Arc::new(Broken::new(store, fault)), config).await
        }
        (Some(url), None) => {
            config.store = Some(url.parse().expect("a URL"));
            Registry::start(config).await
        }
        (None, None) => Registry::start(config).await,
    };
    // Dropped, it would stop.
    let running = running.expect("a registry");
    println!("\nlistening {}", running.address());
    // Ends with its parent at the latest, which then lets go of the other end.
    let waited = tokio::task::spawn_blocking(|| std::io::stdin().read(&mut [0]));
    drop(waited.await);
    std::process::exit(0);
}

/// A registry in a process of its own. It ends with this.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts one and waits until it listens.
    pub(crate) async fn start(part: &Part) -> Self {
        let (clock, part) = (part.clock.clone(), part.text());
        let started = tokio::task::spawn_blocking(move || {
            let mut command = Command::new(std::env::current_exe().expect("this test"));
            if let Some((library, shift)) = clock {
                command
                    .env("LD_PRELOAD", library)
                    .env("FAKETIME_TIMESTAMP_FILE", shift)
                    .env("FAKETIME_NO_CACHE", "1")
                    // A clock that is set does not change how long anything takes.
                    .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
            }
            let mut child = command
                .args([
                    "replicas::process::a_registry_that_others_start",
                    "--exact",
                    "--ignored",
                    "--nocapture",
                ])
                .env(PART, part)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::inherit())
                .spawn()
                .expect("a process");
            let output = BufReader::new(child.stdout.take().expect("its output"));
            let address = output
                .lines()
                .map_while(Result::ok)
                .find_map(|line| line.strip_prefix("listening ")?.parse::<SocketAddr>().ok())
                .expect("it says where it listens");
            Self { child, address }
        });
        started.await.expect("no panic")
    }

    /// As `kill -9` does. It is gone when this returns.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("dead");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
