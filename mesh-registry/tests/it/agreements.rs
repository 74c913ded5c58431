//! Agreements: asked, answered, ended, and signed as grants that a port believes.

use std::sync::Arc;

use mesh_contract::grant::{GrantError, verify};
use mesh_contract::wire::{Holding, Role, TokenScope, Trust};
use mesh_registry::access::{Denied, Identity, Means};
use mesh_registry::service::{AgreementFilter, End, ServiceError, Window};
use mesh_registry::store::{Clock as _, TenantId};
use reqwest::Method;
use serde_json::{Value, json};

use crate::world::{Answer, Client, Home, World, fixture};

crate::on_each_store!(
    what_was_asked_is_accepted_and_is_a_grant_that_a_port_believes
    the_same_question_is_one_question
    an_owner_gives_less_and_never_more
    what_was_narrowed_or_revoked_is_believed_no_more
    a_consumer_takes_back
    an_agreement_is_renewed_before_it_ends
    both_sides_are_reminded_once
    what_makes_no_sense_is_told_what_to_do
    a_new_key_signs_and_the_one_before_is_believed
    who_belongs_to_neither_side_learns_nothing
    agreements_are_listed_by_either_side
);

const PRODUCT: &str = "/api/v1/products/sales.orders/agreements";
const DAY: u32 = 24 * 60 * 60;

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    world.client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    world
}

fn question(until: &str, fields: &[&str]) -> Value {
    json!({
        "consumer": "accounting", "purpose": "Invoices", "environment": "production",
        "terms": { "fields": fields, "until": until },
    })
}

async fn post(client: &Client, path: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    client.send(Method::POST, path, &headers, Some(body.to_string().into())).await
}

async fn ask(client: &Client, until: &str, fields: &[&str]) -> String {
    let asked = post(client, PRODUCT, &question(until, fields)).await;
    asked.ok()["id"].as_str().expect("an id").to_owned()
}

async fn act(client: &Client, id: &str, act: &str, body: &Value) -> Answer {
    post(client, &format!("/api/v1/agreements/{id}/{act}"), body).await
}

async fn grant(client: &Client, id: &str) -> String {
    let answer = client.get(&format!("/api/v1/agreements/{id}/grant")).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    answer.ok()["grant"].as_str().expect("a grant").to_owned()
}

async fn trust(client: &Client) -> Trust {
    serde_json::from_value(client.get("/api/v1/domains/sales/trust").await.ok()).expect("trust")
}

fn now(world: &World) -> u64 {
    u64::try_from(world.clock.now().timestamp()).expect("after 1970")
}

async fn what_was_asked_is_accepted_and_is_a_grant_that_a_port_believes(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let asked = post(client, PRODUCT, &question("2026-03-31", &["/order_id", "/lines"])).await;
    assert_eq!(asked.status, 201);
    let asked = asked.ok();
    assert_eq!((&asked["state"], &asked["askedBy"]), (&json!("asked"), &json!("anyone")));
    let id = asked["id"].as_str().expect("an id").to_owned();
    let detail = client.get(&format!("/api/v1/agreements/{id}/grant")).await.problem(409, "wrong-state");
    assert!(detail.contains("only while it is accepted"), "{detail}");
    let accepted = client.post(&format!("/api/v1/agreements/{id}/acceptance")).await.ok();
    assert_eq!((&accepted["state"], &accepted["agreed"]), (&json!("accepted"), &asked["asked"]));
    assert_eq!(client.get(&format!("/api/v1/agreements/{id}")).await.ok(), accepted);
    assert_eq!(act(client, &id, "acceptance", &json!({})).await.ok(), accepted, "an answer may be lost");

    let (text, trust) = (grant(client, &id).await, trust(client).await);
    let claims = verify(&text, &trust, now(&world)).expect("a grant");
    assert_eq!(claims.sub.as_str(), "accounting");
    assert_eq!(claims.aud.to_string(), "sales.orders");
    assert_eq!(claims.fields, ["/lines", "/order_id"]);
    assert_eq!((&claims.iss[..], &claims.tenant[..]), ("/registry", "default"));
    // Until the last second of the last day.
    let end = 1_774_915_200 + u64::from(DAY);
    assert_eq!(claims.exp, end);
    assert!(verify(&text, &trust, end - 1).is_ok());
    assert_eq!(verify(&text, &trust, end), Err(GrantError::Ended));
    // What everybody follows tells neither who asked nor what for.
    let events = client.get("/api/v1/events").await.ok().to_string();
    assert!(events.contains("mesh.agreement.accepted.v1"), "{events}");
    assert!(!events.contains("Invoices") && !events.contains("anyone"), "{events}");
    // The day passes, and nobody has to do anything.
    world.clock.advance_seconds(90 * DAY);
    assert_eq!(client.get(&format!("/api/v1/agreements/{id}")).await.ok()["state"], "ended");
    client.get(&format!("/api/v1/agreements/{id}/grant")).await.problem(409, "wrong-state");
}

