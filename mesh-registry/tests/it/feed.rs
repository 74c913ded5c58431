//! The feed over HTTP: pages, and streams that replay and go on.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mesh_registry::Running;
use reqwest::header::{ACCEPT, CONTENT_TYPE};
use serde_json::{Value, json};

use crate::world::{Client, Home, World, contract, expectation};

crate::on_each_store!(
    pages_lead_through_everything_and_wait_at_its_end
    a_page_holds_what_was_asked_for
    a_position_that_the_feed_does_not_reach_is_told_apart_from_its_end
    a_stream_replays_and_then_follows
    a_stream_goes_on_where_its_client_left_off
    streams_end_when_the_registry_stops
);

/// A client that holds a stream.
pub(crate) struct Stream {
    response: reqwest::Response,
    text: String,
}

/// What a client has read: a position, and an event unless it was said only where the feed stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Told {
    pub(crate) id: u64,
    pub(crate) event: Option<Value>,
}

impl Stream {
    pub(crate) async fn open(address: SocketAddr, query: &str, last: Option<u64>) -> Self {
        let response = Self::ask(address, query, last).await.expect("an answer");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        Self { response, text: String::new() }
    }

    pub(crate) async fn ask(
        address: SocketAddr,
        query: &str,
        last: Option<u64>,
    ) -> reqwest::Result<reqwest::Response> {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let mut request =
            http.get(format!("http://{address}/api/v1/events{query}")).header(ACCEPT, "text/event-stream");
        if let Some(last) = last {
            request = request.header("last-event-id", last.to_string());
        }
        request.send().await
    }

    /// The next block that says where the feed stands, or nothing at the end of the stream.
    pub(crate) async fn told(&mut self) -> Option<Told> {
        loop {
            if let Some((block, rest)) = self.text.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.text = rest;
                let field = |name: &str| {
                    let mut lines = block.lines();
                    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
                };
                let id = field("id").expect("a position").parse::<u64>().expect("a number");
                let event = field("data").map(|data| serde_json::from_str::<Value>(data).expect("JSON"));
                if let Some(event) = &event {
                    assert_eq!(event["id"], id.to_string());
                    assert_eq!(event["type"].as_str(), field("event"));
                }
                return Some(Told { id, event });
            }
            let chunk = self.response.chunk().await.ok().flatten()?;
            self.text += std::str::from_utf8(&chunk).expect("whole characters");
        }
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> Option<Value> {
        loop {
            if let Some(event) = self.told().await?.event {
                return Some(event);
            }
        }
    }

    async fn subjects(&mut self, count: usize) -> Vec<String> {
        let mut subjects = Vec::new();
        while subjects.len() < count {
            let event = self.event().await.expect("the stream goes on");
            subjects.push(event["subject"].as_str().expect("a subject").to_owned());
        }
        subjects
    }
}

async fn publish(client: &Client, name: &str) {
    client.publish(&contract(&format!("sales.{name}"), "1.0.0", "One.")).await.ok();
}

fn subjects(page: &Value) -> Vec<&str> {
    let items = page["items"].as_array().expect("items");
    items.iter().map(|item| item["subject"].as_str().expect("a subject")).collect()
}

