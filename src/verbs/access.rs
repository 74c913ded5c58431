//! `mesh access`: who may read what, seen and decided from either side.

use clap::{Args, Subcommand};
use mesh_contract::wire::{AcceptAccess, AccessTerms, Agreement, AgreementState, EndAccess};
use mesh_contract::{Address, ConsumerName, Day};
use mesh_runtime::client::{AgreementQuery, RegistryClient};
use serde::Deserialize as _;
use serde::de::IntoDeserializer as _;

use crate::agreed;
use crate::args::Global;
use crate::failure::Failure;
use crate::output::{FAINT, GOOD, Output, Verdict};
use crate::registry;
use crate::table::{Lean, Table};

/// See and decide who may read what
///
/// A consumer asks with `mesh request`. The owner of the product accepts, narrows or refuses here, and may revoke later on; the
/// consumer takes back. What is agreed on is a grant, which the consumer's clients show to ports. All of it ends by itself
/// when its last day has passed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh access list --state asked\n  mesh access accept 7f3c... --fields customer_id,country --until 2026-12-31\n  mesh access refuse 7f3c... --reason \"The aggregate sales.regions holds what you need\"\n  mesh access revoke 7f3c... --reason \"The audit is over\"\n  mesh access grant 7f3c..."
)]
pub(crate) struct Access {
    #[command(subcommand)]
    verb: AccessVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum AccessVerb {
    /// List agreements of which you may see a side
    List {
        /// Only those about this product
        #[arg(long, value_name = "PRODUCT")]
        product: Option<Address>,
        /// Only those of this reader
        #[arg(long, value_name = "NAME")]
        consumer: Option<ConsumerName>,
        /// Only those that have come so far: asked, accepted, refused, withdrawn, revoked or ended
        #[arg(long, value_name = "STATE", value_parser = state)]
        state: Option<AgreementState>,
    },
    /// Show an agreement
    Show {
        /// The agreement
        agreement: String,
    },
    /// Let a consumer read what it asked for, or less; later on, less than before
    Accept {
        /// The agreement
        agreement: String,
        /// Only these of the fields, as names or JSON pointers
        #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
        fields: Vec<String>,
        /// Only until this day
        #[arg(long, value_name = "DAY")]
        until: Option<Day>,
        /// A word to the consumer
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Say no to what was asked
    Refuse {
        /// The agreement
        agreement: String,
        /// Why; the consumer sees it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// End what was agreed on; every port hears of it within its lease
    Revoke {
        /// The agreement
        agreement: String,
        /// Why; the consumer sees it
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take back what you asked for, or give up what was agreed on
    Withdraw {
        /// The agreement
        agreement: String,
        /// Why; the owner sees it
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Print the grant of an agreement that is in force; whoever has it may read
    Grant {
        /// The agreement
        agreement: String,
    },
}

fn state(text: &str) -> Result<AgreementState, String> {
    let read: Result<_, serde::de::value::Error> = AgreementState::deserialize(text.into_deserializer());
    read.map_err(|_| {
        format!("`{text}` is no state; write asked, accepted, refused, withdrawn, revoked or ended")
    })
}

impl Access {
    /// Shows or decides.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        let agreement = match self.verb {
            AccessVerb::List { product, consumer, state } => {
                return list(&registry, &AgreementQuery { product, consumer, state }, output);
            }
            AccessVerb::Grant { agreement } => return grant(&registry, &agreement, output),
            AccessVerb::Show { agreement } => {
                registry::block_on(async { Ok(registry.agreement(&agreement).await?) })?
            }
            AccessVerb::Accept { agreement, fields, until, reason } => registry::block_on(async {
                let terms = narrowed(&registry, &agreement, fields, until).await?;
                Ok(registry.accept_access(&agreement, &AcceptAccess { terms, reason }).await?)
            })?,
            AccessVerb::Refuse { agreement, reason } => {
                let body = EndAccess { reason: Some(reason) };
                registry::block_on(async { Ok(registry.refuse_access(&agreement, &body).await?) })?
            }
            AccessVerb::Revoke { agreement, reason } => {
                let body = EndAccess { reason: Some(reason) };
                registry::block_on(async { Ok(registry.revoke_access(&agreement, &body).await?) })?
            }
            AccessVerb::Withdraw { agreement, reason } => {
                let body = EndAccess { reason };
                registry::block_on(async { Ok(registry.withdraw_access(&agreement, &body).await?) })?
            }
        };
        output.answer(&agreement, |out| agreed::write(&agreement, out))?;
        Ok(Verdict::Clean)
    }
}

/// What may be read where less is said than was asked for, or agreed on; nothing where all of it may.
async fn narrowed(
    registry: &RegistryClient,
    id: &str,
    fields: Vec<String>,
    until: Option<Day>,
) -> Result<Option<AccessTerms>, Failure> {
    if fields.is_empty() && until.is_none() {
        return Ok(None);
    }
    let Agreement { asked, agreed, .. } = registry.agreement(id).await?;
    let before = agreed.unwrap_or(asked);
    Ok(Some(AccessTerms {
        fields: if fields.is_empty() { before.fields } else { agreed::pointers(fields) },
        until: until.unwrap_or(before.until),
        rows: before.rows,
    }))
}

fn list(registry: &RegistryClient, query: &AgreementQuery, output: Output) -> Result<Verdict, Failure> {
    let found = registry::block_on(async { Ok(registry.agreements(query).await?) })?;
    output.answer(&found, |out| {
        if found.is_empty() {
            return Ok(());
        }
        let names = ["Agreement", "State", "Reader", "Product", "Where", "Until", "Fields"];
        let mut table = Table::new(&names.map(|name| (name, Lean::Left)));
        for it in &found {
            let terms = it.agreed.as_ref().unwrap_or(&it.asked);
            table.row([
                it.id.clone(),
                it.state.to_string(),
                it.consumer.to_string(),
                it.address.to_string(),
                it.environment.to_string(),
                terms.until.to_string(),
                agreed::fields(terms),
            ]);
        }
        table.write(out)
    })?;
    if found.is_empty() {
        output.note(format_args!("there is no such agreement; ask for one with `mesh request`"));
    }
    Ok(Verdict::Clean)
}

fn grant(registry: &RegistryClient, id: &str, output: Output) -> Result<Verdict, Failure> {
    let issued = registry::block_on(async { Ok(registry.grant(id).await?) })?;
    output.answer(&issued, |out| writeln!(out, "{}", issued.grant))?;
    output.note(format_args!(
        "{GOOD}in force{GOOD:#} {FAINT}until {}; send it as `Authorization: Bearer ...`{FAINT:#}",
        issued.expires_at
    ));
    Ok(Verdict::Clean)
}
