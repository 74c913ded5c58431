//! What one tenant's flood costs another, in turns of one run: the other alone, then beside the flood. With limits as
//! `docs/tenants.md` advises them, and with turns alone.

use std::net::SocketAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use mesh_registry::access::Identity;
use mesh_registry::{Config, Registry};

use crate::contract;
use crate::figures::spread;
use crate::wire::Wire;

const TURN: Duration = Duration::from_secs(2);
const TURNS: usize = 8;
/// Connections of the tenant that floods, each sending its next request as soon as it has an answer.
const FLOOD: usize = 32;
/// The other asks this often, whatever the answers take.
const EVERY: Duration = Duration::from_millis(5);

fn caller(headers: &axum::http::HeaderMap) -> Identity {
    let name = headers.get("x-tenant").and_then(|name| name.to_str().ok()).unwrap_or("default");
    Identity::open(name.parse().expect("a tenant"))
}

fn request(tenant: &str, method: &str, path: &str, body: &str) -> Vec<u8> {
    format!(
        "{method} {path} HTTP/1.1\r\nhost: bench\r\nx-tenant: {tenant}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// The times of one caller that asks evenly. What waits for the answer before counts as well.
fn ask(address: SocketAddr, stop: &AtomicBool) -> Vec<Duration> {
    let mut wire = Wire::open(address);
    let request = request("calm", "GET", "/api/v1/products/bench.p1", "");
    let (mut times, mut due) = (Vec::new(), Instant::now());
    while !stop.load(Ordering::Relaxed) {
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        assert_eq!(wire.exchange(&request), 200);
        times.push(due.elapsed());
        due += EVERY;
    }
    times
}

fn turn(address: SocketAddr, flood: usize, times: &Mutex<Vec<Duration>>) -> [usize; 2] {
    let (stop, answered, refused) = (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..flood {
            let (stop, answered, refused) = (&stop, &answered, &refused);
            scope.spawn(move || {
                let mut wire = Wire::open(address);
                let request = request("loud", "GET", "/api/v1/products?limit=100", "");
                while !stop.load(Ordering::Relaxed) {
                    let count = if wire.exchange(&request) == 429 { refused } else { answered };
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let calm = scope.spawn(|| ask(address, &stop));
        std::thread::sleep(TURN);
        stop.store(true, Ordering::Relaxed);
        times.lock().expect("no panic").append(&mut calm.join().expect("no panic"));
    });
    [answered.into_inner(), refused.into_inner()]
}

fn p99(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[(times.len() - 1) * 99 / 100].as_secs_f64()
}

pub(crate) fn tenants(runtime: &tokio::runtime::Runtime) {
    for (name, rate, at_once) in [
        ("of which each may send 400 requests a second", 400, 2),
        ("whose turns are all that is limited", 0, 2),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config::new(folder.path());
        config.listen.set_port(0);
        config.callers = Some(caller);
        config.limits.requests = 4;
        config.limits.tenant_requests = at_once;
        config.limits.tenant_rate = rate;
        config.limits.tenant_burst = 50;
        let registry = runtime.block_on(Registry::start(config)).expect("a registry");
        let address = registry.address();
        let mut wire = Wire::open(address);
        for tenant in ["calm", "loud"] {
            for number in 0..100 {
                let product = format!("bench.p{number}");
                let path = format!("/api/v1/products/{product}/versions/1.0.0");
                let status = wire.exchange(&request(tenant, "PUT", &path, &contract(&product, "1.0.0")));
                assert!(matches!(status, 201 | 429), "{status}");
            }
        }
        let (alone, beside) = (Mutex::default(), Mutex::default());
        let mut flooded = [0; 2];
        for _ in 0..TURNS {
            turn(address, 0, &alone);
            let counts = turn(address, FLOOD, &beside);
            flooded = [flooded[0] + counts[0], flooded[1] + counts[1]];
        }
        let seconds = TURN.as_secs_f64() * TURNS as f64;
        println!(
            "one tenant asks every {EVERY:?} while {FLOOD} connections of another flood, {name}: {:.0}/s answered, {:.0}/s refused",
            flooded[0] as f64 / seconds,
            flooded[1] as f64 / seconds
        );
        let (alone, beside) = (alone.into_inner().expect("no panic"), beside.into_inner().expect("no panic"));
        println!("  alone   {}", spread(alone.clone()));
        println!("  beside  {}", spread(beside.clone()));
        println!("  p99 beside the flood is {:.2} of p99 alone", p99(beside) / p99(alone));
        runtime.block_on(registry.shutdown());
    }
}
