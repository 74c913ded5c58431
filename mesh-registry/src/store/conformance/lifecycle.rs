//! What becomes of versions, and who owns a domain.

use mesh_contract::wire::Successor;

use super::super::{
    Deprecated, EventKind, Lifecycle, NewEvent, Ownership, OwnershipChange, Shown, Turn, Withheld,
};
use super::*;

fn event(kind: EventKind, subject: &str) -> NewEvent {
    let address = subject.split('@').next().and_then(|address| address.parse().ok());
    NewEvent { kind, subject: subject.to_owned(), address, data: serde_json::json!({ "told": true }) }
}

fn yanked(clock: &ManualClock) -> Lifecycle {
    let withheld = Withheld { since: clock.time(), reason: Some("It is \"wrong\".".to_owned()) };
    Lifecycle { yanked: Some(withheld), ..Lifecycle::default() }
}

fn deprecated(clock: &ManualClock) -> Lifecycle {
    let deprecated = Deprecated {
        scope: parse("1"),
        since: clock.time(),
        until: parse("2030-01-31"),
        successor: Some(Successor::Product(parse("sales.bookings"))),
        reason: None,
        reminded: Some(30),
    };
    Lifecycle { deprecated: Some(deprecated), ..Lifecycle::default() }
}

/// A turn of one version after which the product shows another one.
fn turn(address: &str, revision: u64, version: &str, lifecycle: Lifecycle, shown: &str) -> Turn {
    let head = sample_commit(address, shown, 0, "").head.expect("a head");
    Turn {
        address: parse(address),
        revision,
        lifecycles: vec![(parse(version), lifecycle)],
        shown: Shown { version: parse(shown), stage: Stage::Released, head },
        event: event(EventKind::VersionYanked, &format!("{address}@{version}")),
        request_id: Some("request".to_owned()),
    }
}

async fn two_versions(store: &Arc<dyn Store>, address: &str) {
    done(store.commit(&tenant(), sample_commit(address, "1.0.0", 0, "one")).await);
    done(store.commit(&tenant(), sample_commit(address, "1.1.0", 1, "two")).await);
}

async fn lifecycle_of(store: &Arc<dyn Store>, address: &str, version: &str) -> Lifecycle {
    let history = done(store.history(&tenant(), &parse(address)).await);
    let found = history.versions.into_iter().find(|entry| entry.version == parse(version));
    found.expect("the version").lifecycle
}

/// A promise; see its name.
pub async fn what_becomes_of_a_version_is_kept_with_it(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    two_versions(&store, "sales.orders").await;
    let yanked = yanked(&clock);
    done(store.turn(&tenant(), turn("sales.orders", 2, "1.1.0", yanked.clone(), "1.0.0")).await);
    assert_eq!(done(store.history(&tenant(), &parse("sales.orders")).await).revision, 3);
    assert_eq!(lifecycle_of(&store, "sales.orders", "1.1.0").await, yanked);
    assert!(lifecycle_of(&store, "sales.orders", "1.0.0").await.is_plain());
    let products = done(store.products(&tenant(), &all()).await);
    assert_eq!(products[0].version, parse("1.0.0"));
    let events = done(store.events(&tenant(), 2, 10).await);
    assert_eq!(events.len(), 1);
    assert_eq!((&events[0].kind, &events[0].subject[..]), (&EventKind::VersionYanked, "sales.orders@1.1.0"));
    assert_eq!(events[0].at, clock.time());
    // What it promised is there as it was.
    let key = ContractKey::Version(parse("sales.orders"), parse("1.1.0"));
    assert!(store.contract(&tenant(), &key).await.is_ok());
    let other = deprecated(&clock);
    done(store.turn(&tenant(), turn("sales.orders", 3, "1.1.0", other.clone(), "1.1.0")).await);
    assert_eq!(lifecycle_of(&store, "sales.orders", "1.1.0").await, other);
}

