//! One run: two processes, publishers and readers, kills, and the record of what everybody saw.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use fastrand::Rng;
use hyper::Method;
use serde_json::Value;

use super::broken::Fault;
use super::client::{Answered, Connection};
use super::plan::{self, Document, GUARDED, SHARED};
use super::process::{Part, Process};
use crate::database::Database;
use crate::linear::{Action, Operation, Outcome};

const PUBLISHERS: usize = 16;
const READERS: usize = 16;
const PUBLISHES: usize = 12;
const READS: usize = 20;
const KILLS: usize = 5;
const ALL: usize = PUBLISHERS * PUBLISHES + READERS * READS;

/// A run to be made. The seed decides what is asked for and which replica is killed after how many answers; which request
/// meets which kill is up to the machine.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) seed: u64,
    pub(super) fault: Option<Fault>,
}

/// An operation on one connection of one client.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) address: String,
    /// The client's how-manieth connection.
    pub(super) connection: usize,
    pub(super) operation: Operation,
}

/// What everybody saw.
#[derive(Debug)]
pub(super) struct Recorded {
    pub(super) entries: Vec<Entry>,
    pub(super) kills: usize,
}

/// What all clients share.
#[derive(Debug)]
struct Shared {
    /// Where each replica listens now.
    replicas: [Mutex<SocketAddr>; 2],
    count: AtomicU64,
    done: AtomicUsize,
    entries: Mutex<Vec<Entry>>,
}

impl Run {
    pub(super) fn new(seed: u64, fault: Option<Fault>) -> Self {
        Self { seed, fault }
    }

