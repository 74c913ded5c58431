//! Deprecating and retiring: readers are told, named and reminded, and nobody who runs is left without what it needs.

use mesh_registry::store::TenantId;
use serde_json::{Value, json};

use crate::world::{Client, Home, World, contract};

crate::on_each_store!(
    a_campaign_names_who_still_reads_and_what_each_has_come_to
    retiring_is_refused_while_a_reader_that_runs_needs_it
    retiring_before_the_day_that_readers_were_told_is_refused
    an_owner_may_override_and_it_stays_on_record
    a_reader_of_which_nothing_is_known_stands_in_the_way
    what_is_retired_is_resolved_to_by_nothing_and_read_by_digest
    a_version_joins_the_deprecation_of_its_line
    nothing_is_published_into_a_line_that_is_retired_as_a_whole
    records_of_a_retired_version_count_for_as_long_as_they_are_kept
    readers_are_reminded_once_for_each_day_that_is_reached
    a_deprecation_that_makes_no_sense_is_told_what_to_do
    campaigns_come_in_pages_by_product
);

const ADDRESS: &str = "sales.orders";
/// The world's clock begins at this day.
const FIRST: &str = "2026-01-01";

fn day(after: i64) -> String {
    let first: chrono::NaiveDate = FIRST.parse().expect("a day");
    (first + chrono::TimeDelta::days(after)).to_string()
}

async fn filled(home: Home) -> World {
    let world = World::on(home).await;
    for version in ["1.0.0", "1.1.0", "2.0.0"] {
        world.client.publish_reworded(&contract(ADDRESS, version, version)).await.ok();
    }
    world
}

fn pass(world: &World, days: u32) {
    world.clock.advance_seconds(days * 24 * 60 * 60);
}

async fn expect(client: &Client, consumer: &str, version: &str, requirement: &str) {
    let path = format!("/api/v1/consumers/{consumer}/expectations/{ADDRESS}");
    let body = json!({
        "mesh": 1, "consumer": consumer, "consumerVersion": version, "address": ADDRESS,
        "requirement": requirement, "fields": ["/id"], "schema": { "type": "object" },
    });
    client.put(&path, &body).await.ok();
}

async fn deploy(client: &Client, consumer: &str, version: &str) {
    let path = format!("/api/v1/environments/production/deployed/{consumer}/{version}");
    client.put(&path, &json!({})).await.ok();
}

fn deprecation(scope: &str) -> String {
    format!("/api/v1/products/{ADDRESS}/deprecations/{scope}")
}

fn retirement(scope: &str) -> String {
    format!("/api/v1/products/{ADDRESS}/retirements/{scope}")
}

async fn deprecate(client: &Client, scope: &str, until: &str) -> Value {
    let body = json!({ "until": until, "successor": "2.0.0", "reason": "2 is better." });
    client.put(&deprecation(scope), &body).await.ok()
}

async fn events(client: &Client, kind: &str) -> Vec<Value> {
    let page = client.get(&format!("/api/v1/events?kind={kind}&limit=200")).await.ok();
    page["items"].as_array().expect("events").clone()
}

async fn a_campaign_names_who_still_reads_and_what_each_has_come_to(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    expect(client, "runs", "1", "^1").await;
    deploy(client, "runs", "1").await;
    expect(client, "declares", "1", "^1").await;
    expect(client, "takes-both", "1", ">=1, <3").await;
    expect(client, "went", "1", "^1").await;
    world.clock.advance_seconds(1);
    expect(client, "went", "2", "^2").await;
    expect(client, "elsewhere", "1", "^2").await;
    let campaign = deprecate(client, "1", &day(30)).await;
    assert_eq!((&campaign["daysLeft"], &campaign["versions"]), (&json!(30), &json!(["1.1.0", "1.0.0"])));
    let told = campaign["readers"].as_array().expect("readers").iter().map(|reader| {
        let text = |name: &str| reader[name].as_str().unwrap_or("-").to_owned();
        (text("consumer"), text("state"), text("successor"), reader["environments"].clone())
    });
    let expected = [
        ("runs", "deployed", json!(["production"])),
        ("declares", "declared", json!([])),
        ("takes-both", "moved", json!([])),
        ("went", "moved", json!([])),
    ]
    .map(|(consumer, state, environments)| {
        (consumer.to_owned(), state.to_owned(), "compatible".to_owned(), environments)
    });
    assert_eq!(told.collect::<Vec<_>>(), expected, "{campaign:#}");
    assert_eq!(client.get(&deprecation("1")).await.ok(), campaign);
    let product = client.get(&format!("/api/v1/products/{ADDRESS}")).await.ok();
    assert_eq!(product["versions"][1]["state"], "deprecated");
    assert_eq!(product["versions"][1]["deprecated"]["successor"], "2.0.0");
    let resolved = client.get(&format!("/api/v1/products/{ADDRESS}/resolve?requirement=%5E1")).await.ok();
    assert_eq!(resolved["deprecated"]["until"], day(30).as_str());
    let told = events(client, "mesh.line.deprecated.v1").await;
    assert_eq!((told.len(), &told[0]["subject"]), (1, &json!("sales.orders@1")));
    client.delete(&deprecation("1")).await.ok();
    client.get(&deprecation("1")).await.problem(404, "not-deprecated");
}

