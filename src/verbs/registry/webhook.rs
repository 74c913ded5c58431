//! `mesh registry webhook`: whom the registry tells of events.

use clap::{Args, Subcommand};
use mesh_contract::wire::{Webhook as Shown, WebhookRequest};
use mesh_contract::{Address, DomainName};
use serde_json::json;

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{BAD, FAINT, GOOD, Output, Verdict, WARN};
use crate::registry;

/// Where a secret is read from, so that it stands in no list of processes and in no history.
const SECRET: &str = "MESH_WEBHOOK_SECRET";

/// Say whom the registry tells of events, and see how that goes
#[derive(Debug, Args)]
pub(super) struct Webhook {
    #[command(subcommand)]
    verb: WebhookVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum WebhookVerb {
    Add(Add),
    List(List),
    Remove(Remove),
    Failed(Failed),
    Resend(Resend),
}

/// Send what happens from now on to an address, or set one anew
///
/// Every delivery is signed after Standard Webhooks. The secret that the registry makes is shown this once. Give one of your
/// own by MESH_WEBHOOK_SECRET (`whsec_` and 24 to 64 bytes in base64); the one before it signs beside it for a day.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh registry webhook add chat-room --url https://chat.example/mesh --domain sales\n  mesh registry webhook add audit --url https://audit.example/ --kind mesh.version.published.v1"
)]
struct Add {
    /// Its name, in kebab-case
    name: String,
    /// Where events are sent
    #[arg(long)]
    url: String,
    /// Only events of this type; may be given several times
    #[arg(long, value_name = "TYPE")]
    kind: Vec<String>,
    /// Only events about this product, beside those of `--domain`; may be given several times
    #[arg(long, value_name = "PRODUCT")]
    address: Vec<Address>,
    /// Only events about products of this domain, beside `--address`; may be given several times
    #[arg(long, value_name = "NAME")]
    domain: Vec<DomainName>,
}

/// Show every webhook and how deliveries to it go
#[derive(Debug, Args)]
struct List {}

/// Forget a webhook, and what could not be delivered to it
#[derive(Debug, Args)]
struct Remove {
    /// Its name
    name: String,
}

/// Show what could not be delivered
#[derive(Debug, Args)]
struct Failed {
    /// The webhook
    name: String,
}

/// Send again what could not be delivered
#[derive(Debug, Args)]
struct Resend {
    /// The webhook
    name: String,
    /// Only this event, by its number
    #[arg(value_name = "NUMBER")]
    event: Option<u64>,
}

impl Webhook {
    pub(super) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        match self.verb {
            WebhookVerb::Add(Add { name, url, kind, address, domain }) => {
                let secret = match std::env::var_os(SECRET) {
                    Some(secret) => {
                        Some(secret.into_string().map_err(|_| Failure::new(format!("{SECRET} is no text")))?)
                    }
                    None => None,
                };
                let request =
                    WebhookRequest { url, kinds: kind, addresses: address, domains: domain, secret };
                let webhook = registry::block_on(async { Ok(registry.put_webhook(&name, &request).await?) })?;
                output.answer(&webhook, |out| {
                    writeln!(out, "{GOOD}{}{GOOD:#}  {}", webhook.name, webhook.url)?;
                    match &webhook.secret {
                        Some(secret) => writeln!(out, "{secret}"),
                        None => Ok(()),
                    }
                })?;
                if webhook.secret.is_some() {
                    output
                        .note("keep the secret: it is not shown again, and deliveries are verified with it");
                }
            }
            WebhookVerb::List(List {}) => {
                let webhooks = registry::block_on(async { Ok(registry.webhooks().await?) })?;
                output.answer(&webhooks, |out| webhooks.iter().try_for_each(|webhook| tell(webhook, out)))?;
                if webhooks.is_empty() {
                    output.note("there is no webhook; `mesh registry webhook add` makes one");
                }
            }
            WebhookVerb::Remove(Remove { name }) => {
                registry::block_on(async { Ok(registry.remove_webhook(&name).await?) })?;
                output.answer(&json!({ "removed": name }), |out| {
                    writeln!(out, "{GOOD}removed{GOOD:#}  {name}")
                })?;
            }
            WebhookVerb::Failed(Failed { name }) => {
                let failed = registry::block_on(async { Ok(registry.failed_events(&name).await?) })?;
                output.answer(&failed, |out| {
                    failed.iter().try_for_each(|event| {
                        let mark = if event.again { "  (is sent again)" } else { "" };
                        writeln!(
                            out,
                            "{:>6}  {FAINT}{}{FAINT:#}  {BAD}{}{BAD:#}, tried {} times{mark}",
                            event.sequence, event.failed_at, event.error, event.attempts
                        )
                    })
                })?;
                return Ok(Verdict::of(!failed.is_empty()));
            }
            WebhookVerb::Resend(Resend { name, event }) => {
                let resending = registry::block_on(async { Ok(registry.resend(&name, event).await?) })?;
                output.answer(&resending, |out| {
                    writeln!(out, "{GOOD}sent again{GOOD:#}  {} events to {name}", resending.events)
                })?;
            }
        }
        Ok(Verdict::Clean)
    }
}

fn tell(webhook: &Shown, out: &mut dyn std::io::Write) -> std::io::Result<()> {
    let Shown { name, url, cursor, attempts, delivered_at, last_error, disabled, .. } = webhook;
    let delivered = delivered_at.as_deref().unwrap_or("never");
    writeln!(
        out,
        "{GOOD}{name}{GOOD:#}  {url}  {FAINT}at event {cursor}, delivered last {delivered}{FAINT:#}"
    )?;
    match last_error {
        Some(error) if *disabled => {
            writeln!(out, "        {BAD}stopped{BAD:#}: {error}; set it anew to go on")
        }
        Some(error) if *attempts > 0 => {
            writeln!(out, "        {WARN}failing{WARN:#}: {error}, tried {attempts} times")
        }
        _ => Ok(()),
    }
}
