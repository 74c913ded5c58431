//! What every store promises, as functions that any backend runs. [`store_conformance!`](crate::store_conformance) makes a
//! named test of each; a backend brings an empty store and the clock that it was opened with.

use std::sync::Arc;

use bytes::Bytes;
use mesh_contract::wire::{Announcement, Health, ServedProduct};
use mesh_contract::{
    Address, ConsumerName, ContractVersion, Digest, DomainName, EnvironmentName, Expectation, PortKind,
    ProductKind, Stability,
};

use super::{
    Commit, ContractKey, Counts, Deployed, DeployedQuery, DeploymentQuery, DomainQuery, DomainRecord,
    EdgeQuery, ExpectationKey, ExpectationQuery, Head, InputRecord, ManualClock, Product, ProductOrder,
    ProductQuery, ServiceRecord, Stage, Store, StoreError, TenantId,
};

/// Makes a test of each promise: `store_conformance!(open)`, where `open()` gives a new, empty store, the clock that it was
/// opened with, and whatever must live as long as the store.
#[macro_export]
macro_rules! store_conformance {
    ($open:path) => {
        $crate::store_conformance!($open =>
            a_product_that_nobody_published_has_no_history
            a_commit_is_found_by_version_by_digest_and_in_every_list
            a_commit_on_another_revision_is_refused_and_leaves_nothing
            of_many_commits_on_one_revision_exactly_one_wins
            commits_to_different_products_do_not_disturb_each_other
            a_released_version_is_never_written_over
            a_draft_is_replaced_and_its_contract_stays_readable
            a_product_shows_what_it_was_told_to_show
            tenants_do_not_see_each_other
            products_come_in_pages_by_address
            products_are_filtered_by_domain_and_kind
            every_word_must_begin_some_word_of_a_product
            a_word_of_the_address_weighs_more_than_one_of_a_field
            search_forgets_what_a_product_no_longer_says
            what_looks_like_syntax_is_only_letters
            domains_tell_their_services_and_those_shared_with_them
            what_there_is_is_counted
            an_expectation_replaces_the_one_under_its_key
            removing_expectations_takes_one_key_or_all
            expectations_of_versions_stand_side_by_side
            a_record_of_a_deployment_replaces_the_one_of_its_line
            news_of_a_reader_moves_what_it_reads_on_by_a_revision
            edges_come_from_inputs_and_from_expectations
            a_lease_runs_out_by_the_clock_of_the_store
            a_later_epoch_replaces_an_instance_and_an_earlier_one_is_refused
            a_released_lease_is_not_live
            live_deployments_are_counted_once_for_each_product
            deployments_are_filtered_and_come_in_pages
            changes_come_in_order_and_once
        );
    };
    ($open:path => $($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let (store, clock, _guard) = $open();
            $crate::store::conformance::$name(store, clock).await;
        }
    )*};
}

fn tenant() -> TenantId {
    TenantId::default()
}

#[track_caller]
fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is of the right form"))
}

#[track_caller]
fn done<T>(result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("the store does it: {error:?}"))
}

/// A version with content of its own, as the newest of its product.
pub fn sample_commit(address: &str, version: &str, revision: u64, content: &str) -> Commit {
    let address: Address = parse(address);
    let document = Bytes::from(format!("{{\"content\":\"{content}\"}}"));
    let head = Head {
        description: format!("The {} of the {}.", address.product(), address.domain()),
        kind: ProductKind::SourceAligned,
        stability: Stability::Stable,
        tags: vec!["sample".to_owned()],
        ports: vec![PortKind::Records],
        deprecated: false,
        fields: String::new(),
        inputs: Vec::new(),
        domain: DomainRecord {
            name: address.domain().clone(),
            description: format!("All about {}.", address.domain()),
            owner: format!("{}@example.com", address.domain()),
            contact: None,
            services: vec![ServiceRecord {
                name: parse("main"),
                description: "The only one.".to_owned(),
                owner: address.domain().clone(),
                shared_with: Vec::new(),
            }],
            products: 0,
        },
    };
    Commit {
        address,
        revision,
        version: parse(version),
        stage: Stage::Released,
        digest: Digest::of_bytes(&document),
        promise: Digest::of_bytes(b"promise"),
        document,
        head: Some(Box::new(head)),
        request_id: Some("request".to_owned()),
    }
}

