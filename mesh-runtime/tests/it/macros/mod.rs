//! What the macros make of annotated types.

mod agreement;
mod alias;
#[expect(unreachable_pub, dead_code, reason = "the types are written as a domain writes them")]
mod definitions;
mod mistakes;
