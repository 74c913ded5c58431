//! The rules of the house: which way dependencies point, what each costs, under which licence it comes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::workspace;

/// Which packages of the workspace each room may use. A domain may use `mesh-runtime` alone.
const MAY_USE: [(&str, &[&str]); 6] = [
    ("mesh-contract", &[]),
    ("mesh-policy", &["mesh-contract"]),
    ("mesh-macros", &["mesh-contract"]),
    ("mesh-runtime", &["mesh-contract", "mesh-macros", "mesh-policy"]),
    ("mesh-registry", &["mesh-contract", "mesh-policy"]),
    ("mesh", &["mesh-contract", "mesh-policy", "mesh-runtime", "mesh-registry"]),
];

fn members(metadata: &Value) -> BTreeMap<&str, &Value> {
    let ids: BTreeSet<&str> = array(metadata, "workspace_members").iter().filter_map(Value::as_str).collect();
    array(metadata, "packages")
        .iter()
        .filter(|package| ids.contains(text(package, "id")))
        .map(|package| (text(package, "name"), package))
        .collect()
}

fn array<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

#[test]
fn dependencies_point_one_way() {
    let metadata = workspace::metadata();
    let members = members(&metadata);
    let rooms: BTreeMap<&str, &[&str]> = MAY_USE.into_iter().collect();
    let mut wrong = Vec::new();
    for (name, package) in &members {
        let allowed = rooms.get(name).copied().unwrap_or(&["mesh-runtime"]);
        for dependency in array(package, "dependencies") {
            let used = text(dependency, "name");
            if members.contains_key(used) && used != *name && !allowed.contains(&used) {
                wrong.push(format!(
                    "{name} uses {used} ({})",
                    dependency["kind"].as_str().unwrap_or("normal")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "these dependencies point the wrong way; see ARCHITECTURE.md: {wrong:#?}");
    assert!(MAY_USE.iter().all(|(name, _)| members.contains_key(name)), "a room of the table is gone");
}

#[test]
fn each_room_stands_where_the_map_says() {
    let metadata = workspace::metadata();
    for (name, package) in members(&metadata) {
        let manifest = text(package, "manifest_path");
        let folder = match name {
            "mesh" => String::new(),
            "mesh-contract" => "mesh-runtime/contract/".to_owned(),
            _ if MAY_USE.iter().any(|(room, _)| *room == name) => format!("{name}/"),
            domain => format!("domains/{domain}/"),
        };
        assert!(manifest.ends_with(&format!("/{folder}Cargo.toml")), "{name} stands at {manifest}");
    }
}

#[test]
fn each_dependency_says_in_a_sentence_why_it_is_here() {
    let manifest = fs::read_to_string(workspace::root().join("Cargo.toml")).expect("the root manifest");
    let section = manifest
        .split("\n[workspace.dependencies]\n")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .expect("the list of dependencies");
    let mut explained = false;
    let mut silent = Vec::new();
    for line in section.lines() {
        if line.is_empty() {
            explained = false;
        } else if line.starts_with('#') {
            explained = true;
        } else if !explained
            && !line.starts_with("mesh-")
            && line.contains('=')
            && !line.starts_with([' ', ']'])
        {
            silent.push(line.split('=').next().unwrap_or(line).trim().to_owned());
        }
    }
    assert!(silent.is_empty(), "no sentence stands above: {silent:?}");
}

#[test]
fn each_dependency_comes_under_a_licence_that_we_accept() {
    let rules = fs::read_to_string(workspace::root().join("deny.toml")).expect("deny.toml");
    let list = rules
        .split("\nallow = [")
        .nth(1)
        .and_then(|rest| rest.split(']').next())
        .expect("the list of licences");
    let accepted: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let metadata = workspace::metadata();
    let mut refused = Vec::new();
    for package in array(&metadata, "packages") {
        let licence = text(package, "license");
        // An SPDX expression of alternatives: one accepted alternative will do, and all parts of it must be accepted.
        let fits = licence.replace('/', " OR ").split(" OR ").any(|alternative| {
            let mut parts = alternative.split(" AND ").map(|part| part.trim_matches(['(', ')', ' ']));
            parts.all(|part| accepted.contains(part))
        });
        if !fits {
            refused.push(format!("{} {}: {licence:?}", text(package, "name"), text(package, "version")));
        }
    }
    assert!(refused.is_empty(), "not in the list of deny.toml: {refused:#?}");
}

#[test]
fn contracts_and_policies_do_no_io() {
    let mut found = Vec::new();
    let folders = ["mesh-runtime/contract/src", "mesh-policy/src"];
    let mut open: Vec<_> = folders.map(|folder| workspace::root().join(folder)).into();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(
                fs::read_dir(&path).expect("a folder of sources").flatten().map(|entry| entry.path()),
            );
            continue;
        }
        let source = fs::read_to_string(&path).expect("a source file");
        for forbidden in [
            "std::fs",
            "std::net",
            "std::env",
            "std::process",
            "std::thread",
            "Instant::now",
            "SystemTime",
            "async fn",
        ] {
            if source.contains(forbidden) {
                found.push(format!("{}: {forbidden}", path.display()));
            }
        }
    }
    assert!(
        found.is_empty(),
        "mesh-contract and mesh-policy take time and randomness as arguments and do no IO: {found:#?}"
    );
}