async fn the_same_question_is_one_question(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let body = question("2026-03-31", &["/order_id"]);
    let first = post(client, PRODUCT, &body).await;
    let again = post(client, PRODUCT, &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (201, 200));
    assert_eq!(first.ok(), again.ok());
    let other = post(client, PRODUCT, &question("2026-04-30", &["/order_id"])).await;
    let detail = other.problem(409, "wrong-state");
    assert!(detail.contains("mesh access withdraw"), "{detail}");
    let mut elsewhere = body.clone();
    elsewhere["environment"] = "staging".into();
    assert_eq!(post(client, PRODUCT, &elsewhere).await.status, 201);
    // Also once it is agreed on.
    let id = first.ok()["id"].as_str().expect("an id").to_owned();
    act(client, &id, "acceptance", &json!({})).await.ok();
    let again = post(client, PRODUCT, &body).await;
    assert_eq!((again.status.as_u16(), &again.ok()["id"]), (200, &json!(id)));
}

async fn an_owner_gives_less_and_never_more(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let id = ask(client, "2026-03-31", &["/order_id", "/lines"]).await;
    for (terms, pointer) in [
        (json!({ "fields": ["/order_id", "/total"], "until": "2026-03-31" }), "/terms/fields"),
        (json!({ "fields": [""], "until": "2026-03-31" }), "/terms/fields"),
        (json!({ "fields": ["/order_id"], "until": "2026-04-01" }), "/terms/until"),
    ] {
        let refused = act(client, &id, "acceptance", &json!({ "terms": terms })).await;
        assert_eq!(refused.json()["pointer"], pointer, "{terms}");
        refused.problem(422, "invalid-document");
    }
    let less = json!({ "fields": ["/order_id"], "until": "2026-02-28" });
    let accepted =
        act(client, &id, "acceptance", &json!({ "terms": less, "reason": "Ids will do." })).await.ok();
    assert_eq!((&accepted["agreed"], &accepted["reason"]), (&less, &json!("Ids will do.")));
    // And no more than that later on.
    let more = json!({ "terms": { "fields": ["/lines"], "until": "2026-02-28" } });
    act(client, &id, "acceptance", &more).await.problem(422, "invalid-document");
}

