//! `mesh dev`: the domains of a workspace beside a registry of their own.

use std::cell::Cell;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use mesh_contract::Address;
use serde_json::json;

use crate::domain_crate::current_folder;
use crate::failure::Failure;
use crate::fleet::{Ended, Fleet, Plan, Port, Role, members};
use crate::output::{FAINT, GOOD, Output, STRONG, Verdict};
use crate::process::StopSignal;
use crate::registry;

/// Run the domains of this workspace beside a registry of their own
///
/// Builds each domain crate (a package with a `mesh.toml` and one program), starts a registry and each domain as a process
/// of its own, publishes the committed contracts, and waits until every product is live. Ctrl-C stops everything and
/// leaves no process and no port behind; before everything is up, it ends with 130. The registry keeps what it knows in `.mesh/` of the workspace.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh dev\n  mesh dev --package sales --port 8080")]
pub(crate) struct Dev {
    /// Run only this domain crate; may be repeated
    #[arg(long, short, value_name = "NAME")]
    package: Vec<String>,
    /// The registry's port [default: the usual one, or any that is free]
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
    /// The folder of the registry's store [default: .mesh/registry in the workspace]
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
}

impl Dev {
    /// Runs until it is stopped.
    pub(crate) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let (root, members) = members(&current_folder()?, &self.package)?;
        let data = self.data.unwrap_or_else(|| root.join(".mesh/registry"));
        let plan = Plan { root, members, data, port: Port::of(self.port) };
        registry::block_on(supervised(&plan, Ends::WhenStopped, output, async |fleet: &mut Fleet| {
            serve(fleet, output).await
        }))
    }
}

/// How what is done with a fleet is meant to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// By itself: whoever stops it does not get what was asked for.
    WhenDone,
    /// When somebody stops it.
    WhenStopped,
}

/// Builds and starts everything, does something with it, and stops everything, however that goes. A wish to stop ends it in
/// order at any point; it is told as such where it came before what was asked for, so that no pipeline takes it for done.
pub(crate) async fn supervised(
    plan: &Plan,
    ends: Ends,
    output: Output,
    work: impl AsyncFnOnce(&mut Fleet) -> Result<Verdict, Failure>,
) -> Result<Verdict, Failure> {
    let mut stop = StopSignal::listen()?;
    let mut fleet = Fleet::new(plan);
    let is_up = Cell::new(false);
    let all = async {
        // The port is looked at before minutes go into building.
        plan.port.address()?;
        let names: Vec<&str> = plan.members.iter().map(|member| member.package.as_str()).collect();
        output.status("Building", names.join(", "));
        let programs = plan.build().await?;
        fleet.start(plan, &programs, output).await?;
        is_up.set(true);
        work(&mut fleet).await
    };
    let outcome = tokio::select! {
        outcome = all => outcome,
        wish = stop.wait() => Ok(match ends {
            Ends::WhenStopped if is_up.get() => Verdict::Clean,
            Ends::WhenStopped | Ends::WhenDone => Verdict::Stopped(wish),
        }),
    };
    output.status("Stopping", "every process");
    tokio::select! {
        () = fleet.stop() => {}
        // Whoever is in such a hurry gets what was started ended at once: that is what dropping it does.
        _ = stop.wait() => {}
    }
    outcome
}

/// Says where everything is and looks after it until nothing is left.
pub(crate) async fn serve(fleet: &mut Fleet, output: Output) -> Result<Verdict, Failure> {
    let url = fleet.url()?.clone();
    let processes: Vec<_> = fleet.processes().map(|(name, id)| json!({ "name": name, "id": id })).collect();
    let Some((example, derived)) = fleet.examples() else {
        return Err(Failure::new("no product was published"));
    };
    output.answer(&json!({ "registry": url.as_str(), "processes": processes }), |out| {
        invite(out, url.as_str(), example, derived)
    })?;
    fleet.show_logs();
    while !fleet.is_over() {
        let Ended { role, name, how } = fleet.next_end().await;
        match role {
            Role::Domain => {
                output.warn(format_args!("{name} has ended ({how}); everything else keeps running"))
            }
            Role::Registry => output.warn(format_args!(
                "the registry has ended ({how}); the domains keep serving. Stop with Ctrl-C and start again"
            )),
        }
    }
    Err(Failure::new("every process has ended").next("look above why, then start again"))
}

/// The address to open and three commands to try.
fn invite(out: &mut dyn Write, url: &str, example: &Address, derived: Option<&Address>) -> io::Result<()> {
    let url = url.trim_end_matches('/');
    // Under `cargo run` there is no `mesh` on the path yet.
    let mesh = if std::env::var_os("CARGO").is_some() { "cargo run -q --" } else { "mesh" };
    let registry = if url == registry::usual().trim_end_matches('/') {
        String::new()
    } else {
        format!(" --registry {url}")
    };
    writeln!(out, "\nOpen {STRONG}{url}{STRONG:#} in a browser.\n\nTry in another terminal:")?;
    let second = derived.map_or_else(|| format!("info {example}"), |derived| format!("tree {derived}"));
    for command in [format!("search {}", example.product()), second, format!("read {example} --limit 3")] {
        writeln!(out, "  {GOOD}{mesh} {command}{registry}{GOOD:#}")?;
    }
    writeln!(out, "\n{FAINT}Ctrl-C stops everything.{FAINT:#}\n")
}
