//! What one tenant does changes nothing of what another can see, whatever it asks.

use std::time::{Duration, Instant};

use mesh_contract::Contract;
use mesh_registry::access::Identity;
use mesh_registry::store::TenantId;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::world::{Answer, Client, Home, World, announcement, contract, expectation, fixture, version_path};

crate::on_each_store!(
    whatever_another_tenant_does_every_answer_stays_as_it_was
    what_another_tenant_has_is_as_if_it_were_not_there
    two_tenants_have_the_same_names_and_contents_beside_each_other
    a_stream_tells_of_one_tenant_alone
    every_tenant_is_worked_for
    counters_and_problems_name_no_tenant
    how_long_an_answer_takes_does_not_tell_what_another_has
);

/// Whoever asks is of the tenant in the header, and may do everything there.
const TENANT: &str = "x-test-tenant";

fn caller(headers: &HeaderMap) -> Identity {
    let name = headers.get(TENANT).and_then(|name| name.to_str().ok()).unwrap_or("default");
    Identity::open(name.parse().expect("a tenant"))
}

async fn world(home: Home) -> World {
    let world = World::on_with(home, |config| {
        config.callers = Some(caller);
        config.webhooks.allow_private = true;
    })
    .await;
    for name in ["acme", "zeta"] {
        let tenant: TenantId = name.parse().expect("a tenant");
        assert!(world.running.registry().add_tenant(&tenant).await.expect("made"));
    }
    world
}

/// A client of one tenant.
struct Of<'w> {
    client: &'w Client,
    tenant: &'static str,
}

impl Of<'_> {
    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let headers = [(TENANT, self.tenant), ("content-type", "application/json")];
        self.client.send(method, path, &headers, body.map(|body| body.to_string().into())).await
    }

    async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    async fn publish(&self, contract: &Value) -> Answer {
        self.put(&version_path(contract), contract).await
    }

    /// A page or a problem, as a browser sees it.
    async fn page(&self, path: &str) -> (u16, String) {
        let headers = [(TENANT, self.tenant), ("accept", "text/html"), ("x-request-id", "same")];
        let answer = self.client.try_send(Method::GET, path, &headers, None).await.expect("an answer");
        (answer.status.as_u16(), String::from_utf8_lossy(&answer.bytes).into_owned())
    }
}

/// Everything that there is to be had of a tenant.
async fn fill(of: &Of<'_>) {
    for name in ["sales.orders@1.0.0", "sales.orders@1.2.0"] {
        of.publish(&fixture(name)).await.ok();
    }
    of.publish(&contract("hidden.product", "1.0.0", "A secret.")).await.ok();
    of.put(
        "/api/v1/consumers/hidden-reader/expectations/hidden.product",
        &expectation("hidden-reader", "hidden.product"),
    )
    .await
    .ok();
    of.put("/api/v1/deployments/hidden-1", &announcement("hidden", "hidden.product", "1.0.0", 1)).await.ok();
    of.put("/api/v1/webhooks/hidden-hook", &json!({ "url": "http://127.0.0.1:1/hook" })).await.ok();
    of.put("/api/v1/products/hidden.product/yanks/1.0.0", &json!({ "reason": "Hidden." })).await.ok();
}

/// What anybody can ask without a name.
const LISTS: [&str; 12] = [
    "/api/v1/products",
    "/api/v1/products?limit=1",
    "/api/v1/products?q=hidden",
    "/api/v1/domains",
    "/api/v1/deployments",
    "/api/v1/events",
    "/api/v1/events?after=latest",
    "/api/v1/events?after=1",
    "/api/v1/webhooks",
    "/api/v1/deprecations",
    "/api/v1/environments/production/deployed",
    "/api/v1/openapi.json",
];

