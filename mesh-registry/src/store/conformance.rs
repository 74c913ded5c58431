//! What every store promises, as functions that any backend runs. [`store_conformance!`](crate::store_conformance) makes a
//! named test of each; a backend brings an empty store and the clock that it was opened with.

mod agreements;
mod audit;
mod commits;
mod events;
mod finding;
mod identity;
mod leases;
mod lifecycle;
mod policies;
mod readers;
mod tenants;
mod webhooks;

pub use agreements::*;
pub use audit::*;
pub use commits::*;
pub use events::*;
pub use finding::*;
pub use identity::*;
pub use leases::*;
pub use lifecycle::*;
pub use policies::*;
pub use readers::*;
pub use tenants::*;
pub use webhooks::*;

use std::sync::Arc;

use bytes::Bytes;
use mesh_contract::wire::{Announcement, Health, ServedProduct};
use mesh_contract::{
    Address, ConsumerName, ContractVersion, Digest, DomainName, EnvironmentName, Expectation, PortKind,
    ProductKind, Stability,
};

use super::{
    Commit, ContractKey, Counts, Deployed, DeployedQuery, DeploymentQuery, DomainQuery, DomainRecord,
    EdgeQuery, ExpectationKey, ExpectationQuery, Head, InputRecord, Lifecycle, ManualClock, Product,
    ProductOrder, ProductQuery, ServiceRecord, Stage, Store, StoreError, TenantId,
};

/// Makes a test of each promise: `store_conformance!(open)`, where `open().await` gives a new, empty store, the clock that it
/// was opened with, and whatever must live as long as the store; or nothing where the store cannot be had.
#[macro_export]
macro_rules! store_conformance {
    ($open:path) => {
        $crate::store_conformance!($open =>
            a_product_that_nobody_published_has_no_history
            a_commit_is_found_by_version_by_digest_and_in_every_list
            a_commit_on_another_revision_is_refused_and_leaves_nothing
            of_many_commits_on_one_revision_exactly_one_wins
            commits_to_different_products_do_not_disturb_each_other
            a_released_version_is_never_written_over
            a_draft_is_replaced_and_its_contract_stays_readable
            a_product_shows_what_it_was_told_to_show
            tenants_do_not_see_each_other
            tenants_are_listed_until_they_are_forgotten
            a_tenant_that_keeps_something_is_not_forgotten
            a_tenants_events_tell_nothing_of_how_many_others_have
            products_come_in_pages_by_address
            products_are_filtered_by_domain_and_kind
            every_word_must_begin_some_word_of_a_product
            a_word_of_the_address_weighs_more_than_one_of_a_field
            search_forgets_what_a_product_no_longer_says
            what_looks_like_syntax_is_only_letters
            domains_tell_their_services_and_those_shared_with_them
            what_there_is_is_counted
            an_expectation_replaces_the_one_under_its_key
            removing_expectations_takes_one_key_or_all
            an_expectation_keeps_its_numbers
            expectations_of_versions_stand_side_by_side
            a_record_of_a_deployment_replaces_the_one_of_its_line
            news_of_a_reader_moves_what_it_reads_on_by_a_revision
            edges_come_from_inputs_and_from_expectations
            what_becomes_of_a_version_is_kept_with_it
            a_turn_on_another_revision_is_refused_and_leaves_nothing
            a_turn_of_a_version_that_is_not_there_leaves_nothing
            of_many_turns_and_commits_on_one_revision_exactly_one_wins
            products_of_which_something_has_become_come_by_address
            a_version_has_from_its_commit_what_its_line_has
            a_domain_belongs_to_whoever_published_first
            a_domain_changes_hands_with_all_its_products
            a_publish_does_not_change_who_owns_a_domain
            a_lease_runs_out_by_the_clock_of_the_store
            a_later_epoch_replaces_an_instance_and_an_earlier_one_is_refused
            a_released_lease_is_not_live
            live_deployments_are_counted_once_for_each_product
            deployments_are_filtered_and_come_in_pages
            whatever_is_news_leaves_one_event
            events_come_in_order_and_once
            a_webhook_begins_behind_what_has_happened_and_goes_on_when_it_is_set_anew
            of_many_who_claim_a_webhook_one_has_it_until_its_claim_runs_out
            what_could_not_be_delivered_stays_in_the_list_until_it_is
            webhooks_are_limited
            policies_replace_each_other_and_stay_in_their_history
            policies_on_another_revision_are_refused_and_leave_nothing
            of_many_who_set_policies_on_one_revision_exactly_one_wins
            the_latest_of_a_kind_are_found_behind_others
            those_who_seal_at_once_make_one_chain
            each_tenant_has_a_chain_of_its_own
            a_credential_is_found_with_what_its_principal_is_now
            a_credential_that_was_removed_is_gone
            credentials_that_ran_out_long_ago_are_forgotten
            members_are_told_by_domain_platform_and_principal
            of_many_first_administrators_there_is_one_and_the_last_one_stays
            tenants_do_not_know_each_others_people
            who_follows_the_events_sees_each_once_whatever_is_written_meanwhile
            an_agreement_is_changed_at_its_revision_or_not_at_all
            one_question_and_one_agreement_are_open_for_a_purpose
            of_many_who_ask_the_same_one_is_heard
            agreements_are_filtered_and_come_in_pages
            an_agreement_ends_when_its_day_has_passed
            a_domain_asks_so_many_questions_at_once
            a_grant_that_was_taken_back_is_told_until_its_day
            one_key_signs_and_those_before_are_believed_until_their_last_grant_ends
            who_was_seen_to_read_moves_the_product_on_when_it_is_news
            of_too_many_readers_whoever_was_not_seen_for_longest_is_forgotten
        );
    };
    ($open:path => $($name:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            let Some((store, clock, _guard)) = $open().await else { return };
            $crate::store::conformance::$name(store, clock).await;
        }
    )*};
}

