//! Whether what clients of a registry saw is linearizable: whether some order of all operations on a product, in which each
//! takes effect at one moment between its call and its answer, makes every answer right.

mod product;
mod search;

pub(crate) use product::{Action, Outcome, Product};
pub(crate) use search::{Operation, Verdict, check};
