//! Commits: revisions, versions, drafts, tenants, and that nothing is half-written.

use super::*;

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
    let events = done(store.events(&tenant(), 0, 10).await);
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0].subject[..], events[0].at), ("sales.orders@1.0.0", clock.time()));
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
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 1);
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
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 1);
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
    assert!(done(store.events(&other, 0, 10).await).is_empty());
    assert!(done(store.latest_events(&other, None, 10).await).is_empty());

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
