//! Ten thousand requests that no client of ours would send. Each is refused as a problem, none makes anything panic, and the
//! registry answers as before.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use fastrand::Rng;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::world::{World, announcement, contract, expectation, fixture};

const REQUESTS: u64 = 10_000;
const AT_ONCE: u64 = 4;
/// Far below what keeping the bodies would take: they are some hundred megabytes together.
const GROWTH: usize = 96 * 1024 * 1024;

/// A request that is wrong in one way or more.
struct Wrong {
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

const PUBLISH: &str = "/api/v1/products/sales.orders/versions/1.0.0";
const EXPECT: &str = "/api/v1/consumers/accounting/expectations/sales.orders";
const ANNOUNCE: &str = "/api/v1/deployments/one";

/// A path that takes a document, and a document that it would take.
fn target(random: &mut Rng) -> (&'static str, Value) {
    match random.u8(..16) {
        0 => (PUBLISH, fixture_of_orders()),
        1..8 => (PUBLISH, contract("sales.orders", "1.0.0", "One.")),
        8..12 => (EXPECT, expectation("accounting", "sales.orders")),
        _ => (ANNOUNCE, announcement("sales", "sales.orders", "1.0.0", 1)),
    }
}

fn fixture_of_orders() -> Value {
    static ONCE: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| fixture("sales.orders@1.0.0"));
    ONCE.clone()
}

fn wrong(seed: u64) -> Wrong {
    let random = &mut Rng::with_seed(seed);
    let (path, document) = target(random);
    let body = match seed % 12 {
        0 => truncated(random, &document),
        1 => bad_utf8(random, &document),
        2 => deep(random),
        3 => with_wrong_member(random, path, document),
        4 => with_bad_number(random, document),
        5 => with_repeated_member(&document),
        6 => noise(random),
        7 => large(random, seed),
        8 => return odd_path(random),
        9 => return odd_query(random),
        10 => return odd_header(random, path, &document),
        _ => return odd_method(random),
    };
    let headers = vec![("content-type", "application/json".to_owned())];
    Wrong { method: Method::PUT, path: path.to_owned(), headers, body: Some(body) }
}

fn truncated(random: &mut Rng, document: &Value) -> Vec<u8> {
    let mut text = document.to_string().into_bytes();
    text.truncate(random.usize(..text.len()));
    text
}

fn bad_utf8(random: &mut Rng, document: &Value) -> Vec<u8> {
    let mut text = document.to_string().into_bytes();
    for _ in 0..random.usize(1..8) {
        let place = random.usize(..text.len());
        text.insert(place, random.u8(0x80..));
    }
    // Two of them might happen to be a letter; the last one never is.
    text.push(0xff);
    text
}

fn deep(random: &mut Rng) -> Vec<u8> {
    let depth = if random.u8(..16) == 0 { random.usize(101..60_000) } else { random.usize(101..600) };
    let (open, close) = [("[", "]"), ("{\"a\":", "}")][random.usize(..2)];
    let closed = if random.bool() { close.repeat(depth) } else { String::new() };
    format!("{}1{closed}", open.repeat(depth)).into_bytes()
}

/// Puts a value of a wrong type in the place of a member, or takes away what must be there.
fn with_wrong_member(random: &mut Rng, path: &str, mut document: Value) -> Vec<u8> {
    let needed: &[&str] = match path {
        PUBLISH => {
            &["mesh", "address", "version", "kind", "domain", "service", "ports", "root", "types", "schemas"]
        }
        EXPECT => &["mesh", "consumer", "address", "requirement", "schema"],
        _ => &["domain", "environment", "baseUrl", "epoch", "leaseSeconds", "health", "products"],
    };
    let name = needed[random.usize(..needed.len())];
    let members = document.as_object_mut().expect("an object");
    if random.bool() {
        members.remove(name);
    } else {
        let odd = [json!(null), json!(-7), json!("\u{0}\u{202e} no such thing"), json!([[]]), json!(1.5)];
        members.insert(name.to_owned(), odd[random.usize(..odd.len())].clone());
    }
    document.to_string().into_bytes()
}

fn with_bad_number(random: &mut Rng, document: Value) -> Vec<u8> {
    let number = ["1e999", "9007199254740993", "-", "01", "0x10", "NaN", "1e", "18446744073709551615"];
    let number = number[random.usize(..number.len())];
    let text = document.to_string();
    format!("{{\"x-number\":{number},{}", &text[1..]).into_bytes()
}