async fn retiring_is_refused_while_a_reader_that_runs_needs_it(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    expect(client, "billing", "1", "^1").await;
    deploy(client, "billing", "1").await;
    deprecate(client, "1", &day(1)).await;
    pass(&world, 2);
    let refused = client.put(&retirement("1"), &json!({})).await;
    let detail = refused.problem(409, "in-the-way");
    assert!(detail.contains("`billing` 1 runs in production and needs ^1"), "{detail}");
    assert_eq!(refused.json()["findings"].as_array().map(Vec::len), Some(1), "{detail}");
    // It moves on, and nothing is in the way any more.
    expect(client, "billing", "2", "^2").await;
    deploy(client, "billing", "2").await;
    let product = client.put(&retirement("1"), &json!({})).await.ok();
    assert_eq!(product["lines"][1], json!({ "line": "1", "newest": "1.1.0", "state": "retired" }));
    assert_eq!(product["versions"][1]["retired"].get("overridden"), None);
    assert_eq!(events(client, "mesh.line.retired.v1").await.len(), 1);
    client.put(&retirement("1"), &json!({})).await.ok();
    assert_eq!(events(client, "mesh.line.retired.v1").await.len(), 1, "once is enough");
    let product = client.delete(&retirement("1")).await.ok();
    assert_eq!(product["versions"][1]["state"], "deprecated");
}

async fn retiring_before_the_day_that_readers_were_told_is_refused(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let detail = client.put(&retirement("1"), &json!({})).await.problem(409, "in-the-way");
    assert!(detail.contains("readers were not told") && detail.contains("mesh deprecate"), "{detail}");
    deprecate(client, "1", &day(3)).await;
    pass(&world, 2);
    let detail = client.put(&retirement("1"), &json!({})).await.problem(409, "in-the-way");
    assert!(detail.contains(&format!("stays until {}", day(3))), "{detail}");
    pass(&world, 1);
    client.put(&retirement("1"), &json!({})).await.ok();
}

async fn an_owner_may_override_and_it_stays_on_record(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    expect(client, "billing", "1", "^1").await;
    deploy(client, "billing", "1").await;
    let path = retirement("1");
    let silent = client.put(&path, &json!({ "override": true })).await;
    assert!(silent.problem(422, "invalid-document").contains("say why"));
    let body = json!({ "override": true, "reason": "The source is gone." });
    let product = client.put(&path, &body).await.ok();
    let retired = &product["versions"][1]["retired"];
    assert_eq!(
        (&retired["reason"], retired["overridden"].as_array().map(Vec::len)),
        (&json!("The source is gone."), Some(2))
    );
    let told = events(client, "mesh.line.retired.v1").await;
    assert!(
        told[0]["data"]["overridden"][1].as_str().is_some_and(|text| text.contains("billing")),
        "{told:?}"
    );
}

async fn a_reader_of_which_nothing_is_known_stands_in_the_way(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    expect(client, "billing", "2", "^2").await;
    deploy(client, "billing", "1").await;
    deprecate(client, "1", &day(1)).await;
    pass(&world, 1);
    let detail = client.put(&retirement("1"), &json!({})).await.problem(409, "in-the-way");
    assert!(detail.contains("what that version reads is not registered"), "{detail}");
}

