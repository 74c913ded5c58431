//! Who relies on what and what runs where: expectations, records of deployments, and the edges between products.

use super::*;
use crate::store::{Edge, RecordedDeployment};

/// A promise; see its name.
pub async fn an_expectation_replaces_the_one_under_its_key(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let first = expectation("reader", "sales.orders", Some("billing"));
    let registered = done(store.put_expectation(&tenant(), first.clone(), None).await);
    clock.advance_seconds(5);
    let again = done(store.put_expectation(&tenant(), first.clone(), None).await);
    assert_eq!(again, registered, "what was said before is not news");
    let changed = Expectation { fields: vec!["/b".to_owned()], ..first.clone() };
    let later = done(store.put_expectation(&tenant(), changed.clone(), None).await);
    assert!(later.registered_at > registered.registered_at);
    let environment: Option<EnvironmentName> = Some(parse("production"));
    let elsewhere = Expectation { environment, ..first.clone() };
    done(store.put_expectation(&tenant(), elsewhere, None).await);
    done(store.put_expectation(&tenant(), expectation("reader", "sales.orders", Some("audit")), None).await);
    done(store.put_expectation(&tenant(), expectation("reader", "sales.orders", None), None).await);

    let query =
        ExpectationQuery { address: Some(parse("sales.orders")), limit: 10, ..ExpectationQuery::default() };
    let found = done(store.expectations(&tenant(), &query).await);
    assert_eq!(found.len(), 4);
    assert!(found.iter().any(|it| it.expectation == changed));
    assert!(found.iter().all(|it| it.expectation != first));
    let page = ExpectationQuery { skip: 3, limit: 10, ..query };
    assert_eq!(done(store.expectations(&tenant(), &page).await), found[3..]);
}

/// A promise; see its name. The bounds of 64-bit integers are the numbers that are most easily lost.
pub async fn an_expectation_keeps_its_numbers(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let bounds = r#"{"minimum":-9223372036854775808,"maximum":9223372036854775808,"exclusiveMaximum":9223372036854776000,"multipleOf":1152921504606847000}"#;
    let mut text = serde_json::to_value(expectation("reader", "sales.orders", None)).expect("it is JSON");
    text["schema"] = serde_json::from_str(bounds).expect("it is JSON");
    let read = Expectation::read(&text.to_string()).expect("an expectation");
    done(store.put_expectation(&tenant(), read.clone(), None).await);
    let query = ExpectationQuery { limit: 10, ..ExpectationQuery::default() };
    let found = done(store.expectations(&tenant(), &query).await);
    assert_eq!(found[0].expectation, read);
    let text = serde_json::to_string(&found[0].expectation).expect("it is JSON");
    assert_eq!(Expectation::read(&text), Ok(read), "whoever is told of it reads the same");
}

/// A promise; see its name.
pub async fn removing_expectations_takes_one_key_or_all(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    for purpose in [Some("billing"), Some("audit"), None] {
        done(store.put_expectation(&tenant(), expectation("reader", "sales.orders", purpose), None).await);
    }
    done(store.put_expectation(&tenant(), expectation("other", "sales.orders", None), None).await);
    let every = ExpectationKey {
        consumer: parse("reader"),
        address: parse("sales.orders"),
        consumer_version: None,
        environment: None,
        purpose: None,
    };
    let one = ExpectationKey { purpose: Some("audit".to_owned()), ..every.clone() };
    assert_eq!(done(store.remove_expectations(&tenant(), &one, None).await), 1);
    assert_eq!(done(store.remove_expectations(&tenant(), &one, None).await), 0);
    assert_eq!(done(store.remove_expectations(&tenant(), &every, None).await), 2);
    let consumer: Option<ConsumerName> = Some(parse("other"));
    let query = ExpectationQuery { consumer, limit: 10, ..ExpectationQuery::default() };
    assert_eq!(done(store.expectations(&tenant(), &query).await).len(), 1);
}

/// A promise; see its name.
pub async fn expectations_of_versions_stand_side_by_side(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    for version in [None, Some("1.0"), Some("2.0")] {
        let of_version = Expectation {
            consumer_version: version.map(str::to_owned),
            ..expectation("reader", "sales.orders", None)
        };
        done(store.put_expectation(&tenant(), of_version, None).await);
    }
    let query =
        ExpectationQuery { consumer: Some(parse("reader")), limit: 10, ..ExpectationQuery::default() };
    assert_eq!(done(store.expectations(&tenant(), &query).await).len(), 3);
    let old = ExpectationKey {
        consumer: parse("reader"),
        address: parse("sales.orders"),
        consumer_version: Some("1.0".to_owned()),
        environment: None,
        purpose: None,
    };
    assert_eq!(done(store.remove_expectations(&tenant(), &old, None).await), 1);
    let left = done(store.expectations(&tenant(), &query).await);
    let versions: Vec<_> = left.iter().map(|it| it.expectation.consumer_version.as_deref()).collect();
    assert_eq!(versions, [None, Some("2.0")]);
}

fn deployed(subject: &str, line: &str, version: &str, environment: &str) -> Deployed {
    Deployed {
        subject: parse(subject),
        version: version.to_owned(),
        line: line.to_owned(),
        environment: parse(environment),
    }
}

