//! Contracts are read strictly: what is equal has one digest, and what is wrong is told with its place.

use mesh_contract::Contract;

mod faults;
mod hostile;
mod sample;
mod spelled;
mod writing;

/// What the reader says of a text that is no contract: `line:column pointer message`.
#[track_caller]
fn refusal(text: &str) -> String {
    let error = Contract::read(text).expect_err("the text is no contract");
    format!("{}:{} {} {}", error.line, error.column, error.pointer, error.message)
}