fn tenant() -> TenantId {
    TenantId::default()
}

#[track_caller]
fn parse<T: std::str::FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("`{text}` is of the right form"))
}

#[track_caller]
fn done<T>(result: Result<T, StoreError>) -> T {
    result.unwrap_or_else(|error| panic!("the store does it: {error:?}"))
}

/// A version with content of its own, as the newest of its product.
pub fn sample_commit(address: &str, version: &str, revision: u64, content: &str) -> Commit {
    let address: Address = parse(address);
    let document = Bytes::from(format!("{{\"content\":\"{content}\"}}"));
    let head = Head {
        description: format!("The {} of the {}.", address.product(), address.domain()),
        kind: ProductKind::SourceAligned,
        stability: Stability::Stable,
        tags: vec!["sample".to_owned()],
        ports: vec![PortKind::Records],
        deprecated: false,
        fields: String::new(),
        inputs: Vec::new(),
        domain: DomainRecord {
            name: address.domain().clone(),
            description: format!("All about {}.", address.domain()),
            owner: format!("{}@example.com", address.domain()),
            contact: None,
            services: vec![ServiceRecord {
                name: parse("main"),
                description: "The only one.".to_owned(),
                owner: address.domain().clone(),
                shared_with: Vec::new(),
            }],
            products: 0,
        },
    };
    Commit {
        address,
        revision,
        version: parse(version),
        stage: Stage::Released,
        digest: Digest::of_bytes(&document),
        promise: Digest::of_bytes(b"promise"),
        document,
        lifecycle: Lifecycle::default(),
        head: Some(Box::new(head)),
        request_id: Some("request".to_owned()),
    }
}

fn with_head(mut commit: Commit, change: impl FnOnce(&mut Head)) -> Commit {
    if let Some(head) = &mut commit.head {
        change(head);
    }
    commit
}

fn addresses(products: &[Product]) -> Vec<String> {
    products.iter().map(|product| product.address.to_string()).collect()
}

fn all() -> ProductQuery {
    ProductQuery { limit: 100, ..ProductQuery::default() }
}

async fn search(store: &Arc<dyn Store>, words: &[&str]) -> Vec<String> {
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let query = ProductQuery { order: ProductOrder::Relevance { words, skip: 0 }, ..all() };
    addresses(&done(store.products(&tenant(), &query).await))
}

fn expectation(consumer: &str, address: &str, purpose: Option<&str>) -> Expectation {
    Expectation {
        mesh: mesh_contract::FORMAT,
        consumer: parse(consumer),
        consumer_version: None,
        environment: None,
        address: parse(address),
        requirement: parse("^1"),
        purpose: purpose.map(str::to_owned),
        fields: vec!["/a".to_owned()],
        schema: true.into(),
    }
}

fn announcement(domain: &str, products: &[&str], epoch: u64) -> Announcement {
    let served = |address: &&str| ServedProduct {
        address: parse(address),
        version: ContractVersion::new(1, 0, 0),
        digest: Digest::of_bytes(b"{}"),
        records: None,
        ports: Vec::new(),
    };
    Announcement {
        domain: parse(domain),
        environment: parse("production"),
        base_url: "http://127.0.0.1:4100".to_owned(),
        epoch,
        lease_seconds: 30,
        runtime: "0.1.0".to_owned(),
        health: Health::Healthy,
        products: products.iter().map(served).collect(),
    }
}

fn deployments() -> DeploymentQuery {
    DeploymentQuery { limit: 100, ..DeploymentQuery::default() }
}