fn with_head(mut commit: Commit, change: impl FnOnce(&mut Head)) -> Commit {
    if let Some(head) = &mut commit.head {
        change(head);
    }
    commit
}

fn addresses(products: &[Product]) -> Vec<String> {
    products.iter().map(|product| product.address.to_string()).collect()
}

fn all() -> ProductQuery {
    ProductQuery { limit: 100, ..ProductQuery::default() }
}

async fn search(store: &Arc<dyn Store>, words: &[&str]) -> Vec<String> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let query = ProductQuery { order: ProductOrder::Relevance { words, skip: 0 }, ..all() };
    addresses(&done(store.products(&tenant(), &query).await))
}

fn expectation(consumer: &str, address: &str, purpose: Option<&str>) -> Expectation {
    Expectation {
        mesh: mesh_contract::FORMAT,
        consumer: parse(consumer),
        consumer_version: None,
        environment: None,
        address: parse(address),
        requirement: parse("^1"),
        purpose: purpose.map(str::to_owned),
        fields: vec!["/a".to_owned()],
        schema: true.into(),
    }
}

fn announcement(domain: &str, products: &[&str], epoch: u64) -> Announcement {
    let served = |address: &&str| ServedProduct {
        address: parse(address),
        version: ContractVersion::new(1, 0, 0),
        digest: Digest::of_bytes(b"{}"),
        records: None,
        ports: Vec::new(),
    };
    Announcement {
        domain: parse(domain),
        environment: parse("production"),
        base_url: "http://127.0.0.1:4100".to_owned(),
        epoch,
        lease_seconds: 30,
        runtime: "0.1.0".to_owned(),
        health: Health::Healthy,
        products: products.iter().map(served).collect(),
    }
}

fn deployments() -> DeploymentQuery {
    DeploymentQuery { limit: 100, ..DeploymentQuery::default() }
}

/// A promise; see its name.
pub async fn a_product_that_nobody_published_has_no_history(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let address: Address = parse("sales.orders");
    let history = done(store.history(&tenant(), &address).await);
    assert_eq!((history.revision, history.versions.len()), (0, 0));
    let key = ContractKey::Version(address, ContractVersion::new(1, 0, 0));
    assert!(matches!(store.contract(&tenant(), &key).await, Err(StoreError::NotFound)));
    let key = ContractKey::Digest(Digest::of_bytes(b"nothing"));
    assert!(matches!(store.contract(&tenant(), &key).await, Err(StoreError::NotFound)));
}

/// A promise; see its name.
pub async fn a_commit_is_found_by_version_by_digest_and_in_every_list(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let wanted = sample_commit("sales.orders", "1.0.0", 0, "one");
    let version = done(store.commit(&tenant(), wanted.clone()).await);
    assert_eq!((version.digest, version.stage), (wanted.digest, Stage::Released));
    assert_eq!(version.published_at, clock.time());
    let history = done(store.history(&tenant(), &wanted.address).await);
    assert_eq!((history.revision, &history.versions[..]), (1, &[version][..]));
    for key in [
        ContractKey::Digest(wanted.digest),
        ContractKey::Version(wanted.address.clone(), wanted.version.clone()),
    ] {
        let found = done(store.contract(&tenant(), &key).await);
        assert_eq!(
            (found.digest, found.stage, &found.document),
            (wanted.digest, Stage::Released, &wanted.document)
        );
    }
    let products = done(store.products(&tenant(), &all()).await);
    assert_eq!(addresses(&products), ["sales.orders"]);
    assert_eq!(products[0].description, "The orders of the sales.");
    assert_eq!((products[0].consumers, products[0].live), (0, 0));
    let changes = done(store.changes(&tenant(), 0, 10).await);
    assert_eq!(changes.len(), 1);
    assert_eq!((&changes[0].version, changes[0].digest), (&wanted.version, wanted.digest));
}

