//! The gate: what is published is judged against the product's versions and its readers before it is committed.

use std::sync::Arc;
use std::task::Poll;

use mesh_registry::Registry;
use mesh_registry::service::Publication;
use mesh_registry::store::sqlite::SqliteStore;
use mesh_registry::store::{ExpectationKey, Stage, Store as _, SystemClock, TenantId};
use serde_json::{Value, json};

use crate::world::{Answer, Client, Home, World, fixture, version_path};

crate::on_each_store!(
    a_breaking_minor_is_refused_with_the_reader_and_the_field_that_it_hurts
    a_safe_minor_is_published_with_its_judgement
    every_version_of_the_line_counts_and_not_only_the_last
    a_version_that_comes_late_is_held_against_those_behind_it
    a_draft_is_judged_and_never_refused
    waivers_travel_beside_the_contract
    what_is_wrong_inside_an_envelope_is_told_by_its_place_in_it
    of_two_that_are_safe_alone_and_not_together_one_is_published
);

/// `sales.orders` 1.0.0 under another version, changed.
fn next(version: &str, change: impl FnOnce(&mut Value)) -> Value {
    let mut contract = fixture("sales.orders@1.0.0");
    contract["version"] = json!(version);
    change(&mut contract);
    contract
}

/// Takes a field away.
fn without(field: &str) -> impl Fn(&mut Value) {
    move |contract| {
        for side in ["emits", "accepts"] {
            let schema = &mut contract["schemas"][side];
            schema["properties"].as_object_mut().expect("properties").remove(field);
            if let Some(names) = schema["required"].as_array_mut() {
                names.retain(|name| name != field);
            }
        }
        let fields = contract["types"]["Order"]["fields"].as_array_mut().expect("fields");
        fields.retain(|it| it["name"] != field);
        contract["examples"].as_array_mut().into_iter().flatten().for_each(|example| {
            example.as_object_mut().expect("a record").remove(field);
        });
    }
}

/// Other words that mean nothing to the judge.
fn reworded(text: &str) -> impl Fn(&mut Value) {
    move |contract| contract["x-note"] = json!(text)
}

fn reads(consumer: &str, field: &str) -> Value {
    json!({
        "mesh": 1, "consumer": consumer, "address": "sales.orders", "requirement": "^1",
        "fields": [format!("/{field}")], "schema": { "type": "object", "required": [field] },
    })
}

async fn expect(client: &Client, consumer: &str, field: &str) -> Answer {
    let path = format!("/api/v1/consumers/{consumer}/expectations/sales.orders");
    client.put(&path, &reads(consumer, field)).await
}

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    world.client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    world
}

/// A field that the fixture always has.
const FIELD: &str = "total";
/// A field that it may go without.
const OPTIONAL: &str = "ship_to";

async fn a_breaking_minor_is_refused_with_the_reader_and_the_field_that_it_hurts(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    expect(client, "billing", FIELD).await.ok();
    let breaking = next("1.1.0", without(FIELD));
    let refused = client.publish(&breaking).await;
    let detail = refused.problem(422, "judgement");
    assert!(detail.contains("billing") && detail.contains("publish it as 2.0.0"), "{detail}");
    let findings = refused.json()["findings"].clone();
    let hurt =
        findings.as_array().expect("findings").iter().find(|it| it["readers"][0]["consumer"] == "billing");
    assert_eq!(hurt.expect("a finding")["place"], json!({ "field": format!("/{FIELD}") }), "{findings:#}");
    client.get(&version_path(&breaking)).await.problem(404, "unknown-version");
    client.publish(&next("2.0.0", without(FIELD))).await.ok();
}

async fn a_safe_minor_is_published_with_its_judgement(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let published = client.publish(&next("1.1.0", reworded("other words"))).await.ok();
    let judgement = &published["judgement"];
    assert_eq!(
        (&judgement["verdict"], &judgement["base"]),
        (&json!("compatible"), &json!("1.0.0")),
        "{published:#}"
    );
    let again = client.publish(&next("1.1.0", reworded("other words"))).await.ok();
    assert_eq!((&again["created"], again.get("judgement")), (&json!(false), None));
}

