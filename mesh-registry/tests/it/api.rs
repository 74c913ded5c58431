//! Journeys through the API.

use mesh_contract::{Contract, Digest};
use reqwest::Method;
use serde_json::json;

use crate::world::{Home, World, announcement, contract, expectation, fixture, version_path};

crate::on_each_store!(
    a_published_contract_is_found_by_version_by_digest_and_by_requirement
    bounds_of_64_bits_are_read_as_they_were_published
    publishing_the_same_content_again_changes_nothing
    other_content_under_a_published_version_is_refused_with_the_version_to_choose
    a_draft_may_be_replaced_and_what_is_released_may_not
    a_product_shows_its_highest_released_version
    a_contract_that_one_has_is_not_sent_again
    what_is_not_there_is_told_with_what_there_is
    a_document_that_cannot_be_read_is_refused_with_line_and_pointer
    a_request_keeps_the_id_that_its_caller_gave
    products_come_in_pages_that_together_are_the_list
    domains_tell_their_services_and_those_shared_with_them
    a_reader_registers_what_it_relies_on_and_takes_it_back
    lineage_is_what_inputs_and_readers_declare
    a_resolution_names_the_live_deployments_of_matching_versions
    the_api_describes_itself
);

async fn a_published_contract_is_found_by_version_by_digest_and_by_requirement(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    for name in ["sales.orders@1.0.0", "sales.orders@1.1.0", "sales.orders@1.2.0"] {
        let answer = client.publish(&fixture(name)).await;
        assert_eq!((answer.status.as_u16(), &answer.json()["created"]), (201, &json!(true)));
        assert_eq!(answer.header("location"), version_path(&fixture(name)));
    }
    let sent: Contract = serde_json::from_value(fixture("sales.orders@1.2.0")).expect("a contract");
    let digest = sent.digest().expect("a digest");
    let by_version = client.get("/api/v1/products/sales.orders/versions/1.2.0").await;
    let by_digest = client.get(&format!("/api/v1/contracts/{digest}")).await;
    assert_eq!(by_version.bytes, by_digest.bytes);
    assert_eq!(Digest::of_bytes(&by_version.bytes), digest, "the bytes have the digest");
    let read = Contract::read(std::str::from_utf8(&by_version.bytes).expect("text")).expect("a contract");
    assert_eq!(read, sent);
    let resolved = client.get("/api/v1/products/sales.orders/resolve?requirement=%5E1.0").await.ok();
    assert_eq!((&resolved["version"], &resolved["digest"]), (&json!("1.2.0"), &json!(digest)));
    let resolved = client.get("/api/v1/products/sales.orders/resolve?requirement=~1.0").await.ok();
    assert_eq!(resolved["version"], "1.0.0");
    let shown = client.get("/api/v1/products/sales.orders").await.ok();
    assert_eq!((&shown["version"], shown["versions"].as_array().map(Vec::len)), (&json!("1.2.0"), Some(3)));
    assert_eq!(shown["versions"][0]["version"], "1.2.0");
}

async fn bounds_of_64_bits_are_read_as_they_were_published(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let schema = json!({ "type": "object", "properties": { "id": {
        "type": "integer", "format": "int64",
        "minimum": i64::MIN, "exclusiveMaximum": 9_223_372_036_854_775_808.0,
    } } });
    let mut sent = contract("sales.orders", "1.0.0", "First.");
    sent["schemas"] = json!({ "emits": schema, "accepts": schema });
    client.publish(&sent).await.ok();
    let mut reader = expectation("billing", "sales.orders");
    reader["schema"] = schema;
    client.put("/api/v1/consumers/billing/expectations/sales.orders", &reader).await.ok();

    let stored = client.get("/api/v1/products/sales.orders/versions/1.0.0").await;
    let read = Contract::read(std::str::from_utf8(&stored.bytes).expect("text")).expect("a contract");
    let written: Contract = serde_json::from_value(sent.clone()).expect("a contract");
    assert_eq!(read.digest(), written.digest());
    // What is stored is read again to name readers, and to judge what is published next.
    client.get("/api/v1/products/sales.orders/consumers").await.ok();
    sent["version"] = "1.1.0".into();
    client.publish_reworded(&sent).await.ok();
}

