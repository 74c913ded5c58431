//! People ask and decide with the forms on pages, which count only when they come from a page of the registry.

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::world::{Answer, Client, World, announcement, fixture};

const FORM: &str = "application/x-www-form-urlencoded";
const ASK: &str = "/products/sales.orders/agreements";
const QUESTION: &str = "consumer=accounting&purpose=Invoices+%3Cb%3E&environment=production&until=2026-03-31\
    &field=%2Forder_id&field=%2Flines";

async fn world() -> World {
    let world = World::start().await;
    world.client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    world
}

/// Sends what a browser sends; pages are no part of the API's description.
async fn send(client: &Client, path: &str, site: &str, body: &str) -> Answer {
    let headers = [("content-type", FORM), ("sec-fetch-site", site), ("accept", "text/html,*/*;q=0.8")];
    client.try_send(Method::POST, path, &headers, Some(body.as_bytes().to_vec())).await.expect("an answer")
}

async fn page(client: &Client, path: &str) -> String {
    let headers = [("accept", "text/html")];
    let answer = client.try_send(Method::GET, path, &headers, None).await.expect("an answer");
    assert_eq!(answer.status, StatusCode::OK);
    String::from_utf8(answer.bytes).expect("a page")
}

async fn agreements(client: &Client) -> Value {
    client.get("/api/v1/agreements").await.ok()["items"].clone()
}

#[tokio::test]
async fn access_is_asked_for_and_decided_on_pages() {
    let World { client, running: _running, .. } = &world().await;
    assert!(page(client, "/agreements").await.contains("There is no agreement yet."));
    assert!(page(client, "/products/sales.orders").await.contains("mesh request sales.orders"));
    let asked = send(client, ASK, "same-origin", QUESTION).await;
    // The client follows, as a browser does, to where what was done is seen.
    assert_eq!(asked.status, StatusCode::OK);
    let text = String::from_utf8(asked.bytes).expect("a page");
    assert!(text.contains("Invoices &lt;b&gt;") && !text.contains("Invoices <b>"), "{text}");
    let found = agreements(client).await;
    assert_eq!(found[0]["asked"]["fields"], serde_json::json!(["/lines", "/order_id"]));
    let act = |act: &str| format!("/agreements/{}/{act}", found[0]["id"].as_str().expect("an id"));
    let narrow = "fields=%2Forder_id%0D%0A&until=2026-02-28&reason=Ids+will+do.";
    assert_eq!(send(client, &act("acceptance"), "same-origin", narrow).await.status, StatusCode::OK);
    let now = agreements(client).await;
    assert_eq!((&now[0]["state"], &now[0]["reason"]), (&"accepted".into(), &"Ids will do.".into()));
    assert_eq!(now[0]["agreed"]["fields"], serde_json::json!(["/order_id"]));
    let inbox = page(client, "/agreements").await;
    assert!(inbox.contains("Ids will do.") && inbox.contains("Revoke"), "{inbox}");
    // What a form came to is a page as well.
    let refused = send(client, &act("revocation"), "same-origin", "reason=").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(String::from_utf8_lossy(&refused.bytes).contains("<h1"), "{refused:?}");
    send(client, &act("revocation"), "same-origin", "reason=Over.").await;
    assert_eq!(agreements(client).await[0]["state"], "revoked");
}

#[tokio::test]
async fn a_form_of_another_site_does_nothing() {
    let World { client, running: _running, .. } = &world().await;
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(send(client, ASK, site, QUESTION).await.status, StatusCode::FORBIDDEN, "{site}");
    }
    let headers = [("content-type", FORM), ("origin", "https://evil.example")];
    let body = || Some(QUESTION.as_bytes().to_vec());
    let old = client.try_send(Method::POST, ASK, &headers, body()).await.expect("an answer");
    old.problem(403, "cross-site");
    let silent = client.try_send(Method::POST, ASK, &headers[..1], body()).await.expect("an answer");
    silent.problem(403, "cross-site");
    assert_eq!(agreements(client).await, Value::Array(Vec::new()));
}

#[tokio::test]
async fn who_was_seen_to_read_is_marked_on_the_page() {
    let World { client, running: _running, .. } = &world().await;
    client.put("/api/v1/deployments/sales-1", &announcement("sales", "sales.orders", "1.0.0", 1)).await.ok();
    let reads = serde_json::json!({ "epoch": 1, "readers": [{
        "consumer": "bi", "agreement": "a", "address": "sales.orders", "version": "1.0.0",
        "fields": ["/order_id"], "answered": 1, "refused": 0, "lastAt": "2026-01-01T00:00:00Z",
    }] });
    client.put("/api/v1/deployments/sales-1/reads", &reads).await.ok();
    assert!(page(client, "/products/sales.orders").await.contains("observed, not declared"));
}
