//! What is counted moves by exactly what was done, and what is told can be read.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::on_each_store;
use crate::world::{Client, Home, World, contract, version_path};

on_each_store! {
    every_counter_moves_by_what_was_done
    no_label_holds_a_name_that_somebody_made_up
    rules_and_dashboard_name_what_is_told
}

/// The samples of one look, by name and labels as they are written.
#[derive(Debug, Default)]
struct Samples(BTreeMap<String, f64>);

impl Samples {
    async fn of(client: &Client) -> Self {
        let answer = client.try_send(Method::GET, "/metrics", &[], None).await.expect("an answer");
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.header("content-type"),
            "application/openmetrics-text; version=1.0.0; charset=utf-8"
        );
        Self::read(std::str::from_utf8(&answer.bytes).expect("text"))
    }

    /// Reads the text strictly: each sample belongs to a family that was announced, stands once, and has a number; buckets grow
    /// and the last is the count.
    fn read(text: &str) -> Self {
        let body = text.strip_suffix("# EOF\n").expect("the end is marked");
        let mut families: BTreeMap<&str, &str> = BTreeMap::new();
        let mut samples = BTreeMap::new();
        for line in body.lines() {
            if let Some(comment) = line.strip_prefix("# ") {
                let (word, rest) = comment.split_once(' ').expect("a comment says what of");
                let (name, what) = rest.split_once(' ').expect("and of which family");
                match word {
                    "TYPE" => assert!(families.insert(name, what).is_none(), "{name} is announced twice"),
                    "HELP" => assert!(what.len() > 10, "{line}"),
                    other => panic!("`{other}` is no comment of OpenMetrics"),
                }
                continue;
            }
            let (series, number) = line.rsplit_once(' ').expect("a sample has a number");
            let name = series.split('{').next().unwrap_or(series);
            let family = families.iter().find(|(family, kind)| match **kind {
                "counter" => name.strip_suffix("_total") == Some(family),
                "histogram" => {
                    ["_sum", "_count", "_bucket"].iter().any(|end| name.strip_suffix(end) == Some(family))
                }
                "info" => name.strip_suffix("_info") == Some(family),
                "gauge" => name == **family,
                other => panic!("{other}"),
            });
            assert!(family.is_some(), "{line}: no family was announced");
            if let Some((_, labels)) = series.split_once('{') {
                let labels = labels.strip_suffix('}').expect("labels end");
                for label in labels.split("\",") {
                    let (label, value) = label.split_once("=\"").expect("a label has a value");
                    assert!(label.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_'), "{line}");
                    assert!(!value.contains('\\'), "{line}");
                }
            }
            let number: f64 = number.parse().unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(samples.insert(series.to_owned(), number).is_none(), "{series} stands twice");
        }
        let samples = Self(samples);
        for (series, count) in &samples.0 {
            if let Some((name, labels)) = series.split_once("_count{") {
                let last = format!("{name}_bucket{{le=\"+Inf\",{labels}");
                assert_eq!(samples.0.get(&last), Some(count), "{last}");
            }
        }
        samples
    }

    /// The sum of the series of a name whose labels hold each of these.
    fn get(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let fits = |series: &&String| {
            let (this, rest) = series.split_once('{').unwrap_or((series, ""));
            this == name && labels.iter().all(|(label, value)| rest.contains(&format!("{label}=\"{value}\"")))
        };
        self.0.iter().filter(|(series, _)| fits(series)).map(|(_, number)| number).sum()
    }
}

const VERSION: &str = "/api/v1/products/{address}/versions/{version}";
const REQUESTS: &str = "mesh_http_request_duration_seconds_count";
const STORE: &str = "mesh_store_operation_duration_seconds_count";

