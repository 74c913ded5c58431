//! A domain stands alone: copied into an empty folder with the packaged mesh crates and nothing else of this project, it
//! builds and passes its tests without network.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::workspace::{self, succeed};

const CRATES: [&str; 3] = ["mesh-contract", "mesh-macros", "mesh-runtime"];

#[test]
fn each_domain_alone_builds_and_tests_itself() {
    // Not a temporary folder: what is compiled there serves the next run.
    let alone = workspace::target().join("alone");
    package_mesh_crates(&alone.join("mesh"));
    let domains = fs::read_dir(workspace::root().join("domains")).expect("the folder of domains");
    let mut names: Vec<_> =
        domains.flatten().filter(|entry| entry.path().is_dir()).map(|entry| entry.file_name()).collect();
    names.sort();
    for name in names {
        builds_and_tests_itself(&name.to_string_lossy(), &alone);
    }
}

#[track_caller]
fn builds_and_tests_itself(domain: &str, alone: &Path) {
    empty(&alone.join(domain));
    workspace::copy(&workspace::root().join("domains").join(domain), &alone.join(domain));
    fs::copy(workspace::root().join("Cargo.lock"), alone.join(domain).join("Cargo.lock"))
        .expect("a lock file");

    let manifest = alone.join(domain).join("Cargo.toml");
    let mut text = fs::read_to_string(&manifest).expect("the domain's manifest");
    assert!(!text.contains("workspace = true"), "a domain that inherits from a workspace cannot leave it");
    text = text.replace("path = \"../../mesh-runtime\"", "path = \"../mesh/mesh-runtime\"");
    assert!(!text.contains("../../"), "the domain's manifest reaches for something beside the mesh crates");
    text.push_str("\n[workspace]\n\n[patch.crates-io]\n");
    for name in CRATES {
        text.push_str(&format!("{name} = {{ path = \"../mesh/{name}\" }}\n"));
    }
    fs::write(&manifest, text).expect("the domain's manifest");

    let mut test = Command::new(env!("CARGO"));
    test.current_dir(alone.join(domain))
        .args(["test", "--offline", "--quiet"])
        .env("CARGO_TARGET_DIR", alone.join("target"))
        .env_remove("MESH_REGISTRY");
    let output = succeed(&mut test);
    assert!(output.contains("test result: ok"), "no test ran: {output}");
    // The next domain must not find this one.
    fs::remove_dir_all(alone.join(domain)).expect("the domain that was tested");
}

/// The mesh crates as a user gets them: packaged, then unpacked.
fn package_mesh_crates(into: &Path) {
    empty(into);
    let target = tempfile::tempdir().expect("a folder for packaging");
    let mut package = workspace::cargo();
    package.args(["package", "--offline", "--no-verify", "--allow-dirty", "--quiet"]);
    package.args(CRATES.iter().flat_map(|name| ["-p", *name])).env("CARGO_TARGET_DIR", target.path());
    succeed(&mut package);
    for name in CRATES {
        let version = env!("CARGO_PKG_VERSION");
        let archive = target.path().join(format!("package/{name}-{version}.crate"));
        succeed(Command::new("tar").arg("xzf").arg(&archive).arg("-C").arg(into));
        fs::rename(into.join(format!("{name}-{version}")), into.join(name)).expect("the unpacked crate");
    }
}

fn empty(folder: &Path) {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("what an earlier run left");
    }
    fs::create_dir_all(folder).expect("an empty folder");
}
