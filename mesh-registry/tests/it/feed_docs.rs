//! What is written about the feed is what a registry does.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use mesh_registry::store::{EventKind, TenantId};
use serde_json::{Value, json};

use crate::world::{World, announcement, expectation, fixture};

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/feed.md"))
}

fn text() -> String {
    std::fs::read_to_string(path()).expect("docs/feed.md")
}

/// The code of a language in the page.
fn code(language: &str) -> String {
    let text = text();
    let (_, rest) = text.split_once(&format!("```{language}\n")).expect("code");
    rest.split_once("```").expect("its end").0.to_owned()
}

/// Makes one event of each kind.
async fn make(world: &World) {
    let client = &world.client;
    client.publish(&fixture("sales.products@1.1.0")).await.ok();
    let path = "/api/v1/consumers/billing/expectations/sales.products";
    let mut reads = expectation("billing", "sales.products");
    reads["consumerVersion"] = "2.1".into();
    reads["environment"] = "production".into();
    reads["purpose"] = "invoices".into();
    client.put(path, &reads).await.ok();
    let ran = "/api/v1/environments/production/deployed/billing/2.1";
    client.send(reqwest::Method::PUT, ran, &[], None).await.ok();
    client.delete(ran).await.ok();
    let product = "/api/v1/products/sales.products";
    client.put(&format!("{product}/yanks/1.1.0"), &json!({ "reason": "It rounds wrongly." })).await.ok();
    client.delete(&format!("{product}/yanks/1.1.0")).await.ok();
    let mut next = fixture("sales.products@1.1.0");
    next["version"] = "1.2.0".into();
    client.publish(&next).await.ok();
    let back = json!({ "version": "1.1.0", "reason": "1.2.0 is slow." });
    client.put(&format!("{product}/lines/1/current"), &back).await.ok();
    let until = json!({ "until": "2026-01-20", "reason": "Line 2 is coming." });
    client.put(&format!("{product}/deprecations/1"), &until).await.ok();
    world.running.registry().remind(&TenantId::default()).await.expect("reminded");
    let gone = json!({ "override": true, "reason": "Nobody minds." });
    client.put(&format!("{product}/retirements/1"), &gone).await.ok();
    client.delete(&format!("{product}/retirements/1")).await.ok();
    client.delete(&format!("{product}/deprecations/1")).await.ok();
    client.delete(path).await.ok();
    let owner = client.get("/api/v1/domains/sales/owner").await.ok()["owner"].clone();
    let offer = json!({ "from": owner, "to": "shop@example.com" });
    client.put("/api/v1/domains/sales/owner/offer", &offer).await.ok();
    client.delete("/api/v1/domains/sales/owner/offer").await.ok();
    client.put("/api/v1/domains/sales/owner/offer", &offer).await.ok();
    client.put("/api/v1/domains/sales/owner/acceptance", &json!({ "by": "shop@example.com" })).await.ok();
    agree(world).await;
    client.put("/api/v1/policies", &json!({ "document": "mesh = 1\n", "revision": 0 })).await.ok();
}

/// Makes one event of each kind that is about who may read.
async fn agree(world: &World) {
    let client = &world.client;
    let post = async |path: &str, body: &Value| {
        let headers = [("content-type", "application/json")];
        client.send(reqwest::Method::POST, path, &headers, Some(body.to_string().into())).await.ok()
    };
    let ask = async |purpose: &str| {
        let asked = json!({
            "consumer": "billing", "purpose": purpose, "environment": "production",
            "terms": { "fields": [""], "until": "2026-01-31" },
        });
        let asked = post("/api/v1/products/sales.products/agreements", &asked).await;
        format!("/api/v1/agreements/{}", asked["id"].as_str().expect("an id"))
    };
    let reason = json!({ "reason": "It is over." });
    let agreed = ask("invoices").await;
    client.post(&format!("{agreed}/acceptance")).await.ok();
    world.running.registry().remind_agreements(&TenantId::default()).await.expect("reminded");
    let less = json!({ "terms": { "fields": ["/track_id"], "until": "2026-01-31" } });
    post(&format!("{agreed}/acceptance"), &less).await;
    client.get(&format!("{agreed}/grant")).await.ok();
    let told = announcement("sales", "sales.products", "1.1.0", 1);
    client.put("/api/v1/deployments/sales-1", &told).await.ok();
    let reads = json!({ "epoch": 1, "readers": [{
        "consumer": "price-page", "agreement": "0".repeat(32), "address": "sales.products", "version": "1.1.0",
        "fields": ["/track_id"], "answered": 1, "refused": 0, "lastAt": "2026-01-01T00:00:00Z",
    }] });
    client.put("/api/v1/deployments/sales-1/reads", &reads).await.ok();
    post(&format!("{agreed}/revocation"), &reason).await;
    post(&format!("{}/refusal", ask("forecast").await), &reason).await;
    client.post(&format!("{}/withdrawal", ask("research").await)).await.ok();
}

