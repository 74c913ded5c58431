//! The judge against an independent validator and against cases with known answers.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod closed;
mod containment;
mod depth;
mod fuzzed;
mod grammar;
mod membership;
mod reflexive;
mod suite;
mod violations;
