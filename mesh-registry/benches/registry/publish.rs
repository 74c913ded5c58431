//! Durable publishes of distinct contents, each judged against its line so far, against bare single-row commits of the same
//! bytes at the same durability, on each store.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mesh_contract::{Contract, canonical};
use mesh_registry::Running;
#[cfg(feature = "postgres")]
use mesh_registry::{Config, Registry};

use crate::figures::{median, spread};
use crate::wire::{Wire, put};
use crate::{LINE, ROUNDS, contract, start};

const PUBLISHERS: usize = 16;
/// More than are published in one turn.
const PUBLISHES: usize = 1_600;

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

/// Publishes per second, with the time that each took.
fn publish_turn(address: SocketAddr, work: &[Work], times: &Mutex<Vec<Duration>>) -> f64 {
    together(work, |work, done| {
        let mut wire = Wire::open(address);
        let mut own = Vec::with_capacity(work.requests.len());
        for request in &work.requests {
            let started = Instant::now();
            assert_eq!(wire.exchange(request), 201);
            own.push(started.elapsed());
            done.fetch_add(1, Ordering::Relaxed);
        }
        times.lock().expect("no panic").append(&mut own);
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

/// Both sides in turn.
fn compare(store: &str, registry: &Running, mut commit_turn: impl FnMut(&[Work]) -> f64) {
    let (mut publishes, mut commits, times) = (Vec::new(), Vec::new(), Mutex::default());
    let mut bytes = 0;
    for round in 0..ROUNDS {
        let work = work(round);
        bytes = work[0].rows[0].1.len();
        commits.push(commit_turn(&work));
        publishes.push(publish_turn(registry.address(), &work, &times));
    }
    let (publishes, commits) = (median(publishes), median(commits));
    println!(
        "writing to {store}, {PUBLISHERS} callers, distinct contents of {bytes} bytes, synced before each answer:"
    );
    println!("  {:<40} {commits:>9.0}/s", "bare single-row commits");
    println!(
        "  {:<40} {publishes:>9.0}/s  {:.2} of bare commits",
        "publishes over HTTP",
        publishes / commits
    );
    println!("  {}", spread(times.into_inner().expect("no panic")));
}

pub(crate) fn embedded(runtime: &tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = start(runtime, &folder.path().join("registry"));
    let bare = rusqlite::Connection::open(folder.path().join("bare.db")).expect("a database");
    bare.pragma_update(None, "journal_mode", "wal").expect("WAL");
    bare.pragma_update(None, "synchronous", "full").expect("FULL");
    bare.execute_batch("CREATE TABLE bare (key TEXT PRIMARY KEY, document BLOB NOT NULL) STRICT")
        .expect("a table");
    let bare = Mutex::new(bare);
    // Each commit is synced before the next of its caller begins.
    compare("SQLite", &registry, |work| {
        together(work, |work, done| {
            for (key, document) in &work.rows {
                let connection = bare.lock().expect("no panic");
                connection
                    .prepare_cached("INSERT INTO bare (key, document) VALUES (?1, ?2)")
                    .and_then(|mut insert| insert.execute(rusqlite::params![key, document]))
                    .expect("committed");
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    runtime.block_on(registry.shutdown());
}

/// The same in a database of its own, bare commits in another one on the same server, a connection for each caller.
#[cfg(feature = "postgres")]
pub(crate) fn postgres(runtime: &tokio::runtime::Runtime) {
    use crate::database::Database;

    let databases = runtime.block_on(async { Some((Database::make().await?, Database::make().await?)) });
    let Some((ours, theirs)) = databases else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::new(folder.path());
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    config.store = Some(ours.url());
    let registry = runtime.block_on(Registry::start(config)).expect("a registry");
    let connections: Vec<_> = runtime.block_on(async {
        let first = theirs.connect().await;
        let table = "CREATE TABLE bare (key text PRIMARY KEY, document bytea NOT NULL)";
        first.batch_execute(table).await.expect("a table");
        let mut all = Vec::new();
        for _ in 0..PUBLISHERS {
            let connection = theirs.connect().await;
            let insert = "INSERT INTO bare (key, document) VALUES ($1, $2)";
            let insert = connection.prepare(insert).await.expect("a statement");
            all.push((connection, insert));
        }
        all
    });
    compare("PostgreSQL", &registry, |work| {
        let started = Instant::now();
        let commits = work.iter().zip(&connections).map(|(work, (connection, insert))| async move {
            for (key, document) in &work.rows {
                connection.execute(insert, &[key, document]).await.expect("committed");
            }
            work.rows.len()
        });
        let done: usize = runtime.block_on(futures_util::future::join_all(commits)).into_iter().sum();
        done as f64 / started.elapsed().as_secs_f64()
    });
    runtime.block_on(registry.shutdown());
    drop(connections);
    drop((ours, theirs));
}
