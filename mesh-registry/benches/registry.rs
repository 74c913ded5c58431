//! The registry's figures, each side by side with what it is measured against, in one run:
//!
//! - reading a contract over HTTP against an empty handler on the same server, and against an empty handler of axum alone;
//! - durable publishes of distinct contents by 16 clients, each judged against its line so far, against bare single-row
//!   commits of the same bytes, 16 callers, at the same durability;
//! - a publish against 50 versions and 500 expectations, by one caller.
//!
//! Both are about throughput with many callers, so sides take turns of a second or so and the medians are compared; a
//! harness that times one call at a time has no place for that. Run it with `cargo bench -p mesh-registry`.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use mesh_contract::{Contract, canonical};
use mesh_registry::{Config, Registry, Running};

const ROUNDS: usize = 7;
const TURN: Duration = Duration::from_millis(1_000);
const READERS: usize = 8;
const PUBLISHERS: usize = 16;
/// As many versions as a product has in a long life; then the publisher goes on with another product.
const LINE: usize = 50;
/// More than are published in one turn.
const PUBLISHES: usize = 1_600;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    // `cargo bench -p mesh-registry --bench registry -- publish` runs one part alone.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|asked| asked == part);
    if wanted("read") {
        read(&runtime);
    }
    if wanted("publish") {
        publish(&runtime);
    }
    if wanted("crowd") {
        crowd(&runtime);
    }
}

fn start(runtime: &tokio::runtime::Runtime, folder: &Path) -> Running {
    let mut config = Config::new(folder);
    config.listen.set_port(0);
    runtime.block_on(Registry::start(config)).expect("a registry")
}

/// A contract of some thirty fields with other names.
fn contract(address: &str, version: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/contracts/sales.orders@1.2.0.json");
    let text = std::fs::read_to_string(path).expect("the fixture");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let (domain, _) = address.split_once('.').expect("an address");
    document["address"] = address.into();
    document["version"] = version.into();
    document["domain"]["name"] = domain.into();
    // Distinct contents that no reader cares about: other words of the description would have to be judged by people.
    document["x-note"] = format!("Version {version} of {address}.").into();
    document.to_string()
}

/// A client that costs next to nothing: one connection, requests written as they are, answers read to their length.
struct Wire {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Wire {
    fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("no delay");
        Self { stream, buffer: vec![0; 256 * 1024] }
    }

    fn exchange(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).expect("written");
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]).expect("read");
            assert!(read > 0, "the connection was closed");
            filled += read;
            let Some(end) = self.buffer[..filled].windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head = std::str::from_utf8(&self.buffer[..end]).expect("a head").to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap_or("0");
            let whole = end + 4 + length.parse::<usize>().expect("a length");
            while filled < whole {
                filled += self.stream.read(&mut self.buffer[filled..]).expect("read");
            }
            return head[9..12].parse().expect("a status");
        }
    }
}

fn get(path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: bench\r\n\r\n").into_bytes()
}

