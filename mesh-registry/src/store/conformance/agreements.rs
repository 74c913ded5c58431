//! Who may read what: agreements, keys that sign, grants that were taken back, and who was seen to read.

use mesh_contract::Day;
use mesh_contract::wire::{AccessTerms, AgreementState};

use super::super::{
    AgreementChange, AgreementQuery, AgreementRecord, EventKind, NewEvent, NewSigningKey, ObservedRead,
    RevokedGrant, SigningSecret, day_of,
};
use super::*;

fn question(id: &str, consumer: &str, address: &str, clock: &ManualClock) -> AgreementRecord {
    AgreementRecord {
        id: id.to_owned(),
        revision: 0,
        address: parse(address),
        consumer: parse(consumer),
        purpose: "Invoices, with a \"quote\".".to_owned(),
        environment: parse("production"),
        state: AgreementState::Asked,
        asked: AccessTerms { fields: vec!["/id".to_owned()], until: parse("2026-03-31"), rows: None },
        agreed: None,
        granted: None,
        asked_by: "ana@example.com".to_owned(),
        asked_at: clock.time(),
        decided_by: None,
        decided_at: None,
        reason: None,
        reminded: None,
    }
}

fn change(kind: EventKind, agreements: Vec<AgreementRecord>) -> AgreementChange {
    let first = &agreements[0];
    let event = NewEvent {
        kind,
        subject: first.address.to_string(),
        address: Some(first.address.clone()),
        data: serde_json::json!({ "agreement": first.id }),
    };
    AgreementChange { agreements, revoked: Vec::new(), event, request_id: Some("request".to_owned()) }
}

async fn ask(store: &Arc<dyn Store>, asked: AgreementRecord) -> AgreementRecord {
    done(store.change_agreements(&tenant(), change(EventKind::AgreementAsked, vec![asked.clone()])).await);
    AgreementRecord { revision: 1, ..asked }
}

fn accepted(asked: &AgreementRecord) -> AgreementRecord {
    let (agreed, granted) = (Some(asked.asked.clone()), Some(asked.revision + 1));
    AgreementRecord { state: AgreementState::Accepted, agreed, granted, ..asked.clone() }
}

fn everything(clock: &ManualClock) -> AgreementQuery {
    AgreementQuery { limit: 100, ..AgreementQuery::on(day_of(clock.time())) }
}

async fn ids(store: &Arc<dyn Store>, query: &AgreementQuery) -> Vec<String> {
    done(store.agreements(&tenant(), query).await).into_iter().map(|it| it.id).collect()
}

/// A promise; see its name.
pub async fn an_agreement_is_changed_at_its_revision_or_not_at_all(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let asked = ask(&store, question("a1", "accounting", "sales.orders", &clock)).await;
    assert_eq!(done(store.agreements(&tenant(), &everything(&clock)).await), std::slice::from_ref(&asked));
    for revision in [0, 2] {
        let late = AgreementRecord { revision, ..accepted(&asked) };
        let late = change(EventKind::AgreementAccepted, vec![late]);
        let refused = store.change_agreements(&tenant(), late).await;
        assert!(matches!(refused, Err(StoreError::Conflict { current: 1 })), "{refused:?}");
    }
    let unknown = AgreementRecord { revision: 3, ..question("a2", "bi", "sales.orders", &clock) };
    let both = change(EventKind::AgreementAccepted, vec![accepted(&asked), unknown]);
    let refused = store.change_agreements(&tenant(), both).await;
    assert!(matches!(refused, Err(StoreError::Conflict { current: 0 })), "{refused:?}");
    assert_eq!(done(store.agreements(&tenant(), &everything(&clock)).await), std::slice::from_ref(&asked));
    let yes = change(EventKind::AgreementAccepted, vec![accepted(&asked)]);
    done(store.change_agreements(&tenant(), yes).await);
    let standing = done(store.agreements(&tenant(), &everything(&clock)).await);
    assert_eq!(standing, [AgreementRecord { revision: 2, ..accepted(&asked) }]);
    let events = done(store.events(&tenant(), 0, 10).await);
    let kinds: Vec<_> = events.iter().map(|event| event.kind.clone()).collect();
    assert_eq!(kinds, [EventKind::AgreementAsked, EventKind::AgreementAccepted]);
}

