//! What is written about the feed is what a registry does.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use mesh_registry::store::{EventKind, TenantId};
use serde_json::{Value, json};

use crate::world::{World, expectation, fixture};

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
    client.put("/api/v1/policies", &json!({ "document": "mesh = 1\n", "revision": 0 })).await.ok();
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
