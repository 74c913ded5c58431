//! `mesh registry administrator`: somebody who says who is who, made at the machine that keeps the store.

use std::path::PathBuf;

use clap::Args;
use mesh_registry::store::TenantId;
use serde_json::json;

use super::explain;
use super::settings::Place;
use super::tenant::with;
use crate::failure::Failure;
use crate::output::{Output, Verdict};

/// Make an administrator: of a new tenant, or where the token was lost
///
/// This works on the store itself, so whoever may do it owns the registry anyway. Over PostgreSQL registries may serve meanwhile;
/// the embedded store has to be free. The first start of a registry does it by itself for the tenant `default`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh registry administrator --token-file administrator.token\n  \
                  mesh registry administrator --tenant acme --token-file acme.token --store postgres://mesh@db.example/mesh")]
pub(super) struct Administrator {
    /// Of which tenant
    #[arg(long, value_name = "NAME", default_value = "default")]
    tenant: TenantId,
    /// Where the token is written, for your eyes alone; a file that is there is replaced
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Administrator {
    pub(super) fn run(self, output: Output) -> Result<Verdict, Failure> {
        let Self { tenant, token_file, place } = self;
        with(place, async |registry| {
            if !registry.tenants().await.map_err(explain)?.contains(&tenant) {
                return Err(Failure::new(format!("there is no tenant `{tenant}`"))
                    .next(format!("make it with `mesh registry tenant add {tenant}`")));
            }
            registry.appoint_administrator(&tenant, &token_file).await.map_err(explain)
        })?;
        let file = token_file.display().to_string();
        output.answer(&json!({ "tenant": tenant.as_str(), "tokenFile": file }), |out| {
            writeln!(out, "the token of an administrator of `{tenant}` is in {file}")
        })?;
        output.note(format_args!("sign in with it: mesh login --token-file {file}"));
        Ok(Verdict::Clean)
    }
}