async fn what_is_retired_is_resolved_to_by_nothing_and_read_by_digest(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let product = client.get(&format!("/api/v1/products/{ADDRESS}")).await.ok();
    let digest = product["versions"][2]["digest"].as_str().expect("a digest").to_owned();
    deprecate(client, "1", &day(1)).await;
    pass(&world, 1);
    client.put(&retirement("1"), &json!({})).await.ok();
    let gone = client.get(&format!("/api/v1/products/{ADDRESS}/resolve?requirement=%5E1")).await;
    let detail = gone.problem(410, "retired");
    assert!(detail.contains("use 2.0.0 instead"), "{detail}");
    let either = client.get(&format!("/api/v1/products/{ADDRESS}/resolve?requirement=%3E%3D1")).await.ok();
    assert_eq!(either["version"], "2.0.0");
    client.get(&format!("/api/v1/contracts/{digest}")).await.ok();
    client.get(&format!("/api/v1/products/{ADDRESS}/versions/1.0.0")).await.ok();
    let answer =
        client.get(&format!("/api/v1/environments/production/can-deploy/{ADDRESS}/1.1.0")).await.ok();
    assert!(answer["missing"][0].as_str().is_some_and(|text| text.contains("is retired")), "{answer}");
}

async fn a_version_joins_the_deprecation_of_its_line(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    deprecate(client, "1", &day(30)).await;
    client.publish_reworded(&contract(ADDRESS, "1.1.1", "mended")).await.ok();
    let campaign = client.get(&deprecation("1")).await.ok();
    assert_eq!(campaign["versions"], json!(["1.1.1", "1.1.0", "1.0.0"]));
    // One version alone takes nobody along.
    client.delete(&deprecation("1")).await.ok();
    deprecate(client, "1.1.1", &day(30)).await;
    client.publish_reworded(&contract(ADDRESS, "1.1.2", "mended again")).await.ok();
    let product = client.get(&format!("/api/v1/products/{ADDRESS}")).await.ok();
    let states: Vec<_> =
        product["versions"].as_array().expect("versions").iter().map(|it| &it["state"]).collect();
    assert_eq!(states, ["active", "active", "deprecated", "active", "active"]);
}

async fn nothing_is_published_into_a_line_that_is_retired_as_a_whole(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let path = retirement("1.0.0");
    client.put(&path, &json!({ "override": true, "reason": "Nobody has it." })).await.ok();
    client.publish_reworded(&contract(ADDRESS, "1.1.1", "goes on")).await.ok();
    let path = retirement("1");
    client.put(&path, &json!({ "override": true, "reason": "Nobody has it." })).await.ok();
    let refused = client.publish_reworded(&contract(ADDRESS, "1.2.0", "too late")).await;
    let detail = refused.problem(409, "line-retired");
    assert!(detail.contains("mesh retire --undo sales.orders@1"), "{detail}");
    client.publish_reworded(&contract(ADDRESS, "2.1.0", "in time")).await.ok();
}

async fn records_of_a_retired_version_count_for_as_long_as_they_are_kept(home: Home) {
    let world = World::on(home).await;
    let client = &world.client;
    let of = |version: &str, emits: [i32; 2], accepts: [i32; 2]| {
        let mut contract = contract(ADDRESS, version, version);
        contract["levels"] = json!({ "retention": "10d" });
        for (side, [minimum, maximum]) in [("emits", emits), ("accepts", accepts)] {
            contract["schemas"][side] = json!({
                "type": "object", "required": ["id"],
                "properties": { "id": { "type": "integer", "minimum": minimum, "maximum": maximum } },
            });
        }
        contract
    };
    client.publish_reworded(&of("1.0.0", [0, 9], [0, 9])).await.ok();
    client.publish_reworded(&of("1.1.0", [5, 6], [0, 9])).await.ok();
    // Records of 1.1.0 are taken, and those of 1.0.0 are not.
    let narrower = of("1.2.0", [5, 6], [5, 6]);
    let refused = async || {
        let refused = client.publish_reworded(&narrower).await;
        refused.problem(422, "judgement");
        let findings = refused.json()["findings"].clone();
        let against = findings.as_array().expect("findings").iter().map(|it| (&it["side"], &it["against"]));
        assert!(against.clone().any(|it| it == (&json!("replay"), &json!(["1.0.0"]))), "{findings:#}");
    };
    refused().await;
    let reason = json!({ "override": true, "reason": "Nobody has it." });
    client.put(&retirement("1.0.0"), &reason).await.ok();
    refused().await;
    pass(&world, 10);
    client.publish_reworded(&narrower).await.ok();
}

