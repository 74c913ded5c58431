//! `docs/failures.md` and the tests name each other: none is told of that is not proved, and none is proved that is not told of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const FOLDERS: [&str; 3] = ["mesh-registry/tests/it", "mesh-runtime/tests/it", "tests/it"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn sources(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).expect("the tests").flatten() {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|it| it == "rs") {
            let text = std::fs::read_to_string(&path).expect("a source");
            found.push((path, text));
        }
    }
}

/// The names of the functions that a source runs as tests: those under `#[test]` or `#[tokio::test]` and not left for others to
/// start, and those listed for each store.
fn tests_of(source: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (mut is_test, mut in_list) = (false, false);
    for line in source.lines().map(str::trim) {
        if line.starts_with("#[test]") || line.starts_with("#[tokio::test") {
            is_test = true;
        } else if line.starts_with("#[ignore") {
            is_test = false;
        } else if line.starts_with("crate::on_each_store!") {
            in_list = true;
        } else if in_list {
            in_list = !line.starts_with(')');
            found.extend(line.trim_end_matches(");").split_whitespace().map(str::to_owned));
            found.remove(")");
        } else if is_test && let Some((_, rest)) = line.split_once("fn ") {
            found.extend(rest.split('(').next().map(str::to_owned));
            is_test = false;
        }
    }
    found.retain(|name| name.len() > 8);
    found
}

#[test]
fn every_fault_that_is_told_of_has_its_test_and_every_test_is_told_of() {
    let mut all = Vec::new();
    FOLDERS.iter().for_each(|folder| sources(&root().join(folder), &mut all));
    let page = std::fs::read_to_string(root().join("docs/failures.md")).expect("the page");
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| fault"));
    let mut named = BTreeSet::new();
    for row in rows {
        let last = row.trim_end().trim_end_matches('|').rsplit('|').next().expect("a column");
        let names: Vec<_> = last.split('`').skip(1).step_by(2).map(str::to_owned).collect();
        assert!(!names.is_empty(), "no test proves this: {row}");
        named.extend(names);
    }
    let known: BTreeSet<_> = all.iter().flat_map(|(_, source)| tests_of(source)).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "there is no such test: {unknown:?}");
    let of_faults = |path: &Path| {
        let text = path.display().to_string();
        ["/failures/", "/replicas/mod.rs", "/crash.rs", "/releases/"].iter().any(|part| text.contains(part))
            && !text.ends_with("/page.rs")
    };
    let proved: BTreeSet<_> =
        all.iter().filter(|(path, _)| of_faults(path)).flat_map(|(_, source)| tests_of(source)).collect();
    let untold: Vec<_> = proved.difference(&named).collect();
    assert!(untold.is_empty(), "docs/failures.md does not name {untold:?}");
    assert!(proved.len() >= 12, "{proved:?}");
}
