//! A publish against 50 versions and 500 expectations, by one caller.

use std::time::Instant;

use crate::figures::spread;
use crate::wire::{Wire, put};
use crate::{LINE, contract, start};

const READERS_OF_ONE: usize = 500;
const CROWDED: usize = 20;

/// A publish against 50 released versions and 500 readers, each of other fields. Half of the publishes add a field, so that
/// nothing can be answered from memory.
pub(crate) fn crowd(runtime: &tokio::runtime::Runtime) {
    let folder = tempfile::tempdir().expect("a folder");
    let registry = start(runtime, folder.path());
    let mut wire = Wire::open(registry.address());
    let fields: Vec<String> = {
        let document: serde_json::Value =
            serde_json::from_str(&contract("bench.crowd", "1.0.0")).expect("JSON");
        document["schemas"]["emits"]["properties"].as_object().expect("fields").keys().cloned().collect()
    };
    let mut all = Vec::new();
    for turn in 0..2 {
        let address = format!("bench.crowd{turn}");
        let grown = |version: &str, fields: usize| {
            let mut document: serde_json::Value =
                serde_json::from_str(&contract(&address, version)).expect("JSON");
            for field in 0..fields {
                let name = format!("added_{field}");
                for side in ["emits", "accepts"] {
                    document["schemas"][side]["properties"][&name] = serde_json::json!({ "type": "string", "description": "Added.", "maxLength": 100 + field });
                }
                let root = document["root"].as_str().expect("a root").to_owned();
                document["types"][&root]["fields"].as_array_mut().expect("fields").push(serde_json::json!({
                    "name": name, "type": "string", "description": "Added.", "optional": true,
                }));
            }
            document.to_string()
        };
        for version in 0..LINE {
            let body = grown(&format!("1.{version}.0"), version);
            let path = format!("/api/v1/products/{address}/versions/1.{version}.0");
            assert_eq!(wire.exchange(&put(&path, &body)), 201);
        }
        for reader in 0..READERS_OF_ONE {
            let field = &fields[reader % fields.len()];
            let other = format!("added_{}", reader % LINE);
            let body = serde_json::json!({
                "mesh": 1, "consumer": format!("reader-{reader}"), "address": address, "requirement": "^1",
                "fields": [format!("/{field}"), format!("/{other}")],
                "schema": {
                    "type": "object",
                    "properties": { field: true, other: { "type": "string", "maxLength": 1000 + reader } },
                    "required": [field],
                },
            });
            let path = format!("/api/v1/consumers/reader-{reader}/expectations/{address}");
            assert_eq!(wire.exchange(&put(&path, &body.to_string())), 200);
        }
        for publish in 0..CROWDED {
            let version = format!("1.{}.0", LINE + publish);
            let body = grown(&version, LINE + publish * turn);
            let request = put(&format!("/api/v1/products/{address}/versions/{version}"), &body);
            let started = Instant::now();
            assert_eq!(wire.exchange(&request), 201);
            all.push(started.elapsed());
        }
    }
    println!(
        "a publish against {LINE} versions and more and {READERS_OF_ONE} expectations, {} of them:",
        all.len()
    );
    println!("  {}", spread(all));
    runtime.block_on(registry.shutdown());
}