async fn what_was_narrowed_or_revoked_is_believed_no_more(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let id = ask(client, "2026-03-31", &["/order_id", "/lines"]).await;
    act(client, &id, "acceptance", &json!({})).await.ok();
    let wide = grant(client, &id).await;
    let before = client.get("/api/v1/domains/sales/trust").await;
    let tag = before.header("etag").to_owned();
    let known = [("if-none-match", tag.as_str())];
    let same = client.send(Method::GET, "/api/v1/domains/sales/trust", &known, None).await;
    assert_eq!(same.status, 304);
    let less = json!({ "terms": { "fields": ["/order_id"], "until": "2026-03-31" } });
    act(client, &id, "acceptance", &less).await.ok();
    let other = client.send(Method::GET, "/api/v1/domains/sales/trust", &known, None).await;
    assert_eq!(other.status, 200, "a port hears of it");
    let narrow = grant(client, &id).await;
    let trusted = trust(client).await;
    assert_eq!(verify(&wide, &trusted, now(&world)), Err(GrantError::Revoked));
    assert_eq!(verify(&narrow, &trusted, now(&world)).expect("a grant").fields, ["/order_id"]);

    let detail = act(client, &id, "revocation", &json!({})).await.problem(422, "invalid-document");
    assert!(detail.contains("write a reason"), "{detail}");
    let revoked = act(client, &id, "revocation", &json!({ "reason": "The audit is over." })).await.ok();
    assert_eq!((&revoked["state"], &revoked["reason"]), (&json!("revoked"), &json!("The audit is over.")));
    let trusted = trust(client).await;
    assert_eq!(verify(&narrow, &trusted, now(&world)), Err(GrantError::Revoked));
    assert_eq!(trusted.revoked.len(), 2);
    let other: Trust =
        serde_json::from_value(client.get("/api/v1/domains/accounting/trust").await.ok()).expect("trust");
    assert!(other.revoked.is_empty(), "ports of other domains learn nothing of it");
    // Once its day has passed, no port needs to be told.
    world.clock.advance_seconds(90 * DAY);
    assert!(trust(client).await.revoked.is_empty());
    act(client, &id, "acceptance", &json!({})).await.problem(409, "wrong-state");
}

async fn a_consumer_takes_back(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let id = ask(client, "2026-03-31", &["/order_id"]).await;
    let back = act(client, &id, "withdrawal", &json!({})).await.ok();
    assert_eq!(back["state"], "withdrawn");
    assert_eq!(act(client, &id, "withdrawal", &json!({})).await.ok(), back);
    act(client, &id, "refusal", &json!({ "reason": "No." })).await.problem(409, "wrong-state");
    let id = ask(client, "2026-03-31", &["/order_id"]).await;
    act(client, &id, "acceptance", &json!({})).await.ok();
    let text = grant(client, &id).await;
    let detail = act(client, &id, "refusal", &json!({ "reason": "No." })).await.problem(409, "wrong-state");
    assert!(detail.contains("mesh access revoke"), "{detail}");
    act(client, &id, "withdrawal", &json!({ "reason": "Done." })).await.ok();
    assert_eq!(verify(&text, &trust(client).await, now(&world)), Err(GrantError::Revoked));
    let id = ask(client, "2026-03-31", &["/order_id"]).await;
    let no = act(client, &id, "refusal", &json!({ "reason": "Not for this." })).await.ok();
    assert_eq!((&no["state"], &no["decidedBy"]), (&json!("refused"), &json!("anyone")));
}

async fn an_agreement_is_renewed_before_it_ends(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let first = ask(client, "2026-01-31", &["/order_id"]).await;
    act(client, &first, "acceptance", &json!({})).await.ok();
    let before = grant(client, &first).await;
    let renewal = ask(client, "2026-06-30", &["/order_id", "/lines"]).await;
    act(client, &renewal, "acceptance", &json!({})).await.ok();
    let former = client.get(&format!("/api/v1/agreements/{first}")).await.ok();
    assert_eq!(former["state"], "ended");
    assert!(former["reason"].as_str().expect("a reason").contains(&renewal), "{former}");
    assert!(verify(&before, &trust(client).await, now(&world)).is_ok(), "who reads goes on reading");
    // A renewal that gives less counts at once.
    let less = ask(client, "2026-07-31", &["/lines"]).await;
    let wide = grant(client, &renewal).await;
    act(client, &less, "acceptance", &json!({})).await.ok();
    assert_eq!(verify(&wide, &trust(client).await, now(&world)), Err(GrantError::Revoked));
}

