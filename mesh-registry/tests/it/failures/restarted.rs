//! The database is stopped and started again under a registry that serves, as a crash of its machine does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mesh_registry::{Config, Registry};
use reqwest::Method;

use super::until;
use crate::world::{Client, contract, version_path};

/// A PostgreSQL of the test's own, which nobody else notices. It is spoken to through a socket in its folder, so it needs no port.
struct Cluster {
    folder: tempfile::TempDir,
    programs: PathBuf,
    /// Who runs it: PostgreSQL does not run as root.
    user: Option<&'static str>,
}

impl Cluster {
    fn make() -> Option<Self> {
        let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let installed = installed.map(|version| version.path().join("bin"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let places: Vec<_> = installed.chain(std::env::split_paths(&path)).collect();
        let programs = places
            .into_iter()
            .find(|place| place.join("initdb").exists() && place.join("pg_ctl").exists())?;
        let folder = tempfile::tempdir().expect("a folder");
        let user = is_root().then_some("nobody");
        let cluster = Self { folder, programs, user };
        // Whoever runs it makes its data below.
        let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
        std::fs::set_permissions(cluster.folder.path(), open).expect("a folder for all");
        cluster.run("initdb", &["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
        let settings = format!(
            "listen_addresses = ''\nunix_socket_directories = '{}'\n",
            cluster.folder.path().display()
        );
        let file = cluster.data().join("postgresql.auto.conf");
        std::fs::write(&file, settings).expect("its settings");
        cluster.control(&["start"]);
        Some(cluster)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn url(&self) -> String {
        let socket = self.folder.path().display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{socket}/postgres")
    }

    fn control(&self, arguments: &[&str]) {
        let log = self.folder.path().join("log").display().to_string();
        let arguments: Vec<_> =
            ["--wait", "--silent", "--log", &log].iter().chain(arguments).copied().collect();
        self.run("pg_ctl", &arguments);
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let status = self.command(program).args(arguments).status().expect("it runs");
        let log = std::fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        assert!(status.success(), "{program} {arguments:?}: {log}");
    }

    fn command(&self, program: &str) -> Command {
        let program: &Path = &self.programs.join(program);
        let mut command = match self.user {
            Some(user) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", user, "--regid", "nogroup", "--clear-groups"]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command
            .current_dir(self.folder.path())
            .arg("-D")
            .arg(self.data())
            .stdout(std::process::Stdio::null());
        command
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        drop(self.command("pg_ctl").args(["--mode=immediate", "--silent", "stop"]).status());
    }
}

/// Whether this runs as root, by the owner of what it makes.
fn is_root() -> bool {
    let file = tempfile::tempfile().and_then(|file| file.metadata());
    file.is_ok_and(|it| std::os::unix::fs::MetadataExt::uid(&it) == 0)
}

/// Publishes until told to stop, and notes what was acknowledged and how many publishes were not.
async fn publish(
    client: Client,
    number: usize,
    stop: Arc<AtomicBool>,
    done: Arc<AtomicUsize>,
) -> (BTreeMap<String, String>, usize) {
    let (mut acknowledged, mut refused) = (BTreeMap::new(), 0);
    for round in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let document = contract(&format!("sales.p{number}"), &format!("1.{round}.0"), "One.");
        let path = version_path(&document);
        let answer = client.send(Method::PUT, &path, &[], Some(document.to_string().into())).await;
        if answer.status.is_success() {
            let digest = answer.json()["digest"].as_str().expect("a digest").to_owned();
            acknowledged.insert(path, digest);
            done.fetch_add(1, Ordering::Relaxed);
        } else {
            let detail = answer.problem(503, "unavailable");
            assert!(detail.contains("try again in a moment"), "{detail}");
            assert_eq!(answer.header("retry-after"), "1");
            refused += 1;
            // As a client does that is told to try again later.
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
    (acknowledged, refused)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_of_the_database_is_told_while_it_lasts_and_loses_nothing() {
    let Some(cluster) = tokio::task::spawn_blocking(Cluster::make).await.expect("no panic") else {
        return super::left_out(
            "the test of a database that restarts",
            "PostgreSQL's `initdb` is not installed",
        );
    };
    let mut config = Config::new("/nonexistent");
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    config.store = Some(cluster.url().parse().expect("a URL"));
    let running = Registry::start(config).await.expect("a registry");
    let client = Client::new(running.address());
    let (stop, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let publishers: Vec<_> = (0..6)
        .map(|number| tokio::spawn(publish(client.clone(), number, Arc::clone(&stop), Arc::clone(&done))))
        .collect();
    let cluster = Arc::new(Mutex::new(cluster));
    let control = async |arguments: &'static [&'static str]| {
        let cluster = Arc::clone(&cluster);
        let controlled =
            tokio::task::spawn_blocking(move || cluster.lock().expect("no panic").control(arguments));
        controlled.await.expect("it does as told");
    };
    let ready = async || client.get("/health/ready").await.status == 204;
    for _ in 0..3 {
        let before = done.load(Ordering::Relaxed);
        until("some are published", async || done.load(Ordering::Relaxed) >= before + 20).await;
        control(&["--mode=immediate", "stop"]).await;
        until("the registry is not ready", async || !ready().await).await;
        let told = client.get("/health/ready").await.problem(503, "unavailable");
        assert!(told.contains("cannot reach its store"), "{told}");
        assert_eq!(client.get("/health/live").await.status, 204, "nobody need start it anew");
        control(&["start"]).await;
        until("the registry is ready again", ready).await;
        control(&["--mode=immediate", "restart"]).await;
        until("the registry is ready again", ready).await;
    }
    stop.store(true, Ordering::Relaxed);
    let (mut acknowledged, mut refused) = (BTreeMap::new(), 0);
    for publisher in publishers {
        let (own, not) = publisher.await.expect("no wrong answer");
        acknowledged.extend(own);
        refused += not;
    }
    assert!(acknowledged.len() > 50 && refused > 0, "{} acknowledged, {refused} not", acknowledged.len());
    for (path, digest) in &acknowledged {
        let kept = client.get(path).await;
        kept.ok();
        assert_eq!(mesh_contract::Digest::of_bytes(&kept.bytes).to_string(), *digest, "{path}");
    }
    running.shutdown().await;
}
