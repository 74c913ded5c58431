//! Which tenants there are, and that each counts for itself.

use super::*;

fn named(names: &[&str]) -> Vec<TenantId> {
    names.iter().map(|name| parse(name)).collect()
}

/// Tenants are made, listed and forgotten; the default one is always there.
pub async fn tenants_are_listed_until_they_are_forgotten(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let (acme, zeta): (TenantId, TenantId) = (parse("acme"), parse("zeta"));
    assert_eq!(done(store.tenants().await), named(&["default"]));
    assert!(done(store.add_tenant(&zeta).await));
    assert!(done(store.add_tenant(&acme).await));
    assert!(!done(store.add_tenant(&acme).await), "it is there already");
    assert!(!done(store.add_tenant(&tenant()).await), "it is there always");
    assert_eq!(done(store.tenants().await), named(&["acme", "default", "zeta"]));
    assert!(done(store.remove_tenant(&acme).await));
    assert!(!done(store.remove_tenant(&acme).await), "it is gone");
    assert!(!done(store.remove_tenant(&tenant()).await), "it is there always");
    assert_eq!(done(store.tenants().await), named(&["default", "zeta"]));
}

/// A tenant of which something is kept stays.
pub async fn a_tenant_that_keeps_something_is_not_forgotten(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let acme: TenantId = parse("acme");
    done(store.add_tenant(&acme).await);
    done(store.commit(&acme, sample_commit("sales.orders", "1.0.0", 0, "One.")).await);
    let refused = store.remove_tenant(&acme).await;
    assert!(matches!(refused, Err(StoreError::InUse { .. })), "{refused:?}");
    assert_eq!(done(store.tenants().await), named(&["acme", "default"]));
}

/// A tenant's events are numbered without a gap, whatever happens to others meanwhile: a gap would tell how much that was.
pub async fn a_tenants_events_tell_nothing_of_how_many_others_have(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let (acme, zeta): (TenantId, TenantId) = (parse("acme"), parse("zeta"));
    for round in 0..4_u64 {
        let version = format!("1.{round}.0");
        done(store.commit(&acme, sample_commit("sales.orders", &version, round, &version)).await);
        for other in 0..=round {
            let address = format!("sales.p{round}x{other}");
            done(store.commit(&zeta, sample_commit(&address, "1.0.0", 0, "One.")).await);
        }
        if round == 1 {
            done(store.events(&zeta, 0, 100).await);
        }
    }
    let numbers = async |tenant: &TenantId| {
        let events = done(store.events(tenant, 0, 100).await);
        events.iter().map(|event| event.sequence).collect::<Vec<_>>()
    };
    assert_eq!(numbers(&acme).await, [1, 2, 3, 4]);
    assert_eq!(numbers(&zeta).await, (1..=10).collect::<Vec<_>>());
    let latest = done(store.latest_events(&acme, None, 1).await);
    assert_eq!(latest[0].sequence, 4);
}
