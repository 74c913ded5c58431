//! A crate of a build may turn on `serde_json/preserve_order` for all of it. No contract and no digest changes by that: a
//! program is built both ways, and both say the same.

use std::path::Path;
use std::process::{Command, Stdio};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

/// Builds the program with or without the feature and gives back what it says: first the order that objects have in it, then
/// a line for each contract.
fn said(preserve_order: bool) -> (String, String) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("order-{preserve_order}"));
    std::fs::create_dir_all(&folder).expect("a folder");
    let feature = if preserve_order { "\"preserve_order\"" } else { "" };
    let manifest = format!(
        r#"[package]
name = "order"
edition = "2024"

[[bin]]
name = "order"
path = "{HERE}/tests/it/order/program.rs"

[dependencies]
mesh-runtime = {{ path = "{HERE}", features = ["chrono", "decimal", "documents", "uuid"] }}
chrono = {{ version = "*", default-features = false }}
rust_decimal = {{ version = "*", default-features = false }}
uuid = {{ version = "*", default-features = false }}
serde = {{ version = "*", features = ["derive"] }}
schemars = {{ version = "*" }}
serde_json = {{ version = "*", features = [{feature}] }}

[profile.dev]
debug = false

[workspace]
"#
    );
    std::fs::write(folder.join("Cargo.toml"), manifest).expect("a manifest");
    // The versions that the workspace was tested with, so that nothing is fetched.
    std::fs::copy(Path::new(HERE).join("../Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    let output = Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--offline", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("order-target"))
        .stdin(Stdio::null())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let (order, contracts) = text.split_once('\n').expect("a line and more");
    (order.to_owned(), contracts.to_owned())
}

#[test]
fn contracts_and_digests_are_the_same_whether_or_not_the_order_of_members_is_preserved() {
    let (sorted, plain) = said(false);
    let (written, preserved) = said(true);
    assert_eq!(
        (sorted.as_str(), written.as_str()),
        ("a b", "b a"),
        "the two builds differ in what they keep"
    );
    assert_eq!(
        plain.lines().count(),
        2 * 4,
        "a line for each shape, made and read, and one for the committed text"
    );
    for (plain, preserved) in plain.lines().zip(preserved.lines()) {
        assert_eq!(plain, preserved);
    }
}
