//! Who is known, and what they are.

use chrono::{DateTime, TimeDelta, Utc};
use mesh_contract::wire::{Holding, Role, TokenScope};

use super::*;
use crate::store::{Credential, CredentialKind, CredentialQuery, Members, Membership, Removal};

fn credential(id: &str, principal: &str, now: DateTime<Utc>) -> Credential {
    Credential {
        id: id.to_owned(),
        kind: CredentialKind::Token,
        hash: Digest::of_bytes(id.as_bytes()),
        principal: principal.to_owned(),
        label: "nightly build".to_owned(),
        scope: TokenScope { domains: vec![parse("sales")], ..TokenScope::default() },
        made_by: "ana@example.com".to_owned(),
        made_at: now,
        expires_at: now + TimeDelta::days(1),
        used_at: None,
    }
}

fn holding(role: Role, domain: Option<&str>) -> Holding {
    Holding { role, domain: domain.map(parse) }
}

fn membership(principal: &str, holding: Holding, now: DateTime<Utc>) -> Membership {
    Membership { principal: principal.to_owned(), holding, by: "ana@example.com".to_owned(), since: now }
}

fn every(principal: Option<&str>) -> CredentialQuery {
    CredentialQuery { principal: principal.map(ToOwned::to_owned), limit: 100, ..CredentialQuery::default() }
}

/// A promise; see its name.
pub async fn a_credential_is_found_with_what_its_principal_is_now(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let now = clock.time();
    let kept = credential("a1", "sales/ci", now);
    done(store.put_credential(&tenant(), kept.clone(), None).await);
    let again = store.put_credential(&tenant(), kept.clone(), None).await;
    assert!(matches!(again, Err(StoreError::AlreadyExists)), "{again:?}");
    let known = done(store.credential(&tenant(), "a1").await).expect("it was kept");
    assert_eq!((&known.credential, known.holdings.len()), (&kept, 0));

    let maintainer = holding(Role::Maintainer, Some("sales"));
    assert!(done(store.put_member(&tenant(), membership("sales/ci", maintainer.clone(), now), None).await));
    assert!(
        !done(store.put_member(&tenant(), membership("sales/ci", maintainer.clone(), now), None).await),
        "no news"
    );
    let known = done(store.credential(&tenant(), "a1").await).expect("it was kept");
    assert_eq!(known.holdings, std::slice::from_ref(&maintainer));

    done(store.touch_credential(&tenant(), "a1").await);
    let known = done(store.credential(&tenant(), "a1").await).expect("it was kept");
    assert_eq!(known.credential.used_at, Some(now));
    let removed = store.remove_member(&tenant(), "sales/ci", &maintainer, "ana", None).await;
    assert_eq!(done(removed), Removal::Done);
    let removed = store.remove_member(&tenant(), "sales/ci", &maintainer, "ana", None).await;
    assert_eq!(done(removed), Removal::NotHeld);
    assert_eq!(done(store.credential(&tenant(), "a1").await).expect("it was kept").holdings, []);
}

/// A promise; see its name.
pub async fn a_credential_that_was_removed_is_gone(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let now = clock.time();
    for (id, principal) in [("a", "one"), ("b", "one"), ("c", "two")] {
        done(store.put_credential(&tenant(), credential(id, principal, now), None).await);
    }
    let ids = |found: Vec<Credential>| found.into_iter().map(|it| it.id).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(done(store.credentials(&tenant(), &every(None)).await)), "a b c");
    assert_eq!(ids(done(store.credentials(&tenant(), &every(Some("one"))).await)), "a b");
    let second = CredentialQuery { after: Some("a".to_owned()), limit: 1, ..every(None) };
    assert_eq!(ids(done(store.credentials(&tenant(), &second).await)), "b");
    let sessions = CredentialQuery { kind: Some(CredentialKind::Session), ..every(None) };
    assert_eq!(ids(done(store.credentials(&tenant(), &sessions).await)), "");
    assert!(done(store.remove_credential(&tenant(), "a", "one", None).await));
    assert!(!done(store.remove_credential(&tenant(), "a", "one", None).await));
    assert_eq!(done(store.credential(&tenant(), "a").await), None);
    assert_eq!(ids(done(store.credentials(&tenant(), &every(None)).await)), "b c");
}

