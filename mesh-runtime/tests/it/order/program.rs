//! Says of every shape's contract what its digests are, and what its file would be.

#[path = "../shapes/observation.rs"]
mod observation;
#[path = "../shapes/package.rs"]
mod package;
#[path = "../shapes/webhook.rs"]
mod webhook;

use mesh_runtime::contract::contract;
use mesh_runtime::model::{Contract, Digest};
use mesh_runtime::prelude::*;

/// Shapes that people really publish.
#[derive(Domain)]
#[domain(name = "shapes", owner = "shapes@example.com")]
pub enum Shapes {
    /// Documents of other programs.
    Documents,
}

fn main() {
    let objects: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(r#"{"b": 1, "a": 2}"#).expect("an object");
    println!("{}", objects.keys().map(String::as_str).collect::<Vec<_>>().join(" "));
    for made in [
        contract::<webhook::Delivery>(),
        contract::<observation::Observation>(),
        contract::<package::Package>(),
    ] {
        tell(&made.expect("a contract"));
    }
    // Members in an order of their own, as somebody else may have written them.
    tell(&Contract::read(include_str!("unsorted.json")).expect("a contract"));
}

fn tell(contract: &Contract) {
    for contract in [contract, &Contract::read(&contract.to_pretty()).expect("what was written")] {
        let digest = contract.digest().expect("a digest");
        let promise = contract.promise().expect("a digest");
        println!("{} {digest} {promise} {}", contract.address, Digest::of_bytes(contract.to_pretty().as_bytes()));
    }
}
