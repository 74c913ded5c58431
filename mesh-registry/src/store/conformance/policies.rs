//! Policies.

use super::*;
use crate::store::{EventKind, PolicyChange};

fn change(revision: u64, document: &str) -> PolicyChange {
    PolicyChange {
        revision,
        document: document.to_owned(),
        digest: Digest::of_bytes(document.as_bytes()),
        set_by: "root@example.com".to_owned(),
        request_id: None,
    }
}

/// A promise; see its name.
pub async fn policies_replace_each_other_and_stay_in_their_history(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    assert_eq!(done(store.policies(&tenant()).await), None);
    let first = done(store.set_policies(&tenant(), change(0, "one")).await);
    assert_eq!(
        (first.revision, first.document.as_str(), first.set_by.as_str()),
        (1, "one", "root@example.com")
    );
    assert_eq!(first.digest, Digest::of_bytes(b"one"));
    clock.advance_seconds(60);
    let second = done(store.set_policies(&tenant(), change(1, "two")).await);
    assert_eq!(second.set_at - first.set_at, chrono::TimeDelta::minutes(1));
    assert_eq!(done(store.policies(&tenant()).await), Some(second.clone()));
    let history = done(store.policy_history(&tenant(), None, 10).await);
    assert_eq!(history, [second.clone(), first.clone()]);
    assert_eq!(done(store.policy_history(&tenant(), None, 1).await), [second]);
    assert_eq!(done(store.policy_history(&tenant(), Some(2), 10).await), [first]);
    let events = done(store.events(&tenant(), 0, 10).await);
    assert_eq!(events.len(), 2, "{events:?}");
    assert_eq!(events[1].kind, EventKind::PoliciesSet);
    assert_eq!(events[1].data["revision"], 2);
    assert_eq!(events[1].data["by"], "root@example.com");
    let other: TenantId = parse("other");
    assert_eq!(done(store.policies(&other).await), None, "another tenant's");
    assert_eq!(done(store.set_policies(&other, change(0, "theirs")).await).revision, 1);
}

/// A promise; see its name.
pub async fn policies_on_another_revision_are_refused_and_leave_nothing(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    for wrong in [1, 7] {
        let refused = store.set_policies(&tenant(), change(wrong, "one")).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: 0 })), "{refused:?}");
    }
    done(store.set_policies(&tenant(), change(0, "one")).await);
    let refused = store.set_policies(&tenant(), change(0, "two")).await;
    assert!(matches!(refused, Err(StoreError::Conflict { current: 1 })), "{refused:?}");
    assert_eq!(done(store.policy_history(&tenant(), None, 10).await).len(), 1);
    assert_eq!(done(store.events(&tenant(), 0, 10).await).len(), 1);
}

/// A promise; see its name.
pub async fn of_many_who_set_policies_on_one_revision_exactly_one_wins(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { store.set_policies(&tenant(), change(0, &number.to_string())).await })
        })
        .collect();
    let mut won = 0;
    for task in tasks {
        match task.await.expect("it ends") {
            Ok(_) => won += 1,
            Err(StoreError::Conflict { current: 1 }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(done(store.policy_history(&tenant(), None, 10).await).len(), 1);
}
