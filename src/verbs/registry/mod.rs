//! `mesh registry`: serving a registry, and copies of its store.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use mesh_registry::{Config, Existing, Registry as Service, SnapshotError, StartError, backup, restore};
use serde_json::json;
use tracing_subscriber::EnvFilter;

use crate::failure::{Failure, OrFail};
use crate::output::Output;
use crate::output::Verdict;
use crate::process::StopSignal;

/// Where a registry keeps what it knows, unless told otherwise.
const DATA: &str = ".mesh/registry";

/// Run a registry, or copy its store
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
}

/// Serve a registry until Ctrl-C or SIGTERM
///
/// Prints one line to standard output when it is ready: `listening on http://127.0.0.1:...`. Set MESH_LOG to see more
/// of what it does (`info`, `mesh_registry=debug`).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh registry serve\n  mesh registry serve --listen 127.0.0.1:0 --data /var/lib/mesh"
)]
struct Serve {
    /// Where to listen; port 0 takes any that is free
    #[arg(long, value_name = "ADDRESS", default_value_t = usual_address())]
    listen: SocketAddr,
    /// The folder of the store; made when it is not there
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    data: PathBuf,
}

/// Copy the store into one file, while a registry serves it
///
/// The copy is the store as it stands at one moment. It has been read back and synced when this returns.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mesh registry backup --data /var/lib/mesh monday.db")]
struct Backup {
    /// Where to write the copy; it must not exist
    file: PathBuf,
    /// The folder of the store
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    data: PathBuf,
}

/// Bring a copy back as a store that no registry serves
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  mesh registry restore --data /var/lib/mesh monday.db")]
struct Restore {
    /// The copy that `mesh registry backup` made
    file: PathBuf,
    /// The folder of the store
    #[arg(long, value_name = "FOLDER", default_value = DATA)]
    data: PathBuf,
    /// Replace the store that is there
    #[arg(long)]
    force: bool,
}

fn usual_address() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], Config::USUAL_PORT))
}

impl Registry {
    /// Does one of the three.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        match self.verb {
            RegistryVerb::Serve(Serve { listen, data }) => {
                let mut config = Config::new(data);
                config.listen = listen;
                log();
                tokio::runtime::Builder::new_multi_thread()
                    .enable_all()
                    .build()
                    .or_fail(|| "cannot start the asynchronous run time".to_owned())?
                    .block_on(serve(config, output))
            }
            RegistryVerb::Backup(Backup { file, data }) => {
                let progress = output.progress("copying the store");
                backup(&data, &file).map_err(explain)?;
                drop(progress);
                output.answer(&json!({ "backup": file }), |out| writeln!(out, "{}", file.display()))?;
                Ok(Verdict::Clean)
            }
            RegistryVerb::Restore(Restore { file, data, force }) => {
                let existing = if force { Existing::Replace } else { Existing::Keep };
                let progress = output.progress("bringing the copy back");
                restore(&file, &data, existing).map_err(|error| match error {
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
        }
    }
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
