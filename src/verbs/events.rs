//! `mesh events`: what has happened in the registry.

use std::io::{self, Write};
use std::time::Duration;

use clap::Args;
use mesh_contract::Address;
use mesh_contract::wire::CloudEvent;
use mesh_runtime::client::{EventQuery, RegistryClient};

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{FAINT, Format, GOOD, Output, Verdict};
use crate::process::StopSignal;
use crate::registry;

/// Between two looks while one follows.
const PAUSE: Duration = Duration::from_secs(1);
/// So many events are asked for at once.
const PAGE: u32 = 200;

/// Show what has happened in the registry, in order
///
/// Every publish, every change of what a reader relies on or of what runs where is an event. As JSON, each is a CloudEvent on a
/// line of its own; the number of the last one is what `--after` goes on from.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh events --address sales.orders\n  mesh events --follow --after latest\n  mesh events --after 120 --format json"
)]
pub(crate) struct Events {
    /// Only what happened behind this event, by its number; `latest` for what happens from now on
    #[arg(long, value_name = "NUMBER")]
    after: Option<String>,
    /// Go on until Ctrl-C
    #[arg(long, short)]
    follow: bool,
    /// Only events about this product
    #[arg(long, value_name = "PRODUCT")]
    address: Option<Address>,
    /// Only events of this type, such as `mesh.version.published.v1`
    #[arg(long, value_name = "TYPE")]
    kind: Option<String>,
}

impl Events {
    /// Writes events as they come.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { after, follow, address, kind } = self;
        let registry = registry::client_here(global)?;
        let query = EventQuery { after, limit: Some(PAGE), address, kind };
        registry::block_on(async {
            if !follow {
                to_the_end(&registry, query, output).await?;
                return Ok(Verdict::Clean);
            }
            let mut stop = StopSignal::listen()?;
            tokio::select! {
                failed = on(&registry, query, output) => failed,
                stop = stop.wait() => Ok(Verdict::Stopped(stop)),
            }
        })
    }
}

/// Writes what there is, and gives the position behind it.
async fn to_the_end(
    registry: &RegistryClient,
    mut query: EventQuery,
    output: Output,
) -> Result<EventQuery, Failure> {
    loop {
        let page = registry.events(&query).await?;
        write(&page.items, output.format()).map_err(Failure::writing)?;
        let ended = page.items.is_empty() && query.after.as_ref() == Some(&page.next);
        query.after = Some(page.next);
        if ended {
            return Ok(query);
        }
    }
}

/// Follows. What fails once it has begun is said and tried again: a registry may be replaced meanwhile.
async fn on(registry: &RegistryClient, query: EventQuery, output: Output) -> Result<Verdict, Failure> {
    let mut query = to_the_end(registry, query, output).await?;
    let mut told = false;
    loop {
        tokio::time::sleep(PAUSE).await;
        match registry.events(&query).await {
            Ok(page) => {
                told = false;
                write(&page.items, output.format()).map_err(Failure::writing)?;
                query.after = Some(page.next);
            }
            Err(error) if error.is_transient() => {
                if !std::mem::replace(&mut told, true) {
                    output.warn(format_args!("{error}; trying again"));
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
}

fn write(events: &[CloudEvent], format: Format) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    for event in events {
        match format {
            Format::Json => {
                serde_json::to_writer(&mut out, event)?;
                writeln!(out)?;
            }
            Format::Text => {
                let CloudEvent { id, time, kind, subject, data, .. } = event;
                writeln!(
                    out,
                    "{id:>6}  {FAINT}{time}{FAINT:#}  {kind}  {GOOD}{subject}{GOOD:#}  {FAINT}{data}{FAINT:#}"
                )?;
            }
        }
    }
    out.flush()
}
