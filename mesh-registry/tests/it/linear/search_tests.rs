//! Small histories with known answers, and random ones whose answer is known by how they were made.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use mesh_contract::{ContractVersion, Digest};

use super::super::product::{Action, Outcome, Product, Step};
use super::{Operation, Verdict, check, check_within};

fn version(text: &str) -> ContractVersion {
    text.parse().expect("a version")
}

fn digest(content: &str) -> Digest {
    Digest::of_bytes(content.as_bytes())
}

fn publish(number: &str, content: &str, outcome: Outcome) -> Action {
    Action::Publish { version: version(number), digest: digest(content), hurts: false, outcome }
}

fn hurting(outcome: Outcome) -> Action {
    Action::Publish { version: version("1.1.0"), digest: digest("lean"), hurts: true, outcome }
}

fn register(reader: &str) -> Action {
    Action::Register { reader: reader.to_owned(), known: true }
}

fn versions(seen: &[(&str, &str)]) -> Action {
    Action::Versions(seen.iter().map(|(number, content)| (version(number), digest(content))).collect())
}

fn history(operations: Vec<(u64, u64, Action)>) -> Vec<Operation> {
    operations
        .into_iter()
        .enumerate()
        .map(|(number, (called, answered, action))| Operation {
            client: format!("client {number}"),
            called,
            answered,
            action,
        })
        .collect()
}

#[track_caller]
fn holds(operations: Vec<(u64, u64, Action)>) {
    let verdict = check(&history(operations));
    assert!(matches!(verdict, Verdict::Linearizable { .. }), "{verdict:?}");
}

#[track_caller]
fn breaks(operations: Vec<(u64, u64, Action)>) -> String {
    match check(&history(operations)) {
        Verdict::Impossible(text) => text,
        other => panic!("{other:?}"),
    }
}

use Outcome::{Created, Exists, Refused, Stands, Unknown};

#[test]
fn nothing_at_all_is_linearizable() {
    holds(vec![]);
}

#[test]
fn a_read_during_a_publish_may_see_it_or_not_and_one_after_it_must() {
    let during = |seen: &[(&str, &str)]| vec![(1, 4, publish("1.0.0", "a", Created)), (2, 3, versions(seen))];
    holds(during(&[]));
    holds(during(&[("1.0.0", "a")]));
    let after = |seen: &[(&str, &str)]| vec![(1, 2, publish("1.0.0", "a", Created)), (3, 4, versions(seen))];
    holds(after(&[("1.0.0", "a")]));
    let text = breaks(after(&[]));
    assert!(text.contains("client 1"), "{text}");
}

#[test]
fn what_one_has_seen_during_a_publish_another_sees_afterwards() {
    let publishing = (1, 10, publish("1.0.0", "a", Created));
    holds(vec![publishing.clone(), (2, 3, versions(&[])), (4, 5, versions(&[("1.0.0", "a")]))]);
    breaks(vec![publishing, (2, 3, versions(&[("1.0.0", "a")])), (4, 5, versions(&[]))]);
}

#[test]
fn a_version_has_one_content_and_is_made_once() {
    holds(vec![(1, 4, publish("1.0.0", "a", Created)), (2, 3, publish("1.0.0", "b", Exists))]);
    holds(vec![(1, 4, publish("1.0.0", "a", Stands)), (2, 3, publish("1.0.0", "a", Created))]);
    breaks(vec![(1, 4, publish("1.0.0", "a", Created)), (2, 3, publish("1.0.0", "b", Created))]);
    breaks(vec![(1, 4, publish("1.0.0", "a", Created)), (2, 3, publish("1.0.0", "a", Created))]);
    breaks(vec![(1, 2, publish("1.0.0", "a", Exists))]);
}

#[test]
fn a_publish_that_was_cut_off_may_come_late_or_never_but_not_before_it_was_called_and_not_twice() {
    let lost = |called| (called, called + 1, publish("1.0.0", "a", Unknown));
    holds(vec![lost(1), (3, 4, versions(&[]))]);
    holds(vec![lost(1), (3, 4, versions(&[("1.0.0", "a")]))]);
    holds(vec![lost(1), (3, 4, versions(&[])), (5, 6, versions(&[("1.0.0", "a")]))]);
    holds(vec![lost(1), (3, 4, publish("1.0.0", "a", Created)), (5, 6, publish("1.0.0", "a", Stands))]);
    holds(vec![lost(1), (3, 4, publish("1.0.0", "b", Exists))]);
    breaks(vec![lost(1), (3, 4, versions(&[("1.0.0", "a")])), (5, 6, versions(&[]))]);
    breaks(vec![(1, 2, versions(&[("1.0.0", "a")])), lost(3)]);
    breaks(vec![lost(1), (3, 4, versions(&[("1.0.0", "a")])), (5, 6, publish("1.0.0", "a", Created))]);
}

#[test]
fn a_reader_that_was_registered_before_a_publish_was_called_is_not_missed() {
    holds(vec![(1, 4, register("billing")), (2, 3, hurting(Created))]);
    holds(vec![(1, 4, register("billing")), (2, 3, hurting(Refused))]);
    holds(vec![(1, 2, register("billing")), (3, 4, hurting(Refused))]);
    breaks(vec![(1, 2, register("billing")), (3, 4, hurting(Created))]);
    breaks(vec![(1, 2, hurting(Refused)), (3, 4, register("billing"))]);
    let lost = Action::Register { reader: "billing".to_owned(), known: false };
    holds(vec![(1, 2, lost.clone()), (3, 4, hurting(Created))]);
    holds(vec![(1, 2, lost), (3, 4, hurting(Refused))]);
}

