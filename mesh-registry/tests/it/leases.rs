//! Leases over HTTP, with a clock that the test moves.

use reqwest::Method;
use serde_json::json;

use crate::world::{Home, World, announcement};

crate::on_each_store!(
    a_lease_runs_out_and_a_renewal_brings_it_back
    a_restarted_instance_replaces_itself_and_its_earlier_start_is_refused
    an_announcement_that_pages_could_not_link_to_is_refused
);

async fn a_lease_runs_out_and_a_renewal_brings_it_back(home: Home) {
    let World { client, clock, running: _running, .. } = &World::on(home).await;
    let path = "/api/v1/deployments/sales@host-1:4100";
    let body = announcement("sales", "sales.orders", "1.0.0", 1);
    let lease = client.put(path, &body).await.ok();
    assert_eq!(lease, json!({ "instance": "sales@host-1:4100", "leaseSeconds": 30 }));
    let live = async |live: bool| {
        let found = client.get(&format!("/api/v1/deployments?live={live}")).await.ok();
        found["items"].as_array().map(Vec::len)
    };
    assert_eq!((live(true).await, live(false).await), (Some(1), Some(0)));
    clock.advance_seconds(30);
    assert_eq!((live(true).await, live(false).await), (Some(0), Some(1)));
    client.put(path, &body).await.ok();
    let found = client.get("/api/v1/products/sales.orders/deployments?environment=production").await.ok();
    assert_eq!(found["items"][0]["live"], true);
}

async fn a_restarted_instance_replaces_itself_and_its_earlier_start_is_refused(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let path = "/api/v1/deployments/one";
    client.put(path, &announcement("sales", "sales.orders", "1.0.0", 10)).await.ok();
    client.put(path, &announcement("sales", "sales.orders", "1.1.0", 11)).await.ok();
    let late = client.put(path, &announcement("sales", "sales.orders", "1.0.0", 10)).await;
    let detail = late.problem(409, "stale-epoch");
    assert!(detail.contains("epoch 11"), "{detail}");
    client.delete(&format!("{path}?epoch=10")).await.problem(409, "stale-epoch");
    let found = client.get("/api/v1/deployments").await.ok();
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["items"][0]["products"][0]["version"], "1.1.0");
    client.delete(&format!("{path}?epoch=11")).await.ok();
    assert_eq!(client.get("/api/v1/deployments").await.ok()["items"][0]["live"], false);
    client.delete(path).await.problem(400, "malformed-request");
    client.delete("/api/v1/deployments/nobody?epoch=1").await.ok();
}

async fn an_announcement_that_pages_could_not_link_to_is_refused(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let good = announcement("sales", "sales.orders", "1.0.0", 1);
    let refused = async |change: &dyn Fn(&mut serde_json::Value), pointer: &str| {
        let mut body = good.clone();
        change(&mut body);
        let answer = client.put("/api/v1/deployments/one", &body).await;
        answer.problem(422, "invalid-document");
        assert_eq!(answer.json()["pointer"], pointer);
    };
    refused(&|body| body["baseUrl"] = json!("javascript:alert(1)"), "/baseUrl").await;
    refused(&|body| body["baseUrl"] = json!("/relative"), "/baseUrl").await;
    refused(
        &|body| body["products"][0]["ports"][0]["url"] = json!("file:///etc/passwd"),
        "/products/0/ports/0/url",
    )
    .await;
    refused(&|body| body["leaseSeconds"] = json!(0), "/leaseSeconds").await;
    refused(&|body| body["leaseSeconds"] = json!(1_000_000), "/leaseSeconds").await;
    refused(&|body| body["products"][0]["address"] = json!("stock.levels"), "/products/0/address").await;
    for instance in ["a%20b", "%3Cscript%3E", &"x".repeat(201), "a%2Fb"] {
        let path = format!("/api/v1/deployments/{instance}");
        client.put(&path, &good).await.problem(400, "malformed-request");
        client
            .send(Method::DELETE, &format!("{path}?epoch=1"), &[], None)
            .await
            .problem(400, "malformed-request");
    }
    assert_eq!(client.get("/api/v1/deployments").await.ok()["items"], json!([]));
}