async fn pages_lead_through_everything_and_wait_at_its_end(home: Home) {
    let World { client, running: _running, clock, .. } = &World::on(home).await;
    let empty = client.get("/api/v1/events").await.ok();
    assert_eq!(empty, json!({ "items": [], "next": "0" }));
    for name in ["a", "b", "c"] {
        publish(client, name).await;
    }
    let first = client.get("/api/v1/events?limit=2").await.ok();
    assert_eq!(subjects(&first), ["sales.a@1.0.0", "sales.b@1.0.0"]);
    let event = &first["items"][0];
    let (id, time) = (event["id"].as_str().expect("an id"), event["time"].as_str().expect("a time"));
    assert_eq!(chrono(time), clock.time().timestamp_micros());
    let digest = client.get("/api/v1/products/sales.a").await.ok()["versions"][0]["digest"].clone();
    assert_eq!(
        *event,
        json!({
            "specversion": "1.0", "id": id, "source": "/registry", "type": "mesh.version.published.v1",
            "subject": "sales.a@1.0.0", "time": time, "datacontenttype": "application/json",
            "sequence": format!("{:0>20}", id),
            "data": { "version": "1.0.0", "digest": digest, "stage": "released" },
        })
    );
    let next = first["next"].as_str().expect("a position");
    let rest = client.get(&format!("/api/v1/events?limit=2&after={next}")).await.ok();
    assert_eq!(subjects(&rest), ["sales.c@1.0.0"]);
    let end = rest["next"].as_str().expect("a position");
    for path in [format!("/api/v1/events?after={end}"), "/api/v1/events?after=latest".to_owned()] {
        assert_eq!(client.get(&path).await.ok(), json!({ "items": [], "next": end }));
    }
    publish(client, "d").await;
    let later = client.get(&format!("/api/v1/events?after={end}")).await.ok();
    assert_eq!(subjects(&later), ["sales.d@1.0.0"]);
}

fn chrono(time: &str) -> i64 {
    chrono::DateTime::parse_from_rfc3339(time).expect("a time").timestamp_micros()
}

async fn a_page_holds_what_was_asked_for(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    for name in ["a", "b", "c"] {
        publish(client, name).await;
    }
    client
        .put("/api/v1/consumers/billing/expectations/sales.b", &expectation("billing", "sales.b"))
        .await
        .ok();
    publish(client, "d").await;
    let page = client.get("/api/v1/events?address=sales.b&limit=1").await.ok();
    assert_eq!(subjects(&page), ["sales.b@1.0.0"]);
    let next = page["next"].as_str().expect("a position");
    let page = client.get(&format!("/api/v1/events?address=sales.b&after={next}")).await.ok();
    assert_eq!(page["items"][0]["type"], "mesh.expectation.registered.v1");
    // What was looked through is not looked through again.
    assert_eq!(page["next"], client.get("/api/v1/events?after=latest").await.ok()["next"]);
    let page = client.get("/api/v1/events?kind=mesh.version.published.v1").await.ok();
    assert_eq!(subjects(&page), ["sales.a@1.0.0", "sales.b@1.0.0", "sales.c@1.0.0", "sales.d@1.0.0"]);
    let page = client.get("/api/v1/events?kind=mesh.later.v9").await.ok();
    assert_eq!(subjects(&page), Vec::<&str>::new());
}

async fn a_position_that_the_feed_does_not_reach_is_told_apart_from_its_end(home: Home) {
    let World { client, running, .. } = &World::on(home).await;
    publish(client, "a").await;
    let detail = client.get("/api/v1/events?after=9000").await.problem(410, "cursor-gone");
    assert!(detail.contains("ends at") && detail.contains("after="), "{detail}");
    client.get("/api/v1/events?after=18446744073709551615").await.problem(410, "cursor-gone");
    let streamed = Stream::ask(running.address(), "?after=1", Some(9_000)).await.expect("an answer");
    assert_eq!(streamed.status(), 410);
    for bad in ["-1", "x", "1.0", "99999999999999999999999"] {
        let detail =
            client.get(&format!("/api/v1/events?after={bad}")).await.problem(400, "malformed-request");
        assert!(detail.contains("latest"), "{detail}");
    }
    client.get("/api/v1/events?limit=0").await.problem(400, "malformed-request");
    client.get("/api/v1/events?address=Sales").await.problem(400, "malformed-request");
}

async fn a_stream_replays_and_then_follows(home: Home) {
    let World { client, running, .. } = &World::on(home).await;
    publish(client, "a").await;
    publish(client, "b").await;
    let mut whole = Stream::open(running.address(), "", None).await;
    let mut late = Stream::open(running.address(), "?after=latest", None).await;
    let mut narrow = Stream::open(running.address(), "?address=sales.d", None).await;
    assert_eq!(whole.told().await.map(|told| (told.id, told.event)), Some((0, None)), "where it begins");
    assert_eq!(whole.subjects(2).await, ["sales.a@1.0.0", "sales.b@1.0.0"]);
    for name in ["c", "d"] {
        publish(client, name).await;
    }
    for stream in [&mut whole, &mut late] {
        assert_eq!(stream.subjects(2).await, ["sales.c@1.0.0", "sales.d@1.0.0"]);
    }
    assert_eq!(narrow.subjects(1).await, ["sales.d@1.0.0"]);
}

