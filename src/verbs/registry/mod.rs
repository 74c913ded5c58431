//! `mesh registry`: serving a registry, copies of its store, and whom it tells of events.

mod moving;
mod webhook;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use mesh_registry::{
    Config, Existing, Registry as Service, SnapshotError, StartError, StoreUrl, backup, restore,
};
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::args::Global;
use crate::failure::{Failure, OrFail};
use crate::output::Output;
use crate::output::Verdict;
use crate::process::StopSignal;

/// Where a registry keeps what it knows, unless told otherwise.
const DATA: &str = ".mesh/registry";

/// Run a registry, copy its store, move it to PostgreSQL, or say whom it tells of events
#[derive(Debug, Args)]
pub(crate) struct Registry {
    #[command(subcommand)]
    verb: RegistryVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum RegistryVerb {
    Serve(Serve),
    Backup(Backup),
    Restore(Restore),
    Migrate(Migrate),
    Webhook(webhook::Webhook),
}

/// Where a registry keeps what it knows.
#[derive(Debug, Args)]
struct Place {
    /// The folder of the embedded store
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    data: PathBuf,
    /// A PostgreSQL database in place of the folder, which any number of registries may serve:
    /// `postgres://user@host/database`. Give one with a password by MESH_STORE; other machines are spoken to in TLS
    /// unless it ends in `?sslmode=disable`
    #[arg(
        long,
        value_name = "URL",
        env = "MESH_STORE",
        hide_env = true,
        hide_env_values = true,
        conflicts_with = "data"
    )]
    store: Option<StoreUrl>,
}

/// Serve a registry until Ctrl-C or SIGTERM
///
/// Prints one line to standard output when it is ready: `listening on http://127.0.0.1:...`. Set MESH_LOG to see more
/// of what it does (`info`, `mesh_registry=debug`).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh registry serve\n  mesh registry serve --listen 127.0.0.1:0 --data /var/lib/mesh\n  \
                  mesh registry serve --store postgres://mesh@db.example/mesh"
)]
struct Serve {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value_t = usual_address())]
    listen: SocketAddr,
    #[command(flatten)]
    place: Place,
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
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    from: PathBuf,
    /// The database, where there is no registry yet; MESH_STORE may name it too
    #[arg(long, value_name = "URL", env = "MESH_STORE", hide_env = true, hide_env_values = true)]
    to: StoreUrl,
}

fn usual_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], Config::USUAL_PORT))
}

impl Registry {
    /// Does one of these.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        match self.verb {
            RegistryVerb::Webhook(webhook) => webhook.run(global, output),
            RegistryVerb::Serve(Serve { listen, place: Place { data, store } }) => {
                let mut config = Config::new(data);
                config.listen = listen;
                config.store = store;
                log();
                wait_for(serve(config, output))
            }
            RegistryVerb::Backup(Backup { file, place: Place { store: Some(url), .. } }) => {
                moving::backup(&url, &file, output)
            }
            RegistryVerb::Backup(Backup { file, place: Place { data, .. } }) => {
                let progress = output.progress("copying the store");
                backup(&data, &file).map_err(explain)?;
                drop(progress);
                output.answer(&json!({ "backup": file }), |out| writeln!(out, "{}", file.display()))?;
                Ok(Verdict::Clean)
            }
            RegistryVerb::Restore(Restore { file, place: Place { store: Some(url), .. }, force }) => {
                moving::restore(&file, &url, existing(force), output)
            }
            RegistryVerb::Restore(Restore { file, place: Place { data, .. }, force }) => {
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

async fn serve(config: Config, output: Output) -> Result<Verdict, Failure> {
    let mut stop = StopSignal::listen()?;
    let running = Service::start(config).await.map_err(|error| match error {
        StartError::Open(error) => explain(error),
        #[cfg(feature = "postgres")]
        StartError::Postgres(error) => explain(error),
        error => explain(error),
    })?;
    let url = format!("http://{}", running.address());
    // Whoever started this may have stopped listening to it; that is no reason not to serve.
    let told = output.answer(&json!({ "listening": url }), |out| writeln!(out, "listening on {url}"));
    if let Err(failure) = told
        && !failure.is_reader_gone()
    {
        return Err(failure);
    }
    stop.wait().await;
    running.shutdown().await;
    Ok(Verdict::Clean)
}

/// Logs to standard error what MESH_LOG asks for, else warnings.
fn log() {
    let filter = EnvFilter::try_from_env("MESH_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