/// A promise; see its name.
pub async fn a_record_of_a_deployment_replaces_the_one_of_its_line(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let first = deployed("sales.orders", "1", "1.2.0", "production");
    let recorded = done(store.put_deployed(&tenant(), first.clone(), None).await);
    clock.advance_seconds(5);
    assert_eq!(done(store.put_deployed(&tenant(), first.clone(), None).await), recorded, "it is no news");
    for next in [
        deployed("sales.orders", "1", "1.3.0", "production"),
        deployed("sales.orders", "2", "2.0.0", "production"),
        deployed("sales.orders", "1", "1.4.0", "test"),
        deployed("billing", "", "7", "production"),
    ] {
        done(store.put_deployed(&tenant(), next, None).await);
    }
    let other: TenantId = parse("other");
    done(store.put_deployed(&other, deployed("billing", "", "8", "production"), None).await);
    let told = async |query: DeployedQuery| {
        let found = done(store.deployed(&tenant(), &DeployedQuery { limit: 10, ..query }).await);
        let one = |it: RecordedDeployment| format!("{}@{}", it.deployed.subject, it.deployed.version);
        found.into_iter().map(one).collect::<Vec<_>>().join(" ")
    };
    let production = DeployedQuery { environment: Some(parse("production")), ..DeployedQuery::default() };
    assert_eq!(told(production.clone()).await, "billing@7 sales.orders@1.3.0 sales.orders@2.0.0");
    assert_eq!(told(DeployedQuery { skip: 2, ..production.clone() }).await, "sales.orders@2.0.0");
    let subject = DeployedQuery { subject: Some(parse("sales.orders")), ..DeployedQuery::default() };
    assert_eq!(told(subject).await, "sales.orders@1.3.0 sales.orders@2.0.0 sales.orders@1.4.0");
    done(store.put_expectation(&tenant(), expectation("billing", "sales.orders", None), None).await);
    let readers = DeployedQuery { readers_of: Some(parse("sales.orders")), ..DeployedQuery::default() };
    assert_eq!(told(readers).await, "billing@7");
    assert!(!done(store.remove_deployed(&tenant(), &first, None).await), "another version runs");
    let runs = deployed("sales.orders", "1", "1.3.0", "production");
    assert!(done(store.remove_deployed(&tenant(), &runs, None).await));
    assert_eq!(told(production).await, "billing@7 sales.orders@2.0.0");
}

/// A promise; see its name.
pub async fn news_of_a_reader_moves_what_it_reads_on_by_a_revision(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    for address in ["sales.orders", "sales.others"] {
        done(store.commit(&tenant(), sample_commit(address, "1.0.0", 0, address)).await);
    }
    let revision = async |address: &str| done(store.history(&tenant(), &parse(address)).await).revision;
    let reads = expectation("billing", "sales.orders", None);
    done(store.put_expectation(&tenant(), reads.clone(), None).await);
    assert_eq!(revision("sales.orders").await, 2);
    done(store.put_expectation(&tenant(), reads, None).await);
    assert_eq!(revision("sales.orders").await, 2, "what was said before is not news");
    let late = store.commit(&tenant(), sample_commit("sales.orders", "1.1.0", 1, "late")).await;
    assert!(matches!(late, Err(StoreError::Conflict { current: 2 })), "{late:?}");
    let runs = deployed("billing", "", "1", "production");
    done(store.put_deployed(&tenant(), runs.clone(), None).await);
    assert_eq!(revision("sales.orders").await, 3);
    done(store.put_deployed(&tenant(), runs.clone(), None).await);
    assert_eq!(revision("sales.orders").await, 3);
    done(store.remove_deployed(&tenant(), &runs, None).await);
    assert_eq!((revision("sales.orders").await, revision("sales.others").await), (4, 1));
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.1.0", 4, "decided anew")).await);
}

/// A promise; see its name.
pub async fn edges_come_from_inputs_and_from_expectations(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let derived = with_head(sample_commit("accounting.invoices", "1.0.0", 0, "1"), |head| {
        head.inputs = vec![InputRecord { address: parse("sales.orders"), fields: vec!["/total".to_owned()] }];
    });
    done(store.commit(&tenant(), derived).await);
    done(
        store
            .put_expectation(&tenant(), expectation("accounting.receivables", "sales.orders", None), None)
            .await,
    );
    let told = |edges: Vec<Edge>| {
        let mut told: Vec<_> = edges
            .into_iter()
            .map(|edge| format!("{} > {} {}", edge.source, edge.target, edge.fields.join(" ")))
            .collect();
        told.sort();
        told
    };
    let from = done(store.edges(&tenant(), &EdgeQuery::From(vec![parse("sales.orders")])).await);
    let both = ["sales.orders > accounting.invoices /total", "sales.orders > accounting.receivables /a"];
    assert_eq!(told(from), both);
    let targets = vec![parse("accounting.invoices"), parse("accounting.receivables")];
    assert_eq!(told(done(store.edges(&tenant(), &EdgeQuery::Into(targets)).await)), both);
    assert!(done(store.edges(&tenant(), &EdgeQuery::Into(vec![parse("sales.orders")])).await).is_empty());
    // A newer version that reads something else takes the old step with it.
    let changed = with_head(sample_commit("accounting.invoices", "1.1.0", 1, "2"), |head| {
        head.inputs = vec![InputRecord { address: parse("sales.invoices"), fields: Vec::new() }];
    });
    done(store.commit(&tenant(), changed).await);
    let into = done(store.edges(&tenant(), &EdgeQuery::Into(vec![parse("accounting.invoices")])).await);
    assert_eq!(told(into), ["sales.invoices > accounting.invoices "]);
}