async fn every_version_of_the_line_counts_and_not_only_the_last(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    // Two steps that are safe, for what may be absent may go and what is not there may come, make an unsafe pair.
    client.publish(&next("1.1.0", without(OPTIONAL))).await.ok();
    let back = next("1.2.0", |contract| {
        without(OPTIONAL)(contract);
        for side in ["emits", "accepts"] {
            contract["schemas"][side]["properties"][OPTIONAL] = json!({ "type": "integer" });
        }
        let fields = contract["types"]["Order"]["fields"].as_array_mut().expect("fields");
        fields.push(json!({ "name": OPTIONAL, "type": "int64", "description": "New.", "optional": true }));
    });
    let refused = client.publish(&back).await;
    refused.problem(422, "judgement");
    let findings = refused.json()["findings"].clone();
    let counts = |it: &&Value| it["standing"]["is"] == "refused";
    let objection = findings.as_array().expect("findings").iter().find(counts).expect("an objection");
    assert_eq!(objection["against"], json!(["1.0.0"]), "{findings:#}");
}

async fn a_version_that_comes_late_is_held_against_those_behind_it(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    client.publish(&next("1.2.0", without(FIELD))).await.ok();
    let late = client.publish(&next("1.1.0", |_| ())).await;
    assert_eq!(late.status, 422);
    let findings = &late.json()["findings"];
    assert_eq!(
        (&findings[0]["rule"], &findings[0]["against"]),
        (&json!("later-version-breaks"), &json!(["1.1.0"]))
    );
    client.publish(&next("1.1.0", without(FIELD))).await.ok();
}

async fn a_draft_is_judged_and_never_refused(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let breaking = next("1.1.0", without(FIELD));
    let draft = client.put(&format!("{}?draft=true", version_path(&breaking)), &breaking).await.ok();
    assert_eq!((&draft["draft"], &draft["judgement"]["verdict"]), (&json!(true), &json!("broken")));
    client.publish(&breaking).await.problem(422, "judgement");
}

async fn waivers_travel_beside_the_contract(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let breaking = next("1.1.0", without(FIELD));
    let refused = client.publish(&breaking).await.json();
    let counts = |it: &&Value| it["standing"]["is"] == "refused" || it["standing"]["is"] == "unproven";
    let waiver = |until: &str| {
        let findings = refused["findings"].as_array().expect("findings").iter().filter(counts);
        let one = |it: &Value| {
            json!({
                "finding": it["fingerprint"], "product": "sales.orders", "owner": "sales@example.com",
                "reason": "nobody reads it", "until": until,
            })
        };
        findings.map(one).collect::<Vec<_>>()
    };
    let path = version_path(&breaking);
    let expired = client.put(&path, &json!({ "contract": breaking, "waivers": waiver("2025-12-31") })).await;
    expired.problem(422, "judgement");
    let waived =
        client.put(&path, &json!({ "contract": breaking, "waivers": waiver("2026-01-01") })).await.ok();
    assert_eq!((&waived["created"], &waived["judgement"]["verdict"]), (&json!(true), &json!("waived")));
}

async fn what_is_wrong_inside_an_envelope_is_told_by_its_place_in_it(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let mut wrong = next("1.1.0", reworded("a"));
    wrong["kind"] = json!("gold");
    let refused =
        client.put("/api/v1/products/sales.orders/versions/1.1.0", &json!({ "contract": wrong })).await;
    let detail = refused.problem(422, "invalid-document");
    assert!(detail.contains("`gold`"), "{detail}");
    assert_eq!(refused.json()["pointer"], "/contract/kind");
    let misspelled = json!({ "contract": next("1.1.0", reworded("a")), "waiver": [] });
    let refused = client.put("/api/v1/products/sales.orders/versions/1.1.0", &misspelled).await;
    let detail = refused.problem(422, "malformed-document");
    assert!(detail.contains("`waiver`"), "{detail}");
}