/// What can be asked about a product, its domain, its reader and so on, all of one name.
fn named(name: &str) -> Vec<String> {
    vec![
        format!("/api/v1/products/{name}.product"),
        format!("/api/v1/products/{name}.product/versions"),
        format!("/api/v1/products/{name}.product/versions/1.0.0"),
        format!("/api/v1/products/{name}.product/resolve?requirement=%5E1"),
        format!("/api/v1/products/{name}.product/lineage"),
        format!("/api/v1/products/{name}.product/consumers"),
        format!("/api/v1/products?domain={name}"),
        format!("/api/v1/products?q={name}"),
        format!("/api/v1/domains/{name}"),
        format!("/api/v1/domains/{name}/owner"),
        format!("/api/v1/deployments?domain={name}"),
        format!("/api/v1/deployments?address={name}.product"),
        format!("/api/v1/events?address={name}.product"),
        format!("/api/v1/consumers/{name}-reader"),
        format!("/api/v1/environments/production/can-deploy/{name}.product/1.0.0"),
        format!("/api/v1/products/{name}.product/deployments"),
        format!("/api/v1/webhooks/{name}-hook"),
        format!("/api/v1/webhooks/{name}-hook/failed"),
    ]
}

const PAGES: [&str; 6] =
    ["/", "/search", "/search?q=hidden", "/search/results?q=orders", "/domains", "/deprecations"];

/// An answer without the time of day. Its request has an id that all have here.
fn told(answer: &Answer) -> (u16, Vec<(String, String)>, String) {
    let headers = answer
        .headers
        .iter()
        .filter(|(name, _)| name.as_str() != "date")
        .map(|(name, value)| (name.to_string(), value.to_str().expect("text").to_owned()))
        .collect();
    (answer.status.as_u16(), headers, String::from_utf8_lossy(&answer.bytes).into_owned())
}

/// All that a tenant can see without a name of its own.
async fn seen(of: &Of<'_>) -> Vec<String> {
    let mut seen = Vec::new();
    for path in LISTS.iter().map(|path| (*path).to_owned()).chain(named("sales")) {
        // What is no path is none for either; a list that asks nothing would prove nothing, which `fill` is seen by below.
        let headers = [(TENANT, of.tenant), ("x-request-id", "same")];
        let answer = of.client.try_send(Method::GET, &path, &headers, None).await.expect("an answer");
        seen.push(format!("{path} {:?}", told(&answer)));
    }
    for path in PAGES {
        let (status, html) = of.page(path).await;
        seen.push(format!("{path} {status} {html}"));
    }
    seen
}

#[track_caller]
fn same(now: &[String], then: &[String]) {
    assert_eq!(now.len(), then.len());
    for (now, then) in now.iter().zip(then) {
        assert_eq!(now, then);
    }
}

async fn whatever_another_tenant_does_every_answer_stays_as_it_was(home: Home) {
    let world = world(home).await;
    let [acme, zeta] = ["acme", "zeta"].map(|tenant| Of { client: &world.client, tenant });
    let empty = (seen(&acme).await, seen(&zeta).await);
    same(&empty.0, &empty.1);
    fill(&acme).await;
    same(&seen(&zeta).await, &empty.1);
    let changed = seen(&acme).await.iter().zip(&empty.0).filter(|(now, then)| now != then).count();
    assert!(changed > 15, "much of what was asked tells of what there is: {changed}");
    // And one that has something itself.
    zeta.publish(&contract("sales.own", "1.0.0", "Of zeta.")).await.ok();
    let before = seen(&zeta).await;
    acme.publish(&fixture("accounting.payroll@1.0.0")).await.ok();
    acme.publish(&contract("sales.more", "1.0.0", "More.")).await.ok();
    acme.put("/api/v1/products/sales.orders/yanks/1.2.0", &json!({ "reason": "Wrong." })).await.ok();
    same(&seen(&zeta).await, &before);
}