async fn both_sides_are_reminded_once(home: Home) {
    let world = filled(home).await;
    let (client, registry, tenant) = (&world.client, world.running.registry(), TenantId::default());
    let id = ask(client, "2026-03-31", &["/order_id"]).await;
    act(client, &id, "acceptance", &json!({})).await.ok();
    let text = grant(client, &id).await;
    let remind = async || registry.remind_agreements(&tenant).await.expect("reminded");
    assert_eq!(remind().await, 0);
    // The day is 89 days off: 59, 23 and 6 days later 30, 7 and 1 of them are left.
    for days in [59, 23, 6] {
        world.clock.advance_seconds(days * DAY);
        let both = tokio::join!(remind(), remind());
        assert_eq!(both.0 + both.1, 1, "two replicas tell it once");
        assert_eq!(remind().await, 0);
    }
    let events = client.get("/api/v1/events?kind=mesh.agreement.reminded.v1").await.ok();
    assert_eq!(events["items"].as_array().expect("events").len(), 3);
    assert!(verify(&text, &trust(client).await, now(&world)).is_ok(), "a reminder takes nothing back");
}

async fn what_makes_no_sense_is_told_what_to_do(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let good = question("2026-03-31", &["/order_id"]);
    let changed = |pointer: &str, value: Value| {
        let mut body = good.clone();
        *body.pointer_mut(pointer).expect("a place") = value;
        body
    };
    let long = "x".repeat(201);
    for (body, pointer, says) in [
        (changed("/terms/fields", json!(["/order_idd"])), "/terms/fields", "did you mean `/order_id`?"),
        (changed("/terms/fields", json!([])), "/terms/fields", "whole record"),
        (changed("/terms/until", json!("2025-12-31")), "/terms/until", "has passed"),
        (changed("/terms/until", json!("2031-06-01")), "/terms/until", "5 years"),
        (changed("/purpose", json!("")), "/purpose", "1 to 200"),
        (changed("/purpose", json!("a\nb")), "/purpose", "one line"),
        (changed("/purpose", json!(long)), "/purpose", "1 to 200"),
    ] {
        let refused = post(client, PRODUCT, &body).await;
        assert_eq!(refused.json()["pointer"], pointer, "{body}");
        let detail = refused.problem(422, "invalid-document");
        assert!(detail.contains(says), "{detail}");
    }
    post(client, "/api/v1/products/sales.nothing/agreements", &good).await.problem(404, "unknown-product");
    post(client, PRODUCT, &json!({ "consumer": "accounting" })).await.problem(422, "malformed-document");
    let unknown = "0".repeat(32);
    client.get(&format!("/api/v1/agreements/{unknown}")).await.problem(404, "unknown-agreement");
    act(client, &unknown, "acceptance", &json!({})).await.problem(404, "unknown-agreement");
    // The last day of five years, and the whole record in its one form.
    let mut most = changed("/terms/until", json!("2031-01-01"));
    most["terms"]["fields"] = json!(["/order_id", "", "/lines"]);
    assert_eq!(post(client, PRODUCT, &most).await.ok()["asked"]["fields"], json!([""]));
}

async fn a_new_key_signs_and_the_one_before_is_believed(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let id = ask(client, "2026-01-31", &["/order_id"]).await;
    act(client, &id, "acceptance", &json!({})).await.ok();
    let before = grant(client, &id).await;
    let new = client.post("/api/v1/signing-keys").await.ok();
    let after = grant(client, &id).await;
    assert_ne!(before, after);
    let trusted = trust(client).await;
    assert_eq!(trusted.keys.len(), 2);
    assert_eq!(new["kid"], trusted.keys[0].kid);
    for text in [&before, &after] {
        assert!(verify(text, &trusted, now(&world)).is_ok());
    }
    // The last grant of the former key has ended, and with it the trust in the key.
    world.clock.advance_seconds(31 * DAY);
    let trusted = trust(client).await;
    assert_eq!(trusted.keys.iter().map(|key| json!(key.kid)).collect::<Vec<_>>(), [new["kid"].clone()]);
}

fn somebody(role: Role, domain: &str) -> Identity {
    let holdings = vec![Holding { role, domain: Some(domain.parse().expect("a name")) }];
    Identity::new(TenantId::default(), Means::Token(Arc::from("t")), domain, holdings, TokenScope::default())
}

