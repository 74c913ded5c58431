//! What accounting reads of other domains: the fields it uses, and not one more.

use chrono::NaiveDate;
use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

/// An invoice as the ledger needs it: who owes how much since when. No address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Consumes)]
#[consumes(product = "sales.invoices", version = "^1", purpose = "posting what was billed to the books")]
pub struct BilledInvoice {
    /// Number of the invoice.
    pub invoice_id: u32,
    /// Who is billed.
    pub customer_id: u32,
    /// The day on which it was sent.
    pub invoice_date: NaiveDate,
    /// What the customer owes.
    pub total: Decimal,
}

/// An order as the ledger needs it: what was ordered for, to hold the invoice against.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Consumes)]
#[consumes(
    product = "sales.orders",
    version = "^1",
    purpose = "holding what was billed against what was ordered"
)]
pub struct OrderedTotal {
    /// Number of the order, and of its invoice.
    pub order_id: u32,
    /// What the lines of the order add up to.
    pub total: Decimal,
}

/// A customer as payroll needs it: who looks after them. No name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Consumes)]
#[consumes(
    product = "sales.customers",
    version = "^1",
    purpose = "paying commission to who looks after a customer"
)]
pub struct CustomerAccount {
    /// Number of the customer.
    pub customer_id: u32,
    /// The employee who looks after them.
    pub support_rep_id: u32,
}
