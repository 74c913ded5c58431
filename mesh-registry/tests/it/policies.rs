//! What the platform asks of every product, over HTTP: setting it, trying it, publishing under it, and the page.

use mesh_policy::starters;
use serde_json::{Value, json};

use crate::world::{Answer, Client, Home, World, contract, fixture};

crate::on_each_store!(
    a_registry_begins_without_policies
    policies_replace_the_revision_that_is_named_and_no_other
    a_document_with_mistakes_is_refused_at_its_lines
    a_publish_is_held_to_the_policies_that_count
    a_draft_is_told_and_goes_on
    a_trial_names_who_would_fail_and_sets_nothing
    an_input_that_goes_away_is_found
    the_page_tells_what_breaks_each_policy
);

const POLICIES: &str = "/api/v1/policies";

/// Policies of one rule, which wants a tag.
fn tagged(tag: &str, severity: &str) -> String {
    format!(
        "mesh = 1\n\n[[policy]]\nid = \"tagged-{tag}\"\ntitle = \"Every product is tagged {tag}\"\nwhy = \"To find it.\"\n\
         applies = [\"product\"]\nmust = '\"{tag}\" in product.tags'\nmessage = \"it is not tagged {tag}\"\n\
         fix = \"tag it\"\nseverity = \"{severity}\"\nat = \"/tags\"\n"
    )
}

async fn set(client: &Client, document: &str, revision: u64) -> Answer {
    client.put(POLICIES, &json!({ "document": document, "revision": revision })).await
}

async fn test(client: &Client, document: &str) -> Value {
    let body = json!({ "document": document }).to_string();
    let headers = [("content-type", "application/json")];
    client.send(reqwest::Method::POST, "/api/v1/policies/test", &headers, Some(body.into())).await.ok()
}

fn tagging(address: &str, version: &str, tags: &[&str]) -> Value {
    let mut contract = contract(address, version, "Something.");
    contract["tags"] = json!(tags);
    contract
}

async fn a_registry_begins_without_policies(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let standing = client.get(POLICIES).await.ok();
    assert_eq!((&standing["revision"], &standing["document"]), (&json!(0), &json!("")));
    let published = client.publish(&tagging("sales.orders", "1.0.0", &[])).await.ok();
    assert_eq!(published.get("policies"), None);
    let found = client.get("/api/v1/policies/findings").await.ok();
    assert_eq!(found, json!({ "products": 1, "refused": 0, "findings": [] }));
}

async fn policies_replace_the_revision_that_is_named_and_no_other(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let first = set(client, &tagged("a", "refuse"), 0).await.ok();
    assert_eq!((&first["revision"], &first["setBy"]), (&json!(1), &json!("anyone")));
    assert_eq!(client.get(POLICIES).await.ok(), first);
    let detail = set(client, &tagged("b", "refuse"), 0).await.problem(409, "wrong-state");
    assert!(detail.contains("at revision 1"), "{detail}");
    // The same again is no change, whatever its sender has seen.
    assert_eq!(set(client, &tagged("a", "refuse"), 0).await.ok(), first);
    let second = set(client, &tagged("b", "refuse"), 1).await.ok();
    assert_eq!(second["revision"], 2);
    let history = client.get("/api/v1/policies/history?limit=1").await.ok();
    assert_eq!(history["items"][0]["digest"], second["digest"]);
    let next = history["next"].as_str().expect("another page");
    let history = client.get(&format!("/api/v1/policies/history?limit=1&after={next}")).await.ok();
    assert_eq!(history["items"][0]["digest"], first["digest"]);
    assert_eq!(history.get("next"), None);
    let events = client.get("/api/v1/events?kind=mesh.policies.set.v1").await.ok();
    assert_eq!(events["items"].as_array().map(Vec::len), Some(2), "{events}");
}

async fn a_document_with_mistakes_is_refused_at_its_lines(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let wrong = tagged("a", "refuse").replace("product.tags", "product.tag");
    let refused = set(client, &wrong, 0).await;
    let detail = refused.problem(422, "invalid-document");
    assert!(detail.starts_with("line 8: `product` has no member `tag`"), "{detail}");
    assert_eq!(refused.json()["findings"][0]["line"], 8);
    // What it says of its own examples must be so.
    let example = format!("{}\n[[policy.example]]\nholds = true\n", tagged("a", "refuse"));
    let detail = set(client, &example, 0).await.problem(422, "invalid-document");
    assert!(detail.contains("line 15: `tagged-a` does not hold for this example"), "{detail}");
    assert_eq!(client.get(POLICIES).await.ok()["revision"], 0);
}

