//! Two processes of the registry serve one database, one of them is killed and started again now and then, and many clients
//! publish and read through both. Whatever they saw is held against what a registry promises; a registry that is broken on
//! purpose shows that the proof can fail.

pub(crate) mod broken;
pub(crate) mod client;
mod findings;
mod plan;
pub(crate) mod process;
mod run;
mod sums;

use std::ops::Range;

use crate::database::Database;

use self::run::Run;

/// So many runs, or which: `100`, or `20..120`. Without it, the twenty of every day.
const SEEDS: &str = "MESH_REPLICA_SEEDS";

fn seeds() -> Range<u64> {
    let Ok(text) = std::env::var(SEEDS) else { return 0..20 };
    let number =
        |text: &str| text.trim().parse::<u64>().unwrap_or_else(|error| panic!("{SEEDS}={text}: {error}"));
    match text.split_once("..") {
        Some((first, end)) => number(first)..number(end),
        None => 0..number(&text),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_replicas_with_one_killed_again_and_again_nothing_acknowledged_is_lost() {
    let mut sums = sums::Sums::default();
    for seed in seeds() {
        let Some(database) = Database::make().await else { return };
        let run = Run::new(seed, None);
        let recorded = run.record(&database).await;
        let found = findings::of(&recorded, &database).await;
        assert!(
            found.is_empty(),
            "seed {seed}; to run it again: {SEEDS}={seed}..{} cargo test -p mesh-registry --features postgres \
             of_two_replicas\n{}",
            seed + 1,
            found.join("\n")
        );
        sums.add(&recorded);
        println!("seed {seed} holds");
    }
    println!("{sums}");
    // The plan is to make trouble, and a run without any would prove nothing.
    assert!(sums.are_telling(), "{sums}");
}

/// Runs the broken registry until the search for an order finds out, for some seeds at most.
async fn is_found_out(fault: broken::Fault) {
    let mut told = Vec::new();
    for seed in 0..5 {
        let Some(database) = Database::make().await else { return };
        let recorded = Run::new(seed, Some(fault)).record(&database).await;
        let found = findings::of(&recorded, &database).await;
        if found.iter().any(|finding| finding.starts_with(findings::NO_ORDER)) {
            return;
        }
        told.push(format!("seed {seed}: {found:?}"));
    }
    panic!("the history of a registry with {fault:?} passes as linearizable\n{}", told.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_that_commits_on_a_state_that_has_moved_is_found_out() {
    is_found_out(broken::Fault::LostUpdate).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_that_acknowledges_before_it_has_committed_is_found_out() {
    is_found_out(broken::Fault::EarlyAck).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_that_answers_from_an_old_memory_is_found_out() {
    is_found_out(broken::Fault::StaleRead).await;
}
