//! The two JSON Schemas of a type, draft 2020-12: what serde writes of it and what serde takes for it.
//!
//! schemars is the base. One pass completes what it leaves out, in this order, each step in a file of its own:
//!
//! 1. [`bounds`]: the ranges of Rust's numbers and the notations of well-known texts, found by `format` and `pattern`;
//! 2. [`complete`]: what serde does with fields and variants and schemars does not say (`alias`, `other`,
//!    `skip_serializing_if`, keys of maps), driven by what the macros wrote down of the type;
//! 3. [`close`]: what is written holds nothing but what the type declares, so *emits* says so.
//!
//! Every correction has a test against serde itself.

mod bounds;
mod close;
mod complete;
mod generate;
mod node;

pub(crate) use bounds::DECIMAL;
pub(crate) use complete::{count_untagged, variant_content};
pub(crate) use generate::{Generated, generate, generate_both};
pub(crate) use node::{ALIAS_COMMENT, definition_name, is_null, resolve};

use mesh_contract::contract::Side;
use serde_json::{Map, Value};

/// The whole document of one side: the root's schema with the definitions that it reaches.
pub(crate) fn document(generated: &Generated, side: Side, id: Option<String>) -> Value {
    let mut defs = generated.defs.clone();
    let root = &generated.root;
    let recursive = generated.is_referenced(root);
    let mut schema = Map::new();
    if recursive {
        schema.insert("$ref".to_owned(), node::reference(root).into());
    } else {
        match defs.remove(root) {
            Some(Value::Object(members)) => schema = members,
            Some(Value::Bool(false)) => {
                schema.insert("not".to_owned(), Value::Object(Map::new()));
            }
            _ => {}
        }
    }
    if side == Side::Emits {
        close::close_root(&mut schema, generated);
    }
    node::keep_reachable(&schema, &mut defs);
    schema.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.entry("title").or_insert_with(|| root.as_str().into());
    if let Some(id) = id {
        schema.insert("$id".to_owned(), id.into());
    }
    if !defs.is_empty() {
        schema.insert("$defs".to_owned(), Value::Object(defs));
    }
    Value::Object(schema)
}
