//! Who owns a domain: only its owner publishes, and it changes hands when both sides say so.

use serde_json::{Value, json};

use crate::world::{Client, Home, World, contract};

crate::on_each_store!(
    nobody_but_the_owner_publishes
    a_domain_changes_hands_when_both_sides_say_so
    an_offer_may_be_taken_back
    what_makes_no_sense_is_told_what_to_do
);

const OWNER: &str = "owner@example.com";
const OTHER: &str = "other@example.com";

fn of_owner(address: &str, version: &str, owner: &str) -> Value {
    let mut contract = contract(address, version, version);
    contract["domain"]["owner"] = owner.into();
    contract
}

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    world.client.publish_reworded(&of_owner("sales.orders", "1.0.0", OWNER)).await.ok();
    world
}

const OFFER: &str = "/api/v1/domains/sales/owner/offer";
const ACCEPTANCE: &str = "/api/v1/domains/sales/owner/acceptance";

async fn offer(client: &Client, from: &str, to: &str) -> crate::world::Answer {
    client.put(OFFER, &json!({ "from": from, "to": to })).await
}

async fn nobody_but_the_owner_publishes(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    for address in ["sales.orders", "sales.invoices"] {
        let refused = client.publish_reworded(&of_owner(address, "1.1.0", OTHER)).await;
        let detail = refused.problem(409, "not-owner");
        assert!(
            detail.contains("owned by owner@example.com") && detail.contains("mesh owner offer sales"),
            "{detail}"
        );
    }
    client.publish_reworded(&of_owner("sales.invoices", "1.0.0", OWNER)).await.ok();
    client.publish_reworded(&of_owner("accounting.payments", "1.0.0", OTHER)).await.ok();
}

async fn a_domain_changes_hands_when_both_sides_say_so(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let standing = client.get("/api/v1/domains/sales/owner").await.ok();
    assert_eq!(standing, json!({ "domain": "sales", "owner": OWNER }));
    let standing = offer(client, OWNER, OTHER).await.ok();
    assert_eq!((&standing["owner"], &standing["offered"]["to"]), (&json!(OWNER), &json!(OTHER)));
    // Until it is accepted nothing has changed.
    client.publish_reworded(&of_owner("sales.orders", "1.1.0", OTHER)).await.problem(409, "not-owner");
    client.publish_reworded(&of_owner("sales.orders", "1.1.0", OWNER)).await.ok();
    let accepted = client.put(ACCEPTANCE, &json!({ "by": OTHER })).await.ok();
    assert_eq!(accepted, json!({ "domain": "sales", "owner": OTHER }));
    assert_eq!(client.put(ACCEPTANCE, &json!({ "by": OTHER })).await.ok(), accepted, "an answer may be lost");
    client.publish_reworded(&of_owner("sales.orders", "1.2.0", OWNER)).await.problem(409, "not-owner");
    client.publish_reworded(&of_owner("sales.orders", "1.2.0", OTHER)).await.ok();
    let product = client.get("/api/v1/products/sales.orders").await.ok();
    assert_eq!(product["owner"], OTHER);
    let kinds: Vec<_> = client.get("/api/v1/events").await.ok()["items"]
        .as_array()
        .expect("events")
        .iter()
        .map(|event| event["type"].as_str().expect("a type").to_owned())
        .filter(|kind| kind.contains("ownership"))
        .collect();
    assert_eq!(kinds, ["mesh.ownership.offered.v1", "mesh.ownership.transferred.v1"]);
    // Rolling back shows words of before, and not the owner of before.
    client.put("/api/v1/products/sales.orders/lines/1/current", &json!({ "version": "1.0.0" })).await.ok();
    let product = client.get("/api/v1/products/sales.orders").await.ok();
    assert_eq!((&product["version"], &product["owner"]), (&json!("1.0.0"), &json!(OTHER)));
    assert_eq!(client.get("/api/v1/domains/sales").await.ok()["owner"], OTHER);
}

async fn an_offer_may_be_taken_back(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    offer(client, OWNER, OTHER).await.ok();
    let standing = client.delete(OFFER).await.ok();
    assert_eq!(standing.get("offered"), None);
    let detail = client.put(ACCEPTANCE, &json!({ "by": OTHER })).await.problem(409, "not-offered");
    assert!(detail.contains("offered to nobody"), "{detail}");
    client.delete(OFFER).await.ok();
}

async fn what_makes_no_sense_is_told_what_to_do(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    assert!(offer(client, OTHER, "x@example.com").await.problem(409, "not-owner").contains(OWNER));
    assert!(offer(client, OWNER, OWNER).await.problem(422, "invalid-document").contains("already"));
    for nobody in ["", " x", "a\nb", &"x".repeat(201)] {
        offer(client, OWNER, nobody).await.problem(422, "invalid-document");
    }
    offer(client, OWNER, OTHER).await.ok();
    let detail = client.put(ACCEPTANCE, &json!({ "by": "x@example.com" })).await.problem(409, "not-offered");
    assert!(detail.contains("offered to other@example.com"), "{detail}");
    client.get("/api/v1/domains/nothing/owner").await.problem(404, "unknown-domain");
    client.put(ACCEPTANCE, &json!({ "buy": OTHER })).await.problem(422, "malformed-document");
}