async fn publishing_the_same_content_again_changes_nothing(home: Home) {
    let World { client, running, .. } = &World::on(home).await;
    let first = client.publish(&fixture("sales.orders@1.0.0")).await.ok();
    // Other white space, other order of members: the same content.
    let text = serde_json::to_string_pretty(&fixture("sales.orders@1.0.0")).expect("JSON");
    let again = client
        .send(Method::PUT, "/api/v1/products/sales.orders/versions/1.0.0", &[], Some(text.into()))
        .await;
    assert_eq!(again.status, 200);
    let again = again.ok();
    assert_eq!((&again["created"], &again["digest"]), (&json!(false), &first["digest"]));
    assert_eq!(again["publishedAt"], first["publishedAt"]);
    let page = running
        .registry()
        .versions(&Default::default(), &"sales.orders".parse().expect("an address"), &Default::default())
        .await;
    assert_eq!(page.expect("a page").items.len(), 1);
}

async fn other_content_under_a_published_version_is_refused_with_the_version_to_choose(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    client.publish(&contract("sales.orders", "1.0.0", "First.")).await.ok();
    client.publish_reworded(&contract("sales.orders", "1.3.2", "Later.")).await.ok();
    let other = client.publish(&contract("sales.orders", "1.0.0", "Second.")).await;
    let detail = other.problem(409, "version-exists");
    assert!(detail.contains("publish yours as 1.3.3"), "only words differ: {detail}");
    let mut changed = contract("sales.orders", "1.0.0", "First.");
    changed["schemas"]["emits"] = json!({ "type": "object", "required": ["id"] });
    let detail = client.publish(&changed).await.problem(409, "version-exists");
    assert!(detail.contains("publish yours as 1.4.0"), "the promise differs: {detail}");
    changed["version"] = json!("1.4.0");
    client.publish_reworded(&changed).await.ok();
}

async fn a_draft_may_be_replaced_and_what_is_released_may_not(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let path = "/api/v1/products/sales.orders/versions/1.0.0";
    let draft = |text| contract("sales.orders", "1.0.0", text);
    let first = client.put(&format!("{path}?draft=true"), &draft("First.")).await.ok();
    assert_eq!((&first["created"], &first["draft"]), (&json!(true), &json!(true)));
    let shown = client.get("/api/v1/products/sales.orders").await.ok();
    assert_eq!((&shown["draft"], &shown["description"]), (&json!(true), &json!("First.")));
    let resolve = "/api/v1/products/sales.orders/resolve?requirement=%5E1";
    let detail = client.get(resolve).await.problem(404, "no-version-matches");
    assert!(detail.contains("only drafts"), "{detail}");
    assert_eq!(client.get(&format!("{resolve}&drafts=true")).await.ok()["digest"], first["digest"]);

    client.put(&format!("{path}?draft=true"), &draft("Second.")).await.ok();
    assert_eq!(client.get(path).await.json()["description"], "Second.", "a draft is not kept in memory");
    client.get(&format!("/api/v1/contracts/{}", first["digest"].as_str().expect("text"))).await.ok();
    let released = client.put(path, &draft("Second.")).await;
    assert_eq!((released.status.as_u16(), &released.json()["draft"]), (201, &json!(false)));
    client.put(&format!("{path}?draft=true"), &draft("Third.")).await.problem(409, "version-exists");
    let again = client.put(&format!("{path}?draft=true"), &draft("Second.")).await.ok();
    assert_eq!((&again["created"], &again["draft"]), (&json!(false), &json!(false)));
}

async fn a_product_shows_its_highest_released_version(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let mut versions = Vec::new();
    for (version, draft) in [
        ("2.0.0", "?draft=true"),
        ("1.10.0", ""),
        ("1.9.0", ""),
        ("3.0.0", "?draft=true"),
        ("1.10.1-rc.1", ""),
    ] {
        let document = contract("sales.orders", version, version);
        let claim = json!({ "product": "sales.orders", "version": version, "says": "same" });
        let sent = json!({ "contract": document, "meaning": [claim] });
        client.put(&format!("{}{draft}", version_path(&document)), &sent).await.ok();
        versions.push(client.get("/api/v1/products/sales.orders").await.ok()["version"].clone());
    }
    assert_eq!(versions, ["2.0.0", "1.10.0", "1.10.0", "1.10.0", "1.10.1-rc.1"]);
    let listed = client.get("/api/v1/products").await.ok();
    assert_eq!(listed["items"][0]["description"], "1.10.1-rc.1");
    let first = client.get("/api/v1/products/sales.orders/versions?limit=2").await.ok();
    assert_eq!((&first["items"][0]["version"], &first["next"]), (&json!("3.0.0"), &json!("2.0.0")));
    let second = client.get("/api/v1/products/sales.orders/versions?limit=3&after=2.0.0").await.ok();
    assert_eq!((&second["items"][0]["version"], &second["next"]), (&json!("1.10.1-rc.1"), &json!(null)));
}