async fn what_another_tenant_has_is_as_if_it_were_not_there(home: Home) {
    let world = world(home).await;
    let [acme, zeta] = ["acme", "zeta"].map(|tenant| Of { client: &world.client, tenant });
    fill(&acme).await;
    let mut differ = 0;
    for (there, nowhere) in named("hidden").into_iter().zip(named("absent")) {
        let ask = async |of: &Of<'_>, path: &str| {
            let headers = [(TENANT, of.tenant), ("x-request-id", "same")];
            told(&of.client.try_send(Method::GET, path, &headers, None).await.expect("an answer"))
        };
        let (status, headers, body) = ask(&zeta, &there).await;
        let masked = (status, headers, body.replace("hidden", "absent"));
        assert_eq!(masked, ask(&zeta, &nowhere).await, "{there}");
        let own = ask(&acme, &there).await;
        differ += i32::from((own.0, own.2.replace("hidden", "absent")) != (masked.0, masked.2));
    }
    assert!(differ > 8, "whose it is sees it: {differ}");
    let digest =
        Contract::read(&fixture("sales.orders@1.0.0").to_string()).expect("read").digest().expect("a digest");
    let path = format!("/api/v1/contracts/{digest}");
    let tag = acme.get(&path).await.header("etag").to_owned();
    let headers = [(TENANT, "zeta"), ("if-none-match", &tag[..])];
    let answer = zeta.client.send(Method::GET, &path, &headers, None).await;
    answer.problem(404, "unknown-digest");
    // What is written of another's is of nothing either.
    for path in
        ["/api/v1/webhooks/hidden-hook", "/api/v1/consumers/hidden-reader/expectations/hidden.product"]
    {
        assert_eq!(zeta.send(Method::DELETE, path, None).await.status.as_u16(), 404, "{path}");
        assert_eq!(acme.send(Method::DELETE, path, None).await.status.as_u16() / 100, 2, "{path}");
    }
    let yank = zeta.put("/api/v1/products/hidden.product/yanks/1.0.0", &json!({ "reason": "Mine." })).await;
    yank.problem(404, "unknown-product");
}

async fn two_tenants_have_the_same_names_and_contents_beside_each_other(home: Home) {
    let world = world(home).await;
    let [acme, zeta] = ["acme", "zeta"].map(|tenant| Of { client: &world.client, tenant });
    let first = fixture("sales.orders@1.0.0");
    for of in [&acme, &zeta] {
        assert_eq!(of.publish(&first).await.status.as_u16(), 201, "it is new to {}", of.tenant);
    }
    // Who owns the domain of one owns nothing of the other's.
    let mut theirs = contract("sales.other", "1.0.0", "Other.");
    theirs["domain"]["owner"] = json!("somebody@else.example");
    assert_eq!(acme.publish(&theirs).await.status.as_u16(), 409);
    assert_eq!(zeta.publish(&fixture("sales.orders@1.2.0")).await.status.as_u16(), 201);
    let versions = async |of: &Of<'_>| {
        let product = of.get("/api/v1/products/sales.orders").await.ok();
        product["versions"].as_array().expect("versions").len()
    };
    assert_eq!((versions(&acme).await, versions(&zeta).await), (1, 2));
    let read = async |of: &Of<'_>| of.get(&version_path(&first)).await.bytes;
    assert_eq!(read(&acme).await, read(&zeta).await);
    zeta.put("/api/v1/products/sales.orders/yanks/1.0.0", &json!({ "reason": "Ours." })).await.ok();
    let product = acme.get("/api/v1/products/sales.orders").await.ok();
    assert_eq!(product["versions"][0].get("yanked"), None, "{product}");
    // A reader of one stands in nobody's way in the other.
    let reads = json!({
        "mesh": 1, "consumer": "billing", "address": "sales.orders", "requirement": "^1",
        "fields": ["/id"], "schema": { "type": "object" },
    });
    zeta.put("/api/v1/consumers/billing/expectations/sales.orders", &reads).await.ok();
    let consumers = acme.get("/api/v1/products/sales.orders/consumers").await.ok();
    assert!(consumers["items"].as_array().expect("items").is_empty(), "{consumers}");
    for of in [&acme, &zeta] {
        of.put("/api/v1/webhooks/hook", &json!({ "url": format!("http://127.0.0.1:1/{}", of.tenant) }))
            .await
            .ok();
    }
    let hook = acme.get("/api/v1/webhooks/hook").await.ok();
    assert_eq!(hook["url"], "http://127.0.0.1:1/acme");
}

