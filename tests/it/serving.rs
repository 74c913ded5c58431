//! A registry as a process: how it is set, what it writes, and how it takes leave.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::command::{mesh, run};
use crate::processes::{eventually, signal};

const PATIENCE: Duration = Duration::from_secs(60);

/// The command, away from whatever the environment says of registries.
fn registry(folder: &Path, words: &[&str]) -> Command {
    let mut command = mesh(folder);
    let ours =
        |name: &String| name.starts_with("MESH_REGISTRY") || name == "MESH_STORE" || name == "MESH_LOG";
    for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
        command.env_remove(name);
    }
    command.arg("registry").args(words);
    command
}

/// A registry that serves, and the file that its log goes to. Killed when it goes away.
pub(crate) struct Serving {
    child: Child,
    address: SocketAddr,
    log: PathBuf,
    _folder: tempfile::TempDir,
}

impl Serving {
    pub(crate) fn start(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let log = folder.path().join("log");
        let mut child = registry(folder.path(), &["serve", "--open", "--listen", "127.0.0.1:0"])
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log"))
            .spawn()
            .expect("a registry");
        let mut line = String::new();
        let read = BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line);
        read.expect("a line");
        let address = line.trim().strip_prefix("listening on http://").and_then(|it| it.parse().ok());
        let text = || std::fs::read_to_string(&log).unwrap_or_default();
        let address = address.unwrap_or_else(|| panic!("{line}{}", text()));
        Self { child, address, log, _folder: folder }
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Sends what is written, and reads all that comes until the connection is closed.
    pub(crate) fn exchange(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.write_all(request.as_bytes()).expect("written");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    pub(crate) fn signal(&self, what: Signal) {
        signal(self.child.id(), what);
    }

    pub(crate) fn ended(&mut self) -> ExitStatus {
        let mut ended = None;
        eventually("the end of the registry", PATIENCE, || {
            ended = self.child.try_wait().expect("a status");
            ended.is_some()
        });
        ended.expect("a status")
    }

    fn refuses(&self) {
        eventually("a refused connection", PATIENCE, || TcpStream::connect(self.address).is_err());
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("the log")
    }

    /// A publish whose body has not arrived yet; it is under way once this returns.
    fn half_a_publish(&self, length: usize) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        let head = format!(
            "PUT /api/v1/products/sales.orders/versions/1.0.0 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("written");
        eventually("a request under way", PATIENCE, || {
            let counters = self.exchange("GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
            counters.contains("\nmesh_http_requests_under_way 1\n")
        });
        stream
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn contract(words: &str) -> String {
    json!({
        "mesh": 1, "address": "sales.orders", "version": "1.0.0", "description": words,
        "kind": "source-aligned", "stability": "stable",
        "domain": { "name": "sales", "description": "All about it.", "owner": "owner@example.com" },
        "service": { "name": "main", "description": "The only one." },
        "ports": [{ "name": "records", "kind": "records" }],
        "root": "Record",
        "types": { "Record": { "description": "One record.", "fields": [
            { "name": "id", "type": "uint64", "description": "Its number.", "key": true },
        ] } },
        "schemas": { "emits": { "type": "object" }, "accepts": { "type": "object" } },
    })
    .to_string()
}

#[test]
fn told_to_stop_it_finishes_what_is_under_way_takes_no_more_and_ends_with_0() {
    let mut serving = Serving::start(&[("MESH_REGISTRY_LIMITS_GRACE", "10m")]);
    let body = contract("Orders.");
    let mut under_way = serving.half_a_publish(body.len());
    serving.signal(Signal::TERM);
    serving.refuses();
    under_way.write_all(body.as_bytes()).expect("the rest");
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    assert!(serving.ended().success());
}

#[test]
fn told_twice_it_ends_at_once_and_who_never_finishes_holds_it_no_longer_than_the_grace() {
    let mut serving =
        Serving::start(&[("MESH_REGISTRY_LIMITS_GRACE", "1h"), ("MESH_REGISTRY_LIMITS_REQUEST", "1h")]);
    let _half = serving.half_a_publish(1_000);
    serving.signal(Signal::TERM);
    serving.refuses();
    serving.signal(Signal::TERM);
    assert_eq!(serving.ended().code(), Some(143));
    let mut serving =
        Serving::start(&[("MESH_REGISTRY_LIMITS_GRACE", "1s"), ("MESH_REGISTRY_LIMITS_REQUEST", "1h")]);
    let _half = serving.half_a_publish(1_000);
    serving.signal(Signal::TERM);
    assert!(serving.ended().success());
    assert!(serving.log().contains("did not end within 1s"), "{}", serving.log());
}

#[test]
fn the_log_has_one_line_for_each_request_with_its_id_and_no_secret() {
    const SECRET: &str = "hunter2";
    let mut serving = Serving::start(&[("MESH_LOG", "debug"), ("MESH_REGISTRY_LOG_FORMAT", "json")]);
    let (body, broken) = (contract(SECRET), format!("{{\"mesh\": 1, \"{SECRET}\": tru"));
    let hidden = format!(
        "authorization: Bearer {SECRET}\r\ncookie: session={SECRET}\r\nproxy-authorization: Basic {SECRET}\r\n\
         x-api-key: {SECRET}\r\nconnection: close\r\n"
    );
    let place = format!("http://{SECRET}:{SECRET}@127.0.0.1");
    let path = "/api/v1/products/sales.orders/versions/1.0.0";
    for (id, head, body) in [
        ("published", format!("PUT {path}"), body.as_str()),
        ("broken", format!("PUT {path}"), broken.as_str()),
        ("asked", format!("GET {place}/api/v1/products?q={SECRET}"), ""),
        ("misspelt", format!("GET /api/v1/products?{SECRET}={SECRET}"), ""),
        ("searched", format!("GET /search?q={SECRET}"), ""),
        ("unknown", "GET /nowhere".to_owned(), ""),
    ] {
        let answer = serving.exchange(&format!(
            "{head} HTTP/1.1\r\nhost: x\r\nx-request-id: {id}\r\n{hidden}content-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        ));
        assert!(answer.contains(&format!("x-request-id: {id}\r\n")), "{answer}");
    }
    serving.exchange(&format!("{SECRET} nonsense\r\n\r\n"));
    serving.signal(Signal::TERM);
    assert!(serving.ended().success());
    let log = serving.log();
    assert!(!log.contains(SECRET), "{log}");
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    let of = |id: &str| lines.iter().filter(|line| line["spans"][0]["request_id"] == id).collect::<Vec<_>>();
    for (id, route, status) in [
        ("published", "/api/v1/products/{address}/versions/{version}", 201),
        ("broken", "/api/v1/products/{address}/versions/{version}", 422),
        ("asked", "/api/v1/products", 200),
        ("misspelt", "/api/v1/products", 400),
        ("searched", "/search", 200),
        ("unknown", "unmatched", 404),
    ] {
        let answers: Vec<_> = of(id)
            .into_iter()
            .filter(|line| line["level"] == "INFO" && line.get("status").is_some())
            .collect();
        let [answer] = answers[..] else { panic!("{id} has {} lines: {answers:?}", answers.len()) };
        assert_eq!((&answer["route"], &answer["status"]), (&json!(route), &json!(status)));
        assert!(answer["duration_ms"].is_f64() && answer["bytes"].is_u64(), "{answer}");
        assert!(
            answer["spans"][0]["method"].is_string() && answer["spans"][0]["path"].is_string(),
            "{answer}"
        );
    }
    let published =
        |line: &&Value| line["message"].as_str().is_some_and(|it| it.starts_with("published sales.orders"));
    assert!(of("published").iter().any(published), "the service's own line has the id too: {log}");
}

#[test]
fn a_store_that_cannot_be_reached_is_told_without_its_password() {
    let folder = tempfile::tempdir().expect("a folder");
    for word in ["serve", "check-config"] {
        let mut command = registry(folder.path(), &[word]);
        if word == "check-config" {
            command.args(["--connect", "--format", "json"]);
        }
        command.args(["--listen", "127.0.0.1:0"]);
        command
            .env("MESH_STORE", "postgres://mesh:hunter2@127.0.0.1:1/none?password=hunter2")
            .env("MESH_LOG", "trace");
        let ended = run(&mut command);
        assert_eq!(ended.status, Some(if word == "serve" { 2 } else { 1 }), "{ended:?}");
        let told = format!("{}{}", ended.stdout, ended.stderr);
        assert!(told.contains("cannot connect to `postgres://127.0.0.1:1/none`"), "{told}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn settings_are_shown_with_who_said_them_and_everything_wrong_is_told_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("registry.toml");
    std::fs::write(&file, "[limits]\nrequests = 12\nbody = \"1MiB\"\n").expect("written");
    let words = ["check-config", "--config", "registry.toml", "--listen", "127.0.0.1:0", "--format", "json"];
    let ended = run(registry(folder.path(), &words)
        .env("MESH_STORE", "postgres://mesh:hunter2@db.example/mesh")
        .env("MESH_REGISTRY_LIMITS_BODY", "2MiB"))
    .with(0);
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);
    let answer = ended.json();
    let setting = |name: &str| {
        let settings = answer["settings"].as_array().expect("settings");
        let found = settings.iter().find(|it| it["setting"] == name).expect(name);
        (found["value"].clone(), found["from"].as_str().expect("a word").to_owned())
    };
    assert_eq!(setting("listen"), (json!("127.0.0.1:0"), "flag".to_owned()));
    assert_eq!(setting("store"), (json!("postgres://db.example/mesh"), "environment".to_owned()));
    assert_eq!(setting("limits.requests"), (json!("12"), "file".to_owned()));
    assert_eq!(setting("limits.body"), (json!("2MiB"), "environment".to_owned()));
    assert_eq!(setting("metrics.listen"), (json!(null), "default".to_owned()));

    std::fs::write(&file, "lisen = 1\n[limits]\nrequests = \"many\"\n").expect("written");
    let ended = run(&mut registry(folder.path(), &["check-config", "--config", "registry.toml"])).with(1);
    assert!(
        ended.stdout.contains("registry.toml:1:1: there is no setting `lisen`; did you mean `listen`?"),
        "{ended:?}"
    );
    assert!(
        ended.stdout.contains("registry.toml:3:12: `limits.requests` is no text; write a whole number"),
        "{ended:?}"
    );
    let refused =
        run(registry(folder.path(), &["serve"]).env("MESH_REGISTRY_CONFIG", "registry.toml")).with(2);
    refused.says(&["the settings have 2 faults", "did you mean `listen`?", "check-config"]);
    let help = run(&mut registry(folder.path(), &["serve", "--help"])).with(0);
    assert!(
        help.stdout.contains("127.0.0.1:7474") && help.stdout.contains(".mesh/registry"),
        "{}",
        help.stdout
    );
}

#[test]
fn a_backup_finds_the_store_by_the_same_settings_as_the_registry() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("registry.toml"), "data = \"kept\"\n").expect("written");
    let words = ["check-config", "--config", "registry.toml", "--connect", "--listen", "127.0.0.1:0"];
    run(&mut registry(folder.path(), &words)).with(0);
    assert!(!folder.path().join("kept").exists(), "a look makes nothing");
    let none = run(&mut registry(folder.path(), &["backup", "--config", "registry.toml", "copy.db"])).with(2);
    assert!(none.stderr.contains("kept"), "{}", none.stderr);
}