/// A promise; see its name.
pub async fn one_question_and_one_agreement_are_open_for_a_purpose(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let first = ask(&store, question("a1", "accounting", "sales.orders", &clock)).await;
    let again = question("a2", "accounting", "sales.orders", &clock);
    let refused =
        store.change_agreements(&tenant(), change(EventKind::AgreementAsked, vec![again.clone()])).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    let other = AgreementRecord {
        purpose: "Forecast".to_owned(),
        ..question("a3", "accounting", "sales.orders", &clock)
    };
    ask(&store, other).await;
    let yes = change(EventKind::AgreementAccepted, vec![accepted(&first)]);
    done(store.change_agreements(&tenant(), yes).await);
    // A renewal, while the first is in force. It takes its place, and never stands beside it.
    let renewal = ask(&store, again).await;
    let beside = change(EventKind::AgreementAccepted, vec![accepted(&renewal)]);
    let refused = store.change_agreements(&tenant(), beside).await;
    assert!(matches!(refused, Err(StoreError::AlreadyExists)), "{refused:?}");
    let former = AgreementRecord { revision: 2, state: AgreementState::Ended, ..accepted(&first) };
    let instead = change(EventKind::AgreementAccepted, vec![accepted(&renewal), former]);
    done(store.change_agreements(&tenant(), instead).await);
    let in_force = AgreementQuery { state: Some(AgreementState::Accepted), ..everything(&clock) };
    assert_eq!(ids(&store, &in_force).await, ["a2"]);
}

