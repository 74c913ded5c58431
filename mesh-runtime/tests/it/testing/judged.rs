//! A version that does not warn whom it hurts fails the contract tests, by name and by field.

use mesh_runtime::files::Released;
use mesh_runtime::model::Expectation;
use mesh_runtime::testing::update;
use serde_json::json;

use super::{fails, holds, shop};
use crate::folder::Folder;

const WARNS: &str = "::its version warns whom it hurts";

fn reader(field: &str) -> Expectation {
    serde_json::from_value(json!({
        "mesh": 1, "consumer": "accounting", "address": "shop.orders", "requirement": "^1",
        "fields": [field], "schema": { "type": "object", "properties": { "id": { "type": "integer" } } }
    }))
    .expect("an expectation")
}

/// A folder in which version 1.0.0 is committed, with one reader of a field.
fn committed(reads: &str) -> Folder {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    let orders = "orders".parse().expect("a name");
    folder.files().write_readers(&orders, &[reader(reads)]).expect("written");
    folder
}

#[test]
fn a_dropped_field_that_somebody_reads_fails_and_names_reader_and_field() {
    let saying = ["/note", "field-dropped", "accounting (reads /note)", "pub note: Option<String>", "2.0.0"];
    fails(&shop::next_version::manifest(), &committed("/note"), WARNS, &saying);
}

#[test]
fn a_dropped_optional_field_that_nobody_reads_is_a_minor_step() {
    holds(&shop::next_version::manifest(), &committed("/id"), WARNS);
}

#[test]
fn a_waiver_in_the_settings_holds_for_as_long_as_it_says() {
    let folder = committed("/note");
    let told = super::told(&shop::next_version::manifest(), &folder, WARNS).expect("a failure");
    assert!(told.contains("field-dropped"), "{told}");
    let fingerprint = {
        use mesh_runtime::model::judgement::Policy;
        let contract =
            |manifest: mesh_runtime::Manifest| manifest.offers()[0].contract().expect("a contract");
        let (old, new) = (contract(shop::manifest()), contract(shop::next_version::manifest()));
        let judgement = mesh_runtime::files::judge_candidate(
            &new,
            &[old],
            |_| false,
            &[reader("/note")],
            &Policy::default(),
        );
        judgement.findings[0].fingerprint.clone()
    };
    let waiver = |until: &str| {
        format!(
            "[[waiver]]\nfinding = \"{fingerprint}\"\nproduct = \"shop.orders\"\nowner = \"ann@example.com\"\n\
             reason = \"accounting has moved\"\nuntil = \"{until}\"\n"
        )
    };
    folder.write("mesh.toml", &waiver("9999-12-31"));
    holds(&shop::next_version::manifest(), &folder, WARNS);
    folder.write("mesh.toml", &waiver("2020-01-31"));
    fails(
        &shop::next_version::manifest(),
        &folder,
        WARNS,
        &["field-dropped", "waiver-expired", "ann@example.com"],
    );
}

#[test]
fn what_is_released_as_it_stands_is_not_judged_again() {
    let folder = committed("/note");
    let next = shop::next_version::manifest();
    update(&next, &folder.files()).expect("an update");
    let files = folder.files();
    let contract = next.offers()[0].contract().expect("a contract");
    let mut lock = files.lock().expect("a lock");
    let digest = contract.digest().expect("a digest");
    lock.freeze(Released { address: contract.address, version: contract.version, digest, retired: false });
    files.write_lock(&lock).expect("written");
    holds(&next, &folder, WARNS);
}