    pub(super) async fn record(&self, database: &Database) -> Recorded {
        let part = Part { fault: self.fault, ..Part::over(&database.url()) };
        let (one, other) = tokio::join!(Process::start(&part), Process::start(&part));
        let shared = Arc::new(Shared {
            replicas: [Mutex::new(one.address), Mutex::new(other.address)],
            count: AtomicU64::new(0),
            done: AtomicUsize::new(0),
            entries: Mutex::default(),
        });
        let mut setup = Client::new(&shared, "setup".to_owned(), self.seed);
        for number in 0..GUARDED {
            // As a client does that is told that the registry is busy.
            while !setup.publish(&plan::first_guarded(number)).await {}
        }
        if self.fault == Some(Fault::EarlyAck) {
            // What is done late is not to fail the run before it has begun.
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        let clients: Vec<_> = (0..PUBLISHERS)
            .map(|number| {
                tokio::spawn(publish(Client::new(&shared, format!("publisher {number}"), self.seed)))
            })
            .chain((0..READERS).map(|number| {
                tokio::spawn(read(Client::new(&shared, format!("reader {number}"), self.seed)))
            }))
            .collect();
        let kills = self.kill_now_and_then(&shared, &part, [one, other]);
        let (_replicas, kills) = kills.await;
        for client in clients {
            client.await.expect("no wrong answer");
        }
        // What there is in the end, as both replicas tell it, belongs to the history: so nothing is lost behind the last look.
        for replica in 0..2 {
            let mut last = Client::new(&shared, format!("last look {replica}"), self.seed);
            last.replica = Some(replica);
            for address in addresses() {
                last.versions(&address).await;
                last.readers(&address).await;
            }
        }
        let entries = std::mem::take(&mut *shared.entries.lock().expect("no panic"));
        Recorded { entries, kills }
    }

    /// Kills one replica after so many answers, and starts it again at once.
    async fn kill_now_and_then(
        &self,
        shared: &Shared,
        part: &Part,
        mut replicas: [Process; 2],
    ) -> ([Process; 2], usize) {
        let mut random = Rng::with_seed(self.seed ^ 0x6b69_6c6c);
        let mut kills = 0;
        for number in 1..=KILLS {
            let spread = ALL / (KILLS + 1);
            let after = number * spread - random.usize(..spread / 2);
            while shared.done.load(Ordering::Relaxed) < after {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            let victim = random.usize(..2);
            replicas[victim].kill();
            kills += 1;
            replicas[victim] = Process::start(part).await;
            *shared.replicas[victim].lock().expect("no panic") = replicas[victim].address;
        }
        (replicas, kills)
    }
}

pub(super) fn addresses() -> impl Iterator<Item = String> {
    (0..SHARED).map(plan::shared_address).chain((0..GUARDED).map(plan::guarded_address))
}

async fn publish(mut client: Client) {
    let mut before: Option<Document> = None;
    for _ in 0..PUBLISHES {
        let guarded = client.guarded_now();
        match client.random.u8(..10) {
            0 | 1 => drop(client.publish(&plan::lean_guarded(guarded)).await),
            2 => client.register(&plan::guarded_address(guarded)).await,
            3 => {
                let address = plan::shared_address(client.random.usize(..SHARED));
                client.register(&address).await;
            }
            choice => {
                // Sometimes the same again, as after an answer that was lost.
                let again = before.take().filter(|_| choice == 4);
                let document = again.unwrap_or_else(|| plan::any_shared(&mut client.random));
                client.publish(&document).await;
                before = Some(document);
            }
        }
        client.count();
    }
}

async fn read(mut client: Client) {
    for _ in 0..READS {
        let address = match client.random.u8(..4) {
            0 => plan::guarded_address(client.guarded_now()),
            _ => plan::shared_address(client.random.usize(..SHARED)),
        };
        match client.random.u8(..10) {
            0..5 => client.versions(&address).await,
            5 | 6 => client.contract(&address).await,
            7 => client.highest(&address).await,
            _ => client.readers(&address).await,
        }
        client.count();
        if client.random.u8(..12) == 0 {
            client.connection = None;
        }
    }
}

/// A client with one connection at a time.
#[derive(Debug)]
struct Client {
    shared: Arc<Shared>,
    name: String,
    random: Rng,
    connection: Option<Connection>,
    connections: usize,
    /// The only replica that it speaks to, if there is one.
    replica: Option<usize>,
}

impl Client {
    fn new(shared: &Arc<Shared>, name: String, seed: u64) -> Self {
        let own = name.bytes().fold(seed, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        Self {
            shared: Arc::clone(shared),
            name,
            random: Rng::with_seed(own),
            connection: None,
            connections: 0,
            replica: None,
        }
    }

    fn count(&self) {
        self.shared.done.fetch_add(1, Ordering::Relaxed);
    }

    /// The guarded product that everybody is at now.
    fn guarded_now(&self) -> usize {
        (self.shared.done.load(Ordering::Relaxed) * GUARDED / ALL).min(GUARDED - 1)
    }

    /// Connects to whoever listens.
    async fn connect(&mut self) {
        for _ in 0..30_000 {
            let replica = self.replica.unwrap_or_else(|| self.random.usize(..2));
            let address = *self.shared.replicas[replica].lock().expect("no panic");
            self.connection = Connection::to(address).await;
            if self.connection.is_some() {
                self.connections += 1;
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("no replica listens");
    }

    /// Asks on the connection that there is, or a new one, and records what it came to.
    async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        address: &str,
        action: impl FnOnce(Option<Answered>) -> Option<Action>,
    ) {
        if self.connection.is_none() {
            self.connect().await;
        }
        let called = self.shared.count.fetch_add(1, Ordering::SeqCst);
        let answered = match &mut self.connection {
            Some(connection) => connection.ask(method, path, body).await,
            None => None,
        };
        let end = self.shared.count.fetch_add(1, Ordering::SeqCst);
        if answered.is_none() {
            self.connection = None;
        }
        // A read whose answer was lost says nothing.
        let Some(action) = action(answered) else { return };
        let operation = Operation { client: self.name.clone(), called, answered: end, action };
        let entry = Entry { address: address.to_owned(), connection: self.connections, operation };
        self.shared.entries.lock().expect("no panic").push(entry);
    }

    /// Publishes, and says whether it was told what came of it.
    async fn publish(&mut self, document: &Document) -> bool {
        let Document { address, version, digest, hurts, text } = document;
        let path = document.path();
        let mut told = true;
        self.ask(Method::PUT, &path, Some(text), address, |answered| {
            let outcome = match answered {
                None => Outcome::Unknown,
                Some(Answered { status: 201, body }) => {
                    assert_eq!(body["digest"], digest.to_string(), "{path}");
                    Outcome::Created
                }
                Some(Answered { status: 200, body }) => {
                    assert_eq!(body["digest"], digest.to_string(), "{path}");
                    Outcome::Stands
                }
                Some(Answered { status: 409, .. }) => Outcome::Exists,
                Some(Answered { status: 422, body }) if *hurts => {
                    assert_eq!(body["type"], "urn:mesh:problem:judgement", "{path}: {body}");
                    let detail = body["detail"].as_str().expect("a detail");
                    assert!(detail.contains("reader-"), "refused for another reason: {path}: {body}");
                    Outcome::Refused
                }
                Some(Answered { status: 503, .. }) => Outcome::Unknown,
                Some(other) => panic!("{path}: {other:?}"),
            };
            told = outcome != Outcome::Unknown;
            Some(Action::Publish { version: version.clone(), digest: *digest, hurts: *hurts, outcome })
        })
        .await;
        told
    }

    async fn register(&mut self, address: &str) {
        let (reader, expectation) = plan::reader_of(address, &mut self.random);
        let path = format!("/api/v1/consumers/{reader}/expectations/{address}");
        self.ask(Method::PUT, &path, Some(&expectation), address, |answered| match answered {
            Some(Answered { status: 200, .. }) => Some(Action::Register { reader, known: true }),
            None | Some(Answered { status: 503, .. }) => Some(Action::Register { reader, known: false }),
            Some(other) => panic!("{address}: {other:?}"),
        })
        .await;
    }

    async fn versions(&mut self, address: &str) {
        let path = format!("/api/v1/products/{address}/versions?limit=200");
        self.ask(Method::GET, &path, None, address, |answered| {
            let seen = match answered? {
                Answered { status: 200, body } => {
                    assert!(body.get("next").is_none(), "a run has fewer versions than a page");
                    let items = body["items"].as_array().expect("items").iter();
                    items.map(|item| (parsed(&item["version"]), parsed(&item["digest"]))).collect()
                }
                Answered { status: 404, .. } => BTreeMap::new(),
                Answered { status: 503, .. } => return None,
                other => panic!("{address}: {other:?}"),
            };
            Some(Action::Versions(seen))
        })
        .await;
    }

    async fn contract(&mut self, address: &str) {
        let version = plan::any_version(&mut self.random);
        let path = format!("/api/v1/products/{address}/versions/{version}");
        let version = version.parse().expect("a version");
        self.ask(Method::GET, &path, None, address, |answered| match answered? {
            Answered { status: 200, body } => {
                let contract = mesh_contract::Contract::read(&body.to_string()).expect("a contract");
                let digest = contract.seal().expect("numbers that are exact").digest;
                Some(Action::Contract(version, Some(digest)))
            }
            Answered { status: 404, .. } => Some(Action::Contract(version, None)),
            Answered { status: 503, .. } => None,
            other => panic!("{address}: {other:?}"),
        })
        .await;
    }

    async fn highest(&mut self, address: &str) {
        let path = format!("/api/v1/products/{address}/resolve?requirement=%5E1");
        self.ask(Method::GET, &path, None, address, |answered| match answered? {
            Answered { status: 200, body } => {
                Some(Action::Highest(Some((parsed(&body["version"]), parsed(&body["digest"])))))
            }
            Answered { status: 404, .. } => Some(Action::Highest(None)),
            Answered { status: 503, .. } => None,
            other => panic!("{address}: {other:?}"),
        })
        .await;
    }

    async fn readers(&mut self, address: &str) {
        let path = format!("/api/v1/products/{address}/consumers?limit=200");
        self.ask(Method::GET, &path, None, address, |answered| match answered? {
            Answered { status: 200, body } => {
                let items = body["items"].as_array().expect("items").iter();
                let readers: BTreeSet<_> =
                    items.map(|item| item["consumer"].as_str().expect("a name").to_owned()).collect();
                Some(Action::Readers(readers))
            }
            // A product that nobody published has no list of readers, whether there are some or not.
            Answered { status: 404 | 503, .. } => None,
            other => panic!("{address}: {other:?}"),
        })
        .await;
    }
}

fn parsed<T: std::str::FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
    value.as_str().expect("text").parse().expect("what it is called")
}