/// A promise; see its name.
pub async fn a_turn_on_another_revision_is_refused_and_leaves_nothing(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    two_versions(&store, "sales.orders").await;
    for revision in [0, 1, 3] {
        let late = turn("sales.orders", revision, "1.1.0", yanked(&clock), "1.0.0");
        let refused = store.turn(&tenant(), late).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: 2 })), "{refused:?}");
    }
    let nothing = store.turn(&tenant(), turn("sales.nothing", 1, "1.0.0", yanked(&clock), "1.0.0")).await;
    assert!(matches!(nothing, Err(StoreError::Conflict { current: 0 })), "{nothing:?}");
    assert!(lifecycle_of(&store, "sales.orders", "1.1.0").await.is_plain());
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 2);
}

/// A promise; see its name.
pub async fn a_turn_of_a_version_that_is_not_there_leaves_nothing(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    two_versions(&store, "sales.orders").await;
    let mut both = turn("sales.orders", 2, "1.1.0", yanked(&clock), "1.0.0");
    both.lifecycles.push((parse("1.2.0"), yanked(&clock)));
    let refused = store.turn(&tenant(), both).await;
    assert!(matches!(refused, Err(StoreError::NotFound)), "{refused:?}");
    assert!(lifecycle_of(&store, "sales.orders", "1.1.0").await.is_plain());
    assert_eq!(done(store.history(&tenant(), &parse("sales.orders")).await).revision, 2);
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 2);
}

/// A promise; see its name.
pub async fn of_many_turns_and_commits_on_one_revision_exactly_one_wins(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    two_versions(&store, "sales.orders").await;
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let (store, lifecycle) = (Arc::clone(&store), yanked(&clock));
            tokio::spawn(async move {
                if number % 2 == 0 {
                    store.turn(&tenant(), turn("sales.orders", 2, "1.1.0", lifecycle, "1.0.0")).await
                } else {
                    let wanted = sample_commit("sales.orders", "1.2.0", 2, &number.to_string());
                    store.commit(&tenant(), wanted).await.map(drop)
                }
            })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => won += 1,
            Err(StoreError::Conflict { current: 3 }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 3);
}

/// A promise; see its name.
pub async fn products_of_which_something_has_become_come_by_address(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    for address in ["sales.c", "sales.a", "sales.d", "sales.b"] {
        two_versions(&store, address).await;
    }
    for address in ["sales.c", "sales.a", "sales.d"] {
        done(store.turn(&tenant(), turn(address, 2, "1.0.0", yanked(&clock), "1.1.0")).await);
        done(store.turn(&tenant(), turn(address, 3, "1.1.0", yanked(&clock), "1.1.0")).await);
    }
    let turned = async |after: Option<&str>, limit| {
        let after = after.map(parse);
        let found = done(store.turned(&tenant(), after.as_ref(), limit).await);
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    assert_eq!(turned(None, 2).await, ["sales.a", "sales.c"]);
    assert_eq!(turned(Some("sales.c"), 2).await, ["sales.d"]);
    done(store.turn(&tenant(), turn("sales.a", 4, "1.0.0", Lifecycle::default(), "1.1.0")).await);
    done(store.turn(&tenant(), turn("sales.a", 5, "1.1.0", Lifecycle::default(), "1.1.0")).await);
    assert_eq!(turned(None, 10).await, ["sales.c", "sales.d"]);
    let other = "other".parse().expect("a tenant");
    assert!(done(store.turned(&other, None, 10).await).is_empty());
}

/// A promise; see its name.
pub async fn a_version_has_from_its_commit_what_its_line_has(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let wanted = Commit { lifecycle: deprecated(&clock), ..sample_commit("sales.orders", "1.0.0", 0, "one") };
    let version = done(store.commit(&tenant(), wanted.clone()).await);
    assert_eq!(version.lifecycle, wanted.lifecycle);
    assert_eq!(lifecycle_of(&store, "sales.orders", "1.0.0").await, wanted.lifecycle);
}

/// A promise; see its name.
pub async fn a_domain_belongs_to_whoever_published_first(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let unknown = store.ownership(&tenant(), &parse("sales")).await;
    assert!(matches!(unknown, Err(StoreError::NotFound)), "{unknown:?}");
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "one")).await);
    let standing = done(store.ownership(&tenant(), &parse("sales")).await);
    assert_eq!((&standing.owner[..], &standing.offered), ("sales@example.com", &None));
    let history = done(store.history(&tenant(), &parse("sales.orders")).await);
    assert_eq!(history.owner.as_deref(), Some("sales@example.com"));
    let other = with_head(sample_commit("sales.invoices", "1.0.0", 0, "two"), |head| {
        head.domain.owner = "somebody@example.com".to_owned();
    });
    let refused = store.commit(&tenant(), other).await;
    assert!(
        matches!(&refused, Err(StoreError::OwnedBy { owner }) if owner == "sales@example.com"),
        "{refused:?}"
    );
    assert_eq!(done(store.history(&tenant(), &parse("sales.invoices")).await).revision, 0);
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 1);
}

