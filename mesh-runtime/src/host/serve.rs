//! The whole `main` of a domain's binary.

use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{CommandFactory, FromArgMatches};
use mesh_contract::{DomainName, EnvironmentName};
use tracing_subscriber::EnvFilter;

use super::config::{Access, HostConfig};
use super::{Host, HostError};
use crate::client::{ClientConfig, Token, Url};

/// Serves the data products of a domain.
#[derive(Debug, clap::Parser)]
#[command(version, about = None, after_help = SECRETS)]
struct Flags {
    /// Where to listen; port 0 takes a free one.
    #[arg(long, env = "MESH_LISTEN", default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// The address that readers use, when it is not the one listened on.
    #[arg(long, env = "MESH_BASE_URL", value_name = "URL")]
    base_url: Option<Url>,
    /// The registry to announce to and to find other domains with; none works as well.
    #[arg(long, env = "MESH_REGISTRY", value_name = "URL")]
    registry: Option<Url>,
    /// Where this runs.
    #[arg(long, env = "MESH_ENVIRONMENT", default_value = "development", value_name = "NAME")]
    environment: EnvironmentName,
    /// The name of this instance, the same over restarts; from its address unless given.
    #[arg(long, env = "MESH_INSTANCE", value_name = "NAME")]
    instance: Option<String>,
    /// Who may read the records: whoever holds a grant, or everybody on this machine, with personal data masked.
    #[arg(long, env = "MESH_ACCESS", default_value = "granted", value_name = "granted|open", value_parser = access)]
    access: Access,
    /// The folder with the domain's data.
    #[arg(long, env = "MESH_DATA", value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// How long the registry believes the last announcement, in seconds.
    #[arg(long, env = "MESH_LEASE", default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..=3600))]
    lease: u32,
    /// How often sources are asked anew, in seconds.
    #[arg(long, env = "MESH_REFRESH", default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u32).range(1..))]
    refresh: u32,
    /// The folder that remembers addresses for the time when no registry answers; the user's cache unless given.
    #[arg(long, env = "MESH_CACHE", value_name = "FOLDER")]
    cache: Option<PathBuf>,
}

impl Flags {
    fn into_config(self) -> Result<HostConfig, String> {
        let Self { listen, base_url, registry, environment, instance, access, data, lease, refresh, cache } =
            self;
        let mut client = ClientConfig {
            registry,
            registry_token: secret("MESH_REGISTRY_TOKEN"),
            environment,
            cache: cache.or_else(ClientConfig::user_cache),
            ..ClientConfig::default()
        };
        let tokens = secret("MESH_TOKENS");
        let entries = tokens.as_ref().map(Token::expose).unwrap_or_default().split(',');
        for entry in entries.filter(|entry| !entry.trim().is_empty()) {
            // The entry holds a secret, so the message does not show it.
            let wrong = || "MESH_TOKENS holds an entry that is not `domain=token`".to_owned();
            let (domain, token) = entry.split_once('=').ok_or_else(wrong)?;
            let domain: DomainName = domain.trim().parse().map_err(|_| wrong())?;
            client.tokens.insert(domain, Token::new(token));
        }
        Ok(HostConfig {
            listen,
            base_url,
            instance,
            client,
            access,
            token: secret("MESH_TOKEN"),
            data,
            lease: Duration::from_secs(u64::from(lease)),
            refresh: Duration::from_secs(u64::from(refresh)),
            ..HostConfig::default()
        })
    }
}

fn access(text: &str) -> Result<Access, &'static str> {
    match text {
        "granted" => Ok(Access::Granted),
        "open" => Ok(Access::Open),
        _ => Err("write `granted`, or `open` for everybody on this machine"),
    }
}

/// Secrets come from the environment only: whoever shares the machine can read flags.
const SECRETS: &str = "\
Secrets, from the environment only:
  MESH_TOKEN           the token that shows this domain's personal data; without it all stays masked
  MESH_TOKENS          tokens of domains that this one reads: `sales=...,payroll=...`
  MESH_REGISTRY_TOKEN  what the registry asks for before it lets somebody write
MESH_LOG sets what is logged to stderr, e.g. `debug` or `mesh_runtime=debug`.";

fn secret(name: &str) -> Option<Token> {
    std::env::var(name).ok().map(|text| Token::new(&text)).filter(|token| !token.is_empty())
}

/// Could not start.
const COULD_NOT: u8 = 2;

pub(crate) fn serve(host: Host) -> ExitCode {
    let name = host.manifest.domain().name;
    // What is served is the domain, so the help speaks of that.
    let about = format!("Serves the data products of {name}.\n\n{}", host.manifest.domain().description);
    let command = Flags::command().name(name).bin_name(name).about(about);
    let flags = match command.try_get_matches().and_then(|matches| Flags::from_arg_matches(&matches)) {
        Ok(flags) => flags,
        Err(error) => {
            // Where neither can be written to there is nobody to tell.
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(COULD_NOT));
        }
    };
    log_to_stderr();
    let config = match flags.into_config() {
        Ok(config) => config,
        Err(message) => return failed(&message),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&format!("the runtime cannot be started: {error}")),
    };
    let code = runtime.block_on(until_stopped(host, config));
    // A source that blocks a thread must not keep a stopped process alive.
    runtime.shutdown_timeout(Duration::from_secs(1));
    code
}

async fn until_stopped(host: Host, config: HostConfig) -> ExitCode {
    let stop = match stop_signal() {
        Ok(stop) => stop,
        Err(error) => return failed(&format!("signals cannot be heard: {error}")),
    };
    let running = match host.start(config).await {
        Ok(running) => running,
        Err(error) => return failed(&chain(&error)),
    };
    let ready = format!("listening on {}\n", running.base_url().as_str().trim_end_matches('/'));
    let mut stdout = std::io::stdout().lock();
    if stdout.write_all(ready.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        tracing::debug!("nobody reads stdout");
    }
    drop(stdout);
    stop.await;
    tracing::info!("stopping; once more ends at once");
    tokio::select! {
        () = running.shutdown() => ExitCode::SUCCESS,
        () = async { match stop_signal() { Ok(stop) => stop.await, Err(_) => std::future::pending().await } } => ExitCode::FAILURE,
    }
}

/// Ctrl-C, or SIGTERM where there is one.
#[cfg(unix)]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ctrl-C.
#[cfg(not(unix))]
fn stop_signal() -> std::io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

fn log_to_stderr() {
    let filter = EnvFilter::try_from_env("MESH_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A program around this one may have set its own; that one is kept.
    let _ = builder.with_ansi(std::io::stderr().is_terminal()).try_init();
}

fn failed(message: &str) -> ExitCode {
    tracing::error!("{message}");
    ExitCode::from(COULD_NOT)
}

fn chain(error: &HostError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