/// A promise; see its name.
pub async fn of_many_who_ask_the_same_one_is_heard(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let tasks: Vec<_> = (0..16)
        .map(|number| {
            let (store, asked) =
                (Arc::clone(&store), question(&format!("a{number}"), "accounting", "sales.orders", &clock));
            tokio::spawn(async move {
                store.change_agreements(&tenant(), change(EventKind::AgreementAsked, vec![asked])).await
            })
        })
        .collect();
    let mut heard = 0;
    for task in tasks {
        match task.await.expect("no panic") {
            Ok(()) => heard += 1,
            Err(StoreError::AlreadyExists) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(heard, 1);
    assert_eq!(done(store.events(&tenant(), 0, 100).await).len(), 1);
}

/// A promise; see its name.
pub async fn agreements_are_filtered_and_come_in_pages(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    for (id, consumer, address) in [
        ("a1", "accounting.invoices", "sales.orders"),
        ("a2", "bi", "sales.products"),
        ("a3", "bi", "accounting.payroll"),
        ("a4", "marketing", "shop.baskets"),
    ] {
        ask(&store, question(id, consumer, address, &clock)).await;
        clock.advance_seconds(1);
    }
    let all = everything(&clock);
    assert_eq!(ids(&store, &all).await, ["a4", "a3", "a2", "a1"], "the last first");
    let page = AgreementQuery { after: Some("a3".to_owned()), limit: 1, ..all.clone() };
    assert_eq!(ids(&store, &page).await, ["a2"]);
    let nowhere = AgreementQuery { after: Some("a9".to_owned()), ..all.clone() };
    assert_eq!(ids(&store, &nowhere).await, [""; 0]);
    for (query, found) in [
        (AgreementQuery { id: Some("a2".to_owned()), ..all.clone() }, vec!["a2"]),
        (AgreementQuery { address: Some(parse("sales.orders")), ..all.clone() }, vec!["a1"]),
        (AgreementQuery { consumer: Some(parse("bi")), ..all.clone() }, vec!["a3", "a2"]),
        (AgreementQuery { sides: Some(vec![parse("accounting")]), ..all.clone() }, vec!["a3", "a1"]),
        (AgreementQuery { sides: Some(Vec::new()), ..all.clone() }, vec![]),
        (AgreementQuery { state: Some(AgreementState::Accepted), ..all.clone() }, vec![]),
        (AgreementQuery { ends_by: Some(parse("2026-03-30")), ..all.clone() }, vec![]),
        (AgreementQuery { ends_by: Some(parse("2026-03-31")), limit: 2, ..all.clone() }, vec!["a4", "a3"]),
    ] {
        assert_eq!(ids(&store, &query).await, found, "{query:?}");
    }
    let other: TenantId = parse("other");
    assert!(done(store.agreements(&other, &all).await).is_empty());
}

/// A promise; see its name.
pub async fn an_agreement_ends_when_its_day_has_passed(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let asked = ask(&store, question("a1", "accounting", "sales.orders", &clock)).await;
    let yes = change(EventKind::AgreementAccepted, vec![accepted(&asked)]);
    done(store.change_agreements(&tenant(), yes).await);
    for (today, state) in [("2026-03-31", AgreementState::Accepted), ("2026-04-01", AgreementState::Ended)] {
        let today: Day = parse(today);
        for wanted in [AgreementState::Accepted, AgreementState::Ended] {
            let query = AgreementQuery { state: Some(wanted), today, ..everything(&clock) };
            let found = done(store.agreements(&tenant(), &query).await);
            assert_eq!(found.len(), usize::from(wanted == state), "{wanted} on {today}");
            assert!(found.iter().all(|it| it.state_on(today) == state));
        }
    }
}

/// A promise; see its name.
pub async fn a_domain_asks_so_many_questions_at_once(store: Arc<dyn Store>, clock: Arc<ManualClock>) {
    let asked = |number: usize| {
        let asked = question(&format!("a{number}"), "accounting.invoices", "sales.orders", &clock);
        AgreementRecord { purpose: number.to_string(), ..asked }
    };
    for number in 0..super::super::agreement::QUESTIONS {
        ask(&store, asked(number)).await;
    }
    let more = change(EventKind::AgreementAsked, vec![asked(9_999)]);
    let refused = store.change_agreements(&tenant(), more).await;
    assert!(matches!(refused, Err(StoreError::Full { .. })), "{refused:?}");
    ask(&store, question("b1", "bi", "sales.orders", &clock)).await;
}

/// A promise; see its name.
pub async fn a_grant_that_was_taken_back_is_told_until_its_day(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let asked = ask(&store, question("a1", "accounting", "sales.orders", &clock)).await;
    let other = ask(&store, question("b1", "bi", "sales.orders", &clock)).await;
    let taken = |agreement: &AgreementRecord, jtis: &[&str], until: &str| {
        let ended = AgreementRecord { state: AgreementState::Revoked, ..agreement.clone() };
        let grant = |jti: &&str| RevokedGrant {
            jti: (*jti).to_owned(),
            provider: parse("sales"),
            until: parse(until),
        };
        let revoked = jtis.iter().map(grant).collect();
        AgreementChange { revoked, ..change(EventKind::AgreementRevoked, vec![ended]) }
    };
    done(store.change_agreements(&tenant(), taken(&asked, &["a1.4", "a1.2"], "2026-01-01")).await);
    assert_eq!(done(store.revoked_grants(&tenant(), &parse("sales")).await), ["a1.2", "a1.4"]);
    assert!(done(store.revoked_grants(&tenant(), &parse("accounting")).await).is_empty());
    assert!(done(store.revoked_grants(&parse("other"), &parse("sales")).await).is_empty());
    clock.advance_seconds(24 * 60 * 60);
    assert!(done(store.revoked_grants(&tenant(), &parse("sales")).await).is_empty());
    done(store.change_agreements(&tenant(), taken(&other, &["b1.2"], "2026-03-31")).await);
    assert_eq!(done(store.revoked_grants(&tenant(), &parse("sales")).await), ["b1.2"]);
}

fn key(kid: &str, instead_of: Option<&str>) -> NewSigningKey {
    NewSigningKey {
        kid: kid.to_owned(),
        secret: SigningSecret(kid.repeat(16).into_bytes()),
        instead_of: instead_of.map(str::to_owned),
        request_id: None,
    }
}

/// A promise; see its name.
pub async fn one_key_signs_and_those_before_are_believed_until_their_last_grant_ends(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    assert!(done(store.signing_keys(&tenant()).await).is_empty());
    let makers: Vec<_> = (0..8)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(
                async move { store.add_signing_key(&tenant(), key(&format!("k{number}"), None)).await },
            )
        })
        .collect();
    let mut made = 0;
    for maker in makers {
        match maker.await.expect("no panic") {
            Ok(()) => made += 1,
            Err(StoreError::Conflict { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(made, 1, "of many replicas one makes the key");
    let first = done(store.signing_keys(&tenant()).await).remove(0);
    assert_eq!((first.secret.0.len(), first.trusted_until), (32, None));
    assert!(!format!("{first:?}").contains("[1"), "no secret in a log: {first:?}");
    assert!(done(store.signing_keys(&parse("other")).await).is_empty());

    let asked = ask(&store, question("a1", "accounting", "sales.orders", &clock)).await;
    let yes = change(EventKind::AgreementAccepted, vec![accepted(&asked)]);
    done(store.change_agreements(&tenant(), yes).await);
    done(store.add_signing_key(&tenant(), key("n1", Some(&first.kid))).await);
    let keys = done(store.signing_keys(&tenant()).await);
    let told: Vec<_> = keys.iter().map(|key| (&key.kid[..], key.trusted_until)).collect();
    assert_eq!(told, [("n1", None), (&first.kid[..], Some(parse("2026-03-31")))]);
    // The day has passed, and the next key finds it gone.
    clock.advance_seconds(100 * 24 * 60 * 60);
    done(store.add_signing_key(&tenant(), key("n2", Some("n1"))).await);
    let kids: Vec<_> = done(store.signing_keys(&tenant()).await).into_iter().map(|key| key.kid).collect();
    assert_eq!(kids, ["n2", "n1"]);
}

fn read(consumer: &str, version: &str, fields: &[&str], clock: &ManualClock) -> ObservedRead {
    ObservedRead {
        address: parse("sales.orders"),
        consumer: parse(consumer),
        environment: parse("production"),
        agreement: "a1".to_owned(),
        version: parse(version),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        answered: 2,
        refused: 1,
        first_at: clock.time(),
        last_at: clock.time(),
    }
}

/// A promise; see its name.
pub async fn who_was_seen_to_read_moves_the_product_on_when_it_is_news(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    done(store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "one")).await);
    let revision = async || done(store.history(&tenant(), &parse("sales.orders")).await).revision;
    let first = read("bi", "1.0.0", &["/a"], &clock);
    assert_eq!(done(store.observe(&tenant(), vec![first.clone()], None).await), 1);
    assert_eq!(revision().await, 2);
    clock.advance_seconds(60);
    let same = read("bi", "1.0.0", &["/a"], &clock);
    assert_eq!(done(store.observe(&tenant(), vec![same.clone()], None).await), 0, "it was known");
    assert_eq!(revision().await, 2);
    let known = done(store.observed(&tenant(), &parse("sales.orders")).await);
    let both = ObservedRead { answered: 4, refused: 2, last_at: clock.time(), ..first.clone() };
    assert_eq!(known, [both]);
    let more = vec![read("bi", "1.0.0", &["/b"], &clock), read("bi", "1.1.0", &["/a"], &clock)];
    assert_eq!(done(store.observe(&tenant(), more, None).await), 2);
    let known = done(store.observed(&tenant(), &parse("sales.orders")).await);
    let told: Vec<_> = known.iter().map(|it| (it.version.to_string(), it.fields.clone())).collect();
    assert_eq!(told[0], ("1.0.0".to_owned(), vec!["/a".to_owned(), "/b".to_owned()]));
    assert_eq!(told.len(), 2);
    let last = done(store.latest_events(&tenant(), None, 1).await).remove(0);
    assert_eq!((last.kind, &last.subject[..]), (EventKind::ReaderObserved, "sales.orders"));
    assert!(done(store.observed(&parse("other"), &parse("sales.orders")).await).is_empty());
}

/// A promise; see its name.
pub async fn of_too_many_readers_whoever_was_not_seen_for_longest_is_forgotten(
    store: Arc<dyn Store>,
    clock: Arc<ManualClock>,
) {
    let most = super::super::agreement::OBSERVED;
    done(store.observe(&tenant(), vec![read("zebra", "1.0.0", &[], &clock)], None).await);
    clock.advance_seconds(1);
    let crowd = (0..most - 1).map(|number| read(&format!("r{number}"), "1.0.0", &[], &clock)).collect();
    done(store.observe(&tenant(), crowd, None).await);
    let there = async || done(store.observed(&tenant(), &parse("sales.orders")).await);
    assert_eq!(there().await.len(), most);
    clock.advance_seconds(1);
    done(store.observe(&tenant(), vec![read("newcomer", "1.0.0", &[], &clock)], None).await);
    let known = there().await;
    assert_eq!(known.len(), most);
    let names: Vec<_> = known.iter().map(|it| it.consumer.as_str()).collect();
    assert!(names.contains(&"newcomer") && !names.contains(&"zebra"));
}