async fn a_contract_that_one_has_is_not_sent_again(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let published = client.publish(&fixture("sales.products@1.1.0")).await.ok();
    let digest = published["digest"].as_str().expect("text");
    for (path, lasting) in [
        (format!("/api/v1/contracts/{digest}"), "max-age=31536000, immutable"),
        ("/api/v1/products/sales.products/versions/1.1.0".to_owned(), "no-cache"),
    ] {
        let whole = client.get(&path).await;
        let tag = whole.header("etag").to_owned();
        assert_eq!(tag, format!("\"{digest}\""));
        assert_eq!(whole.header("cache-control"), lasting);
        for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
            let answer = client.send(Method::GET, &path, &[("if-none-match", &known)], None).await;
            assert_eq!((answer.status.as_u16(), answer.bytes.len()), (304, 0), "{known}");
            assert_eq!(answer.header("etag"), tag);
        }
        let other = client.send(Method::GET, &path, &[("if-none-match", "\"other\"")], None).await;
        assert_eq!((other.status.as_u16(), &other.bytes), (200, &whole.bytes));
        let head = client.send(Method::HEAD, &path, &[], None).await;
        assert_eq!((head.status.as_u16(), head.header("etag")), (200, &tag[..]));
    }
}

async fn what_is_not_there_is_told_with_what_there_is(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    let detail =
        client.get("/api/v1/products/sales.orders/versions/9.0.0").await.problem(404, "unknown-version");
    assert!(detail.contains("the newest is 1.0.0"), "{detail}");
    let detail = client
        .get("/api/v1/products/sales.orders/resolve?requirement=%5E2")
        .await
        .problem(404, "no-version-matches");
    assert!(detail.contains("the newest is 1.0.0"), "{detail}");
    client.get("/api/v1/products/sales.nothing").await.problem(404, "unknown-product");
    client.get("/api/v1/products/sales.nothing/versions").await.problem(404, "unknown-product");
    client.get("/api/v1/products/sales.nothing/versions/1.0.0").await.problem(404, "unknown-product");
    client.get("/api/v1/products/sales.nothing/lineage").await.problem(404, "unknown-product");
    client.get("/api/v1/domains/nothing").await.problem(404, "unknown-domain");
    client.get(&format!("/api/v1/contracts/sha256:{}", "0".repeat(64))).await.problem(404, "unknown-digest");
    client
        .delete("/api/v1/consumers/reader/expectations/sales.orders")
        .await
        .problem(404, "unknown-expectation");
    let detail = client.get("/api/v2/products").await.problem(404, "unknown-path");
    assert!(detail.contains("/api/v1/openapi.json"), "{detail}");
    let wrong = client.send(Method::POST, "/api/v1/products", &[], None).await;
    wrong.problem(405, "method-not-allowed");
    assert_eq!(wrong.header("allow"), "GET,HEAD");
}

async fn a_document_that_cannot_be_read_is_refused_with_line_and_pointer(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let path = "/api/v1/products/sales.orders/versions/1.0.0";
    let mut text = serde_json::to_string_pretty(&contract("sales.orders", "1.0.0", "One.")).expect("JSON");
    text = text.replace("\"source-aligned\"", "\"gold\"");
    let refused = client.send(Method::PUT, path, &[], Some(text.into())).await;
    let detail = refused.problem(422, "malformed-document");
    assert!(detail.contains("`gold`") && detail.contains("line "), "{detail}");
    assert_eq!(refused.json()["pointer"], "/kind");
    let other = client.put(path, &contract("sales.invoices", "1.0.0", "One.")).await;
    other.problem(422, "document-mismatch");
    assert_eq!(other.json()["pointer"], "/address");
    let other = client.put(path, &contract("sales.orders", "1.0.1", "One.")).await;
    assert_eq!(other.json()["pointer"], "/version");
    let body = Some(b"{\n\"mesh\": \"\xff\"".to_vec());
    let detail = client.send(Method::PUT, path, &[], body).await.problem(422, "malformed-document");
    assert!(detail.contains("line 2"), "{detail}");
    let xml = [("content-type", "text/xml")];
    client.send(Method::PUT, path, &xml, Some(b"<a/>".to_vec())).await.problem(415, "unsupported-media-type");
}

