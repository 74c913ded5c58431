//! `mesh token`: what programs are known by.

use clap::{Args, Subcommand};
use mesh_contract::wire::{MakeToken, TokenScope, TokenSummary};
use mesh_contract::{DomainName, EnvironmentName};
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{GOOD, Output, Verdict};
use crate::registry;
use crate::table::{Lean, Table};

/// Make, list and revoke the tokens that programs are known by
///
/// A token may do what its principal may, or less. Its text is shown once, when it is made.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh token make 'nightly build' --action publish --domain sales --days 30\n  mesh token make 'the host' --for sales/orders-host --action announce --environment production\n  mesh token list\n  mesh token revoke 3f9c0a1b2c3d4e5f6071"
)]
pub(crate) struct TokenVerbs {
    #[command(subcommand)]
    verb: TokenVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum TokenVerb {
    /// Make a token
    Make {
        /// What it is for, in words
        label: String,
        /// Whose it is: a machine of a domain that you own, `sales/ci` [default: you]
        #[arg(long = "for", value_name = "PRINCIPAL")]
        principal: Option<String>,
        /// For these actions only (docs/permissions.md names them)
        #[arg(long, value_name = "ACTION")]
        action: Vec<String>,
        /// For these domains only
        #[arg(long, value_name = "DOMAIN")]
        domain: Vec<DomainName>,
        /// In these environments only
        #[arg(long, value_name = "ENVIRONMENT")]
        environment: Vec<EnvironmentName>,
        /// After how many days it ends
        #[arg(long, default_value_t = 90)]
        days: u32,
    },
    /// List your tokens, without their secrets
    List {
        /// Those of a principal that you manage
        #[arg(long = "for", value_name = "PRINCIPAL")]
        principal: Option<String>,
    },
    /// Revoke a token, and whatever was signed in by it
    Revoke {
        /// Its name, as `list` shows it
        id: String,
    },
}

impl TokenVerbs {
    /// Makes, lists or revokes.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        match self.verb {
            TokenVerb::Make { label, principal, action, domain, environment, days } => {
                let scope = TokenScope { domains: domain, actions: action, environments: environment };
                let make = MakeToken { label, principal, scope, days };
                let made = registry::block_on(async { Ok(registry.make_token(&make).await?) })?;
                output.answer(&made, |out| writeln!(out, "{}", made.token))?;
                let TokenSummary { id, principal, expires_at, .. } = &made.summary;
                output.note(format_args!(
                    "this is the token `{id}` of {principal}, until {expires_at}; it is not shown again"
                ));
            }
            TokenVerb::List { principal } => {
                let tokens = registry::block_on(async { Ok(registry.tokens(principal.as_deref()).await?) })?;
                output.answer(&tokens, |out| table(&tokens).write(out))?;
                if tokens.is_empty() {
                    output.note("there is no token; `mesh token make` makes one");
                }
            }
            TokenVerb::Revoke { id } => {
                registry::block_on(async { Ok(registry.revoke_token(&id).await?) })?;
                output
                    .answer(&json!({ "revoked": id }), |out| writeln!(out, "{GOOD}revoked{GOOD:#}  {id}"))?;
            }
        }
        Ok(Verdict::Clean)
    }
}

fn table(tokens: &[TokenSummary]) -> Table {
    let columns = ["token", "for", "principal", "ends", "last used"].map(|name| (name, Lean::Left));
    let mut table = Table::new(&columns);
    for TokenSummary { id, label, principal, expires_at, used_at, .. } in tokens {
        let used = used_at.clone().unwrap_or_else(|| "never".to_owned());
        table.row([id.clone(), label.clone(), principal.clone(), expires_at.clone(), used]);
    }
    table
}