/// A promise; see its name.
pub async fn a_commit_on_another_revision_is_refused_and_leaves_nothing(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "one")).await);
    for revision in [0, 2, 7] {
        let late = sample_commit("sales.orders", "1.1.0", revision, "two");
        let digest = late.digest;
        let refused = store.commit(&tenant(), late).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: 1 })), "{refused:?}");
        let key = ContractKey::Digest(digest);
        assert!(matches!(store.contract(&tenant(), &key).await, Err(StoreError::NotFound)));
    }
    assert_eq!(done(store.history(&tenant(), &parse("sales.orders")).await).versions.len(), 1);
    assert_eq!(done(store.changes(&tenant(), 0, 10).await).len(), 1);
}

/// A promise; see its name.
pub async fn of_many_commits_on_one_revision_exactly_one_wins(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = Arc::clone(&store);
            let wanted = sample_commit("sales.orders", "1.0.0", 0, &number.to_string());
            tokio::spawn(async move { store.commit(&tenant(), wanted).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(_) => won += 1,
            Err(StoreError::Conflict { current: 1 }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    let history = done(store.history(&tenant(), &parse("sales.orders")).await);
    assert_eq!((history.revision, history.versions.len()), (1, 1));
}

/// A promise; see its name.
pub async fn commits_to_different_products_do_not_disturb_each_other(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = Arc::clone(&store);
            let wanted = sample_commit(&format!("sales.p{number}"), "1.0.0", 0, "same content");
            tokio::spawn(async move { store.commit(&tenant(), wanted).await })
        })
        .collect();
    for task in tasks {
        done(task.await.expect("no panic"));
    }
    assert_eq!(done(store.products(&tenant(), &all()).await).len(), 32);
}

/// A promise; see its name.
pub async fn a_released_version_is_never_written_over(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let first = sample_commit("sales.orders", "1.0.0", 0, "one");
    done(store.commit(&tenant(), first.clone()).await);
    for stage in [Stage::Released, Stage::Draft] {
        let second = Commit { stage, ..sample_commit("sales.orders", "1.0.0", 1, "two") };
        let refused = store.commit(&tenant(), second).await;
        assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    }
    let history = done(store.history(&tenant(), &first.address).await);
    assert_eq!((history.revision, history.versions[0].digest), (1, first.digest));
    assert_eq!(done(store.changes(&tenant(), 0, 10).await).len(), 1);
}

/// A promise; see its name.
pub async fn a_draft_is_replaced_and_its_contract_stays_readable(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let draft = |revision, content| Commit {
        stage: Stage::Draft,
        ..sample_commit("sales.orders", "1.0.0", revision, content)
    };
    let first = draft(0, "first");
    done(store.commit(&tenant(), first.clone()).await);
    done(store.commit(&tenant(), draft(1, "second")).await);
    let released = sample_commit("sales.orders", "1.0.0", 2, "third");
    done(store.commit(&tenant(), released.clone()).await);
    let history = done(store.history(&tenant(), &first.address).await);
    assert_eq!(history.versions.len(), 1);
    assert_eq!((history.versions[0].stage, history.versions[0].digest), (Stage::Released, released.digest));
    let left = done(store.contract(&tenant(), &ContractKey::Digest(first.digest)).await);
    assert_eq!((left.stage, left.document), (Stage::Draft, first.document));
    let found = done(store.contract(&tenant(), &ContractKey::Digest(released.digest)).await);
    assert_eq!(found.stage, Stage::Released);
}

/// A promise; see its name.
pub async fn a_product_shows_what_it_was_told_to_show(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let first = with_head(sample_commit("sales.orders", "1.1.0", 0, "one"), |head| {
        head.description = "Newest.".to_owned();
    });
    done(store.commit(&tenant(), first).await);
    done(
        store
            .commit(&tenant(), Commit { head: None, ..sample_commit("sales.orders", "1.0.1", 1, "two") })
            .await,
    );
    let shown = done(store.products(&tenant(), &all()).await);
    assert_eq!((shown[0].version.to_string(), &shown[0].description[..]), ("1.1.0".to_owned(), "Newest."));
    let next = with_head(
        Commit { stage: Stage::Draft, ..sample_commit("sales.orders", "2.0.0", 2, "three") },
        |head| {
            head.deprecated = true;
            head.ports = vec![PortKind::Records, PortKind::Files];
            head.tags = vec!["a b".to_owned(), "ü".to_owned()];
        },
    );
    done(store.commit(&tenant(), next).await);
    let shown = &done(store.products(&tenant(), &all()).await)[0];
    assert_eq!(
        (shown.version.to_string(), shown.stage, shown.deprecated),
        ("2.0.0".to_owned(), Stage::Draft, true)
    );
    assert_eq!(shown.ports, [PortKind::Records, PortKind::Files]);
    assert_eq!(shown.tags, ["a b", "ü"]);
}

/// A promise; see its name.
pub async fn tenants_do_not_see_each_other(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let other: TenantId = parse("other");
    let wanted = sample_commit("sales.orders", "1.0.0", 0, "one");
    let product = wanted.address.clone();
    done(store.commit(&tenant(), wanted.clone()).await);
    done(store.put_expectation(&tenant(), expectation("reader", "sales.orders", None), None).await);
    done(store.renew(&tenant(), "instance", announcement("sales", &["sales.orders"], 9)).await);

    assert_eq!(done(store.history(&other, &product).await).revision, 0);
    let key = ContractKey::Digest(wanted.digest);
    assert!(matches!(store.contract(&other, &key).await, Err(StoreError::NotFound)));
    assert!(done(store.products(&other, &all()).await).is_empty());
    let order = ProductOrder::Relevance { words: vec!["orders".to_owned()], skip: 0 };
    assert!(done(store.products(&other, &ProductQuery { order, ..all() }).await).is_empty());
    assert!(
        done(store.domains(&other, &DomainQuery { limit: 10, ..DomainQuery::default() }).await).is_empty()
    );
    let query = ExpectationQuery { limit: 10, ..ExpectationQuery::default() };
    assert!(done(store.expectations(&other, &query).await).is_empty());
    assert!(done(store.edges(&other, &EdgeQuery::From(vec![product.clone()])).await).is_empty());
    assert!(done(store.deployments(&other, &deployments()).await).is_empty());
    assert!(done(store.changes(&other, 0, 10).await).is_empty());
    assert!(done(store.latest_changes(&other, 10).await).is_empty());

    // The same names, in other hands: an earlier epoch and a first revision are as good as anywhere.
    done(store.commit(&other, sample_commit("sales.orders", "1.0.0", 0, "two")).await);
    done(store.renew(&other, "instance", announcement("sales", &[], 1)).await);
    let key = ExpectationKey {
        consumer: parse("reader"),
        address: product.clone(),
        consumer_version: None,
        environment: None,
        purpose: None,
    };
    assert_eq!(done(store.remove_expectations(&other, &key, None).await), 0);
    assert_eq!(done(store.history(&tenant(), &product).await).versions[0].digest, wanted.digest);
    assert_eq!(done(store.products(&tenant(), &all()).await)[0].consumers, 1);
}

/// A promise; see its name.
pub async fn products_come_in_pages_by_address(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    for name in ["b.x", "a.y", "a-b.c", "a.b", "c.z"] {
        done(store.commit(&tenant(), sample_commit(name, "1.0.0", 0, name)).await);
    }
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let order = ProductOrder::Address { after: after.clone() };
        let page = done(store.products(&tenant(), &ProductQuery { order, limit: 2, ..all() }).await);
        after = page.last().map(|product| product.address.clone());
        seen.extend(addresses(&page));
        if page.len() < 2 {
            break;
        }
    }
    let mut sorted = seen.clone();
    sorted.sort();
    assert_eq!(seen.len(), 5);
    assert_eq!(seen, sorted);
}

