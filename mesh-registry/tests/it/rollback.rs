//! Yanking a version, and moving the pointer of a line back: nobody who has bound to anything notices.

use serde_json::{Value, json};

use crate::world::{Client, Home, World, announcement, contract, version_path};

crate::on_each_store!(
    a_yanked_version_is_not_preferred_and_stays_readable
    whoever_asks_for_exactly_a_yanked_version_gets_it_and_is_told
    a_line_is_rolled_back_and_forward_by_one_request
    a_release_behind_a_rollback_is_what_the_line_comes_to
    deployments_of_what_a_line_was_rolled_back_to_come_first
    acts_that_are_so_already_change_nothing
    acts_that_make_no_sense_are_told_what_to_do
    of_a_product_a_rollback_shows_what_is_preferred
);

const ADDRESS: &str = "sales.orders";

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    for version in ["1.0.0", "1.1.0", "1.2.0", "2.0.0"] {
        world.client.publish_reworded(&contract(ADDRESS, version, version)).await.ok();
    }
    world
}

async fn resolve(client: &Client, requirement: &str) -> Value {
    client.get(&format!("/api/v1/products/{ADDRESS}/resolve?requirement={requirement}")).await.ok()
}

async fn comes_to(client: &Client, requirement: &str, version: &str) {
    assert_eq!(resolve(client, requirement).await["version"], json!(version), "{requirement}");
}

async fn move_to(client: &Client, line: &str, version: &str) -> Value {
    let path = format!("/api/v1/products/{ADDRESS}/lines/{line}/current");
    client.put(&path, &json!({ "version": version, "reason": "1.2.0 rounds wrongly." })).await.ok()
}

fn of_version<'p>(product: &'p Value, version: &str) -> &'p Value {
    let versions = product["versions"].as_array().expect("versions");
    versions.iter().find(|entry| entry["version"] == version).expect("the version")
}

async fn events(client: &Client, kind: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/v1/events?kind={kind}&limit=200")).await.ok();
    page["items"].as_array().expect("events").clone()
}

async fn count_events(client: &Client) -> usize {
    client.get("/api/v1/events?limit=200").await.ok()["items"].as_array().expect("events").len()
}

async fn a_yanked_version_is_not_preferred_and_stays_readable(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let path = format!("/api/v1/products/{ADDRESS}/yanks/1.2.0");
    let product = client.put(&path, &json!({ "reason": "It rounds wrongly." })).await.ok();
    assert_eq!(of_version(&product, "1.2.0")["yanked"]["reason"], "It rounds wrongly.");
    comes_to(client, "%5E1", "1.1.0").await;
    client.get(&version_path(&contract(ADDRESS, "1.2.0", ""))).await.ok();
    let told = events(client, "mesh.version.yanked.v1").await;
    assert_eq!(told.len(), 1);
    assert_eq!(told[0]["data"], json!({ "reason": "It rounds wrongly.", "versions": ["1.2.0"] }));
    let product = client.delete(&path).await.ok();
    assert_eq!(of_version(&product, "1.2.0").get("yanked"), None);
    comes_to(client, "%5E1", "1.2.0").await;
}

async fn whoever_asks_for_exactly_a_yanked_version_gets_it_and_is_told(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    client.put(&format!("/api/v1/products/{ADDRESS}/yanks/1.2.0"), &json!({})).await.ok();
    let exactly = resolve(client, "%3D1.2.0").await;
    assert_eq!(exactly["version"], "1.2.0");
    assert!(exactly["yanked"]["since"].is_string(), "{exactly}");
    assert_eq!(resolve(client, "%5E1").await.get("yanked"), None);
}

async fn a_line_is_rolled_back_and_forward_by_one_request(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let product = move_to(client, "1", "1.0.0").await;
    assert_eq!(
        product["lines"],
        json!([
            { "line": "2", "current": "2.0.0", "newest": "2.0.0", "state": "active" },
            { "line": "1", "current": "1.0.0", "newest": "1.2.0", "state": "active" },
        ])
    );
    comes_to(client, "%5E1", "1.0.0").await;
    // Whoever needs what is above still gets it, and so does whoever pinned it.
    comes_to(client, "%5E1.1", "1.2.0").await;
    comes_to(client, "%3D1.1.0", "1.1.0").await;
    comes_to(client, "%5E2", "2.0.0").await;
    move_to(client, "1", "1.1.0").await;
    comes_to(client, "%5E1", "1.1.0").await;
    let product = move_to(client, "1", "1.2.0").await;
    comes_to(client, "%5E1", "1.2.0").await;
    assert!(product["versions"].as_array().expect("versions").iter().all(|it| it.get("heldBack").is_none()));
    let told: Vec<_> = events(client, "mesh.line.moved.v1").await;
    let told: Vec<_> = told.iter().map(|event| (&event["data"]["from"], &event["data"]["to"])).collect();
    let pairs = [("1.2.0", "1.0.0"), ("1.0.0", "1.1.0"), ("1.1.0", "1.2.0")];
    assert_eq!(told.len(), 3);
    for ((from, to), (was, is)) in told.into_iter().zip(pairs) {
        assert_eq!((from, to), (&json!(was), &json!(is)));
    }
}

