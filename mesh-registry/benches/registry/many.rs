//! Starting over 100,000 products, and what that takes of memory and of time to read. A process of its own serves them, so that
//! its memory is that of a registry and nothing else.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use mesh_contract::Digest;
use mesh_registry::store::conformance::sample_commit;
use mesh_registry::store::sqlite::SqliteStore;
use mesh_registry::store::{Store, SystemClock, TenantId};
use mesh_registry::{Config, Registry};

use crate::contract;
use crate::figures::spread;
use crate::wire::{Wire, get};

const PRODUCTS: usize = 100_000;
const DOMAINS: usize = 500;
const READS: usize = 2_000;

/// The word that makes this program serve a folder or a database.
pub(crate) const SERVE: &str = "serve-for-the-benchmark";

/// Serves what the other process has filled.
pub(crate) fn serve(runtime: &tokio::runtime::Runtime, place: &str) {
    let mut config = Config::new(place);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    config.store = place.contains("://").then(|| place.parse().expect("a URL"));
    let running = runtime.block_on(Registry::start(config)).expect("a registry");
    println!("{}", running.address());
    // Until the other process ends this one.
    drop(std::io::stdin().lock().read_line(&mut String::new()));
    runtime.block_on(running.shutdown());
}

fn address(number: usize) -> String {
    format!("domain-{}.product-{number}", number % DOMAINS)
}

/// Makes the products past HTTP and the judge, whom a first version gives nothing to do.
fn fill(runtime: &tokio::runtime::Runtime, store: &Arc<dyn Store>) {
    const WRITERS: usize = 64;
    let started = Instant::now();
    runtime.block_on(async {
        let writers = (0..WRITERS).map(|writer| {
            let store = Arc::clone(store);
            tokio::spawn(async move {
                for number in (writer..PRODUCTS).step_by(WRITERS) {
                    let address = address(number);
                    let mut commit = sample_commit(&address, "1.0.0", 0, "");
                    commit.document = Bytes::from(contract(&address, "1.0.0"));
                    commit.digest = Digest::of_bytes(&commit.document);
                    if let Some(head) = &mut commit.head {
                        head.description =
                            format!("What the {number}th product of this mesh tells of itself.");
                        head.fields = format!("order number total lines customer city word-{number}");
                    }
                    store.commit(&TenantId::default(), commit).await.expect("committed");
                }
            })
        });
        for writer in writers.collect::<Vec<_>>() {
            writer.await.expect("no panic");
        }
    });
    println!("  filled in {:.0} s", started.elapsed().as_secs_f64());
}

pub(crate) fn embedded(runtime: &tokio::runtime::Runtime) {
    println!("{PRODUCTS} products in {DOMAINS} domains, SQLite:");
    let folder = tempfile::tempdir().expect("a folder");
    let store: Arc<dyn Store> =
        Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store"));
    fill(runtime, &store);
    drop(store);
    measure(folder.path().to_str().expect("a path"));
}

#[cfg(feature = "postgres")]
pub(crate) fn postgres(runtime: &tokio::runtime::Runtime) {
    let Some(database) = runtime.block_on(crate::database::Database::make()) else { return };
    println!("{PRODUCTS} products in {DOMAINS} domains, PostgreSQL:");
    let url = database.url();
    let open = mesh_registry::store::postgres::PostgresStore::open(&url, None);
    let store: Arc<dyn Store> = Arc::new(runtime.block_on(open).expect("a store"));
    fill(runtime, &store);
    drop(store);
    measure(&database.text());
}

fn measure(place: &str) {
    let program = std::env::current_exe().expect("this program");
    let started = Instant::now();
    let mut child = Command::new(program)
        .args([SERVE, place])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a process");
    let mut told = String::new();
    let out = child.stdout.take().expect("its output");
    BufReader::new(out).read_line(&mut told).expect("where it listens");
    let at: SocketAddr = told.trim().parse().expect("an address");
    let mut wire = Wire::open(at);
    assert_eq!(wire.exchange(&get("/api/v1/products?limit=1")), 200);
    println!(
        "  first answer {:.0} ms after its start, {} then",
        started.elapsed().as_secs_f64() * 1_000.0,
        memory(&child)
    );
    let mut random = fastrand::Rng::with_seed(1);
    let mut ask = |what: &str, path: &mut dyn FnMut(usize) -> String| {
        let times: Vec<Duration> = (0..READS)
            .map(|_| {
                let request = get(&path(random.usize(..PRODUCTS)));
                let started = Instant::now();
                assert_eq!(wire.exchange(&request), 200);
                started.elapsed()
            })
            .collect();
        println!("  {what:<40} {}", spread(times));
    };
    ask("a contract", &mut |number| format!("/api/v1/products/{}/versions/1.0.0", address(number)));
    ask("a product", &mut |number| format!("/api/v1/products/{}", address(number)));
    ask("where a requirement leads", &mut |number| {
        format!("/api/v1/products/{}/resolve?requirement=%5E1", address(number))
    });
    ask("a search for one word of a product", &mut |number| format!("/api/v1/products?q=word-{number}"));
    println!("  {} after {} reads", memory(&child), 4 * READS);
    drop(child.stdin.take());
    child.wait().expect("its end");
}

/// What a process has in memory, as Linux tells it.
fn memory(child: &Child) -> String {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or(" not told here");
    let kilobytes = resident.trim().trim_end_matches(" kB").parse::<f64>();
    kilobytes
        .map_or_else(|_| "memory not told here".to_owned(), |it| format!("{:.0} MB in memory", it / 1_024.0))
}
