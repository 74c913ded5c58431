//! `mesh registry`: serving a registry, copies of its store, and whom it tells of events.

mod administrator;
mod check_config;
mod moving;
mod serve;
mod settings;
mod tenant;
mod webhook;

use std::path::PathBuf;

use clap::{Args, Subcommand};
use mesh_registry::{Config, Existing, SnapshotError, StoreUrl, backup, restore};
use serde_json::json;

use self::check_config::CheckConfig;
use self::serve::Serve;
use self::settings::Place;
use crate::args::Global;
use crate::failure::{Failure, OrFail};
use crate::output::Output;
use crate::output::Verdict;

/// Run a registry, look at its settings, copy its store, move it to PostgreSQL, or say who shares it and whom it tells of events
#[derive(Debug, Args)]
pub(crate) struct Registry {
    #[command(subcommand)]
    verb: RegistryVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum RegistryVerb {
    Serve(Serve),
    CheckConfig(CheckConfig),
    Backup(Backup),
    Restore(Restore),
    Migrate(Migrate),
    Administrator(administrator::Administrator),
    Tenant(tenant::Tenant),
    Webhook(webhook::Webhook),
}

/// Copy the store into one file, while a registry serves it
///
/// The copy is the store as it stands at one moment. It has been read back and synced when this returns. It can be brought
/// back into either store.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh registry backup --data /var/lib/mesh monday.db\n  \
                  mesh registry backup --store postgres://mesh@db.example/mesh monday.db")]
struct Backup {
    /// Where to write the copy; it must not exist
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// Bring a copy back as a store that no registry serves
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh registry restore --data /var/lib/mesh monday.db\n  \
                  mesh registry restore --store postgres://mesh@db.example/mesh monday.db")]
struct Restore {
    /// The copy that `mesh registry backup` made
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Replace the store that is there
    #[arg(long)]
    force: bool,
}

/// Move the embedded store into an empty PostgreSQL database, all or nothing
///
/// Everything that has arrived is read back and compared with what was sent before it is kept. The folder stays as it is.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  mesh registry migrate --from /var/lib/mesh --to postgres://mesh@db.example/mesh"
)]
struct Migrate {
    /// The folder of the embedded store; no registry may serve it
    #[arg(long, value_name = "FOLDER", default_value = Config::USUAL_DATA)]
    from: PathBuf,
    /// The database, where there is no registry yet; MESH_STORE may name it too
    #[arg(long, value_name = "URL", env = "MESH_STORE", hide_env = true, hide_env_values = true)]
    to: StoreUrl,
}

impl Registry {
    /// Does one of these.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        match self.verb {
            RegistryVerb::Administrator(administrator) => administrator.run(output),
            RegistryVerb::Tenant(tenant) => tenant.run(output),
            RegistryVerb::Webhook(webhook) => webhook.run(global, output),
            RegistryVerb::Serve(serve) => serve.run(output),
            RegistryVerb::CheckConfig(check) => check.run(output),
            RegistryVerb::Backup(Backup { file, place }) => {
                let Config { data, store, .. } = place.settings()?.config;
                if let Some(url) = store {
                    return moving::backup(&url, &file, output);
                }
                let progress = output.progress("copying the store");
                backup(&data, &file).map_err(explain)?;
                drop(progress);
                output.answer(&json!({ "backup": file }), |out| writeln!(out, "{}", file.display()))?;
                Ok(Verdict::Clean)
            }
            RegistryVerb::Restore(Restore { file, place, force }) => {
                let Config { data, store, .. } = place.settings()?.config;
                if let Some(url) = store {
                    return moving::restore(&file, &url, existing(force), output);
                }
                let progress = output.progress("bringing the copy back");
                restore(&file, &data, existing(force)).map_err(|error| match error {
                    SnapshotError::Exists { path } => {
                        Failure::new(format!("`{}` exists already", path.display())).next(
                            "choose another folder with `--data`, or replace what is there with `--force`",
                        )
                    }
                    error => explain(error),
                })?;
                drop(progress);
                output.answer(&json!({ "data": data }), |out| writeln!(out, "{}", data.display()))?;
                Ok(Verdict::Clean)
            }
            RegistryVerb::Migrate(Migrate { from, to }) => moving::migrate(&from, &to, output),
        }
    }
}

fn existing(force: bool) -> Existing {
    if force { Existing::Replace } else { Existing::Keep }
}

fn wait_for<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .or_fail(|| "cannot start the asynchronous run time".to_owned())?
        .block_on(work)
}

/// Turns an error that says what to do behind a semicolon into a failure that says it on a line of its own.
fn explain(error: impl std::error::Error + Send + Sync + 'static) -> Failure {
    let text = error.to_string();
    match text.split_once("; ") {
        Some((what, next)) => Failure::new(what).next(next).because(error),
        None => Failure::new(text).because(error),
    }
}