async fn a_stream_goes_on_where_its_client_left_off(home: Home) {
    let World { client, running, .. } = &World::on(home).await;
    let mut stream = Stream::open(running.address(), "?after=latest", None).await;
    let begun = stream.told().await.expect("where it begins");
    drop(stream);
    // Nothing was told it, and still nothing is missed.
    for number in 0..250 {
        publish(client, &format!("p{number}")).await;
    }
    let mut last = begun.id;
    let mut seen = Vec::new();
    while seen.len() < 250 {
        let mut stream = Stream::open(running.address(), "?after=latest", Some(last)).await;
        for _ in 0..60.min(250 - seen.len()) {
            let event = stream.event().await.expect("the stream goes on");
            last = event["id"].as_str().and_then(|id| id.parse().ok()).expect("a position");
            seen.push(event["subject"].as_str().expect("a subject").to_owned());
        }
    }
    assert_eq!(seen, (0..250).map(|number| format!("sales.p{number}@1.0.0")).collect::<Vec<_>>());
}

async fn streams_end_when_the_registry_stops(home: Home) {
    let World { running, folder: _folder, _home, .. } = World::on(home).await;
    let mut streams = Vec::new();
    for _ in 0..3 {
        streams.push(Stream::open(running.address(), "", None).await);
    }
    running.shutdown().await;
    for stream in &mut streams {
        while stream.told().await.is_some() {}
    }
}

