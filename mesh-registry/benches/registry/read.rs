//! Reading a contract over HTTP against an empty handler on the same server, and against an empty handler of axum alone.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mesh_contract::{Contract, canonical};

use crate::figures::{median, spread};
use crate::wire::{Wire, get, put};
use crate::{ROUNDS, contract, start};

const TURN: Duration = Duration::from_millis(1_000);
const READERS: usize = 8;

/// Requests per second of some connections that ask for paths in turn.
fn read_turn(address: SocketAddr, requests: &[Vec<u8>], times: &Mutex<Vec<Duration>>) -> f64 {
    let (stop, done) = (AtomicBool::new(false), AtomicUsize::new(0));
    let started = Instant::now();
    std::thread::scope(|scope| {
        for reader in 0..READERS {
            let (stop, done) = (&stop, &done);
            scope.spawn(move || {
                let mut wire = Wire::open(address);
                let mut count = 0;
                let mut own = Vec::new();
                while !stop.load(Ordering::Relaxed) {
                    let started = Instant::now();
                    let status = wire.exchange(&requests[(reader * 31 + count) % requests.len()]);
                    assert!(matches!(status, 200 | 204), "{status}");
                    own.push(started.elapsed());
                    count += 1;
                }
                times.lock().expect("no panic").append(&mut own);
                done.fetch_add(count, Ordering::Relaxed);
            });
        }
        std::thread::sleep(TURN);
        stop.store(true, Ordering::Relaxed);
    });
    done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64()
}

pub(crate) fn read(runtime: &tokio::runtime::Runtime) {
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
    let times: Vec<Mutex<Vec<Duration>>> = sides.iter().map(|_| Mutex::default()).collect();
    for _ in 0..ROUNDS {
        for (((_, address, requests), figures), times) in sides.iter().zip(&mut figures).zip(&times) {
            figures.push(read_turn(*address, requests, times));
        }
    }
    println!("reading, {READERS} connections, 200 contracts of {} bytes on average:", bytes / 200);
    let medians: Vec<f64> = figures.into_iter().map(median).collect();
    for (((name, ..), figure), times) in sides.iter().zip(&medians).zip(times) {
        println!(
            "  {name:<40} {figure:>9.0}/s  {:.2} of axum alone, {:.2} of the same server",
            figure / medians[0],
            figure / medians[1]
        );
        println!("  {:<40} {}", "", spread(times.into_inner().expect("no panic")));
    }
    runtime.block_on(registry.shutdown());
}
