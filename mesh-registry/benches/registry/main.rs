//! The registry's figures, each side by side with what it is measured against, in one run:
//!
//! - `read`: reading a contract over HTTP against an empty handler on the same server, and against an empty handler of axum alone;
//! - `publish`: durable publishes of distinct contents by 16 clients, each judged against its line so far, against bare
//!   single-row commits of the same bytes, 16 callers, at the same durability; over PostgreSQL too where `MESH_TEST_POSTGRES` names
//!   a server and the feature `postgres` is on;
//! - `crowd`: a publish against 50 versions and 500 expectations, by one caller;
//! - `tenants`: what one tenant's flood costs another;
//! - `wall`: reads from PostgreSQL behind the second wall between tenants, and without it;
//! - `many`: starting over 100,000 products, and what that takes of memory and time to read.
//!
//! Throughput is compared in turns of a second or so, by medians; a harness that times one call at a time has no place for
//! that. Run it with `cargo bench -p mesh-registry --features postgres`, one part alone with `-- publish` behind it.

mod crowd;
#[cfg(feature = "postgres")]
#[path = "../../tests/it/database.rs"]
#[expect(dead_code, reason = "what the tests need beside is not needed here")]
mod database;
mod figures;
mod many;
mod publish;
mod read;
mod tenants;
#[cfg(feature = "postgres")]
mod wall;
mod wire;

use std::path::Path;

use mesh_registry::{Config, Registry, Running};

const ROUNDS: usize = 7;
/// As many versions as a product has in a long life; then the publisher goes on with another product.
const LINE: usize = 50;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    if let [word, place] = &asked[..]
        && word == many::SERVE
    {
        return many::serve(&runtime, place);
    }
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|asked| asked == part);
    if wanted("read") {
        read::read(&runtime);
    }
    if wanted("publish") {
        publish::embedded(&runtime);
        #[cfg(feature = "postgres")]
        publish::postgres(&runtime);
    }
    if wanted("crowd") {
        crowd::crowd(&runtime);
    }
    if wanted("tenants") {
        tenants::tenants(&runtime);
    }
    #[cfg(feature = "postgres")]
    if wanted("wall") {
        wall::wall(&runtime);
    }
    if wanted("many") {
        many::embedded(&runtime);
        #[cfg(feature = "postgres")]
        many::postgres(&runtime);
    }
}

fn start(runtime: &tokio::runtime::Runtime, folder: &Path) -> Running {
    let mut config = Config::new(folder);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    runtime.block_on(Registry::start(config)).expect("a registry")
}

/// A contract of some thirty fields with other names.
fn contract(address: &str, version: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/contracts/sales.orders@1.2.0.json");
    let text = std::fs::read_to_string(path).expect("the fixture");
    let mut document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let (domain, _) = address.split_once('.').expect("an address");
    document["address"] = address.into();
    document["version"] = version.into();
    document["domain"]["name"] = domain.into();
    // Distinct contents that no reader cares about: other words of the description would have to be judged by people.
    document["x-note"] = format!("Version {version} of {address}.").into();
    document.to_string()
}