/// Requests per second of some connections that ask for paths in turn.
fn read_turn(address: SocketAddr, requests: &[Vec<u8>]) -> f64 {
    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for reader in 0..READERS {
            let (stop, done) = (&stop, &done);
            scope.spawn(move || {
                let mut wire = Wire::open(address);
                let mut count = 0;
                while !stop.load(Ordering::Relaxed) {
                    let status = wire.exchange(&requests[(reader * 31 + count) % requests.len()]);
                    assert!(matches!(status, 200 | 204), "{status}");
                    count += 1;
                }
                done.fetch_add(count, Ordering::Relaxed);
            });
        }
        std::thread::sleep(TURN);
        stop.store(true, Ordering::Relaxed);
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

fn read(runtime: &tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = start(runtime, folder.path());
    let bare = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let empty = axum::Router::new().route("/", axum::routing::get(async || ()));
        tokio::spawn(async move { axum::serve(listener, empty).await });
        address
    });
    let mut wire = Wire::open(registry.address());
    let (mut by_version, mut by_digest) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for number in 0..200 {
        let (address, version) = (format!("bench.p{number}"), "1.0.0");
        let body = contract(&address, version);
        let path = format!("/api/v1/products/{address}/versions/{version}");
        assert_eq!(wire.exchange(&put(&path, &body)), 201);
        let read = Contract::read(&body).expect("a contract");
        bytes += canonical::canonical(&read.to_value()).expect("canonical").len();
        by_version.push(get(&path));
        by_digest.push(get(&format!("/api/v1/contracts/{}", read.digest().expect("a digest"))));
    }
    let sides: [(&str, SocketAddr, Vec<Vec<u8>>); 4] = [
        ("an empty handler of axum alone", bare, vec![get("/")]),
        ("an empty handler on the same server", registry.address(), vec![get("/health/live")]),
        ("a contract by digest", registry.address(), by_digest),
        ("a contract by version", registry.address(), by_version),
    ];
    let mut figures = vec![Vec::new(); sides.len()];
    for _ in 0..ROUNDS {
        for ((_, address, requests), figures) in sides.iter().zip(&mut figures) {
            figures.push(read_turn(*address, requests));
        }
    }
    println!("reading, {READERS} connections, 200 contracts of {} bytes on average:", bytes / 200);
    let medians: Vec<f64> = figures.into_iter().map(median).collect();
    for ((name, ..), figure) in sides.iter().zip(&medians) {
        println!(
            "  {name:<40} {figure:>9.0}/s  {:.2} of axum alone, {:.2} of the same server",
            figure / medians[0],
            figure / medians[1]
        );
    }
    runtime.block_on(registry.shutdown());
}

