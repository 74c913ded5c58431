//! The `mesh` command under test, and what it wrote.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

/// The command in a folder, away from whatever the environment says of registries and colours.
pub(crate) fn mesh(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mesh"));
    command.current_dir(folder).env("CARGO_NET_OFFLINE", "true");
    for name in [
        "MESH_REGISTRY",
        "MESH_REGISTRY_TOKEN",
        "MESH_LISTEN",
        "MESH_ENVIRONMENT",
        "MESH_TOKEN",
        "NO_COLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Runs the command to its end.
#[track_caller]
pub(crate) fn run(command: &mut Command) -> Ended {
    command.output().unwrap_or_else(|error| panic!("{command:?} did not start: {error}")).into()
}

impl Ended {
    /// Holds the exit status, and gives the rest.
    #[track_caller]
    pub(crate) fn with(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Holds that standard error says each of these.
    #[track_caller]
    pub(crate) fn says(self, wanted: &[&str]) -> Self {
        for text in wanted {
            assert!(self.stderr.contains(text), "`{text}` is missing in\n{}", self.stderr);
        }
        self
    }

    /// Holds that standard output says each of these.
    #[track_caller]
    pub(crate) fn says_out(self, wanted: &[&str]) -> Self {
        for text in wanted {
            assert!(self.stdout.contains(text), "`{text}` is missing in\n{}\n{}", self.stdout, self.stderr);
        }
        self
    }

    /// The answer as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}):\n{}\n{}", self.stdout, self.stderr))
    }
}