async fn a_request_keeps_the_id_that_its_caller_gave(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let answer =
        client.send(Method::GET, "/api/v1/domains/none", &[("x-request-id", "from-outside.1")], None).await;
    assert_eq!(answer.header("x-request-id"), "from-outside.1");
    assert_eq!(answer.json()["request_id"], "from-outside.1");
    let long = "x".repeat(65);
    let answer = client.send(Method::GET, "/api/v1/domains/none", &[("x-request-id", &long)], None).await;
    assert_ne!(answer.header("x-request-id"), long);
    let other = client.get("/api/v1/domains/none").await;
    assert_ne!(other.header("x-request-id"), answer.header("x-request-id"));
}

async fn products_come_in_pages_that_together_are_the_list(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    for number in 0..7 {
        client.publish(&contract(&format!("d{}.p{number}", number % 2), "1.0.0", "One.")).await.ok();
    }
    for filter in ["", "q=one&", "domain=d0&", "kind=source-aligned&"] {
        let mut seen = Vec::new();
        let mut after = String::new();
        loop {
            let page = client.get(&format!("/api/v1/products?{filter}limit=2{after}")).await.ok();
            seen.extend(
                page["items"].as_array().expect("items").iter().map(|item| item["address"].to_string()),
            );
            match page["next"].as_str() {
                Some(next) => after = format!("&after={next}"),
                None => break,
            }
        }
        let expected = if filter == "domain=d0&" { 4 } else { 7 };
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), expected, "{filter}");
    }
    for query in
        ["limit=0", "limit=201", "limit=x", "after=..", "q=one&after=x", "q=one&after=99999999", "colour=red"]
    {
        client.get(&format!("/api/v1/products?{query}")).await.problem(400, "malformed-request");
    }
}

async fn domains_tell_their_services_and_those_shared_with_them(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    for name in ["sales.invoices@1.0.0", "sales.orders@1.0.0", "accounting.payroll@1.0.0"] {
        client.publish(&fixture(name)).await.ok();
    }
    let domains = client.get("/api/v1/domains").await.ok();
    let names: Vec<_> =
        domains["items"].as_array().expect("items").iter().map(|item| &item["name"]).collect();
    assert_eq!(names, ["accounting", "sales"]);
    let accounting = client.get("/api/v1/domains/accounting").await.ok();
    let services = accounting["services"].as_array().expect("services");
    assert_eq!(services[0]["owner"], "accounting", "its own come first");
    assert!(services.iter().any(|it| it["owner"] == "sales" && it["name"] == "invoicing"), "{services:?}");
    assert_eq!(client.get("/api/v1/domains/sales").await.ok()["products"], 2);
}

async fn a_reader_registers_what_it_relies_on_and_takes_it_back(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    let path = "/api/v1/consumers/accounting/expectations/sales.orders";
    let first = client.put(path, &expectation("accounting", "sales.orders")).await.ok();
    let again = client.put(path, &expectation("accounting", "sales.orders")).await.ok();
    assert_eq!(first, again);
    let mut billing = expectation("accounting", "sales.orders");
    billing["purpose"] = json!("billing & dunning");
    client.put(path, &billing).await.ok();
    assert_eq!(client.get("/api/v1/products/sales.orders").await.ok()["consumers"], 1, "one reader, twice");
    let readers = client.get("/api/v1/products/sales.orders/consumers").await.ok();
    assert_eq!(readers["items"].as_array().map(Vec::len), Some(2));
    let page = client.get("/api/v1/consumers/accounting?limit=1").await.ok();
    let rest = client
        .get(&format!("/api/v1/consumers/accounting?after={}", page["next"].as_str().expect("more")))
        .await
        .ok();
    assert_ne!(page["items"][0], rest["items"][0]);
    client.delete(&format!("{path}?purpose=billing%20%26%20dunning")).await.ok();
    assert_eq!(client.get("/api/v1/consumers/accounting").await.ok()["items"], json!([first]));
    client.delete(path).await.ok();
    assert_eq!(client.get("/api/v1/products/sales.orders").await.ok()["consumers"], 0);

    client.put(path, &expectation("other", "sales.orders")).await.problem(422, "document-mismatch");
    let mut wrong = expectation("accounting", "sales.orders");
    wrong["schema"] = json!(7);
    client.put(path, &wrong).await.problem(422, "invalid-document");
    wrong = expectation("accounting", "sales.orders");
    wrong["purpose"] = json!(" ");
    client.put(path, &wrong).await.problem(422, "invalid-document");
    // Readers and providers are deployed in any order.
    client
        .put(
            "/api/v1/consumers/accounting/expectations/sales.later",
            &expectation("accounting", "sales.later"),
        )
        .await
        .ok();
}