fn change(from: &Ownership, owner: &str, offered_to: Option<&str>) -> OwnershipChange {
    OwnershipChange {
        from: from.clone(),
        owner: owner.to_owned(),
        offered_to: offered_to.map(str::to_owned),
        event: event(EventKind::OwnershipOffered, "sales"),
        request_id: None,
    }
}

/// A promise; see its name.
pub async fn a_domain_changes_hands_with_all_its_products(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    two_versions(&store, "sales.orders").await;
    two_versions(&store, "sales.invoices").await;
    two_versions(&store, "other.things").await;
    let first = done(store.ownership(&tenant(), &parse("sales")).await);
    let offered = change(&first, &first.owner, Some("new@example.com"));
    let offered = done(store.change_ownership(&tenant(), offered).await);
    assert_eq!(offered.offered, Some(("new@example.com".to_owned(), clock.time())));
    assert_eq!(done(store.ownership(&tenant(), &parse("sales")).await), offered);
    assert_eq!(done(store.history(&tenant(), &parse("sales.orders")).await).revision, 2);
    // Decided on what was before the offer.
    let late = store.change_ownership(&tenant(), change(&first, "thief@example.com", None)).await;
    assert!(matches!(late, Err(StoreError::Conflict { .. })), "{late:?}");
    let accepted = done(store.change_ownership(&tenant(), change(&offered, "new@example.com", None)).await);
    assert_eq!((&accepted.owner[..], &accepted.offered), ("new@example.com", &None));
    for address in ["sales.orders", "sales.invoices"] {
        let history = done(store.history(&tenant(), &parse(address)).await);
        assert_eq!((history.revision, history.owner.as_deref()), (3, Some("new@example.com")));
    }
    let other = done(store.history(&tenant(), &parse("other.things")).await);
    assert_eq!((other.revision, other.owner.as_deref()), (2, Some("other@example.com")));
    let products = done(store.products(&tenant(), &all()).await);
    let owners: Vec<_> = products.iter().map(|product| &product.owner[..]).collect();
    assert_eq!(owners, ["other@example.com", "new@example.com", "new@example.com"]);
    assert_eq!(done(store.events(&tenant(), 6, 10).await).len(), 2);
    let other: TenantId = "other".parse().expect("a tenant");
    assert!(matches!(store.ownership(&other, &parse("sales")).await, Err(StoreError::NotFound)));
}

/// A promise; see its name.
pub async fn a_publish_does_not_change_who_owns_a_domain(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "one")).await);
    let renamed = with_head(sample_commit("sales.orders", "1.1.0", 1, "two"), |head| {
        head.domain.owner = "somebody@example.com".to_owned();
        head.domain.description = "Other words.".to_owned();
    });
    done(store.commit(&tenant(), renamed).await);
    let standing = done(store.ownership(&tenant(), &parse("sales")).await);
    assert_eq!(standing.owner, "sales@example.com");
    let query = DomainQuery { limit: 10, ..DomainQuery::default() };
    let domains = done(store.domains(&tenant(), &query).await);
    assert_eq!(domains[0].description, "Other words.");
}
