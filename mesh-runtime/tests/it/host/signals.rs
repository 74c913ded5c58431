//! A domain's binary: one line when it is ready, and an end in order at Ctrl-C and SIGTERM.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::PATIENCE;
use super::fake_registry::{FakeRegistry, Heard, Memory, registry_url};

/// The example of a whole domain, which is built beside this test.
fn shop() -> Command {
    let test = std::env::current_exe().unwrap();
    let built: PathBuf = test.parent().and_then(|deps| deps.parent()).unwrap().join("examples/serve_shop");
    assert!(built.is_file(), "{} is not built; run `cargo test -p mesh-runtime`", built.display());
    let mut command = Command::new(built);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("MESH_")) {
        command.env_remove(name);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A process that does not outlive the test.
struct Leash(Child);

impl Drop for Leash {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Leash {
    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.0), signal).unwrap();
    }

    /// The code and what it wrote to stderr.
    fn end(mut self) -> (Option<i32>, String) {
        let deadline = Instant::now() + PATIENCE;
        while self.0.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not end");
            std::thread::sleep(Duration::from_millis(5));
        }
        let mut log = String::new();
        self.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        (self.0.wait().unwrap().code(), log)
    }
}

/// Starts it and waits for its one line.
fn start(mut command: Command) -> (Leash, String) {
    let mut child = Leash(command.spawn().unwrap());
    let stdout = child.0.stdout.take().unwrap();
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        let mut line = String::new();
        let _ = BufReader::new(stdout).read_line(&mut line);
        let _ = send.send(line);
    });
    let line = receive.recv_timeout(PATIENCE).expect("it says when it is ready");
    let address = line.strip_prefix("listening on ").and_then(|rest| rest.strip_suffix('\n'));
    let address = address.unwrap_or_else(|| panic!("`{line}`")).to_owned();
    (child, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_and_sigterm_end_it_cleanly_and_end_its_lease() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    for signal in [Signal::INT, Signal::TERM] {
        let so_far = memory.heard().len();
        let mut command = shop();
        command.env("MESH_REGISTRY", registry_url(registry.address()).as_str());
        let (child, address) = start(command);
        memory.announced(so_far).await;
        let live = reqwest::get(format!("{address}/health/live")).await.unwrap();
        assert_eq!(live.status().as_u16(), 200);
        child.signal(signal);
        let (code, log) = tokio::task::spawn_blocking(move || child.end()).await.unwrap();
        assert_eq!(code, Some(0), "{signal:?}: {log}");
        let withdrawn =
            memory.heard().into_iter().skip(so_far).any(|it| matches!(it, Heard::Withdrawn { .. }));
        assert!(withdrawn, "{signal:?}: {log}");
        assert!(reqwest::get(format!("{address}/health/live")).await.is_err(), "the port is free again");
    }
}

#[test]
fn flags_go_before_the_environment_and_both_are_explained() {
    let mut command = shop();
    command.env("MESH_LISTEN", "not an address").args(["--listen", "127.0.0.1:0"]);
    drop(start(command));

    let help = shop().arg("--help").output().unwrap();
    let text = String::from_utf8(help.stdout).unwrap();
    assert_eq!(help.status.code(), Some(0));
    for word in [
        "MESH_LISTEN",
        "MESH_REGISTRY",
        "MESH_ENVIRONMENT",
        "MESH_DATA",
        "MESH_LEASE",
        "MESH_ACCESS",
        "MESH_TOKEN",
        "MESH_BASE_URL",
    ] {
        assert!(text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("corner-shop"), "{text}");
}

#[test]
fn what_cannot_be_started_says_why_and_ends_with_2() {
    for (name, value, says) in [
        ("MESH_LISTEN", "not an address", "--listen"),
        ("MESH_LISTEN", "0.0.0.0:0", "MESH_BASE_URL"),
        ("MESH_ACCESS", "closed", "`granted`"),
        ("MESH_ENVIRONMENT", "Production!", "kebab-case"),
        ("MESH_LEASE", "0", "--lease"),
        ("MESH_REGISTRY", "ftp://x", "http://127.0.0.1:7474"),
        ("MESH_TOKENS", "a secret without a domain", "`domain=token`"),
    ] {
        let output = shop().env(name, value).output().unwrap();
        let log = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}: {log}");
        assert!(log.contains(says), "{name}: {log}");
        assert!(!log.contains("a secret"), "{name}: {log}");
        assert!(output.stdout.is_empty(), "stdout is for the address alone");
    }
}