#[test]
fn the_highest_version_and_the_contracts_agree_with_the_versions() {
    let two = [(1, 2, publish("1.9.0", "a", Created)), (3, 4, publish("1.10.0", "b", Created))];
    let with = |action: Action| two.iter().cloned().chain([(5, 6, action)]).collect::<Vec<_>>();
    holds(with(Action::Highest(Some((version("1.10.0"), digest("b"))))));
    breaks(with(Action::Highest(Some((version("1.9.0"), digest("a"))))));
    breaks(with(Action::Highest(None)));
    holds(with(Action::Contract(version("1.9.0"), Some(digest("a")))));
    holds(with(Action::Contract(version("1.11.0"), None)));
    breaks(with(Action::Contract(version("1.9.0"), None)));
    breaks(with(Action::Contract(version("1.9.0"), Some(digest("b")))));
    breaks(with(Action::Readers(BTreeSet::from(["billing".to_owned()]))));
}

#[test]
fn what_cannot_be_decided_within_the_bound_is_said() {
    let many = (0..20).map(|number| (1, 100, publish(&format!("1.{number}.0"), "a", Created)));
    let operations = history(many.chain([(2, 99, versions(&[("2.0.0", "a")]))]).collect());
    assert!(matches!(check_within(&operations, 1), Verdict::Undecided { states: 1 }));
}

/// Runs random operations one after another on the specification, and gives each a time around its moment. Some lose their
/// answer, and of those some are not done at all.
fn random_history(random: &mut Rng, length: u64) -> Vec<Operation> {
    let mut product = Product::default();
    let mut operations = Vec::new();
    for moment in 1..=length {
        let number = version(&format!("1.{}.0", random.u8(..12)));
        let content = digest(["a", "b"][random.usize(..2)]);
        let lost = random.u8(..8) == 0;
        let happens = !lost || random.bool();
        let mut action = match random.u8(..6) {
            0 => Action::Versions(product.versions.clone()),
            1 => Action::Contract(number.clone(), product.versions.get(&number).copied()),
            2 => Action::Highest(
                product.versions.last_key_value().map(|(number, digest)| (number.clone(), *digest)),
            ),
            3 => Action::Readers(product.readers.clone()),
            4 => Action::Register { reader: format!("r{}", random.u8(..4)), known: !lost },
            _ => {
                let hurts = random.u8(..4) == 0;
                let standing = product.versions.get(&number);
                let outcome = match standing {
                    _ if lost => Unknown,
                    Some(standing) if *standing == content => Stands,
                    Some(_) => Exists,
                    None if hurts && !product.readers.is_empty() => Refused,
                    None => Created,
                };
                Action::Publish { version: number, digest: content, hurts, outcome }
            }
        };
        if happens && let Step::Becomes(next) = action.on(&product) {
            product = next;
        }
        if let Action::Register { known, .. } = &mut action {
            *known = !lost;
        }
        let (before, after) = (random.u64(1..200), random.u64(1..200));
        let moment = moment * 20;
        operations.push(Operation {
            client: format!("client {moment}"),
            called: (moment * 10).saturating_sub(before * 10) * 2,
            answered: (moment * 10 + after * 10) * 2 + 1,
            action,
        });
    }
    operations
}

#[test]
fn every_history_that_was_made_in_an_order_has_one_and_is_decided_soon() {
    for seed in 0..300 {
        let operations = random_history(&mut Rng::with_seed(seed), 80);
        match check(&operations) {
            Verdict::Linearizable { looked_at } => {
                assert!(looked_at < 50_000, "seed {seed}: {looked_at} states")
            }
            other => panic!("seed {seed}: {other:?}"),
        }
    }
}

/// The definition itself: every order of a short history is tried.
fn has_an_order(left: &[&Operation], product: &Product) -> bool {
    if left.iter().all(|it| it.action.is_unknown()) {
        return true;
    }
    let first = left.iter().map(|it| it.end()).min().unwrap_or(u64::MAX);
    (0..left.len()).any(|index| {
        let operation = left[index];
        let rest = || {
            left.iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, it)| *it)
                .collect::<Vec<_>>()
        };
        operation.called < first
            && match operation.action.on(product) {
                Step::Wrong => false,
                Step::Same => has_an_order(&rest(), product),
                Step::Becomes(next) => has_an_order(&rest(), &next),
            }
    })
}

#[test]
fn the_search_says_what_the_definition_says() {
    let (mut good, mut bad) = (0, 0);
    for seed in 0..600 {
        let random = &mut Rng::with_seed(seed);
        let mut operations = random_history(random, 7);
        // One answer is changed, which some orders still bear.
        let changed = random.usize(..operations.len());
        match &mut operations[changed].action {
            Action::Versions(seen) => *seen = BTreeMap::from([(version("1.3.0"), digest("a"))]),
            Action::Contract(_, seen) => *seen = if seen.is_some() { None } else { Some(digest("a")) },
            Action::Highest(seen) => *seen = None,
            Action::Readers(seen) => drop(seen.insert("r9".to_owned())),
            Action::Publish { outcome, .. } => {
                *outcome = [Created, Stands, Exists, Refused, Unknown][random.usize(..5)];
            }
            Action::Register { known, .. } => *known = true,
        }
        let due = has_an_order(&operations.iter().collect::<Vec<_>>(), &Product::default());
        match check(&operations) {
            Verdict::Linearizable { .. } => assert!(due, "seed {seed}: {operations:#?}"),
            Verdict::Impossible(text) => assert!(!due, "seed {seed}: {text}"),
            other => panic!("seed {seed}: {other:?}"),
        }
        *(if due { &mut good } else { &mut bad }) += 1;
    }
    assert!(good > 100 && bad > 100, "{good} have an order, {bad} have none");
}
