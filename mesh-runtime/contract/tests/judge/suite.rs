//! The cases with known answers, where the checkout has them beside it.

use std::path::{Path, PathBuf};

use serde_json::Value;

/// One case: is every instance of `sub` an instance of `sup`?
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) sub: Value,
    pub(crate) sup: Value,
    pub(crate) contained: bool,
}

const FILE: &str = "compat/containment-2020-12-calibration.jsonl";

fn file() -> Option<PathBuf> {
    if let Some(folder) = std::env::var_os("MESH_SHARED") {
        return Some(Path::new(&folder).join(FILE)).filter(|path| path.is_file());
    }
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared").join(FILE))
        .find(|path| path.is_file())
}

/// The cases, or nothing and a word about it: users do not have the file.
pub(crate) fn cases() -> Vec<Case> {
    let Some(path) = file() else {
        println!(
            "left out: no {FILE} in a folder `shared` above the package; name its folder in MESH_SHARED"
        );
        return Vec::new();
    };
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| {
            let mut case: Value = serde_json::from_str(line).unwrap();
            Case {
                id: case["id"].as_str().unwrap().to_owned(),
                sub: case["sub"].take(),
                sup: case["sup"].take(),
                contained: case["contained"].as_bool().unwrap(),
            }
        })
        .collect()
}