fn with_repeated_member(document: &Value) -> Vec<u8> {
    let members = document.as_object().expect("an object");
    let (name, value) = members.iter().next().expect("a member");
    format!("{{\"{name}\":{value},{}", &document.to_string()[1..]).into_bytes()
}

fn noise(random: &mut Rng) -> Vec<u8> {
    (0..random.usize(..4_000)).map(|_| random.u8(..)).chain([0xff]).collect()
}

/// Most are somewhat long and no document; some are beyond the limit.
fn large(random: &mut Rng, seed: u64) -> Vec<u8> {
    let length = if seed % 240 == 7 {
        2 * 1024 * 1024 + random.usize(1..1024 * 1024)
    } else {
        random.usize(..100_000)
    };
    let mut text = b"{\"mesh\":1,\"a\":\"".to_vec();
    text.resize(text.len() + length, b'x');
    text.extend_from_slice(b"\"}");
    text
}

fn odd_path(random: &mut Rng) -> Wrong {
    let address = [
        "Sales.Orders",
        "sales",
        "a.b.c",
        "%00",
        "%ff%fe",
        "..%2f..",
        "sales.orders%20",
        "%F0%9F%A6%80.x",
        ".",
    ];
    let version =
        ["1", "1.0", "01.0.0", "1.0.0+b", "%31.%30", "latest", "-1.0.0", "99999999999999999999.0.0"];
    let address = address[random.usize(..address.len())];
    let version = version[random.usize(..version.len())];
    let long = "a".repeat(random.usize(64..3_000));
    let path = match random.u8(..9) {
        0 => format!("/api/v1/products/{address}"),
        1 => format!("/api/v1/products/{address}/versions/{version}"),
        2 => format!("/api/v1/products/sales.orders/versions/{version}"),
        3 => format!("/api/v1/contracts/{version}"),
        4 => format!("/api/v1/domains/{long}"),
        5 => format!("/api/v1/{long}/{address}"),
        6 => format!("/api/v1/products/{long}/lineage"),
        7 => format!("/api//v1/products//{address}//"),
        _ => format!("/api/v1/consumers/{address}"),
    };
    // `sales` is a good name for a reader, and nobody to find among contracts.
    let path = path.replace("/consumers/sales", "/consumers/Sales");
    Wrong { method: Method::GET, path, headers: Vec::new(), body: None }
}

fn odd_query(random: &mut Rng) -> Wrong {
    let query = [
        "limit=-1",
        "limit=99999999999999999999",
        "limit=%00",
        "after=%ff",
        "kind=gold",
        "domain=No",
        "q=%ff&limit=0",
        "unknown=1",
        "limit=1&limit=2",
        "after=..&limit=5",
        "q=a&after=-1",
        "domain=",
        "=&=&limit=",
    ];
    let long = format!("unknown={}", "x".repeat(random.usize(..20_000)));
    let query = if random.u8(..8) == 0 { &long } else { query[random.usize(..query.len())] };
    let path =
        ["/api/v1/products", "/api/v1/products/sales.known/resolve", "/api/v1/products/sales.known/lineage"];
    let path = path[random.usize(..path.len())];
    Wrong { method: Method::GET, path: format!("{path}?{query}"), headers: Vec::new(), body: None }
}

fn odd_header(random: &mut Rng, path: &str, document: &Value) -> Wrong {
    let headers = match random.u8(..4) {
        0 => vec![("content-type", "text/plain".to_owned())],
        1 => vec![("content-type", "application/".to_owned() + &"é".repeat(20))],
        2 => vec![
            ("content-type", "application/json; charset=x".to_owned()),
            ("x-request-id", "y".repeat(3_000)),
        ],
        _ => vec![("content-type", ";;;".to_owned()), ("if-none-match", "\"\",,W/,*x".to_owned())],
    };
    Wrong { method: Method::PUT, path: path.to_owned(), headers, body: Some(truncated(random, document)) }
}