async fn a_publish_is_held_to_the_policies_that_count(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    client.publish(&tagging("sales.before", "1.0.0", &[])).await.ok();
    set(client, &tagged("a", "refuse"), 0).await.ok();
    let refused = client.publish(&tagging("sales.orders", "1.0.0", &["b"])).await;
    let detail = refused.problem(422, "policy");
    assert_eq!(detail, "`sales.orders` 1.0.0 breaks the policy `tagged-a`: it is not tagged a; tag it");
    let finding = json!({
        "rule": "tagged-a", "severity": "refuse", "outcome": "broken", "subject": "sales.orders",
        "pointer": "/tags", "message": "it is not tagged a", "fix": "tag it",
    });
    assert_eq!(refused.json()["findings"], json!([finding]));
    client.get("/api/v1/products/sales.orders").await.problem(404, "unknown-product");
    client.publish(&tagging("sales.orders", "1.0.0", &["a"])).await.ok();
    // What stands already is not held to what came after.
    client.publish(&tagging("sales.before", "1.0.0", &[])).await.ok();
    // A warning goes with the answer.
    set(client, &tagged("b", "warn"), 1).await.ok();
    let published = client.publish(&tagging("sales.invoices", "1.0.0", &[])).await.ok();
    assert_eq!(published["policies"][0]["rule"], "tagged-b");
    assert_eq!(published["policies"][0]["severity"], "warn");
    set(client, "mesh = 1\n", 2).await.ok();
    let published = client.publish(&tagging("sales.payments", "1.0.0", &[])).await.ok();
    assert_eq!(published.get("policies"), None, "they ask nothing any more");
}

async fn a_draft_is_told_and_goes_on(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    set(client, &tagged("a", "refuse"), 0).await.ok();
    let path = "/api/v1/products/sales.orders/versions/1.0.0?draft=true";
    let published = client.put(path, &tagging("sales.orders", "1.0.0", &[])).await.ok();
    assert_eq!(published["policies"][0]["rule"], "tagged-a");
    client.publish(&tagging("sales.orders", "1.0.0", &[])).await.problem(422, "policy");
}

async fn a_trial_names_who_would_fail_and_sets_nothing(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    for (address, tags) in [("sales.orders", ["a"]), ("sales.invoices", ["b"]), ("shop.carts", ["b"])] {
        client.publish(&tagging(address, "1.0.0", &tags)).await.ok();
    }
    let trial = test(client, &tagged("a", "refuse")).await;
    assert_eq!((&trial["products"], &trial["refused"]), (&json!(3), &json!(2)));
    let named = |trial: &Value| {
        let findings = trial["findings"].as_array().expect("findings").iter();
        findings.map(|it| it["address"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(named(&trial), ["sales.invoices", "shop.carts"]);
    let trial = test(client, &tagged("b", "warn")).await;
    assert_eq!((named(&trial), &trial["refused"]), (vec!["sales.orders".to_owned()], &json!(0)));
    assert_eq!(client.get(POLICIES).await.ok()["revision"], 0);
    let path = "/api/v1/policies/test";
    let headers = [("content-type", "application/json")];
    let body = json!({ "document": "mesh = 7" }).to_string();
    let refused = client.send(reqwest::Method::POST, path, &headers, Some(body.into())).await;
    refused.problem(422, "invalid-document");
}

async fn an_input_that_goes_away_is_found(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    client.publish(&tagging("shop.carts", "1.0.0", &[])).await.ok();
    let inputs = starters::STARTERS.iter().find(|it| it.name == "inputs").expect("the starter");
    set(client, inputs.document, 0).await.ok();
    let mut made = tagging("sales.orders", "1.0.0", &[]);
    made["inputs"] = json!([
        { "address": "far.away", "requirement": "^1", "fields": ["/id"] },
        { "address": "shop.carts", "requirement": "^1", "fields": ["/id"] },
    ]);
    assert_eq!(client.publish(&made).await.ok().get("policies"), None, "one is fine and one is not known");
    let until = json!({ "until": "2030-01-20" });
    client.put("/api/v1/products/shop.carts/deprecations/1", &until).await.ok();
    made["version"] = "1.1.0".into();
    made["description"] = "Something else.".into();
    let refused = client.publish_reworded(&made).await;
    let detail = refused.problem(422, "policy");
    assert!(detail.contains("`no-deprecated-inputs`: sales.orders reads shop.carts: "), "{detail}");
    let pointer = &refused.json()["findings"][0]["pointer"];
    assert_eq!(pointer, "/inputs/1");
    let found = client.get("/api/v1/policies/findings").await.ok();
    assert_eq!(found["findings"][0]["address"], "sales.orders", "it breaks it now: {found}");
}

async fn the_page_tells_what_breaks_each_policy(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let page = async || {
        let accept = [("accept", "text/html")];
        let answer = client.try_send(reqwest::Method::GET, "/policies", &accept, None).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status, 200);
        String::from_utf8(answer.bytes).expect("text")
    };
    assert!(page().await.contains("mesh policy set --starters"));
    client.publish(&tagging("sales.orders", "1.0.0", &["b"])).await.ok();
    client.publish(&fixture("sales.customers@1.0.0")).await.ok();
    let hostile = tagged("a", "refuse").replace("To find it.", "<script>alert(1)</script>");
    set(client, &hostile, 0).await.ok();
    let body = page().await;
    for word in
        ["tagged-a", "Every product is tagged a", "/products/sales.orders/1.0.0", "2 products looked at"]
    {
        assert!(body.contains(word), "`{word}` is missing: {body}");
    }
    assert!(!body.contains("<script>alert"), "{body}");
    // What is found is remembered until something happens.
    client.publish(&tagging("sales.invoices", "1.0.0", &["a"])).await.ok();
    assert!(page().await.contains("3 products looked at"));
}
