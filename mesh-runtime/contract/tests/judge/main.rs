//! The judge against an independent validator and against cases with known answers.

mod containment;
mod grammar;
mod membership;
mod suite;