/// A promise; see its name.
pub async fn products_are_filtered_by_domain_and_kind(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "1")).await);
    let aggregate =
        with_head(sample_commit("sales.totals", "1.0.0", 0, "2"), |head| head.kind = ProductKind::Aggregate);
    done(store.commit(&tenant(), aggregate).await);
    done(store.commit(&tenant(), sample_commit("stock.levels", "1.0.0", 0, "3")).await);
    let sales: Option<DomainName> = Some(parse("sales"));
    let found = done(store.products(&tenant(), &ProductQuery { domain: sales.clone(), ..all() }).await);
    assert_eq!(addresses(&found), ["sales.orders", "sales.totals"]);
    let kind = Some(ProductKind::Aggregate);
    let found = done(store.products(&tenant(), &ProductQuery { domain: sales.clone(), kind, ..all() }).await);
    assert_eq!(addresses(&found), ["sales.totals"]);
    let order = ProductOrder::Relevance { words: vec!["sample".to_owned()], skip: 0 };
    let found = done(store.products(&tenant(), &ProductQuery { domain: sales, kind, order, ..all() }).await);
    assert_eq!(addresses(&found), ["sales.totals"]);
    let only = ProductQuery { address: Some(parse("stock.levels")), ..all() };
    assert_eq!(addresses(&done(store.products(&tenant(), &only).await)), ["stock.levels"]);
}

