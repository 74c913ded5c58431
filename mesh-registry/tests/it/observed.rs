//! Readers that ports have seen and that have declared nothing count like those that have.

use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Client, Home, World, announcement, expectation, fixture};

crate::on_each_store!(
    who_was_seen_to_read_counts_in_every_judgement
    who_declares_counts_by_what_is_declared
    who_was_not_seen_for_long_does_not_count
    a_port_tells_of_its_own_products_alone
);

const READS: &str = "/api/v1/deployments/sales-1/reads";

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    world.client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    announce(&world.client, 1).await;
    world
}

async fn announce(client: &Client, epoch: u64) {
    let body = announcement("sales", "sales.orders", "1.0.0", epoch);
    client.put("/api/v1/deployments/sales-1", &body).await.ok();
}

fn reader(consumer: &str, fields: &[&str], last_at: &str) -> Value {
    json!({
        "consumer": consumer, "agreement": "0".repeat(32), "address": "sales.orders", "version": "1.0.0",
        "fields": fields, "answered": 3, "refused": 0, "lastAt": last_at,
    })
}

async fn tell(client: &Client, epoch: u64, readers: &[Value]) -> Answer {
    client.put(READS, &json!({ "epoch": epoch, "readers": readers })).await
}

/// The next major, without a field.
fn without(field: &str, version: &str) -> Value {
    let mut contract = fixture("sales.orders@1.0.0");
    contract["version"] = version.into();
    let root = contract["root"].as_str().expect("a root").to_owned();
    let fields = contract["types"][&root]["fields"].as_array_mut().expect("fields");
    fields.retain(|it| it["name"] != field);
    for side in ["emits", "accepts"] {
        let schema = &mut contract["schemas"][side];
        schema["properties"].as_object_mut().expect("properties").remove(field);
        schema["required"].as_array_mut().expect("names").retain(|name| name != field);
    }
    contract
}

async fn hurt(client: &Client, contract: &Value) -> String {
    let path = crate::world::version_path(contract);
    let answer = client.put(&path, contract).await;
    if answer.status.is_success() { String::new() } else { answer.json()["detail"].to_string() }
}

async fn who_was_seen_to_read_counts_in_every_judgement(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    // What is remembered of the product is of before.
    let next = without("placed_at", "1.1.0");
    let before = hurt(client, &next).await;
    assert!(!before.contains("bi in production"), "{before}");
    tell(client, 1, &[reader("bi", &["/order_id", "/placed_at"], "2026-01-01T00:00:00Z")]).await.ok();
    let after = hurt(client, &next).await;
    assert!(after.contains("hurts bi in production (reads /placed_at)"), "{after}");
    let consumers = client.get("/api/v1/products/sales.orders/consumers").await.ok();
    let told = &consumers["items"][0];
    assert_eq!((&told["consumer"], &told["observed"]), (&json!("bi"), &json!(true)));
    assert_eq!(told["fields"], json!(["/order_id", "/placed_at"]));
    // Whoever asks whether a version may go there hears of it as well.
    let ask = "/api/v1/environments/production/can-deploy/sales.orders/1.0.0";
    let may = client.get(ask).await;
    assert!(may.ok()["pairs"].to_string().contains("\"bi\""), "{may:?}");
    let events = client.get("/api/v1/events?kind=mesh.reader.observed.v1").await.ok();
    assert_eq!(events["items"].as_array().expect("events").len(), 1);
    tell(client, 1, &[reader("bi", &["/placed_at"], "2026-01-01T00:00:00Z")]).await.ok();
    let events = client.get("/api/v1/events?kind=mesh.reader.observed.v1").await.ok();
    assert_eq!(events["items"].as_array().expect("events").len(), 1, "it was known");
}

async fn who_declares_counts_by_what_is_declared(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    tell(client, 1, &[reader("bi", &["/placed_at"], "2026-01-01T00:00:00Z")]).await.ok();
    assert!(hurt(client, &without("placed_at", "1.1.0")).await.contains("bi in production"));
    let path = "/api/v1/consumers/bi/expectations/sales.orders";
    client.put(path, &expectation("bi", "sales.orders")).await.ok();
    let now = hurt(client, &without("placed_at", "1.1.0")).await;
    assert!(!now.contains("bi in production"), "{now}");
    let consumers = client.get("/api/v1/products/sales.orders/consumers").await.ok();
    assert_eq!(consumers["items"].as_array().expect("readers").len(), 1);
    assert_eq!(consumers["items"][0].get("observed"), None);
}

async fn who_was_not_seen_for_long_does_not_count(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    tell(client, 1, &[reader("bi", &["/placed_at"], "2026-01-01T00:00:00Z")]).await.ok();
    let refused = json!({ "epoch": 1, "readers": [{
        "consumer": "nosy", "agreement": "a", "address": "sales.orders", "version": "1.0.0",
        "fields": [], "answered": 0, "refused": 9, "lastAt": "2026-01-01T00:00:00Z",
    }] });
    client.put(READS, &refused).await.ok();
    let names = async || client.get("/api/v1/products/sales.orders/consumers").await.ok()["items"].clone();
    assert_eq!(names().await.as_array().expect("readers").len(), 1, "who was only refused reads nothing");
    world.clock.advance_seconds(91 * 24 * 60 * 60);
    assert_eq!(names().await, json!([]));
}

async fn a_port_tells_of_its_own_products_alone(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let good = reader("bi", &["/placed_at"], "2026-01-01T00:00:00Z");
    let unknown = json!({ "epoch": 1, "readers": [] });
    client.put("/api/v1/deployments/nobody/reads", &unknown).await.problem(404, "unknown-instance");
    for (member, value) in [
        ("address", json!("accounting.payroll")),
        ("fields", json!(["status"])),
        ("agreement", json!("<b>")),
        ("lastAt", json!("yesterday")),
    ] {
        let mut reader = good.clone();
        reader[member] = value;
        let refused = tell(client, 1, &[reader]).await;
        assert_eq!(refused.json()["pointer"], format!("/readers/0/{member}"));
        refused.problem(422, "invalid-document");
    }
    announce(client, 2).await;
    tell(client, 1, std::slice::from_ref(&good)).await.problem(409, "stale-epoch");
    tell(client, 2, &[good]).await.ok();
    let headers = [("content-type", "application/json")];
    let wrong = client.send(Method::PUT, READS, &headers, Some(b"{}".to_vec())).await;
    wrong.problem(422, "malformed-document");
}
