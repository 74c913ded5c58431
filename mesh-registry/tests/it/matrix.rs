//! What runs where, who relies on what, and whether something may be deployed beside it.

use serde_json::{Value, json};

use crate::world::{Answer, Home, World, announcement, contract, fixture};

crate::on_each_store!(
    a_product_may_go_where_every_reader_takes_it
    a_reader_that_is_broken_is_named_with_its_version_and_field
    a_reader_may_go_where_what_runs_is_what_it_takes
    a_deployment_with_a_lease_counts_as_running
    what_is_not_known_is_said
    a_product_needs_its_inputs_to_run
    records_are_listed_replaced_and_taken_back
    an_expectation_that_nothing_meets_yet_is_pending
    an_expectation_needs_a_schema_and_a_plain_version
);

/// An expectation of one field with a type.
fn reads(consumer: &str, version: &str, field: &str, kind: &str) -> Value {
    json!({
        "mesh": 1, "consumer": consumer, "consumerVersion": version, "address": "sales.orders",
        "requirement": "^1", "fields": [format!("/{field}")],
        "schema": { "type": "object", "properties": { field: { "type": kind } }, "required": [field] },
    })
}

async fn expect(world: &World, expectation: &Value) -> Value {
    let path = format!(
        "/api/v1/consumers/{}/expectations/sales.orders",
        expectation["consumer"].as_str().expect("text")
    );
    world.client.put(&path, expectation).await.ok()
}

async fn record(world: &World, what: &str) -> Answer {
    let path = format!("/api/v1/environments/production/deployed/{}", what.replace('@', "/"));
    world.client.send(reqwest::Method::PUT, &path, &[], None).await
}

async fn can_deploy(world: &World, what: &str) -> Value {
    let path = format!("/api/v1/environments/production/can-deploy/{}", what.replace('@', "/"));
    world.client.get(&path).await.ok()
}

/// `sales.orders` in two versions, the second without a field that the first has.
async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    world.client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    world
}

async fn a_product_may_go_where_every_reader_takes_it(home: Home) {
    let world = filled(home).await;
    expect(&world, &reads("billing", "2.1", "order_id", "integer")).await;
    record(&world, "billing@2.1").await.ok();
    let answer = can_deploy(&world, "sales.orders@1.0.0").await;
    assert_eq!(
        (&answer["answer"], answer["pairs"].as_array().map(Vec::len)),
        (&json!("yes"), Some(1)),
        "{answer:#}"
    );
    assert_eq!(answer["pairs"][0]["verdict"], "compatible");
}

async fn a_reader_that_is_broken_is_named_with_its_version_and_field(home: Home) {
    let world = filled(home).await;
    expect(&world, &reads("billing", "2.1", "order_id", "string")).await;
    record(&world, "billing@2.1").await.ok();
    let answer = can_deploy(&world, "sales.orders@1.0.0").await;
    assert_eq!(answer["answer"], "no", "{answer:#}");
    let pair = &answer["pairs"][0];
    assert_eq!((&pair["consumer"], &pair["consumerVersion"]), (&json!("billing"), &json!("2.1")));
    assert_eq!(pair["findings"][0]["pointer"], "/order_id", "{answer:#}");
    // The reader's next version takes it, and with that one in its place the product may go.
    expect(&world, &reads("billing", "2.2", "order_id", "integer")).await;
    assert_eq!(can_deploy(&world, "sales.orders@1.0.0").await["answer"], "no");
    record(&world, "billing@2.2").await.ok();
    assert_eq!(can_deploy(&world, "sales.orders@1.0.0").await["answer"], "yes");
}

async fn a_reader_may_go_where_what_runs_is_what_it_takes(home: Home) {
    let world = filled(home).await;
    expect(&world, &reads("billing", "2.1", "order_id", "integer")).await;
    expect(&world, &reads("billing", "3.0", "order_id", "string")).await;
    let unknown = can_deploy(&world, "billing@2.1").await;
    assert_eq!(unknown["answer"], "unknown");
    assert!(
        unknown["missing"][0].as_str().expect("text").contains("`mesh deployed sales.orders"),
        "{unknown:#}"
    );
    record(&world, "sales.orders@1.0.0").await.ok();
    assert_eq!(can_deploy(&world, "billing@2.1").await["answer"], "yes");
    assert_eq!(can_deploy(&world, "billing@3.0").await["answer"], "no");
    let never = can_deploy(&world, "billing@9").await;
    assert_eq!(never["answer"], "unknown");
    assert!(never["missing"][0].as_str().expect("text").contains("`mesh expect"), "{never:#}");
}

