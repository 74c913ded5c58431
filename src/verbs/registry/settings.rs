//! The settings of a registry as a verb takes them: the command line before the environment, that before the file.

use std::path::PathBuf;

use clap::Args;
use mesh_registry::StoreUrl;
use mesh_registry::config::{Finding, Loaded, Sources};

use crate::failure::Failure;

/// Where a registry keeps what it knows, and the file that says so.
#[derive(Debug, Args)]
pub(super) struct Place {
    /// The file of settings; a registry needs none
    #[arg(long, value_name = "FILE", env = "MESH_REGISTRY_CONFIG", hide_env_values = true)]
    config: Option<PathBuf>,
    /// The folder of the embedded store [default: .mesh/registry]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// A PostgreSQL database in place of the folder, which any number of registries may serve:
    /// `postgres://user@host/database`. Give one with a password by MESH_STORE; other machines are spoken to in TLS
    /// unless it ends in `?sslmode=disable`
    #[arg(long, value_name = "URL", conflicts_with = "data")]
    store: Option<StoreUrl>,
}

impl Place {
    /// Everything that is said of the settings.
    pub(super) fn sources(self) -> Sources {
        let Self { config, data, store } = self;
        Sources::new()
            .file(config)
            .environment(std::env::vars_os())
            .flag("data", data)
            .flag("store", store.map(|url| url.secret().to_owned()))
    }

    /// The settings in force.
    pub(super) fn settings(self) -> Result<Loaded, Failure> {
        self.sources().load().map_err(|findings| refused(&findings))
    }
}

/// Settings that no registry can run with, all that is wrong with them at once.
pub(super) fn refused(findings: &[Finding]) -> Failure {
    match findings {
        [one] => Failure::new(format!("{}: {}", one.place, one.what)).next(one.next.clone()),
        all => {
            let lines: Vec<String> = all.iter().map(|finding| format!("\n  {finding}")).collect();
            Failure::new(format!("the settings have {} faults{}", all.len(), lines.concat()))
                .next("`mesh registry check-config` looks at them without starting anything")
        }
    }
}
