//! `mesh owner`: who owns a domain, and how it changes hands.

use clap::{Args, Subcommand};
use mesh_contract::DomainName;
use mesh_contract::wire::{AcceptDomain, Member, OfferDomain, Ownership, Role};

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{GOOD, Output, STRONG, Verdict};
use crate::registry;
use crate::table::{Lean, Table};

/// See who owns a domain, or hand it over
///
/// Only the owner of a domain publishes its products. It changes hands when both sides say so: the owner offers it, and the
/// other team accepts. From then on contracts name the new owner.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh owner show sales\n  mesh owner offer sales --from sales@example.com --to shop@example.com\n  mesh owner accept sales --as shop@example.com\n  mesh owner add sales ana@example.com --role maintainer\n  mesh owner add platform ben@example.com --role auditor\n  mesh owner members sales"
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
    /// Show who works for a domain; without one, who runs and audits the platform
    Members {
        /// The domain
        domain: Option<DomainName>,
    },
    /// Let somebody work for a domain: a person by their address, or a machine as `domain/name`
    Add {
        /// The domain; `platform` for who runs and audits it
        #[arg(value_name = "DOMAIN")]
        place: String,
        /// Who
        principal: String,
        /// reader, maintainer or owner; of the platform auditor or administrator
        #[arg(long)]
        role: Role,
    },
    /// Take back that somebody works for a domain as this
    Remove {
        /// The domain; `platform` for who runs and audits it
        #[arg(value_name = "DOMAIN")]
        place: String,
        /// Who
        principal: String,
        /// The role they are to hold no more
        #[arg(long)]
        role: Role,
    },
}

impl Owner {
    /// Shows, offers or accepts; or says who works for a domain.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        registry::block_on(async {
            let standing = match self.verb {
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
                OwnerVerb::Members { domain } => {
                    return members(&registry.members(domain.as_ref()).await?, output);
                }
                OwnerVerb::Add { place, principal, role } => {
                    let domain = domain_of(&place)?;
                    registry.add_member(domain.as_ref(), role, &principal).await?;
                    return members(&registry.members(domain.as_ref()).await?, output);
                }
                OwnerVerb::Remove { place, principal, role } => {
                    let domain = domain_of(&place)?;
                    registry.remove_member(domain.as_ref(), role, &principal).await?;
                    return members(&registry.members(domain.as_ref()).await?, output);
                }
            };
            tell(&standing, output)
        })
    }
}

fn tell(standing: &Ownership, output: Output) -> Result<Verdict, Failure> {
    let Ownership { domain, owner, offered } = standing;
    output.answer(standing, |out| {
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

/// What stands for the platform where a domain is asked for: no domain is called so by anybody who wants to be found.
const PLATFORM: &str = "platform";

fn domain_of(place: &str) -> Result<Option<DomainName>, Failure> {
    if place == PLATFORM {
        return Ok(None);
    }
    let name = DomainName::new(place).map_err(|error| Failure::new(error.to_string()))?;
    Ok(Some(name))
}

fn members(members: &[Member], output: Output) -> Result<Verdict, Failure> {
    let mut table = Table::new(&["who", "role", "said by", "since"].map(|name| (name, Lean::Left)));
    for Member { principal, holding, by, since } in members {
        table.row([principal.clone(), holding.role.to_string(), by.clone(), since.clone()]);
    }
    output.answer(members, |out| table.write(out))?;
    if members.is_empty() {
        output.note(
            "nobody yet; `mesh owner add <DOMAIN> <WHO> --role owner` says who, which an administrator may",
        );
    }
    Ok(Verdict::Clean)
}
