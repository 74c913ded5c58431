//! The products that the domain offers, one file each.

mod payroll_entry;
mod posted_invoice;
mod receivable;

pub use payroll_entry::{PayrollEntry, UnknownAgent};
pub use posted_invoice::{Account, Entry, PostError, PostedInvoice, Side};
pub use receivable::{Ageing, Receivable};
