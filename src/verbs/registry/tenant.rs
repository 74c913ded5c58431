//! `mesh registry tenant`: the organisations that share a registry, at the machine that keeps its store.

use clap::{Args, Subcommand};
use mesh_registry::store::{StoreError, TenantId};
use mesh_registry::{Config, Registry};
use serde_json::json;

use super::settings::Place;
use super::{explain, wait_for};
use crate::failure::Failure;
use crate::output::{Output, Verdict};

/// Say which organisations share a registry; none of them sees another
///
/// This works on the store itself. Over PostgreSQL registries may serve meanwhile; the embedded store has to be free.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh registry tenant add acme --store postgres://mesh@db.example/mesh\n  \
                  mesh registry tenant list --data /var/lib/mesh"
)]
pub(super) struct Tenant {
    #[command(subcommand)]
    verb: TenantVerb,
}

#[derive(Debug, Subcommand)]
#[command(disable_help_subcommand = true)]
enum TenantVerb {
    /// Make a tenant
    Add(One),
    /// Every tenant by name
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Forget a tenant of which nothing is kept
    Remove(One),
}

#[derive(Debug, Args)]
struct One {
    /// Its name in kebab-case
    name: TenantId,
    #[command(flatten)]
    place: Place,
}

impl Tenant {
    pub(super) fn run(self, output: Output) -> Result<Verdict, Failure> {
        match self.verb {
            TenantVerb::Add(One { name, place }) => {
                let new = with(place, async |registry| registry.add_tenant(&name).await.map_err(explain))?;
                let answer = json!({ "tenant": name.as_str(), "new": new });
                output.answer(&answer, |out| {
                    writeln!(out, "{name}{}", if new { "" } else { " was there already" })
                })?;
                output.note(format_args!(
                    "somebody must say who is who there: mesh registry administrator --tenant {name} --token-file {name}.token"
                ));
                Ok(Verdict::Clean)
            }
            TenantVerb::List { place } => {
                let tenants = with(place, async |registry| registry.tenants().await.map_err(explain))?;
                let names: Vec<_> = tenants.iter().map(TenantId::as_str).collect();
                output.answer(&json!({ "tenants": names }), |out| {
                    names.iter().try_for_each(|name| writeln!(out, "{name}"))
                })?;
                Ok(Verdict::Clean)
            }
            TenantVerb::Remove(One { name, place }) => {
                let removed = with(place, async |registry| {
                    registry.remove_tenant(&name).await.map_err(|error| refused(&name, error))
                })?;
                if !removed {
                    return Err(Failure::new(format!("there is no tenant `{name}` that could go")).next(
                        "`mesh registry tenant list` names those that are there; `default` always is",
                    ));
                }
                output.answer(&json!({ "tenant": name.as_str(), "removed": true }), |out| {
                    writeln!(out, "{name} is gone")
                })?;
                Ok(Verdict::Clean)
            }
        }
    }
}

fn refused(name: &TenantId, error: StoreError) -> Failure {
    match &error {
        StoreError::InUse { what } => Failure::new(format!(
            "the tenant `{name}` has rows in `{what}`, and only one that keeps nothing can go"
        ))
        .next("leave it: without a token nobody comes to it; or restore a backup from before it was used"),
        _ => explain(error),
    }
}

/// Does something with the registry of some settings, which serves nobody meanwhile.
pub(super) fn with<T>(
    place: Place,
    work: impl AsyncFnOnce(&Registry) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let config: Config = place.settings()?.config;
    wait_for(async {
        let registry = Registry::open(config).await.map_err(explain)?;
        work(&registry).await
    })
}