/// What is random in an example stands there as zeros.
fn settled(mut event: Value) -> Value {
    if event["data"]["agreement"].is_string() {
        event["data"]["agreement"] = "0".repeat(32).into();
    }
    if event["data"]["kid"].is_string() {
        event["data"]["kid"] = "0".repeat(43).into();
        event["subject"] = "0".repeat(43).into();
    }
    event
}

#[tokio::test]
async fn the_examples_are_what_a_registry_sends() {
    const BEGIN: &str = "<!-- examples -->\n";
    const END: &str = "<!-- end -->";
    let world = World::start().await;
    make(&world).await;
    let page = world.client.get("/api/v1/events").await.ok();
    let mut examples = String::new();
    let mut left: Vec<String> = EventKind::ALL.iter().map(EventKind::to_string).collect();
    for event in page["items"].as_array().expect("items") {
        // One of each kind is enough.
        let Some(kind) = left.iter().position(|kind| event["type"] == **kind) else { continue };
        left.remove(kind);
        let event = settled(event.clone());
        examples += &format!("\n```json\n{event:#}\n```\n");
    }
    assert!(left.is_empty(), "no example of {left:?}");
    let text = text();
    let (before, rest) = text.split_once(BEGIN).expect("where they begin");
    let (_, after) = rest.split_once(END).expect("where they end");
    let wanted = format!("{before}{BEGIN}{examples}\n{END}{after}");
    if std::env::var_os("MESH_UPDATE").is_some() {
        std::fs::write(path(), &wanted).expect("the page is written");
    } else {
        assert!(
            text == wanted,
            "other events than in docs/feed.md; run with MESH_UPDATE=1 and look at what changed"
        );
    }
}

#[test]
fn every_kind_is_in_the_table() {
    let text = text();
    let told: Vec<_> = text
        .lines()
        .filter_map(|line| {
            line.strip_prefix("| `mesh.")?.split_once('`').map(|(kind, _)| format!("mesh.{kind}"))
        })
        .collect();
    let kinds: Vec<_> = EventKind::ALL.iter().map(EventKind::to_string).collect();
    assert_eq!(told, kinds);
}

#[test]
fn the_function_in_rust_is_the_one_that_tests_verify_with() {
    assert_eq!(code("rust"), include_str!("verify.rs").split_once("\n\n").expect("a head").1);
}

/// Whether the function in Python takes a delivery; nothing where there is no Python.
pub(crate) fn python(secret: &str, headers: &Value, body: &[u8]) -> Option<bool> {
    let call = format!(
        "{}\nimport sys, json\nheaders = json.loads(sys.argv[2])\n\
         print(is_signed(sys.argv[1], headers, bytes.fromhex(sys.argv[3]), tolerance=None))\n\
         assert not is_signed(sys.argv[1], headers, bytes.fromhex(sys.argv[3]), tolerance=300)\n",
        code("python")
    );
    let hex: String = body.iter().map(|byte| format!("{byte:02x}")).collect();
    let ran = Command::new("python3")
        .args(["-c", &call, secret, &headers.to_string(), &hex])
        .stderr(Stdio::inherit())
        .output()
        .ok()?;
    assert!(ran.status.success(), "{ran:?}");
    Some(ran.stdout.starts_with(b"True"))
}
