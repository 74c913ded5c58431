//! What is written about the feed is what a registry does.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use mesh_registry::store::EventKind;
use serde_json::Value;

use crate::world::{Client, World, expectation, fixture};

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

/// Makes one event of each kind that can be made at present.
async fn make(client: &Client) {
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
    client.delete(path).await.ok();
}

#[tokio::test]
async fn the_examples_are_what_a_registry_sends() {
    const BEGIN: &str = "<!-- examples -->\n";
    const END: &str = "<!-- end -->";
    let world = World::start().await;
    make(&world.client).await;
    let page = world.client.get("/api/v1/events").await.ok();
    let mut examples = String::new();
    for event in page["items"].as_array().expect("items") {
        examples += &format!("\n```json\n{event:#}\n```\n");
    }
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
