//! Live deployments: leases by the clock of the store.

use super::*;

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