async fn who_belongs_to_neither_side_learns_nothing(home: Home) {
    let world = filled(home).await;
    let (registry, address) = (world.running.registry(), "sales.orders".parse().expect("an address"));
    let body = || serde_json::from_value(question("2026-03-31", &["/order_id"])).expect("a question");
    let reader = somebody(Role::Maintainer, "accounting");
    let owner = somebody(Role::Owner, "sales");
    let stranger = somebody(Role::Owner, "marketing");
    let denied = registry.ask_access(&stranger, &address, body(), None).await.expect_err("not for another");
    assert!(matches!(denied, ServiceError::Denied(Denied::Forbidden { .. })), "{denied:?}");
    let (asked, _) = registry.ask_access(&reader, &address, body(), None).await.expect("asked");
    let (id, filter, window) = (&asked.id, AgreementFilter::default(), Window::first(10));
    for identity in [&reader, &owner] {
        assert_eq!(registry.agreement(identity, id).await.expect("seen"), asked);
        assert_eq!(
            registry.agreements(identity, &filter, &window).await.expect("a page").items,
            std::slice::from_ref(&asked)
        );
    }
    let none = registry.agreements(&stranger, &filter, &window).await.expect("a page");
    assert!(none.items.is_empty());
    // For a stranger there is no such agreement, whatever they try.
    let accept = Default::default;
    for denied in [
        registry.agreement(&stranger, id).await,
        registry.accept_access(&stranger, id, accept(), None).await,
        registry.end_access(&stranger, id, End::Withdraw, Default::default(), None).await,
    ] {
        assert!(matches!(denied, Err(ServiceError::UnknownAgreement { .. })), "{denied:?}");
    }
    // Neither side decides for the other.
    let own = registry.accept_access(&reader, id, accept(), None).await.expect_err("the owner decides");
    assert!(matches!(own, ServiceError::Denied(_)), "{own:?}");
    let maintainer = somebody(Role::Maintainer, "sales");
    let not_owner = registry.accept_access(&maintainer, id, accept(), None).await.expect_err("owners decide");
    assert!(matches!(not_owner, ServiceError::Denied(_)), "{not_owner:?}");
    let accepted = registry.accept_access(&owner, id, accept(), None).await.expect("accepted");
    assert_eq!((accepted.asked_by.as_str(), accepted.decided_by.as_deref()), ("accounting", Some("sales")));
    let grant = registry.issue_grant(&owner, id).await.expect_err("for the consumer alone");
    assert!(matches!(grant, ServiceError::Denied(_)), "{grant:?}");
    assert!(registry.issue_grant(&somebody(Role::Reader, "accounting"), id).await.is_ok());
    let withdrawn = registry.end_access(&owner, id, End::Withdraw, Default::default(), None).await;
    assert!(matches!(withdrawn, Err(ServiceError::Denied(_))), "{withdrawn:?}");
}

async fn agreements_are_listed_by_either_side(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    client.publish(&fixture("sales.products@1.1.0")).await.ok();
    let first = ask(client, "2026-03-31", &["/order_id"]).await;
    let mut other = question("2026-03-31", &[""]);
    other["consumer"] = "bi".into();
    post(client, "/api/v1/products/sales.products/agreements", &other).await.ok();
    act(client, &first, "acceptance", &json!({})).await.ok();
    let count = async |path: &str| client.get(path).await.ok()["items"].as_array().expect("items").len();
    assert_eq!(count("/api/v1/agreements").await, 2);
    assert_eq!(count("/api/v1/agreements?state=accepted").await, 1);
    assert_eq!(count("/api/v1/agreements?consumer=bi&state=asked").await, 1);
    assert_eq!(count("/api/v1/agreements?product=sales.products&consumer=accounting").await, 0);
    assert_eq!(count(PRODUCT).await, 1);
    let page = client.get("/api/v1/agreements?limit=1").await.ok();
    let next = page["next"].as_str().expect("another page");
    assert_eq!(count(&format!("/api/v1/agreements?limit=1&after={next}")).await, 1);
    client.get("/api/v1/agreements?state=dreamt").await.problem(400, "malformed-request");
}
