//! `accounting.invoices`: what was billed, as the books have it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;

use chrono::{Days, NaiveDate};
use mesh_runtime::Violations;
use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use crate::Accounting;
use crate::inputs::{BilledInvoice, OrderedTotal};

/// How long customers have to pay.
const PAYMENT_DAYS: u64 = 30;

/// One invoice of sales, posted to the books: when it falls due, and its entries in double entry, where debits equal credits.
/// It is posted under the day it was sent, and falls due 30 days later. No invoice is posted that differs from what was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Accounting::Ledger, name = "invoices", version = "1.0.0", kind = "aggregate")]
#[product(purpose = "The books: what was earned, and from when on it is owed.", inputs = [BilledInvoice, OrderedTotal])]
#[product(availability = "99%", retention = "10y", tags = ["billing", "ledger"], stability = "stable")]
#[product(example = PostedInvoice::example)]
#[port(records)]
pub struct PostedInvoice {
    /// Number of the invoice.
    #[field(key, references = "sales.invoices/invoice_id", example = 1)]
    pub invoice_id: u32,
    /// Who owes it.
    #[field(references = "sales.customers/customer_id", example = 2)]
    pub customer_id: u32,
    /// The day under which it stands in the books, which is the day of the invoice.
    #[field(example = "2007-01-01")]
    pub posted_on: NaiveDate,
    /// The last day on which paying it is in time: 30 days after the day of the invoice.
    #[field(term = "due date", example = "2007-01-31")]
    pub due_on: NaiveDate,
    /// What is owed.
    #[field(unit = "USD", decimal(10, 2), min = "0", term = "invoice total", example = "1.98")]
    pub amount: Decimal,
    /// The entries in the books. The debits and the credits of an invoice add up to the same.
    #[schemars(length(min = 2))]
    pub entries: Vec<Entry>,
}

/// One entry in the books: an amount on one side of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Entry {
    /// The account.
    pub account: Account,
    /// The side of the account.
    pub side: Side,
    /// The amount.
    #[field(unit = "USD", decimal(10, 2), min = "0")]
    pub amount: Decimal,
}

/// An account of the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
pub enum Account {
    /// What customers owe.
    AccountsReceivable,
    /// What was earned by selling.
    SalesRevenue,
}

/// A side of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The left side: what the business has or is owed grows.
    Debit,
    /// The right side: what the business earned or owes grows.
    Credit,
}

/// Why an invoice cannot be posted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PostError {
    /// The calendar ends before the invoice falls due.
    #[error("invoice {invoice_id} falls due on no day of the calendar")]
    NoDueDate {
        /// The invoice.
        invoice_id: u32,
    },
    /// The books promise something that the invoice would break.
    #[error("invoice {invoice_id} does not fit the books")]
    Unfit {
        /// The invoice.
        invoice_id: u32,
        /// Which promise.
        source: Violations,
    },
    /// Nothing was ordered under the number of the invoice.
    #[error("invoice {invoice_id} has no order")]
    NotOrdered {
        /// The invoice.
        invoice_id: u32,
    },
    /// What was billed is not what was ordered.
    #[error("invoice {invoice_id} bills {billed}, and {ordered} was ordered")]
    Differs {
        /// The invoice.
        invoice_id: u32,
        /// What the invoice says.
        billed: Decimal,
        /// What the order says.
        ordered: Decimal,
    },
    /// Two invoices of different content have one number.
    #[error("invoice {invoice_id} comes twice, and the second differs from the first")]
    Ambiguous {
        /// The invoice.
        invoice_id: u32,
    },
}

impl PostedInvoice {
    /// Posts invoices, each once, by number. An order has one invoice of the same number.
    ///
    /// # Errors
    /// When an invoice cannot be posted, or is not what was ordered: books that lack one are wrong.
    pub fn post_all(billed: &[BilledInvoice], ordered: &[OrderedTotal]) -> Result<Vec<Self>, PostError> {
        let ordered: BTreeMap<u32, Decimal> =
            ordered.iter().map(|order| (order.order_id, order.total)).collect();
        let mut books: BTreeMap<u32, Self> = BTreeMap::new();
        for invoice in billed {
            let (invoice_id, posted) = (invoice.invoice_id, Self::post(invoice)?);
            match (books.entry(invoice_id), ordered.get(&invoice_id)) {
                (MapEntry::Occupied(before), _) if *before.get() == posted => {}
                (MapEntry::Occupied(_), _) => return Err(PostError::Ambiguous { invoice_id }),
                (MapEntry::Vacant(_), None) => return Err(PostError::NotOrdered { invoice_id }),
                (MapEntry::Vacant(_), Some(&ordered)) if ordered != posted.amount => {
                    return Err(PostError::Differs { invoice_id, billed: posted.amount, ordered });
                }
                (MapEntry::Vacant(place), Some(_)) => _ = place.insert(posted),
            }
        }
        Ok(books.into_values().collect())
    }

    /// Posts an invoice. What is posted keeps the promises of this product, so sums over the books cannot overflow.
    ///
    /// # Errors
    /// When it has no due date, or would break a promise of this product.
    pub fn post(billed: &BilledInvoice) -> Result<Self, PostError> {
        let BilledInvoice { invoice_id, customer_id, invoice_date, total: amount } = *billed;
        let due_on = invoice_date.checked_add_days(Days::new(PAYMENT_DAYS));
        let posted = Self {
            invoice_id,
            customer_id,
            posted_on: invoice_date,
            due_on: due_on.ok_or(PostError::NoDueDate { invoice_id })?,
            amount,
            entries: vec![
                Entry { account: Account::AccountsReceivable, side: Side::Debit, amount },
                Entry { account: Account::SalesRevenue, side: Side::Credit, amount },
            ],
        };
        posted.validate().map_err(|source| PostError::Unfit { invoice_id, source })?;
        Ok(posted)
    }

    fn example() -> Self {
        let amount = Decimal::new(198, 2);
        Self {
            invoice_id: 1,
            customer_id: 2,
            posted_on: NaiveDate::from_ymd_opt(2007, 1, 1).unwrap_or_default(),
            due_on: NaiveDate::from_ymd_opt(2007, 1, 31).unwrap_or_default(),
            amount,
            entries: vec![
                Entry { account: Account::AccountsReceivable, side: Side::Debit, amount },
                Entry { account: Account::SalesRevenue, side: Side::Credit, amount },
            ],
        }
    }
}