/// A promise; see its name.
pub async fn every_word_must_begin_some_word_of_a_product(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let wanted = with_head(sample_commit("sales.orders", "1.0.0", 0, "1"), |head| {
        head.description = "Bestellungen für Kunden, überall.".to_owned();
        head.fields = "order_id\ncustomerEmail\nWhere it was sent.".to_owned();
        head.tags = vec!["checkout".to_owned()];
    });
    done(store.commit(&tenant(), wanted).await);
    done(store.commit(&tenant(), sample_commit("stock.levels", "1.0.0", 0, "2")).await);
    for words in [
        &["orders"][..],
        &["ord"],
        &["or"],
        &["BESTELL"],
        &["uberall"],
        &["kund"],
        &["customere"],
        &["check"],
        &["sales", "order", "sent"],
        &["example", "com", "sales"],
        &["id"],
    ] {
        assert_eq!(search(&store, words).await, ["sales.orders"], "{words:?}");
    }
    for words in [&["orders", "levels"][..], &["rders"], &["nothing"]] {
        assert!(search(&store, words).await.is_empty(), "{words:?}");
    }
}

/// A promise; see its name.
pub async fn a_word_of_the_address_weighs_more_than_one_of_a_field(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let by_field =
        with_head(sample_commit("stock.levels", "1.0.0", 0, "1"), |head| head.fields = "invoice".to_owned());
    done(store.commit(&tenant(), by_field).await);
    done(store.commit(&tenant(), sample_commit("sales.invoice", "1.0.0", 0, "2")).await);
    let by_tag = with_head(sample_commit("sales.other", "1.0.0", 0, "3"), |head| {
        head.tags = vec!["invoice".to_owned()]
    });
    done(store.commit(&tenant(), by_tag).await);
    assert_eq!(search(&store, &["invoice"]).await, ["sales.invoice", "sales.other", "stock.levels"]);
}

/// A promise; see its name.
pub async fn search_forgets_what_a_product_no_longer_says(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let says = |version, revision, text: &str| {
        with_head(sample_commit("sales.orders", version, revision, text), |head| {
            head.description = text.to_owned()
        })
    };
    done(store.commit(&tenant(), says("1.0.0", 0, "apples")).await);
    done(store.commit(&tenant(), says("1.1.0", 1, "pears")).await);
    assert!(search(&store, &["apples"]).await.is_empty());
    assert_eq!(search(&store, &["pears"]).await, ["sales.orders"]);
}

/// A promise; see its name.
pub async fn what_looks_like_syntax_is_only_letters(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "1")).await);
    for word in [
        "\"",
        "*",
        "NEAR(",
        "AND",
        "OR",
        "NOT",
        "address:",
        "^",
        "-",
        "a\"b",
        "{x}",
        "'; DROP TABLE product; --",
        "%",
        "_",
        "日本",
        "\u{0}",
        "(",
        "+",
        "\u{202e}",
        "🦀",
    ] {
        search(&store, &[word]).await;
        search(&store, &[word, word, "orders"]).await;
    }
    assert_eq!(search(&store, &["orders"]).await, ["sales.orders"]);
}

