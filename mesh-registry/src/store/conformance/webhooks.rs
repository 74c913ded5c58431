//! Webhooks: set, claimed by one at a time, and what could not be delivered.

use chrono::TimeDelta;

use super::*;
use crate::store::{FailedDelivery, Settled, Webhook, WebhookSecret, WebhookSettings, WebhookState};

const NAME: &str = "chat-room";

fn settings(clock: &ManualClock) -> WebhookSettings {
    WebhookSettings {
        url: "https://example.com/".to_owned(),
        kinds: vec!["mesh.version.published.v1".to_owned()],
        addresses: vec![parse("sales.orders")],
        domains: vec![parse("accounting")],
        secret: WebhookSecret("whsec_one".to_owned()),
        former: None,
        created_at: clock.time(),
    }
}

async fn put(store: &Arc<dyn Store>, clock: &ManualClock) -> Webhook {
    done(store.put_webhook(&tenant(), NAME, settings(clock), Some("request".to_owned())).await)
}

async fn claim(store: &Arc<dyn Store>, owner: &str) -> Option<Webhook> {
    done(store.claim_webhook(&tenant(), NAME, owner, TimeDelta::seconds(30)).await)
}

async fn settle(store: &Arc<dyn Store>, owner: &str, settled: Settled) -> bool {
    done(store.settle_webhook(&tenant(), NAME, owner, settled).await)
}

async fn failed(store: &Arc<dyn Store>, again: bool) -> Vec<FailedDelivery> {
    done(store.failed_deliveries(&tenant(), NAME, 0, 100, again).await)
}

fn delivery(sequence: u64, clock: &ManualClock) -> FailedDelivery {
    FailedDelivery {
        sequence,
        error: "answered 500".to_owned(),
        attempts: 10,
        failed_at: clock.time(),
        again: false,
    }
}

/// A promise; see its name.
pub async fn a_webhook_begins_behind_what_has_happened_and_goes_on_when_it_is_set_anew(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "one")).await);
    let last = done(store.latest_events(&tenant(), None, 1).await)[0].sequence;
    let first = put(&store, &clock).await;
    assert_eq!((first.cursor, &first.state, first.again), (last, &WebhookState::default(), 0));
    assert_eq!((&first.name[..], &first.settings), (NAME, &settings(&clock)));
    assert_eq!(done(store.webhooks(&tenant()).await), [first]);
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.1.0", 1, "two")).await);
    claim(&store, "one").await.expect("nobody has it");
    let state = WebhookState {
        attempts: 3,
        due_at: Some(clock.time()),
        delivered_at: Some(clock.time()),
        error: Some("ü".to_owned()),
        error_at: Some(clock.time()),
        disabled: true,
    };
    let on = Settled::On { cursor: last, state: state.clone(), failed: None };
    assert!(settle(&store, "one", on).await);
    assert_eq!(done(store.webhooks(&tenant()).await)[0].state, state);
    let anew = put(&store, &clock).await;
    assert_eq!((anew.cursor, anew.state), (last, WebhookState::default()), "it goes on where it was");
    assert!(!settle(&store, "one", Settled::Released).await, "whoever had it has it no more");
    let other: TenantId = parse("other");
    assert!(done(store.webhooks(&other).await).is_empty());
    assert!(!done(store.remove_webhook(&other, NAME, None).await));
    assert!(done(store.claim_webhook(&other, NAME, "one", TimeDelta::seconds(1)).await).is_none());
}

/// A promise; see its name.
pub async fn of_many_who_claim_a_webhook_one_has_it_until_its_claim_runs_out(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    assert!(claim(&store, "one").await.is_none(), "there is none");
    put(&store, &clock).await;
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move { claim(&store, &number.to_string()).await.map(|_| number.to_string()) })
        })
        .collect();
    let mut owners = Vec::new();
    for task in tasks {
        owners.extend(task.await.expect("no panic"));
    }
    let [owner] = &owners[..] else { panic!("one has it: {owners:?}") };
    clock.advance_seconds(20);
    assert!(claim(&store, owner).await.is_some(), "who has it has it anew");
    clock.advance_seconds(29);
    assert!(claim(&store, "late").await.is_none());
    clock.advance_seconds(1);
    assert!(claim(&store, "late").await.is_some(), "its time is over");
    let on = Settled::On { cursor: 7, state: WebhookState::default(), failed: Some(delivery(7, &clock)) };
    assert!(!settle(&store, owner, on.clone()).await, "what it settles does not count any more");
    assert_eq!((done(store.webhooks(&tenant()).await)[0].cursor, failed(&store, false).await.len()), (0, 0));
    assert!(settle(&store, "late", on).await);
    assert_eq!(done(store.webhooks(&tenant()).await)[0].cursor, 7);
    assert!(settle(&store, "late", Settled::Released).await);
    assert!(claim(&store, "next").await.is_some());
}

/// A promise; see its name.
pub async fn what_could_not_be_delivered_stays_in_the_list_until_it_is(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    put(&store, &clock).await;
    claim(&store, "one").await.expect("nobody has it");
    for sequence in [3, 4, 9] {
        let failed = Some(delivery(sequence, &clock));
        let on = Settled::On { cursor: sequence, state: WebhookState::default(), failed };
        assert!(settle(&store, "one", on).await);
    }
    assert_eq!(failed(&store, false).await, [3, 4, 9].map(|sequence| delivery(sequence, &clock)));
    assert_eq!(done(store.failed_deliveries(&tenant(), NAME, 3, 1, false).await)[0].sequence, 4);
    assert!(failed(&store, true).await.is_empty());
    assert_eq!(done(store.resend_failed(&tenant(), NAME, Some(5)).await), 0);
    assert_eq!(done(store.resend_failed(&tenant(), NAME, Some(4)).await), 1);
    assert_eq!(failed(&store, true).await, [FailedDelivery { again: true, ..delivery(4, &clock) }]);
    assert_eq!(done(store.resend_failed(&tenant(), NAME, None).await), 3);
    assert_eq!(done(store.webhooks(&tenant()).await)[0].again, 3);
    assert!(settle(&store, "one", Settled::Resent(3)).await);
    let again = FailedDelivery { attempts: 11, ..delivery(4, &clock) };
    assert!(settle(&store, "one", Settled::FailedAgain(again.clone())).await);
    let left = [again, FailedDelivery { again: true, ..delivery(9, &clock) }];
    assert_eq!(failed(&store, false).await, left);
    assert!(done(store.remove_webhook(&tenant(), NAME, None).await));
    assert!(!done(store.remove_webhook(&tenant(), NAME, None).await));
    put(&store, &clock).await;
    assert!(failed(&store, false).await.is_empty(), "the list went with it");
}

/// A promise; see its name.
pub async fn webhooks_are_limited(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    for number in 0..100 {
        let name = format!("w{number}");
        done(store.put_webhook(&tenant(), &name, settings(&clock), None).await);
    }
    let one_more = store.put_webhook(&tenant(), NAME, settings(&clock), None).await;
    assert!(matches!(one_more, Err(StoreError::Full { limit: 100 })), "{one_more:?}");
    done(store.put_webhook(&tenant(), "w7", settings(&clock), None).await);
}