#[tokio::test]
async fn a_stream_more_than_there_are_places_is_refused_until_one_is_free() {
    let world = World::start_with(|config| config.limits.streams = 1).await;
    let address = world.running.address();
    let first = Stream::open(address, "", None).await;
    let refused = Stream::ask(address, "", None).await.expect("an answer");
    assert_eq!(refused.status(), 503);
    let problem: Value = serde_json::from_slice(&refused.bytes().await.expect("a body")).expect("JSON");
    assert_eq!(problem["type"], "urn:mesh:problem:full");
    assert!(problem["detail"].as_str().is_some_and(|it| it.contains("ask for pages")), "{problem}");
    world.client.get("/api/v1/events").await.ok();
    drop(first);
    // It is found out that nobody reads when something is to be sent.
    for number in 0.. {
        publish(&world.client, &format!("p{number}")).await;
        if Stream::ask(address, "", None).await.expect("an answer").status() == 200 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_outlives_the_time_of_a_request() {
    const TIME: Duration = Duration::from_millis(300);
    let world = World::start_with(|config| config.limits.request = TIME).await;
    let mut stream = Stream::open(world.running.address(), "", None).await;
    let begun = Instant::now();
    for number in 0.. {
        publish(&world.client, &format!("p{number}")).await;
        assert_eq!(stream.subjects(1).await, [format!("sales.p{number}@1.0.0")]);
        if begun.elapsed() > 3 * TIME {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reads_late_holds_up_nobody_and_misses_nothing() {
    let world = World::start_with(|config| config.limits.streams = 2).await;
    let mut slow = Stream::open(world.running.address(), "", None).await;
    for number in 0..120 {
        publish(&world.client, &format!("p{number}")).await;
    }
    // Whoever reads meanwhile gets everything, and the slow one does when it reads.
    let mut quick = Stream::open(world.running.address(), "", None).await;
    let expected: Vec<_> = (0..120).map(|number| format!("sales.p{number}@1.0.0")).collect();
    assert_eq!(quick.subjects(120).await, expected);
    assert_eq!(slow.subjects(120).await, expected);
}

/// Two registries over one database.
#[cfg(feature = "postgres")]
pub(crate) async fn two(
    database: &crate::database::Database,
    change: impl Fn(&mut mesh_registry::Config),
) -> [(Running, Client, tempfile::TempDir); 2] {
    let serve = async || {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = mesh_registry::Config::new(folder.path());
        config.access = mesh_registry::config::Access::open();
        config.listen.set_port(0);
        config.store = Some(database.url());
        change(&mut config);
        let running = mesh_registry::Registry::start(config).await.expect("a registry");
        let client = Client::new(running.address());
        (running, client, folder)
    };
    [serve().await, serve().await]
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_goes_on_at_another_replica_misses_nothing_and_reads_nothing_twice() {
    const EACH: usize = 60;
    let Some(database) = crate::database::Database::make().await else { return };
    let [(one, first, _a), (other, second, _b)] = two(&database, |_| {}).await;
    let written = async |client: Client, name: &'static str| {
        for number in 0..EACH {
            let contract = contract(&format!("sales.{name}{number}"), "1.0.0", "One.");
            let sent = client
                .try_send(
                    reqwest::Method::PUT,
                    &crate::world::version_path(&contract),
                    &[],
                    Some(contract.to_string().into()),
                )
                .await;
            // The registry was killed; its client goes away with it.
            if !sent.is_ok_and(|answer| answer.status.is_success()) {
                return number;
            }
        }
        EACH
    };
    let writers = [tokio::spawn(written(first, "one")), tokio::spawn(written(second.clone(), "other"))];
    let mut stream = Stream::open(one.address(), "", None).await;
    let mut seen = Vec::new();
    for _ in 0..EACH / 2 {
        seen.push(stream.event().await.expect("the stream goes on"));
    }
    // Dropped, it ends without a word.
    drop(one);
    while let Some(event) = stream.event().await {
        seen.push(event);
    }
    let last = seen.last().and_then(|event| event["id"].as_str()?.parse().ok());
    let mut stream = Stream::open(other.address(), "", last).await;
    let [acknowledged, rest] = writers;
    let acknowledged = acknowledged.await.expect("no panic") + rest.await.expect("no panic");
    publish(&second, "last").await;
    while seen.last().is_none_or(|event| event["subject"] != "sales.last@1.0.0") {
        seen.push(stream.event().await.expect("the stream goes on"));
    }
    assert!(seen.len() > acknowledged, "{} of {acknowledged} and the last", seen.len());
    let mut whole = Vec::new();
    let mut after = "0".to_owned();
    loop {
        let page = second.get(&format!("/api/v1/events?limit=50&after={after}")).await.ok();
        let items = page["items"].as_array().expect("items");
        whole.extend(items.iter().cloned());
        after = page["next"].as_str().expect("a position").to_owned();
        if items.is_empty() {
            break;
        }
    }
    assert_eq!(seen, whole, "in order, none twice, none missing");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn streams_follow_again_when_the_database_comes_back() {
    let Some(database) = crate::database::Database::make().await else { return };
    let [(_one, first, _a), (other, second, _b)] = two(&database, |_| {}).await;
    publish(&first, "before").await;
    let mut stream = Stream::open(other.address(), "", None).await;
    assert_eq!(stream.subjects(1).await, ["sales.before@1.0.0"]);
    let mut last = 0;
    for round in 0..3 {
        database.cut_connections().await;
        // What is cut off may fail once more for each connection of the pool.
        let document = contract(&format!("sales.p{round}"), "1.0.0", "One.");
        while !first.publish(&document).await.status.is_success() {}
        let wanted = format!("sales.p{round}@1.0.0");
        loop {
            match stream.event().await {
                Some(event) => {
                    last = event["id"].as_str().and_then(|id| id.parse().ok()).expect("a position");
                    if event["subject"] == wanted.as_str() {
                        break;
                    }
                }
                // A stream whose registry could not read ends, and its client comes back.
                None => {
                    let again =
                        Stream::ask(other.address(), "?after=0", Some(last)).await.expect("an answer");
                    if again.status() == 200 {
                        stream = Stream { response: again, text: String::new() };
                    }
                }
            }
        }
    }
    second.get("/health/ready").await;
}