async fn lineage_is_what_inputs_and_readers_declare(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let derived = |address: &str, input: &str| {
        let mut document = contract(address, "1.0.0", "Derived.");
        document["inputs"] = json!([{ "address": input, "requirement": "^1", "fields": ["/id"] }]);
        document
    };
    client.publish(&contract("a.raw", "1.0.0", "Raw.")).await.ok();
    client.publish(&derived("b.clean", "a.raw")).await.ok();
    client.publish(&derived("c.mart", "b.clean")).await.ok();
    // A circle must not go round for ever.
    client.put("/api/v1/consumers/a.raw/expectations/c.mart", &expectation("a.raw", "c.mart")).await.ok();
    client
        .put("/api/v1/consumers/price-page/expectations/c.mart", &expectation("price-page", "c.mart"))
        .await
        .ok();
    let whole = client.get("/api/v1/products/b.clean/lineage?depth=10").await.ok();
    let names: Vec<_> =
        whole["nodes"].as_array().expect("nodes").iter().map(|node| &node["address"]).collect();
    assert_eq!(names, ["a.raw", "b.clean", "c.mart"]);
    assert_eq!(whole["edges"].as_array().map(Vec::len), Some(4));
    let near = client.get("/api/v1/products/b.clean/lineage?depth=1").await.ok();
    assert_eq!(
        near["edges"],
        json!([
            { "source": "a.raw", "target": "b.clean", "fields": ["/id"] },
            { "source": "b.clean", "target": "c.mart", "fields": ["/id"] },
        ])
    );
    client.get("/api/v1/products/b.clean/lineage?depth=11").await.problem(400, "malformed-request");
    client.get("/api/v1/products/b.clean/lineage?depth=-1").await.problem(400, "malformed-request");
    // What was never published, but is read, stands there without a version.
    client.publish(&derived("d.other", "z.unknown")).await.ok();
    let unknown = client.get("/api/v1/products/z.unknown/lineage").await.ok();
    assert_eq!(unknown["nodes"][1], json!({ "address": "z.unknown" }));
}

async fn a_resolution_names_the_live_deployments_of_matching_versions(home: Home) {
    let World { client, clock, running: _running, .. } = &World::on(home).await;
    client.publish(&contract("sales.orders", "1.0.0", "One.")).await.ok();
    client.publish_reworded(&contract("sales.orders", "1.1.0", "Two.")).await.ok();
    let put = async |instance: &str, version: &str, environment: &str| {
        let mut body = announcement("sales", "sales.orders", version, 1);
        body["environment"] = json!(environment);
        client.put(&format!("/api/v1/deployments/{instance}"), &body).await.ok();
    };
    put("gone", "1.1.0", "production").await;
    clock.advance_seconds(31);
    put("old", "1.0.0", "production").await;
    put("new", "1.1.0", "production").await;
    put("next", "2.0.0", "production").await;
    put("trial", "1.1.0", "staging").await;
    let names = async |query: &str| {
        let path = format!("/api/v1/products/sales.orders/resolve?requirement={query}");
        let found = client.get(&path).await.ok();
        let names = found["deployments"].as_array().expect("a list").iter();
        names.map(|it| it["instance"].as_str().expect("text").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names("%5E1&environment=production").await, "new old");
    assert_eq!(names("%5E1").await, "new trial old");
    assert_eq!(names("%3D1.0.0").await, "old");
}

async fn the_api_describes_itself(home: Home) {
    let World { client, running: _running, .. } = &World::on(home).await;
    let served = client.get("/api/v1/openapi.json").await.ok();
    let mut snapshot: serde_json::Value =
        serde_json::from_str(include_str!("../../openapi.json")).expect("JSON");
    let closed = World::start_with(|config| config.access = mesh_registry::config::Access::default()).await;
    let told = closed.client.get("/api/v1/openapi.json").await.ok();
    assert_eq!(told, snapshot);
    // An open registry asks nobody who they are, and does not say so.
    let schemes = snapshot["components"].as_object_mut().expect("an object").remove("securitySchemes");
    assert!(schemes.is_some());
    let mut asked = 0;
    for item in snapshot["paths"].as_object_mut().expect("an object").values_mut() {
        for operation in item.as_object_mut().expect("an object").values_mut() {
            asked += usize::from(operation.as_object_mut().expect("an object").remove("security").is_some());
        }
    }
    assert!(asked > 50, "{asked}");
    assert_eq!(served, snapshot);
    assert_eq!(client.get("/health/live").await.status, 204);
    assert_eq!(client.get("/health/ready").await.status, 204);
}
