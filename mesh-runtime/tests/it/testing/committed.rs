//! Committed contracts and the lock.

use mesh_runtime::files::Released;
use mesh_runtime::testing::{Generation, checks, update};

use super::shop;
use super::{fails, holds};
use crate::folder::Folder;

const CURRENT: &str = "::contract is current";
const MOVED: &str = "::content moved only with the version";
const FROZEN: &str = "shop::frozen versions are untouched";

/// Releases what is committed at a version, as a publish does.
fn release(folder: &Folder, version: &str) {
    let files = folder.files();
    let committed = files.contracts().expect("contracts");
    let committed =
        committed.iter().find(|it| it.contract.version.to_string() == version).expect("a committed version");
    let mut lock = files.lock().expect("a lock");
    lock.freeze(Released {
        address: committed.contract.address.clone(),
        version: committed.contract.version.clone(),
        digest: committed.digest,
        retired: false,
    });
    files.write_lock(&lock).expect("written");
}

#[test]
fn each_product_and_check_is_named() {
    let folder = Folder::new();
    let names: Vec<String> = checks(&shop::manifest(), &folder.files(), Generation::default())
        .into_iter()
        .map(|check| check.name)
        .collect();
    assert_eq!(
        names,
        [
            "shop::frozen versions are untouched",
            "shop::every committed contract is offered",
            "shop::whatever is derived is listed",
            "shop::every input of a product is listed",
            "shop.orders@1.0.0::contract is complete",
            "shop.orders@1.0.0::contract is current",
            "shop.orders@1.0.0::content moved only with the version",
            "shop.orders@1.0.0::its version warns whom it hurts",
            "shop.orders@1.0.0::examples are valid",
            "shop.orders@1.0.0::what is written is within emits",
            "shop.orders@1.0.0::what accepts admits is taken",
            "shop.orders@1.0.0::emits is within accepts",
        ]
    );
}

#[test]
fn a_missing_contract_is_written_by_an_update() {
    let folder = Folder::new();
    fails(&shop::manifest(), &folder, CURRENT, &["contracts/orders/1.0.0.json is missing", "mesh contract"]);
    let updated = update(&shop::manifest(), &folder.files()).expect("an update");
    assert_eq!((updated.written.len(), updated.unchanged.len()), (1, 0));
    holds(&shop::manifest(), &folder, CURRENT);
    let updated = update(&shop::manifest(), &folder.files()).expect("an update");
    assert_eq!((updated.written.len(), updated.unchanged.len()), (0, 1));
}

#[test]
fn a_moved_contract_is_shown_as_a_difference() {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    fails(
        &shop::same_version::manifest(),
        &folder,
        CURRENT,
        &[
            "--- contracts/orders/1.0.0.json (committed)",
            "-          \"type\": \"uint32\"",
            "+          \"type\": \"uint64\"",
        ],
    );
    holds(&shop::same_version::manifest(), &folder, MOVED);
}

#[test]
fn how_the_file_is_written_does_not_matter() {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    let value: serde_json::Value =
        serde_json::from_str(&folder.read("contracts/orders/1.0.0.json")).expect("JSON");
    folder.write("contracts/orders/1.0.0.json", &value.to_string());
    holds(&shop::manifest(), &folder, CURRENT);
}

#[test]
fn released_content_moves_only_with_the_version() {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    release(&folder, "1.0.0");
    holds(&shop::manifest(), &folder, MOVED);
    fails(&shop::same_version::manifest(), &folder, MOVED, &["raise `version = \"1.0.0\"` to `\"1.1.0\"`"]);
    fails(&shop::other_words::manifest(), &folder, MOVED, &["only words did", "`version = \"1.0.1\"`"]);
    let updated = update(&shop::same_version::manifest(), &folder.files()).expect("an update");
    assert_eq!(updated.refused.len(), 1, "an update does not overwrite what is released: {updated:?}");
    holds(&shop::manifest(), &folder, CURRENT);
}

#[test]
fn a_version_below_the_candidate_is_frozen_by_the_update() {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    let next = shop::next_version::manifest();
    let updated = update(&next, &folder.files()).expect("an update");
    assert_eq!(updated.frozen.len(), 1);
    holds(&next, &folder, FROZEN);
    holds(&next, &folder, CURRENT);
    let changed = folder.read("contracts/orders/1.0.0.json").replace("One order.", "One ordeal.");
    folder.write("contracts/orders/1.0.0.json", &changed);
    fails(&next, &folder, FROZEN, &["1.0.0.json is frozen and was changed", "take the change back"]);
}

#[test]
fn a_version_below_the_candidate_has_to_be_frozen() {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    folder
        .files()
        .write_contract(&shop::next_version::manifest().offers()[0].contract().expect("a contract"))
        .expect("written");
    fails(&shop::next_version::manifest(), &folder, FROZEN, &["1.0.0.json is not frozen in mesh.lock"]);
}

#[test]
fn a_version_above_that_of_the_type_is_told() {
    let folder = Folder::new();
    update(&shop::next_version::manifest(), &folder.files()).expect("an update");
    fails(&shop::manifest(), &folder, CURRENT, &["the type is at version 1.0.0, and 1.1.0 is committed"]);
    let updated = update(&shop::manifest(), &folder.files()).expect("an update");
    assert_eq!(updated.refused.len(), 1, "an update freezes nothing that nobody released: {updated:?}");
    assert_eq!((updated.written, updated.frozen), (Vec::new(), Vec::new()));
}

#[test]
fn a_committed_contract_without_a_product_is_told() {
    let folder = Folder::new();
    update(&shop::manifest(), &folder.files()).expect("an update");
    let empty = mesh_runtime::Manifest::builder::<shop::Shop>("shop", ".").build();
    fails(&empty, &folder, "shop::every committed contract is offered", &["does not offer `orders`"]);
}

#[test]
fn a_file_that_is_no_contract_is_told_with_its_line() {
    let folder = Folder::new();
    folder.write(
        "contracts/orders/1.0.0.json",
        "{\n  \"mesh\": 1,\n  \"address\": \"Shop\",\n  \"version\": \"1.0.0\"\n}",
    );
    fails(&shop::manifest(), &folder, CURRENT, &["1.0.0.json: line 3", "at `/address`", "is not an address"]);
}
