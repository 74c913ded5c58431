//! A registry in which the products of the domain `sales` stand, and a folder to call the command from.

use crate::command::{Ended, mesh, run};
use crate::running::{Running, leashed};

pub(crate) struct Town {
    pub(crate) registry: Running,
    pub(crate) folder: tempfile::TempDir,
}

impl Town {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let registry = Running::start(
            leashed(folder.path())
                .args(["registry", "serve", "--open", "--listen", "127.0.0.1:0", "--format", "json"])
                .arg("--data")
                .arg(folder.path().join("data")),
        );
        crate::journeys::publish_sales(&registry.registry());
        Self { registry, folder }
    }

    /// Runs the command with the words of a line, against the registry.
    #[track_caller]
    pub(crate) fn mesh(&self, line: &str) -> Ended {
        run(mesh(self.folder.path())
            .args(line.split_whitespace())
            .args(["--registry", &self.registry.registry()]))
    }
}
