//! `mesh login` and `mesh logout`: being known to a registry.

use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::path::PathBuf;

use clap::Args;
use mesh_contract::wire::{Holding, WhoAmI};
use mesh_runtime::client::Token;
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use serde_json::json;

use crate::args::Global;
use crate::credentials;
use crate::failure::{Failure, OrFail as _};
use crate::output::{GOOD, Output, STRONG, Verdict};
use crate::registry;

/// Sign in to a registry with a token
///
/// The token is read from a file, from standard input, or asked for; never from the command line, where others could see it. It
/// is tried, and kept for you alone in `mesh/credentials.toml` in your configuration folder. MESH_REGISTRY_TOKEN is heard before
/// it, which is how pipelines do it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh login --registry https://mesh.example.com\n  mesh login --token-file .mesh/registry/administrator.token\n  mesh login --show"
)]
pub(crate) struct Login {
    /// The file with the token
    #[arg(long, value_name = "FILE", conflicts_with = "show")]
    token_file: Option<PathBuf>,
    /// Only show who you are
    #[arg(long)]
    show: bool,
}

/// Forget the token for a registry
///
/// The token itself stays good; `mesh token revoke` ends it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh logout\n  mesh logout --registry https://mesh.example.com")]
pub(crate) struct Logout {}

impl Login {
    /// Tries and keeps a token.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { token_file, show } = self;
        if show {
            let registry = registry::client_here(global)?;
            let who = registry::block_on(async { Ok(registry.who_am_i().await?) })?;
            return tell(&who, output).map(|()| Verdict::Clean);
        }
        let text = match token_file {
            Some(file) => {
                std::fs::read_to_string(&file).or_fail(|| format!("cannot read `{}`", file.display()))?
            }
            None => asked_for()?,
        };
        let token = text.trim();
        if token.is_empty() {
            return Err(Failure::new("no token was given")
                .next("make one with `mesh token make`, or ask whoever runs the registry for one"));
        }
        let (url, registry) = registry::client_with(global, Token::new(token))?;
        let who: WhoAmI = registry::block_on(async { Ok(registry.who_am_i().await?) })?;
        if !who.closed {
            return Err(Failure::new(format!("the registry at {url} is open, and asks nobody who they are"))
                .next("use it without signing in"));
        }
        let file = credentials::keep(&url, token)?;
        output.status("Kept", format_args!("the token for {url} in {}", file.display()));
        tell(&who, output)?;
        Ok(Verdict::Clean)
    }
}

impl Logout {
    /// Forgets a token.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let url = registry::url_here(global)?;
        let gone = credentials::forget(&url)?;
        output.answer(&json!({ "registry": url.as_str(), "forgotten": gone }), |out| match gone {
            true => writeln!(out, "{GOOD}forgotten{GOOD:#}  the token for {url}"),
            false => writeln!(out, "there was no token for {url}"),
        })?;
        Ok(Verdict::Clean)
    }
}

fn tell(who: &WhoAmI, output: Output) -> Result<(), Failure> {
    output.answer(who, |out| {
        let Some(principal) = &who.principal else {
            return writeln!(out, "the registry is open, and asks nobody who they are");
        };
        writeln!(out, "{STRONG}{principal}{STRONG:#} in the tenant {}", who.tenant)?;
        for Holding { role, domain } in &who.roles {
            match domain {
                Some(domain) => writeln!(out, "  {role} of {domain}")?,
                None => writeln!(out, "  {role}")?,
            }
        }
        if who.roles.is_empty() {
            writeln!(
                out,
                "  no role; an owner gives one: mesh owner add <DOMAIN> {principal} --role maintainer"
            )?;
        }
        Ok(())
    })
}

/// The token from standard input; from a terminal, without showing it.
fn asked_for() -> Result<String, Failure> {
    let stdin = io::stdin();
    let mut text = String::new();
    if !stdin.is_terminal() {
        stdin
            .lock()
            .take(64 * 1024)
            .read_to_string(&mut text)
            .or_fail(|| "cannot read the token".to_owned())?;
        return Ok(text);
    }
    let mut stderr = io::stderr();
    write!(stderr, "token: ")
        .and_then(|()| stderr.flush())
        .or_fail(|| "cannot ask for the token".to_owned())?;
    let hidden = Hidden::start(&stdin);
    let read = stdin.read_line(&mut text);
    drop(hidden);
    // The end of the line that was typed is hidden with it.
    eprintln!();
    read.or_fail(|| "cannot read the token".to_owned())?;
    Ok(text)
}

/// A terminal that does not show what is typed, until this goes away.
struct Hidden<'t> {
    terminal: &'t io::Stdin,
    before: rustix::termios::Termios,
}

impl<'t> Hidden<'t> {
    fn start(terminal: &'t io::Stdin) -> Option<Self> {
        let before = tcgetattr(terminal).ok()?;
        let mut hiding = before.clone();
        hiding.local_modes.remove(LocalModes::ECHO);
        tcsetattr(terminal, OptionalActions::Flush, &hiding).ok()?;
        Some(Self { terminal, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // Nothing more can be done about a terminal that has gone away.
        let _ = tcsetattr(self.terminal, OptionalActions::Now, &self.before);
    }
}
