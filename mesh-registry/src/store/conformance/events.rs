//! Events: one for everything that is news, each once, in one order.

use serde_json::json;

use super::*;
use crate::store::{Event, EventKind};

fn versions(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| event.data["version"].as_str().unwrap_or_default()).collect()
}

/// A promise; see its name.
pub async fn whatever_is_news_leaves_one_event(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let commit = Commit { stage: Stage::Draft, ..sample_commit("sales.orders", "1.0.0", 0, "one") };
    done(store.commit(&tenant(), commit.clone()).await);
    let mut expected = Expectation {
        consumer_version: Some("2.1".to_owned()),
        environment: Some(parse("production")),
        ..expectation("billing", "sales.orders", Some("be\0low"))
    };
    let runs = Deployed {
        subject: parse("sales.orders"),
        version: "1.0.0".to_owned(),
        line: "1".to_owned(),
        environment: parse("production"),
    };
    // What is said again is no news, and what refuses leaves nothing.
    for _ in 0..2 {
        done(store.put_expectation(&tenant(), expected.clone(), None).await);
        done(store.put_deployed(&tenant(), runs.clone(), None).await);
    }
    expected.fields.clear();
    done(store.put_expectation(&tenant(), expected.clone(), None).await);
    for _ in 0..2 {
        done(store.remove_deployed(&tenant(), &runs, None).await);
        let key = ExpectationKey {
            consumer: parse("billing"),
            address: parse("sales.orders"),
            consumer_version: None,
            environment: None,
            purpose: None,
        };
        done(store.remove_expectations(&tenant(), &key, None).await);
    }
    let events = done(store.events(&tenant(), 0, 100).await);
    assert!(events.iter().all(|event| event.at == clock.time()));
    assert!(events.iter().all(|event| event.address == Some(parse("sales.orders"))));
    let told: Vec<_> =
        events.iter().map(|event| (&event.kind, &event.subject[..], event.data.clone())).collect();
    let said = |fields: &[&str]| {
        json!({
            "consumer": "billing", "consumerVersion": "2.1", "environment": "production", "purpose": "be\0low",
            "requirement": "^1", "fields": fields,
        })
    };
    let ran = json!({ "subject": "sales.orders", "version": "1.0.0", "environment": "production" });
    let published = json!({ "version": "1.0.0", "digest": commit.digest.to_string(), "stage": "draft" });
    assert_eq!(
        told,
        [
            (&EventKind::VersionPublished, "sales.orders@1.0.0", published),
            (&EventKind::ExpectationRegistered, "sales.orders", said(&["/a"])),
            (&EventKind::DeploymentRecorded, "sales.orders@1.0.0", ran.clone()),
            (&EventKind::ExpectationRegistered, "sales.orders", said(&[])),
            (&EventKind::DeploymentRemoved, "sales.orders@1.0.0", ran),
            (&EventKind::ExpectationRemoved, "sales.orders", said(&[])),
        ]
    );
}

/// A promise; see its name.
pub async fn events_come_in_order_and_once(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    for revision in 0..5 {
        let version = format!("1.{revision}.0");
        done(store.commit(&tenant(), sample_commit("sales.orders", &version, revision, &version)).await);
    }
    let first = done(store.events(&tenant(), 0, 3).await);
    let rest = done(store.events(&tenant(), first[2].sequence, 10).await);
    let all: Vec<_> = first.iter().chain(&rest).cloned().collect();
    assert_eq!(versions(&all), ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"]);
    let last = rest[rest.len() - 1].sequence;
    for behind in [last, last + 1, u64::MAX] {
        assert!(done(store.events(&tenant(), behind, 10).await).is_empty());
    }
    let latest = done(store.latest_events(&tenant(), None, 2).await);
    assert_eq!(latest, [rest[1].clone(), rest[0].clone()], "the last come newest first");
}

/// A promise; see its name.
pub async fn the_latest_of_a_kind_are_found_behind_others(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "one")).await);
    for number in 0..3 {
        let consumer = format!("reader-{number}");
        done(store.put_expectation(&tenant(), expectation(&consumer, "sales.orders", None), None).await);
    }
    let kind = EventKind::VersionPublished;
    let found = done(store.latest_events(&tenant(), Some(&kind), 2).await);
    assert_eq!(versions(&found), ["1.0.0"]);
    let later = EventKind::Other("mesh.later.v1".to_owned());
    assert!(done(store.latest_events(&tenant(), Some(&later), 2).await).is_empty());
}

/// A promise; see its name.
pub async fn who_follows_the_events_sees_each_once_whatever_is_written_meanwhile(
    store: Arc<dyn Store>,
    _: Arc<ManualClock>,
) {
    const WRITERS: usize = 4;
    const EACH: usize = 10;
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for round in 0..EACH as u64 {
                    let (address, version) = (format!("sales.p{writer}"), format!("1.{round}.0"));
                    let content = format!("{address} {version}");
                    done(store.commit(&tenant(), sample_commit(&address, &version, round, &content)).await);
                }
            })
        })
        .collect();
    let mut seen: Vec<Event> = Vec::new();
    while seen.len() < WRITERS * EACH {
        let after = seen.last().map_or(0, |event| event.sequence);
        seen.extend(done(store.events(&tenant(), after, 3).await));
    }
    for writer in writers {
        writer.await.expect("no panic");
    }
    assert_eq!(seen, done(store.events(&tenant(), 0, 1_000).await), "none has appeared behind the follower");
}