async fn every_counter_moves_by_what_was_done(home: Home) {
    let world = World::on(home).await;
    let client = &world.client;
    let before = Samples::of(client).await;
    let first = contract("sales.orders", "1.0.0", "One.");
    let path = version_path(&first);
    assert_eq!(client.publish(&first).await.status, 201);
    assert_eq!(client.publish(&first).await.status, 200);
    client.publish(&contract("sales.orders", "1.0.0", "Other.")).await.problem(409, "version-exists");
    client.put(&path, &json!({ "mesh": 1 })).await.problem(422, "malformed-document");
    for _ in 0..3 {
        client.get(&path).await.ok();
    }
    client.get("/api/v1/nowhere").await.problem(404, "unknown-path");
    client.get("/health/ready").await;
    let after = Samples::of(client).await;
    let moved = |name: &str, labels: &[(&str, &str)]| after.get(name, labels) - before.get(name, labels);
    for (status, count) in [("2xx", 2.0), ("4xx", 2.0), ("5xx", 0.0)] {
        assert_eq!(
            moved(REQUESTS, &[("route", VERSION), ("method", "PUT"), ("status", status)]),
            count,
            "{status}"
        );
    }
    assert_eq!(moved(REQUESTS, &[("route", VERSION), ("method", "GET"), ("status", "2xx")]), 3.0);
    assert_eq!(moved(REQUESTS, &[("route", "unmatched"), ("method", "GET"), ("status", "4xx")]), 1.0);
    assert_eq!(moved(REQUESTS, &[]), 10.0, "the look before is the tenth");
    let publishes = |outcome, kind| moved("mesh_publishes_total", &[("outcome", outcome), ("kind", kind)]);
    assert_eq!(publishes("created", "none"), 1.0);
    assert_eq!(publishes("stands", "none"), 1.0);
    assert_eq!(publishes("refused", "version-exists"), 1.0);
    assert_eq!(publishes("refused", "malformed-document"), 1.0);
    assert_eq!(moved("mesh_publishes_total", &[]), 4.0);
    assert_eq!(moved("mesh_judgement_duration_seconds_count", &[("verdict", "compatible")]), 1.0);
    assert_eq!(moved("mesh_judgement_duration_seconds_count", &[]), 1.0);
    let cache = |cache, result| moved("mesh_cache_requests_total", &[("cache", cache), ("result", result)]);
    assert_eq!((cache("contracts", "miss"), cache("contracts", "hit")), (1.0, 2.0));
    assert_eq!((cache("lines", "miss"), cache("lines", "hit")), (1.0, 2.0));
    assert_eq!((cache("judgements", "miss"), cache("judgements", "hit")), (1.0, 0.0));
    assert_eq!(moved(STORE, &[("method", "commit"), ("result", "ok")]), 1.0);
    assert_eq!(moved(STORE, &[("method", "contract"), ("result", "ok")]), 1.0);
    assert_eq!(moved(STORE, &[("method", "ready"), ("result", "ok")]), 1.0);
    assert_eq!(moved(STORE, &[("result", "failed")]), 0.0);
    assert_eq!(moved("mesh_publish_rounds_lost_total", &[]), 0.0);
    assert_eq!(after.get("mesh_http_requests_under_way", &[]), 0.0, "a look at the counters takes no turn");
    assert!(after.get("mesh_http_connections_open", &[]) >= 1.0);
    assert_eq!(after.get("mesh_build_info", &[("version", env!("CARGO_PKG_VERSION"))]), 1.0);
    #[cfg(target_os = "linux")]
    for name in ["process_resident_memory_bytes", "process_open_fds", "process_max_fds"] {
        assert!(after.get(name, &[]) > 0.0, "{name}");
    }
}

async fn no_label_holds_a_name_that_somebody_made_up(home: Home) {
    let world = World::on(home).await;
    let client = &world.client;
    client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    let count = async || Samples::of(client).await.0.keys().cloned().collect::<BTreeSet<_>>();
    for route in ["/api/v1/products/sales.orders", "/products/sales.orders", "/search?q=one"] {
        client.try_send(Method::GET, route, &[], None).await.expect("an answer");
    }
    let strange = Method::from_bytes(b"BREW").expect("a method");
    client.try_send(strange, "/pot/one", &[], None).await.expect("an answer");
    // A look is counted when it is over, so the second one shows the first.
    count().await;
    let before = count().await;
    for name in ["two", "three", "four"] {
        for path in [format!("/{name}"), format!("/search?q={name}")] {
            client.try_send(Method::GET, &path, &[], None).await.expect("an answer");
        }
        let strange = Method::from_bytes(name.to_uppercase().as_bytes()).expect("a method");
        client.try_send(strange, &format!("/pot/{name}"), &[], None).await.expect("an answer");
        client.publish(&contract(&format!("{name}.orders"), "1.0.0", "One.")).await.ok();
    }
    let after = count().await;
    let new: Vec<_> = after.difference(&before).filter(|series| !series.contains("unmatched")).collect();
    assert!(new.is_empty(), "{new:?}");
    for name in ["sales", "three", "orders", "BREW", "THREE"] {
        assert!(after.iter().all(|series| !series.contains(name)), "{name}");
    }
}