/// A promise; see its name.
pub async fn domains_tell_their_services_and_those_shared_with_them(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let service = |name: &str, shared: &[&str]| ServiceRecord {
        name: parse(name),
        description: format!("Does {name}."),
        owner: parse("sales"),
        shared_with: shared.iter().map(|name| parse(name)).collect(),
    };
    let invoicing = service("invoicing", &["accounting"]);
    let shared = with_head(sample_commit("sales.invoices", "1.0.0", 0, "1"), |head| {
        head.domain.services = vec![invoicing.clone()];
    });
    done(store.commit(&tenant(), shared).await);
    done(store.commit(&tenant(), sample_commit("accounting.ledger", "1.0.0", 0, "2")).await);
    let query = DomainQuery { limit: 10, ..DomainQuery::default() };
    let domains = done(store.domains(&tenant(), &query).await);
    let names: Vec<_> = domains.iter().map(|domain| domain.name.as_str()).collect();
    assert_eq!(names, ["accounting", "sales"]);
    assert!(domains[0].services.contains(&invoicing), "a service is told of where it is shared");
    assert_eq!((domains[0].services.len(), domains[1].services.len(), domains[1].products), (2, 1, 1));

    // The product moves to another service, and the one it leaves has nothing to tell of any more.
    let moved = with_head(sample_commit("sales.invoices", "1.1.0", 1, "3"), |head| {
        head.domain.services = vec![service("billing", &[])];
        head.domain.description = "Told anew.".to_owned();
    });
    done(store.commit(&tenant(), moved).await);
    let only = DomainQuery { name: Some(parse("sales")), after: None, limit: 1 };
    let sales = done(store.domains(&tenant(), &only).await);
    assert_eq!(sales[0].services.iter().map(|it| it.name.as_str()).collect::<Vec<_>>(), ["billing"]);
    assert_eq!(sales[0].description, "Told anew.");
    let behind = DomainQuery { name: None, after: Some(parse("accounting")), limit: 10 };
    assert_eq!(done(store.domains(&tenant(), &behind).await).len(), 1);
}

/// A promise; see its name.
pub async fn what_there_is_is_counted(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let counted = async || {
        let Counts { domains, services, products, live } = done(store.counts(&tenant()).await);
        [domains, services, products, live]
    };
    assert_eq!(counted().await, [0; 4]);
    for address in ["sales.orders", "sales.invoices", "stock.levels"] {
        done(store.commit(&tenant(), sample_commit(address, "1.0.0", 0, address)).await);
    }
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.1.0", 1, "again")).await);
    done(store.commit(&parse("other"), sample_commit("hidden.here", "1.0.0", 0, "hidden")).await);
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders"], 1)).await);
    assert_eq!(counted().await, [2, 2, 3, 1]);
    clock.advance_seconds(60);
    assert_eq!(counted().await, [2, 2, 3, 0]);
}

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
        let one = |it: super::RecordedDeployment| format!("{}@{}", it.deployed.subject, it.deployed.version);
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
    let told = |edges: Vec<super::Edge>| {
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

/// A promise; see its name.
pub async fn a_lease_runs_out_by_the_clock_of_the_store(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders"], 1)).await);
    let live = async || done(store.deployments(&tenant(), &deployments()).await)[0].live;
    clock.advance_seconds(29);
    assert!(live().await);
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders"], 1)).await);
    clock.advance_seconds(29);
    assert!(live().await, "a renewal counts from when it was made");
    clock.advance_seconds(1);
    assert!(!live().await);
    clock.advance_seconds(48 * 3600);
    assert!(
        done(store.deployments(&tenant(), &deployments()).await).is_empty(),
        "what is long gone is forgotten"
    );
}

/// A promise; see its name.
pub async fn a_later_epoch_replaces_an_instance_and_an_earlier_one_is_refused(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders"], 5)).await);
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.invoices"], 6)).await);
    let found = done(store.deployments(&tenant(), &deployments()).await);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].announcement.products[0].address, parse("sales.invoices"));
    let early = store.renew(&tenant(), "one", announcement("sales", &[], 5)).await;
    assert!(matches!(early, Err(StoreError::Conflict { current: 6 })), "{early:?}");
    let early = store.release(&tenant(), "one", 5).await;
    assert!(matches!(early, Err(StoreError::Conflict { current: 6 })), "{early:?}");
    clock.advance_seconds(3600);
    let late = store.renew(&tenant(), "one", announcement("sales", &[], 5)).await;
    assert!(
        matches!(late, Err(StoreError::Conflict { current: 6 })),
        "an epoch outlives its lease: {late:?}"
    );
    assert!(!done(store.deployments(&tenant(), &deployments()).await)[0].live);
}

