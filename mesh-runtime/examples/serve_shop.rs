//! A whole domain in one file: a struct, a source and a server.
//!
//! `cargo run -p mesh-runtime --features host --example serve_shop -- --access open`, then
//! `curl $ADDRESS/products/articles/records`.

use std::process::ExitCode;

use mesh_runtime::host::{Context, Host, SourceError};
use mesh_runtime::prelude::*;

/// A shop at the corner.
#[derive(Domain)]
#[domain(name = "corner-shop", owner = "shop@example.com")]
pub enum CornerShop {
    /// What is on the shelves.
    Shelves,
}

/// One article on the shelves.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = CornerShop::Shelves, name = "articles", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub struct Article {
    /// The number on the label.
    #[field(key)]
    pub number: u32,
    /// What it is called.
    pub name: String,
}

mesh_runtime::domain! { CornerShop; offers: [Article]; needs: [] }

async fn articles(_: Context) -> Result<Vec<Article>, SourceError> {
    let names = ["soap", "bread", "lamp"];
    Ok((1..).zip(names).map(|(number, name)| Article { number, name: name.to_owned() }).collect())
}

fn main() -> ExitCode {
    Host::new(manifest()).records(articles).serve()
}
