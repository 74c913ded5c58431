//! `mesh registry serve`: a registry until it is told to stop.

use std::net::SocketAddr;

use clap::Args;
use mesh_registry::{Config, Registry, StartError, telemetry};
use serde_json::json;

use super::explain;
use super::settings::{Place, refused};
use crate::failure::{Failure, OrFail as _};
use crate::output::{Output, Verdict};
use crate::process::StopSignal;

/// Serve a registry until Ctrl-C or SIGTERM
///
/// Prints one line to standard output when it is ready: `listening on http://127.0.0.1:...`. Told to stop, it says at
/// `/health/ready` that it will, takes no more connections and finishes what is under way; told again, it ends at once. Set
/// MESH_LOG to see more of what it does (`info`, `mesh_registry=debug`).
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh registry serve\n  mesh registry serve --open\n  mesh registry serve --listen 127.0.0.1:0 --data /var/lib/mesh\n  \
                  mesh registry serve --store postgres://mesh@db.example/mesh\n  \
                  mesh registry serve --config registry.toml"
)]
pub(super) struct Serve {
    /// Where to listen; port 0 takes any that is free [default: 127.0.0.1:7474]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Let everybody do everything, and ask nobody who they are; only while it listens on this machine alone
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    place: Place,
}

impl Serve {
    pub(super) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let Self { listen, open, place } = self;
        let sources = place.sources();
        let sources = sources.flag("listen", listen.map(|address| address.to_string()));
        let sources = sources.flag("access.mode", open.then_some("open"));
        let loaded = sources.load().map_err(|findings| refused(&findings))?;
        loaded.warnings.iter().for_each(|warning| output.warn(warning));
        let telemetry = telemetry::start(&loaded.config).map_err(explain)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .or_fail(|| "cannot start the asynchronous run time".to_owned())?;
        let done = runtime.block_on(serve(loaded.config, output));
        // A judgement that nobody waits for any more must not hold the process.
        runtime.shutdown_background();
        telemetry.finish();
        done
    }
}

async fn serve(config: Config, output: Output) -> Result<Verdict, Failure> {
    let mut stop = StopSignal::listen()?;
    let running = Registry::start(config).await.map_err(|error| match error {
        StartError::Open(error) => explain(error),
        #[cfg(feature = "postgres")]
        StartError::Postgres(error) => explain(error),
        error => explain(error),
    })?;
    let url = format!("{}://{}", running.scheme(), running.address());
    if let Some(file) = running.first_token() {
        let file = file.display();
        output
            .status("Made", format_args!("the administrator, whose token is in {file}, for your eyes alone"));
        output.status("Next", format_args!("mesh login --registry {url} --token-file {file}"));
    }
    let metrics = running.metrics_address().map(|address| format!("http://{address}/metrics"));
    // Whoever started this may have stopped listening to it; that is no reason not to serve.
    let told = output.answer(&json!({ "listening": url, "metrics": metrics }), |out| {
        writeln!(out, "listening on {url}")?;
        metrics.iter().try_for_each(|metrics| writeln!(out, "metrics on {metrics}"))
    });
    if let Err(failure) = told
        && !failure.is_reader_gone()
    {
        return Err(failure);
    }
    stop.wait().await;
    tokio::select! {
        () = running.shutdown() => Ok(Verdict::Clean),
        again = stop.wait() => Ok(Verdict::Stopped(again)),
    }
}
