//! `accounting.receivables`: what each customer owes and for how long.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use crate::Accounting;
use crate::products::PostedInvoice;

/// What one customer owes on a stated day, by how long it is overdue. The shop's data holds no payments, so every invoice
/// posted by that day counts as unpaid: read the ages as those of what was ever billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Accounting::AccountsReceivable, name = "receivables", version = "1.0.0", kind = "aggregate")]
#[product(purpose = "Whom to remind, and how much of what is owed may be lost.", inputs = [PostedInvoice])]
#[product(availability = "99%", tags = ["ageing", "receivables"], stability = "stable")]
#[product(example = Receivable::example)]
#[port(records)]
pub struct Receivable {
    /// Who owes.
    #[field(key, references = "sales.customers/customer_id", example = 2)]
    pub customer_id: u32,
    /// The day for which the ages are worked out. Invoices posted later are left out.
    #[field(example = "2011-12-31")]
    pub as_of: NaiveDate,
    /// What is owed, by age.
    pub ageing: Ageing,
    /// What is owed in all: the ages add up to it.
    #[field(unit = "USD", decimal(12, 2), min = "0", term = "outstanding balance")]
    pub outstanding: Decimal,
    /// How many invoices are unpaid.
    #[schemars(range(min = 1))]
    pub open_invoices: u32,
    /// The earliest day on which one of them fell or falls due.
    pub oldest_due_on: NaiveDate,
}

/// What is owed, by the days since it fell due.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Ageing {
    /// Not due yet, or due on the very day.
    #[field(unit = "USD", decimal(12, 2), min = "0")]
    pub current: Decimal,
    /// Overdue for 1 to 30 days.
    #[field(unit = "USD", decimal(12, 2), min = "0")]
    pub days_1_to_30: Decimal,
    /// Overdue for 31 to 60 days.
    #[field(unit = "USD", decimal(12, 2), min = "0")]
    pub days_31_to_60: Decimal,
    /// Overdue for 61 to 90 days.
    #[field(unit = "USD", decimal(12, 2), min = "0")]
    pub days_61_to_90: Decimal,
    /// Overdue for more than 90 days.
    #[field(unit = "USD", decimal(12, 2), min = "0")]
    pub over_90_days: Decimal,
}

impl Receivable {
    /// What each customer owes on a day, by customer. Customers who owe nothing are left out.
    pub fn aged(posted: &[PostedInvoice], as_of: NaiveDate) -> Vec<Self> {
        let mut by_customer: BTreeMap<u32, Self> = BTreeMap::new();
        for invoice in posted.iter().filter(|invoice| invoice.posted_on <= as_of) {
            let receivable = by_customer.entry(invoice.customer_id).or_insert_with(|| Self {
                customer_id: invoice.customer_id,
                as_of,
                ageing: Ageing::none(),
                outstanding: Decimal::new(0, 2),
                open_invoices: 0,
                oldest_due_on: invoice.due_on,
            });
            *receivable.ageing.of(invoice.due_on, as_of) += invoice.amount;
            receivable.outstanding += invoice.amount;
            receivable.open_invoices += 1;
            receivable.oldest_due_on = receivable.oldest_due_on.min(invoice.due_on);
        }
        by_customer.into_values().collect()
    }

    fn example() -> Self {
        let day = |month, day| NaiveDate::from_ymd_opt(2011, month, day).unwrap_or_default();
        Self {
            customer_id: 2,
            as_of: day(12, 31),
            ageing: Ageing {
                current: Decimal::new(198, 2),
                over_90_days: Decimal::new(1386, 2),
                ..Ageing::none()
            },
            outstanding: Decimal::new(1584, 2),
            open_invoices: 2,
            oldest_due_on: day(7, 1),
        }
    }
}

impl Ageing {
    /// Nothing owed, with the digits that amounts are written with.
    fn none() -> Self {
        let none = Decimal::new(0, 2);
        Self {
            current: none,
            days_1_to_30: none,
            days_31_to_60: none,
            days_61_to_90: none,
            over_90_days: none,
        }
    }

    /// Where an amount that falls due on a day stands on another.
    fn of(&mut self, due_on: NaiveDate, as_of: NaiveDate) -> &mut Decimal {
        match (as_of - due_on).num_days() {
            ..=0 => &mut self.current,
            1..=30 => &mut self.days_1_to_30,
            31..=60 => &mut self.days_31_to_60,
            61..=90 => &mut self.days_61_to_90,
            _ => &mut self.over_90_days,
        }
    }

    /// What the ages add up to.
    pub fn total(&self) -> Decimal {
        let Self { current, days_1_to_30, days_31_to_60, days_61_to_90, over_90_days } = self;
        current + days_1_to_30 + days_31_to_60 + days_61_to_90 + over_90_days
    }
}