/// A promise; see its name.
pub async fn a_released_lease_is_not_live(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.release(&tenant(), "nobody", 1).await);
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders"], 5)).await);
    done(store.release(&tenant(), "one", 5).await);
    done(store.release(&tenant(), "one", 5).await);
    assert!(!done(store.deployments(&tenant(), &deployments()).await)[0].live);
    let late = store.renew(&tenant(), "one", announcement("sales", &[], 4)).await;
    assert!(matches!(late, Err(StoreError::Conflict { current: 5 })), "{late:?}");
    done(store.renew(&tenant(), "one", announcement("sales", &[], 6)).await);
    assert!(done(store.deployments(&tenant(), &deployments()).await)[0].live);
}

/// A promise; see its name.
pub async fn live_deployments_are_counted_once_for_each_product(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "1")).await);
    done(store.renew(&tenant(), "gone", announcement("sales", &["sales.orders"], 1)).await);
    clock.advance_seconds(60);
    done(store.renew(&tenant(), "one", announcement("sales", &["sales.orders", "sales.orders"], 1)).await);
    done(store.renew(&tenant(), "two", announcement("sales", &["sales.orders", "sales.other"], 1)).await);
    assert_eq!(done(store.products(&tenant(), &all()).await)[0].live, 2);
}

/// A promise; see its name.
pub async fn deployments_are_filtered_and_come_in_pages(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    done(store.renew(&tenant(), "a", announcement("sales", &["sales.orders"], 1)).await);
    clock.advance_seconds(60);
    let mut staging = announcement("sales", &["sales.orders"], 1);
    staging.environment = parse("staging");
    done(store.renew(&tenant(), "b", staging).await);
    done(store.renew(&tenant(), "c", announcement("stock", &["stock.levels"], 1)).await);
    let names = async |query: DeploymentQuery| {
        let found = done(store.deployments(&tenant(), &query).await);
        found.into_iter().map(|it| it.instance).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(deployments()).await, "a b c");
    assert_eq!(names(DeploymentQuery { live: Some(true), ..deployments() }).await, "b c");
    assert_eq!(names(DeploymentQuery { live: Some(false), ..deployments() }).await, "a");
    assert_eq!(names(DeploymentQuery { domain: Some(parse("sales")), ..deployments() }).await, "a b");
    assert_eq!(names(DeploymentQuery { environment: Some(parse("staging")), ..deployments() }).await, "b");
    assert_eq!(names(DeploymentQuery { address: Some(parse("stock.levels")), ..deployments() }).await, "c");
    assert_eq!(names(DeploymentQuery { after: Some("a".to_owned()), limit: 1, ..deployments() }).await, "b");
}

/// A promise; see its name.
pub async fn changes_come_in_order_and_once(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    for revision in 0..5 {
        let version = format!("1.{revision}.0");
        done(store.commit(&tenant(), sample_commit("sales.orders", &version, revision, &version)).await);
    }
    let first = done(store.changes(&tenant(), 0, 3).await);
    let rest = done(store.changes(&tenant(), first[2].sequence, 10).await);
    let versions: Vec<_> = first.iter().chain(&rest).map(|change| change.version.to_string()).collect();
    assert_eq!(versions, ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"]);
    let last = rest[rest.len() - 1].sequence;
    assert!(done(store.changes(&tenant(), last, 10).await).is_empty());
    let latest = done(store.latest_changes(&tenant(), 2).await);
    assert_eq!(latest, [rest[1].clone(), rest[0].clone()], "the last come newest first");
}