async fn rules_and_dashboard_name_what_is_told(home: Home) {
    let pooled = !matches!(home, Home::Embedded);
    let world = World::on(home).await;
    world.client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    let samples = Samples::of(&world.client).await;
    let told: BTreeSet<&str> =
        samples.0.keys().map(|series| series.split('{').next().unwrap_or(series)).collect();
    for file in ["alerts.yml", "dashboard.json"] {
        let path = format!("{}/../deploy/{file}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(&path).expect(&path);
        let words = text.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let named: BTreeSet<&str> =
            words.filter(|word| word.starts_with("mesh_") || word.starts_with("process_")).collect();
        assert!(named.len() >= 8, "{file}: {named:?}");
        for name in named.into_iter().filter(|name| pooled || !name.starts_with("mesh_store_pool_")) {
            assert!(told.contains(name), "{file} names {name}, which nobody tells: {told:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_counted_and_health_is_answered_out_of_turn() {
    let world = World::start_with(|config| config.limits.requests = 1).await;
    let address = world.running.address();
    let half = half_a_publish(address).await;
    let until = async |name: &str, wanted: f64| {
        for _ in 0..1_000 {
            if Samples::of(&world.client).await.get(name, &[]) == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{name} never became {wanted}");
    };
    until("mesh_http_requests_under_way", 1.0).await;
    let mut waits = TcpStream::connect(address).await.expect("a connection");
    waits.write_all(b"GET /api/v1/products HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("written");
    until("mesh_http_requests_waiting", 1.0).await;
    assert_eq!(world.client.get("/health/ready").await.status, 204);
    drop(waits);
    until("mesh_http_requests_waiting", 0.0).await;
    let gone = Samples::of(&world.client).await.get(REQUESTS, &[("status", "gone")]);
    assert_eq!(gone, 1.0, "who leaves before the answer is counted as well");
    drop(half);
    until("mesh_http_requests_under_way", 0.0).await;
}

/// A publish whose body never arrives as a whole.
pub(crate) async fn half_a_publish(address: SocketAddr) -> TcpStream {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    let head = "PUT /api/v1/products/a.b/versions/1.0.0 HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
                content-length: 1000\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.expect("written");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn counters_may_have_an_address_of_their_own_or_none() {
    let world = World::start_with(|config| config.metrics.listen = Some(([127, 0, 0, 1], 0).into())).await;
    world.client.get("/metrics").await.problem(404, "unknown-path");
    let own = world.running.metrics_address().expect("an address");
    let samples = Samples::of(&Client::new(own)).await;
    assert_eq!(samples.get(REQUESTS, &[("route", "/metrics"), ("status", "4xx")]), 1.0);
    let elsewhere = Client::new(own).try_send(Method::GET, "/api/v1/products", &[], None).await;
    assert_eq!(elsewhere.expect("an answer").status, 404);
    let world = World::start_with(|config| config.metrics.enabled = false).await;
    world.client.get("/metrics").await.problem(404, "unknown-path");
    assert!(world.running.metrics_address().is_none());
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_round_that_is_lost_to_another_registry_is_counted_and_so_is_the_pool() {
    let Some(database) = crate::database::Database::make().await else { return };
    let url = database.url();
    let one = World::on(Home::Postgres(database)).await;
    let other = World::start_with(|config| config.store = Some(url)).await;
    one.client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    // Both decide on what they remember, and whoever comes second finds that the product has moved on. How often that is the
    // first registry, nobody can say.
    let mut lost = 0.0;
    for patch in (1..200).step_by(2) {
        let (ours, theirs) = (format!("1.0.{patch}"), format!("1.0.{}", patch + 1));
        let (ours, theirs) =
            (contract("sales.orders", &ours, "One."), contract("sales.orders", &theirs, "One."));
        let (first, second) = tokio::join!(one.client.publish(&ours), other.client.publish(&theirs));
        drop((first.ok(), second.ok()));
        lost = Samples::of(&one.client).await.get("mesh_publish_rounds_lost_total", &[]);
        if lost > 0.0 {
            break;
        }
    }
    let samples = Samples::of(&one.client).await;
    assert!(lost >= 1.0, "in none of a hundred races");
    assert_eq!(samples.get(STORE, &[("method", "commit"), ("result", "refused")]), lost);
    assert_eq!(samples.get("mesh_store_pool_connections_most", &[]), 16.0);
    let (open, idle) = (
        samples.get("mesh_store_pool_connections_open", &[]),
        samples.get("mesh_store_pool_connections_idle", &[]),
    );
    assert!(open >= 1.0 && idle <= open, "{idle} of {open}");
    assert_eq!(samples.get("mesh_store_pool_waiting", &[]), 0.0);
}