async fn a_release_behind_a_rollback_is_what_the_line_comes_to(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    move_to(client, "1", "1.1.0").await;
    client.publish_reworded(&contract(ADDRESS, "1.1.1", "mended")).await.ok();
    comes_to(client, "%5E1", "1.1.1").await;
    client.publish_reworded(&contract(ADDRESS, "1.3.0", "goes on")).await.ok();
    comes_to(client, "%5E1", "1.3.0").await;
    let product = client.get(&format!("/api/v1/products/{ADDRESS}")).await.ok();
    assert_eq!(of_version(&product, "1.2.0")["heldBack"]["reason"], "1.2.0 rounds wrongly.");
}

async fn deployments_of_what_a_line_was_rolled_back_to_come_first(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    for (instance, version) in [("new", "1.2.0"), ("old", "1.1.0"), ("oldest", "1.0.0")] {
        let served = announcement("sales", ADDRESS, version, 1);
        client.put(&format!("/api/v1/deployments/{instance}"), &served).await.ok();
    }
    let order = async || -> Vec<String> {
        let found = resolve(client, "%5E1").await["deployments"].clone();
        let found = found.as_array().expect("deployments");
        found.iter().map(|it| it["instance"].as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(order().await, ["new", "old", "oldest"]);
    move_to(client, "1", "1.1.0").await;
    assert_eq!(order().await, ["old", "oldest", "new"]);
}

async fn acts_that_are_so_already_change_nothing(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let before = count_events(client).await;
    move_to(client, "1", "1.2.0").await;
    client.delete(&format!("/api/v1/products/{ADDRESS}/yanks/1.2.0")).await.ok();
    client.delete(&format!("/api/v1/products/{ADDRESS}/deprecations/1")).await.ok();
    client.delete(&format!("/api/v1/products/{ADDRESS}/retirements/1")).await.ok();
    assert_eq!(count_events(client).await, before);
}

async fn acts_that_make_no_sense_are_told_what_to_do(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let line = format!("/api/v1/products/{ADDRESS}/lines/1/current");
    let detail = client.put(&line, &json!({ "version": "2.0.0" })).await.problem(422, "invalid-document");
    assert!(detail.contains("not in line 1"), "{detail}");
    let detail = client.put(&line, &json!({ "version": "1.9.0" })).await.problem(404, "unknown-version");
    assert!(detail.contains("newest is 2.0.0"), "{detail}");
    client.put(&line, &json!({ "version": "1.0.0", "reson": "" })).await.problem(422, "malformed-document");
    client.put(&line, &json!({ "version": "1.0.0", "reason": " " })).await.problem(422, "invalid-document");
    client
        .put("/api/v1/products/sales.nothing/yanks/1.0.0", &json!({}))
        .await
        .problem(404, "unknown-product");
    let malformed = client.put(&format!("/api/v1/products/{ADDRESS}/lines/1.2/current"), &json!({})).await;
    let detail = malformed.problem(400, "malformed-request");
    assert!(detail.contains("not a line of versions"), "{detail}");
    client.put(&format!("/api/v1/products/{ADDRESS}/yanks/1.0.0"), &json!({})).await.ok();
    let detail = client.put(&line, &json!({ "version": "1.0.0" })).await.problem(409, "wrong-state");
    assert!(detail.contains("yanked") && detail.contains("mesh yank --undo sales.orders@1.0.0"), "{detail}");
    let draft = contract(ADDRESS, "1.4.0", "a draft");
    client.put(&format!("{}?draft=true", version_path(&draft)), &draft).await.ok();
    let draft = client.put(&format!("/api/v1/products/{ADDRESS}/yanks/1.4.0"), &json!({})).await;
    assert!(draft.problem(409, "wrong-state").contains("draft"));
}

async fn of_a_product_a_rollback_shows_what_is_preferred(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let shown = async || {
        let page = client.get("/api/v1/products").await.ok();
        (page["items"][0]["version"].clone(), page["items"][0]["description"].clone())
    };
    client.put(&format!("/api/v1/products/{ADDRESS}/yanks/2.0.0"), &json!({})).await.ok();
    assert_eq!(shown().await, (json!("1.2.0"), json!("1.2.0")));
    move_to(client, "1", "1.0.0").await;
    assert_eq!(shown().await, (json!("1.0.0"), json!("1.0.0")));
    let search = client.get("/api/v1/products?q=1").await.ok();
    assert_eq!(search["items"][0]["version"], "1.0.0");
    client.delete(&format!("/api/v1/products/{ADDRESS}/yanks/2.0.0")).await.ok();
    assert_eq!(shown().await, (json!("2.0.0"), json!("2.0.0")));
}
