//! The workspace under test: its folder, its packages, its cargo.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// The folder of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cargo that runs the tests, in the folder of the workspace, without network.
pub(crate) fn cargo() -> Command {
    let mut command =
        Command::new(std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from));
    command.current_dir(root()).env("CARGO_NET_OFFLINE", "true");
    command
}

/// Runs a command to its end and gives what it wrote on stdout; a failure shows both streams.
#[track_caller]
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} did not start: {error}"));
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{command:?} ended with {}\n{stdout}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    stdout
}

/// What cargo knows of the workspace and everything it depends on here. Crates for other platforms are left out, for they
/// are not on this machine.
pub(crate) fn metadata() -> Value {
    let rustc = succeed(Command::new("rustc").arg("-vV"));
    let host = rustc.lines().find_map(|line| line.strip_prefix("host: ")).expect("rustc names its host");
    let text =
        succeed(cargo().args(["metadata", "--format-version", "1", "--locked", "--filter-platform", host]));
    serde_json::from_str(&text).expect("cargo writes JSON")
}

/// The folder that the workspace is built in.
pub(crate) fn target() -> PathBuf {
    let binary = std::env::current_exe().expect("the path of this test");
    let profile = binary.ancestors().nth(2).expect("tests are built in target/<profile>/deps");
    profile.parent().expect("a folder above the profile's").to_owned()
}

/// Copies a folder with everything in it.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        let target = to.join(entry.file_name().expect("a name"));
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, &target).expect("a copy");
        }
    }
}