async fn a_deployment_with_a_lease_counts_as_running(home: Home) {
    let world = filled(home).await;
    expect(&world, &reads("billing", "2.1", "order_id", "integer")).await;
    world
        .client
        .put("/api/v1/deployments/one", &announcement("sales", "sales.orders", "1.0.0", 1))
        .await
        .ok();
    assert_eq!(can_deploy(&world, "billing@2.1").await["answer"], "yes");
    world.clock.advance_seconds(60);
    assert_eq!(can_deploy(&world, "billing@2.1").await["answer"], "unknown");
}

async fn what_is_not_known_is_said(home: Home) {
    let world = filled(home).await;
    let unpublished = can_deploy(&world, "sales.orders@1.9.0").await;
    assert_eq!(unpublished["answer"], "unknown");
    assert!(unpublished["missing"][0].as_str().expect("text").contains("1.9.0"));
    expect(&world, &reads("billing", "2.1", "order_id", "integer")).await;
    record(&world, "billing@2.2").await.ok();
    let unregistered = can_deploy(&world, "sales.orders@1.0.0").await;
    assert_eq!(unregistered["answer"], "unknown", "{unregistered:#}");
    assert!(unregistered["missing"][0].as_str().expect("text").contains("2.2"), "{unregistered:#}");
}

async fn a_product_needs_its_inputs_to_run(home: Home) {
    let world = filled(home).await;
    let mut derived = contract("accounting.ledger", "1.0.0", "One.");
    derived["inputs"] = json!([{ "address": "sales.orders", "requirement": "^1", "fields": ["/order_id"] }]);
    world.client.publish(&derived).await.ok();
    assert_eq!(can_deploy(&world, "accounting.ledger@1.0.0").await["answer"], "unknown");
    record(&world, "sales.orders@1.0.0").await.ok();
    assert_eq!(can_deploy(&world, "accounting.ledger@1.0.0").await["answer"], "yes");
}

async fn records_are_listed_replaced_and_taken_back(home: Home) {
    let world = filled(home).await;
    record(&world, "sales.orders@1.9.0").await.problem(404, "unknown-version");
    record(&world, "sales.orders@latest").await.problem(400, "malformed-request");
    let first = record(&world, "billing@2.1").await.ok();
    assert_eq!(record(&world, "billing@2.1").await.ok(), first);
    record(&world, "billing@2.2").await.ok();
    record(&world, "sales.orders@1.0.0").await.ok();
    let path = "/api/v1/environments/production/deployed";
    let listed = world.client.get(path).await.ok();
    let names: Vec<_> = listed["items"].as_array().expect("items").iter().map(|it| &it["version"]).collect();
    assert_eq!(names, ["2.2", "1.0.0"]);
    world.client.delete(&format!("{path}/billing/2.1")).await.problem(404, "unknown-deployment");
    world.client.delete(&format!("{path}/billing/2.2")).await.ok();
    assert_eq!(world.client.get(path).await.ok()["items"].as_array().map(Vec::len), Some(1));
}

async fn an_expectation_that_nothing_meets_yet_is_pending(home: Home) {
    let world = filled(home).await;
    assert_eq!(expect(&world, &reads("early", "1", "not_there_yet", "string")).await["pending"], true);
    assert_eq!(expect(&world, &reads("billing", "2.1", "order_id", "integer")).await["pending"], false);
    let readers = world.client.get("/api/v1/products/sales.orders/consumers").await.ok();
    let pending: Vec<_> =
        readers["items"].as_array().expect("items").iter().map(|it| &it["pending"]).collect();
    assert_eq!(pending, [false, true]);
}

async fn an_expectation_needs_a_schema_and_a_plain_version(home: Home) {
    let world = filled(home).await;
    let path = "/api/v1/consumers/billing/expectations/sales.orders";
    let mut wrong = reads("billing", "2.1", "order_id", "integer");
    wrong["schema"]["properties"]["order_id"]["type"] = json!("number or so");
    let refused = world.client.put(path, &wrong).await;
    let detail = refused.problem(422, "invalid-document");
    assert!(detail.contains("no JSON Schema") && refused.json()["pointer"] == "/schema", "{detail}");
    let refused = world.client.put(path, &reads("billing", "2 / 1", "order_id", "integer")).await;
    assert_eq!(refused.json()["pointer"], "/consumerVersion");
}