/// A promise; see its name.
pub async fn credentials_that_ran_out_long_ago_are_forgotten(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    done(store.put_credential(&tenant(), credential("old", "one", clock.time()), None).await);
    clock.advance_seconds(20 * 24 * 60 * 60);
    done(store.put_credential(&tenant(), credential("new", "one", clock.time()), None).await);
    assert!(done(store.credential(&tenant(), "old").await).is_some(), "people see what became of it");
    clock.advance_seconds(20 * 24 * 60 * 60);
    done(store.put_credential(&tenant(), credential("newest", "one", clock.time()), None).await);
    assert_eq!(done(store.credential(&tenant(), "old").await), None);
    assert!(done(store.credential(&tenant(), "new").await).is_some());
}

/// A promise; see its name.
pub async fn members_are_told_by_domain_platform_and_principal(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let now = clock.time();
    let all = [
        membership("ana@example.com", holding(Role::Administrator, None), now),
        membership("ana@example.com", holding(Role::Owner, Some("sales")), now),
        membership("ben@example.com", holding(Role::Reader, Some("sales")), now),
        membership("ben@example.com", holding(Role::Owner, Some("stock")), now),
    ];
    for member in &all {
        assert!(done(store.put_member(&tenant(), member.clone(), None).await));
    }
    let told = async |whose: Members| done(store.members(&tenant(), &whose).await);
    assert_eq!(told(Members::Platform).await, all[..1]);
    assert_eq!(told(Members::Domain(parse("sales"))).await, all[1..3]);
    assert_eq!(told(Members::Principal("ben@example.com".to_owned())).await, all[2..]);
}

/// A promise; see its name.
pub async fn of_many_first_administrators_there_is_one_and_the_last_one_stays(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let now = clock.time();
    let administrator = holding(Role::Administrator, None);
    let tries = (0..8).map(|number| {
        let (store, administrator) = (Arc::clone(&store), administrator.clone());
        tokio::spawn(async move {
            let principal = format!("first-{number}");
            let member = membership(&principal, administrator, now);
            let kept = credential(&format!("{number:02x}"), &principal, now);
            done(store.put_first_administrator(&tenant(), member, kept).await)
        })
    });
    let mut made = 0;
    for tried in tries.collect::<Vec<_>>() {
        made += usize::from(tried.await.expect("no panic"));
    }
    assert_eq!(made, 1);
    let members = done(store.members(&tenant(), &Members::Platform).await);
    let [first] = members.as_slice() else { panic!("{members:?}") };
    let kept = done(store.credentials(&tenant(), &every(None)).await);
    assert_eq!(
        kept.iter().map(|it| &it.principal).collect::<Vec<_>>(),
        [&first.principal],
        "only that one's token"
    );

    let remove = async |principal: &str| {
        done(store.remove_member(&tenant(), principal, &administrator, "ana", None).await)
    };
    assert_eq!(remove(&first.principal).await, Removal::LastAdministrator);
    assert_eq!(done(store.members(&tenant(), &Members::Platform).await), members);
    done(store.put_member(&tenant(), membership("second", administrator.clone(), now), None).await);
    assert_eq!(remove(&first.principal).await, Removal::Done);
    assert_eq!(remove("second").await, Removal::LastAdministrator);
}

/// A promise; see its name.
pub async fn tenants_do_not_know_each_others_people(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let (now, other) = (clock.time(), parse::<TenantId>("other"));
    done(store.put_credential(&tenant(), credential("a", "one", now), None).await);
    let administrator = holding(Role::Administrator, None);
    done(store.put_member(&tenant(), membership("one", administrator.clone(), now), None).await);
    assert_eq!(done(store.credential(&other, "a").await), None);
    assert_eq!(done(store.credentials(&other, &every(None)).await), []);
    assert_eq!(done(store.members(&other, &Members::Platform).await), []);
    assert!(!done(store.remove_credential(&other, "a", "one", None).await));
    let removed = store.remove_member(&other, "one", &administrator, "one", None).await;
    assert_eq!(done(removed), Removal::NotHeld);
    let first = membership("one", administrator, now);
    assert!(done(store.put_first_administrator(&other, first, credential("a", "one", now)).await));
}