async fn a_stream_tells_of_one_tenant_alone(home: Home) {
    let world = world(home).await;
    let [acme, zeta] = ["acme", "zeta"].map(|tenant| Of { client: &world.client, tenant });
    let url = format!("http://{}/api/v1/events", world.running.address());
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let asking = http.get(url).header(TENANT, "zeta").header("accept", "text/event-stream");
    let mut stream = asking.send().await.expect("a stream");
    for version in ["1.0.0", "1.2.0"] {
        acme.publish(&fixture(&format!("sales.orders@{version}"))).await.ok();
    }
    zeta.publish(&contract("own.product", "1.0.0", "Own.")).await.ok();
    let mut text = String::new();
    while !text.contains("own.product") {
        let chunk = stream.chunk().await.expect("it goes on").expect("more");
        text.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(!text.contains("sales.orders"), "{text}");
    assert!(
        text.contains("id: 1\nevent: mesh.version.published.v1"),
        "its own events count from one: {text}"
    );
}

/// What a registry does without being asked, it does for every tenant: followers wake, webhooks are told.
async fn every_tenant_is_worked_for(home: Home) {
    let world = world(home).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let to = listener.local_addr().expect("an address");
    for tenant in ["acme", "zeta"] {
        let of = Of { client: &world.client, tenant };
        of.put("/api/v1/webhooks/hook", &json!({ "url": format!("http://{to}/{tenant}") })).await.ok();
        of.publish(&contract("sales.orders", "1.0.0", tenant)).await.ok();
    }
    let mut told = Vec::new();
    while !["acme", "zeta"].iter().all(|name| told.contains(&format!("POST /{name} HTTP/1.1"))) {
        let (stream, _) = listener.accept().await.expect("a delivery");
        let mut line = String::new();
        let mut reader = tokio::io::BufReader::new(stream);
        tokio::io::AsyncBufReadExt::read_line(&mut reader, &mut line).await.expect("a line");
        told.push(line.trim().to_owned());
    }
}

async fn counters_and_problems_name_no_tenant(home: Home) {
    let world = world(home).await;
    let acme = Of { client: &world.client, tenant: "acme" };
    fill(&acme).await;
    let headers = [(TENANT, "acme")];
    let metrics = world.client.try_send(Method::GET, "/metrics", &headers, None).await.expect("an answer");
    assert_eq!(metrics.status, 403, "what is counted is of all tenants together");
    let metrics = world.client.try_send(Method::GET, "/metrics", &[], None).await.expect("an answer");
    let text = String::from_utf8(metrics.bytes).expect("text");
    assert!(text.contains("mesh_"), "{text}");
    for word in ["acme", "zeta", "hidden", "sales"] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    let problem = acme.get("/api/v1/products/no.such").await.problem(404, "unknown-product");
    assert!(!problem.contains("acme"), "{problem}");
}

/// How often a sample of the first is greater than one of the second: a half when nothing tells them apart, all or nothing when
/// everything does.
fn greater(first: &[Duration], second: &[Duration]) -> f64 {
    let wins = first.iter().map(|one| {
        let less = second.iter().filter(|other| *other < one).count();
        let same = second.iter().filter(|other| *other == one).count();
        2 * less + same
    });
    wins.sum::<usize>() as f64 / (2 * first.len() * second.len()) as f64
}

/// Samples of three kinds are taken in turn, in an order of chance, so that whatever else the machine does falls on all alike. No
/// time is held against a bound: what is compared is how often one kind is slower than the other.
async fn how_long_an_answer_takes_does_not_tell_what_another_has(home: Home) {
    const ROUNDS: usize = 300;
    let world = world(home).await;
    let [acme, zeta] = ["acme", "zeta"].map(|tenant| Of { client: &world.client, tenant });
    for number in 0..40 {
        for (of, address) in [(&acme, "sales.orders"), (&zeta, "sales.ownnnn")] {
            let mut one = contract(address, &format!("1.{number}.0"), "One of many.");
            one["x-note"] = json!(number);
            of.publish(&one).await.ok();
        }
    }
    let paths =
        ["sales.orders", "sales.absent", "sales.ownnnn"].map(|name| format!("/api/v1/products/{name}"));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut samples = [const { Vec::new() }; 3];
    for round in 0..ROUNDS + 20 {
        let mut order = [0, 1, 2];
        fastrand::shuffle(&mut order);
        for kind in order {
            let url = format!("http://{}{}", world.running.address(), paths[kind]);
            let started = Instant::now();
            let answer = http.get(url).header(TENANT, "zeta").send().await.expect("an answer");
            answer.bytes().await.expect("a body");
            if round >= 20 {
                samples[kind].push(started.elapsed());
            }
        }
    }
    let [theirs, absent, own] = &samples;
    let told = greater(theirs, absent);
    assert!((told - 0.5).abs() < 0.1, "what another has is told from what is not there: {told}");
    let control = greater(own, absent);
    assert!((control - 0.5).abs() > 0.1, "a real difference would be seen: {control}");
}