fn odd_method(random: &mut Rng) -> Wrong {
    let method = ["POST", "PATCH", "DELETE", "OPTIONS", "BREW", "TRACE", "M-SEARCH"];
    let method = Method::from_bytes(method[random.usize(..method.len())].as_bytes()).expect("a token");
    let path =
        ["/api/v1/products", "/api/v1/domains/sales", "/health/live", "/api/v1/openapi.json", "/api", "//"];
    Wrong { method, path: path[random.usize(..path.len())].to_owned(), headers: Vec::new(), body: None }
}

/// The memory that this process has in use, where the system tells.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|kilobytes| kilobytes * 1024)
}

async fn send_all(world: &World, from: u64, to: u64) {
    let refused = Arc::new(AtomicUsize::new(0));
    let tasks: Vec<_> = (0..AT_ONCE)
        .map(|part| {
            let (client, refused) = (world.client.clone(), Arc::clone(&refused));
            tokio::spawn(async move {
                for seed in (from..to).filter(|seed| seed % AT_ONCE == part) {
                    let Wrong { method, path, headers, body } = wrong(seed);
                    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, &value[..])).collect();
                    let answer = client.send(method.clone(), &path, &headers, body).await;
                    let status = answer.status.as_u16();
                    assert!((400..500).contains(&status), "seed {seed}: {method} {path} answers {status}");
                    assert!(answer.bytes.len() < 4_096, "seed {seed}: {} bytes", answer.bytes.len());
                    assert!(!answer.json()["detail"].as_str().unwrap_or_default().is_empty(), "seed {seed}");
                    refused.fetch_add(1, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.expect("every one is refused rightly");
    }
    assert_eq!(refused.load(Ordering::Relaxed) as u64, to - from);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_malformed_requests_are_each_refused_as_a_problem() {
    let world = World::start().await;
    world.client.publish(&contract("sales.known", "1.0.0", "Known.")).await.ok();
    // What is allocated once, pools and buffers, is allocated by the first of them.
    send_all(&world, 0, REQUESTS / 10).await;
    let before = resident();
    send_all(&world, REQUESTS / 10, REQUESTS).await;
    if let Some((before, after)) = before.zip(resident()) {
        assert!(after.saturating_sub(before) < GROWTH, "memory grew from {before} to {after} bytes");
    }
    let listed = world.client.get("/api/v1/products").await.ok();
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1), "nothing of it was published");
    world.client.publish(&fixture_of_orders()).await.ok();
    world.running.shutdown().await;
}

/// Sends bytes as they are and gives the status of what comes back, if anything does.
async fn raw(world: &World, bytes: &[u8]) -> Option<u16> {
    let mut stream = tokio::net::TcpStream::connect(world.running.address()).await.expect("a connection");
    // The other side may hang up before it has read all.
    let _ = stream.write_all(bytes).await;
    let _ = stream.shutdown().await;
    let mut answer = Vec::new();
    let read = stream.read_to_end(&mut answer);
    let _ = tokio::time::timeout(Duration::from_secs(10), read).await.expect("the connection is closed");
    let line = answer.strip_prefix(b"HTTP/1.1 ")?;
    std::str::from_utf8(line.get(..3)?).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_http_ends_its_own_connection_and_nothing_else() {
    let world = World::start().await;
    let many_headers = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(2_000));
    let long_header = format!("GET / HTTP/1.1\r\nx: {}\r\n\r\n", "y".repeat(200_000));
    let long_path = format!("GET /{} HTTP/1.1\r\n\r\n", "z".repeat(200_000));
    for bytes in [
        &b"GET"[..],
        b"\x16\x03\x01\x02\x00",
        b"\r\n\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"G\xffT / HTTP/1.1\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"PUT / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
        b"PUT / HTTP/1.1\r\ncontent-length: 99999999999999999999\r\n\r\n",
        b"PUT /api/v1/deployments/a HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"PUT /api/v1/deployments/a HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{",
        b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
        many_headers.as_bytes(),
        long_header.as_bytes(),
        long_path.as_bytes(),
    ] {
        let status = raw(&world, bytes).await;
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
        assert_eq!(world.client.get("/health/ready").await.status, 204);
    }
    let random = &mut Rng::with_seed(7);
    for _ in 0..200 {
        let bytes: Vec<u8> = (0..random.usize(1..2_000)).map(|_| random.u8(..)).collect();
        let status = raw(&world, &bytes).await;
        assert!(status.is_none_or(|status| (400..500).contains(&status)), "{status:?}");
    }
    assert_eq!(world.client.get("/health/ready").await.status, 204);
}