async fn of_two_that_are_safe_alone_and_not_together_one_is_published(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    // One adds a member as text, the other as a number: a reader of the one refuses the other.
    let with = |version: &str, kind: &str, logical: &str| {
        let (kind, logical) = (json!({ "type": kind, "description": "New." }), json!(logical));
        next(version, move |contract| {
            for side in ["emits", "accepts"] {
                contract["schemas"][side]["properties"]["added"] = kind.clone();
            }
            let fields = contract["types"]["Order"]["fields"].as_array_mut().expect("fields");
            fields.push(json!({ "name": "added", "type": logical, "description": "New.", "optional": true }));
        })
    };
    for round in 0..8 {
        let (one, other) = (format!("1.{}.0", round * 2 + 1), format!("1.{}.0", round * 2 + 2));
        let (one, other) = (with(&one, "string", "string"), with(&other, "integer", "integer"));
        let (one, other) = tokio::join!(client.publish(&one), client.publish(&other));
        // The lower one may come after the higher one, which then is not judged against it; never do both wait for each
        // other, and never is the higher one published on top of a lower one that it breaks.
        if one.status == 201 && other.status == 201 {
            assert_eq!(other.json()["judgement"]["base"], "1.0.0");
        }
        if round == 0 {
            assert!(one.status == 201 || other.status == 201);
        }
        if other.status != 201 {
            other.problem(422, "judgement");
        }
        if one.status != 201 {
            one.problem(422, "judgement");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expectation_registered_while_a_publish_is_judged_is_not_missed() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store"));
    let registry = Registry::new(Arc::clone(&store) as _, 0);
    let tenant = TenantId::default();
    let publication = |contract: Value| Publication {
        address: "sales.orders".parse().expect("an address"),
        version: contract["version"].as_str().expect("text").parse().expect("a version"),
        stage: Stage::Released,
        document: contract.to_string().into(),
        request_id: None,
    };
    registry.publish(&tenant, publication(fixture("sales.orders@1.0.0"))).await.expect("published");
    // The write lock is held: the expectation waits to be committed, and the publish is judged without it and waits behind.
    let blocker = rusqlite::Connection::open(store.path()).expect("a connection");
    blocker.execute_batch("BEGIN IMMEDIATE").expect("the write lock");
    let expectation = serde_json::from_value(reads("billing", OPTIONAL)).expect("an expectation");
    let mut registering = Box::pin(store.put_expectation(&tenant, expectation, None));
    let mut publishing = Box::pin(registry.publish(&tenant, publication(next("1.1.0", without(OPTIONAL)))));
    for _ in 0..200 {
        let both = std::future::poll_fn(|context| {
            let one = registering.as_mut().poll(context).is_pending();
            let other = publishing.as_mut().poll(context).is_pending();
            Poll::Ready(one && other)
        });
        assert!(both.await, "nothing is answered while the lock is held");
        tokio::task::yield_now().await;
    }
    blocker.execute_batch("ROLLBACK").expect("the lock is given back");
    registering.await.expect("registered");
    let refused = publishing.await.expect_err("the reader was not missed");
    assert!(refused.to_string().contains("billing"), "{refused}");
    // Nobody else reads it, so without that reader it may go.
    let key = ExpectationKey {
        consumer: "billing".parse().expect("a name"),
        address: "sales.orders".parse().expect("an address"),
        consumer_version: None,
        environment: None,
        purpose: None,
    };
    store.remove_expectations(&tenant, &key, None).await.expect("forgotten");
    registry.publish(&tenant, publication(next("1.1.0", without(OPTIONAL)))).await.expect("published");
}

/// Between a look at the versions and one at the readers, the same content is published and then a reader comes who would have
/// kept it from that. The versions of before and the readers of after never stood together, and nothing is refused for both.
#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusal_is_not_made_of_versions_of_before_and_readers_of_after() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Arc::new(SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store"));
    let tenant = TenantId::default();
    let publication = |contract: Value| Publication {
        address: "sales.orders".parse().expect("an address"),
        version: contract["version"].as_str().expect("text").parse().expect("a version"),
        stage: Stage::Released,
        document: contract.to_string().into(),
        request_id: None,
    };
    let other = Registry::new(Arc::clone(&store) as _, 0);
    other.publish(&tenant, publication(fixture("sales.orders@1.0.0"))).await.expect("published");
    let lean = next("1.1.0", without(OPTIONAL));
    let meanwhile = {
        let (store, tenant, lean) = (Arc::clone(&store), tenant.clone(), publication(lean.clone()));
        async move {
            other.publish(&tenant, lean).await.expect("published");
            let reader = serde_json::from_value(reads("billing", OPTIONAL)).expect("an expectation");
            store.put_expectation(&tenant, reader, None).await.expect("registered");
        }
    };
    let interrupted = crate::replicas::broken::Broken::before_readers(store, meanwhile);
    let registry = Registry::new(Arc::new(interrupted), 0);
    let told = registry.publish(&tenant, publication(lean)).await.expect("it stands");
    assert!(!told.created, "the other one has published it");
}