fn put(path: &str, body: &str) -> Vec<u8> {
    format!(
        "PUT {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// What one publisher sends, and the same as rows.
struct Work {
    requests: Vec<Vec<u8>>,
    rows: Vec<(String, Vec<u8>)>,
}

fn work(round: usize) -> Vec<Work> {
    (0..PUBLISHERS)
        .map(|publisher| {
            let mut work = Work { requests: Vec::new(), rows: Vec::new() };
            for number in 0..PUBLISHES / PUBLISHERS {
                let address = format!("bench.r{round}-p{publisher}-{}", number / LINE);
                let version = format!("1.{}.0", number % LINE);
                let body = contract(&address, &version);
                let read = Contract::read(&body).expect("a contract");
                let document = canonical::canonical(&read.to_value()).expect("canonical");
                work.requests.push(put(&format!("/api/v1/products/{address}/versions/{version}"), &body));
                work.rows.push((format!("{address}@{version}"), document));
            }
            work
        })
        .collect()
}

/// Publishes per second.
fn publish_turn(address: SocketAddr, work: &[Work]) -> f64 {
    together(work, |work, done| {
        let mut wire = Wire::open(address);
        for request in &work.requests {
            assert_eq!(wire.exchange(request), 201);
            done.fetch_add(1, Ordering::Relaxed);
        }
    })
}

/// Single-row commits per second, each synced before the next of its caller begins.
fn commit_turn(connection: &Arc<Mutex<rusqlite::Connection>>, work: &[Work]) -> f64 {
    together(work, |work, done| {
        for (key, document) in &work.rows {
            let connection = connection.lock().expect("no panic");
            connection
                .prepare_cached("INSERT INTO bare (key, document) VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(rusqlite::params![key, document]))
                .expect("committed");
            done.fetch_add(1, Ordering::Relaxed);
        }
    })
}

fn together(work: &[Work], run: impl Fn(&Work, &AtomicUsize) + Sync) -> f64 {
    let done = AtomicUsize::new(0);
    let started = Instant::now();
    std::thread::scope(|scope| {
        for work in work {
            scope.spawn(|| run(work, &done));
        }
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

fn publish(runtime: &tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = start(runtime, &folder.path().join("registry"));
    let bare = rusqlite::Connection::open(folder.path().join("bare.db")).expect("a database");
    bare.pragma_update(None, "journal_mode", "wal").expect("WAL");
    bare.pragma_update(None, "synchronous", "full").expect("FULL");
    bare.execute_batch("CREATE TABLE bare (key TEXT PRIMARY KEY, document BLOB NOT NULL) STRICT")
        .expect("a table");
    let bare = Arc::new(Mutex::new(bare));
    let (mut publishes, mut commits) = (Vec::new(), Vec::new());
    let mut bytes = 0;
    for round in 0..ROUNDS {
        let work = work(round);
        bytes = work[0].rows[0].1.len();
        commits.push(commit_turn(&bare, &work));
        publishes.push(publish_turn(registry.address(), &work));
    }
    let (publishes, commits) = (median(publishes), median(commits));
    println!("writing, {PUBLISHERS} callers, distinct contents of {bytes} bytes, synced before each answer:");
    println!("  {:<40} {commits:>9.0}/s", "bare single-row commits");
    println!(
        "  {:<40} {publishes:>9.0}/s  {:.2} of bare commits",
        "publishes over HTTP",
        publishes / commits
    );
    runtime.block_on(registry.shutdown());
}

const READERS_OF_ONE: usize = 500;
const CROWDED: usize = 20;

/// A publish against 50 released versions and 500 readers, each of other fields. Half of the publishes add a field, so that
/// nothing can be answered from memory.
fn crowd(runtime: &tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = start(runtime, folder.path());
    let mut wire = Wire::open(registry.address());
    let fields: Vec<String> = {
        let document: serde_json::Value =
            serde_json::from_str(&contract("bench.crowd", "1.0.0")).expect("JSON");
        document["schemas"]["emits"]["properties"].as_object().expect("fields").keys().cloned().collect()
    };
    let mut all = Vec::new();
    for turn in 0..2 {
        let address = format!("bench.crowd{turn}");
        let grown = |version: &str, fields: usize| {
            let mut document: serde_json::Value =
                serde_json::from_str(&contract(&address, version)).expect("JSON");
            for field in 0..fields {
                let name = format!("added_{field}");
                for side in ["emits", "accepts"] {
                    document["schemas"][side]["properties"][&name] = serde_json::json!({ "type": "string", "description": "Added.", "maxLength": 100 + field });
                }
                let root = document["root"].as_str().expect("a root").to_owned();
                document["types"][&root]["fields"].as_array_mut().expect("fields").push(serde_json::json!({
                    "name": name, "type": "string", "description": "Added.", "optional": true,
                }));
            }
            document.to_string()
        };
        for version in 0..LINE {
            let body = grown(&format!("1.{version}.0"), version);
            let path = format!("/api/v1/products/{address}/versions/1.{version}.0");
            assert_eq!(wire.exchange(&put(&path, &body)), 201);
        }
        for reader in 0..READERS_OF_ONE {
            let field = &fields[reader % fields.len()];
            let other = format!("added_{}", reader % LINE);
            let body = serde_json::json!({
                "mesh": 1, "consumer": format!("reader-{reader}"), "address": address, "requirement": "^1",
                "fields": [format!("/{field}"), format!("/{other}")],
                "schema": {
                    "type": "object",
                    "properties": { field: true, other: { "type": "string", "maxLength": 1000 + reader } },
                    "required": [field],
                },
            });
            let path = format!("/api/v1/consumers/reader-{reader}/expectations/{address}");
            assert_eq!(wire.exchange(&put(&path, &body.to_string())), 200);
        }
        for publish in 0..CROWDED {
            let version = format!("1.{}.0", LINE + publish);
            let body = grown(&version, LINE + publish * turn);
            let request = put(&format!("/api/v1/products/{address}/versions/{version}"), &body);
            let started = Instant::now();
            assert_eq!(wire.exchange(&request), 201);
            all.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
    }
    all.sort_by(f64::total_cmp);
    let at = |share: f64| all[((all.len() - 1) as f64 * share).round() as usize];
    println!(
        "a publish against {LINE} versions and more and {READERS_OF_ONE} expectations, {} of them:",
        all.len()
    );
    println!("  p50 {:.1} ms, p99 {:.1} ms, longest {:.1} ms", at(0.5), at(0.99), at(1.0));
    runtime.block_on(registry.shutdown());
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