async fn readers_are_reminded_once_for_each_day_that_is_reached(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    let remind = async || {
        let tenant = TenantId::default();
        world.running.registry().remind(&tenant).await.expect("a store")
    };
    expect(client, "billing", "1", "^1").await;
    deploy(client, "billing", "1").await;
    deprecate(client, "1", &day(100)).await;
    assert_eq!(remind().await, 0);
    for (days, reminded) in [(10, 1), (0, 0), (60, 1), (23, 1), (6, 1), (1, 1), (30, 0)] {
        pass(&world, days);
        assert_eq!(remind().await, reminded, "after {days} more days");
    }
    let told = events(client, "mesh.reader.reminded.v1").await;
    let left: Vec<_> =
        told.iter().map(|event| event["data"]["daysLeft"].as_i64().expect("a number")).collect();
    assert_eq!(left, [90, 30, 7, 1, 0]);
    let reader = &told[0]["data"]["readers"][0];
    assert_eq!((&reader["consumer"], &reader["environments"]), (&json!("billing"), &json!(["production"])));
    // A day that is moved is a day to remind of again, unless nobody is left.
    deprecate(client, "1", &day(137)).await;
    assert_eq!(remind().await, 1);
    expect(client, "billing", "2", "^2").await;
    deploy(client, "billing", "2").await;
    pass(&world, 6);
    assert_eq!(remind().await, 0);
}

async fn a_deprecation_that_makes_no_sense_is_told_what_to_do(home: Home) {
    let World { client, running: _running, .. } = &filled(home).await;
    let bad = async |scope: &str, until: &str, successor: &str| {
        let body = json!({ "until": until, "successor": successor });
        client.put(&deprecation(scope), &body).await
    };
    let soon = day(9);
    for (successor, word) in [
        ("1.1.0", "name a version outside"),
        ("3.0.0", "has no version 3.0.0"),
        ("sales.orders", "the product itself"),
        ("sales.nothing", "not published"),
    ] {
        let refused = bad("1", &soon, successor).await;
        let detail = refused.problem(422, "invalid-document");
        assert!(detail.contains(word), "{detail}");
        assert_eq!(refused.json()["pointer"], "/successor");
    }
    assert!(bad("1", FIRST, "2.0.0").await.problem(422, "invalid-document").contains("not in the future"));
    bad("1", "soon", "2.0.0").await.problem(422, "malformed-document");
    bad("3", &soon, "2.0.0").await.problem(404, "unknown-line");
    bad("1.9.0", &soon, "2.0.0").await.problem(404, "unknown-version");
    bad("one", &soon, "2.0.0").await.problem(400, "malformed-request");
}

async fn campaigns_come_in_pages_by_product(home: Home) {
    let world = filled(home).await;
    let client = &world.client;
    deprecate(client, "1", &day(30)).await;
    deprecate(client, "1.0.0", &day(20)).await;
    client.publish_reworded(&contract("sales.bookings", "1.0.0", "")).await.ok();
    client.publish_reworded(&contract("sales.bookings", "2.0.0", "")).await.ok();
    client.put("/api/v1/products/sales.bookings/deprecations/1", &json!({ "until": day(5) })).await.ok();
    let page = client.get("/api/v1/deprecations?limit=1").await.ok();
    assert_eq!(page["items"][0]["address"], "sales.bookings");
    let next = page["next"].as_str().expect("a next page");
    let page = client.get(&format!("/api/v1/deprecations?limit=1&after={next}")).await.ok();
    let scopes: Vec<_> = page["items"].as_array().expect("campaigns").iter().map(|it| &it["scope"]).collect();
    assert_eq!((scopes, page.get("next")), (vec![&json!("1"), &json!("1.0.0")], None));
}
