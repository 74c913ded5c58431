//! `mesh owner`: who owns a domain, and how it changes hands.

use clap::{Args, Subcommand};
use mesh_contract::DomainName;
use mesh_contract::wire::{AcceptDomain, OfferDomain, Ownership};

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{GOOD, Output, STRONG, Verdict};
use crate::registry;

/// See who owns a domain, or hand it over
///
/// Only the owner of a domain publishes its products. It changes hands when both sides say so: the owner offers it, and the
/// other team accepts. From then on contracts name the new owner.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh owner show sales\n  mesh owner offer sales --from sales@example.com --to shop@example.com\n  mesh owner accept sales --as shop@example.com"
)]
pub(crate) struct Owner {
    #[command(subcommand)]
    verb: OwnerVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum OwnerVerb {
    /// Show who owns a domain
    Show {
        /// The domain
        domain: DomainName,
    },
    /// Offer a domain to another team
    Offer {
        /// The domain
        domain: DomainName,
        /// The team that is to own it
        #[arg(long, value_name = "OWNER")]
        to: String,
        /// Who owns it now [default: whoever the registry says]
        #[arg(long, value_name = "OWNER")]
        from: Option<String>,
    },
    /// Accept a domain that was offered
    Accept {
        /// The domain
        domain: DomainName,
        /// The team that accepts
        #[arg(long = "as", value_name = "OWNER")]
        by: String,
    },
    /// Take an offer back
    Withdraw {
        /// The domain
        domain: DomainName,
    },
}

impl Owner {
    /// Shows, offers or accepts.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        let standing: Ownership = registry::block_on(async {
            Ok(match self.verb {
                OwnerVerb::Show { domain } => registry.ownership(&domain).await?,
                OwnerVerb::Offer { domain, to, from } => {
                    let from = match from {
                        Some(from) => from,
                        None => registry.ownership(&domain).await?.owner,
                    };
                    registry.offer_domain(&domain, &OfferDomain { from, to }).await?
                }
                OwnerVerb::Accept { domain, by } => {
                    registry.accept_domain(&domain, &AcceptDomain { by }).await?
                }
                OwnerVerb::Withdraw { domain } => registry.withdraw_offer(&domain).await?,
            })
        })?;
        let Ownership { domain, owner, offered } = &standing;
        output.answer(&standing, |out| {
            writeln!(out, "{STRONG}{domain}{STRONG:#} is owned by {GOOD}{owner}{GOOD:#}")?;
            match offered {
                Some(offered) => writeln!(
                    out,
                    "  offered to {to} since {since}; it changes hands with `mesh owner accept {domain} --as {to}`",
                    to = offered.to,
                    since = offered.since
                ),
                None => Ok(()),
            }
        })?;
        Ok(Verdict::Clean)
    }
}
