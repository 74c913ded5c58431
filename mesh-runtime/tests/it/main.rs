//! What the run time promises, from outside.

mod changes;
mod client;
mod dependencies;
mod files;
#[expect(unreachable_pub, reason = "the types are written as a domain writes them")]
mod flattened;
mod folder;
mod host;
mod macros;
mod order;
mod schema;
#[expect(unreachable_pub, reason = "the types are written as a domain writes them")]
mod shapes;
mod testing;
mod verdict;
