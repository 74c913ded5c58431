//! The accounting domain of a digital music store: the books, what customers owe, and what employees earn on top.
//!
//! What was ordered, what was billed and who looks after a customer belongs to sales. Accounting reads it through the ports of sales, and
//! knows sales by its contracts alone.

mod data;
pub mod inputs;
pub mod products;
mod sources;

pub use data::{Data, DataError, Employee};
pub use products::{
    Account, Ageing, Entry, PayrollEntry, PostError, PostedInvoice, Receivable, Side, UnknownAgent,
};
pub use sources::{AsOf, NotADay, host};

use mesh_runtime::prelude::*;

use inputs::{BilledInvoice, CustomerAccount, OrderedTotal};

/// Everything about money once it is billed: the books, what customers owe, and what employees earn on top.
#[derive(Domain)]
#[domain(name = "accounting", owner = "accounting-data@chinook.example")]
#[domain(contact = "https://chat.chinook.example/accounting-data")]
pub enum Accounting {
    /// Posts what was billed. Billing itself is the invoicing of sales, in which accounting takes part.
    Ledger,
    /// Watches what customers owe and for how long.
    AccountsReceivable,
    /// Works out what employees are paid beyond their wages.
    Payroll,
}

mesh_runtime::domain! {
    Accounting;
    offers: [PostedInvoice, Receivable, PayrollEntry];
    needs: [BilledInvoice, OrderedTotal, CustomerAccount]
}
