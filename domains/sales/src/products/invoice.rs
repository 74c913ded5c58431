//! `sales.invoices`: what was billed.

use chrono::NaiveDate;
use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use crate::Sales;
use crate::data::{Data, DataError, INVOICES, Row};

/// One invoice, as it was sent. It is never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Invoicing, name = "invoices", version = "1.0.0", kind = "source-aligned")]
#[product(purpose = "What customers owe: the basis of the books, of receivables and of commission.")]
#[product(terms = "Billing addresses serve billing and the books, nothing else.")]
#[product(availability = "99%", retention = "7y", tags = ["billing", "personal-data"], stability = "stable")]
#[product(example = Invoice::example)]
#[port(records)]
pub struct Invoice {
    /// Number of the invoice. It is never given twice.
    #[field(key, example = 1)]
    pub invoice_id: u32,
    /// The order that is billed.
    #[field(references = "sales.orders/order_id", example = 1)]
    pub order_id: u32,
    /// Who is billed.
    #[field(references = "sales.customers/customer_id", example = 2)]
    pub customer_id: u32,
    /// The day on which the invoice was sent, which is the day of the order.
    #[field(example = "2007-01-01")]
    pub invoice_date: NaiveDate,
    /// Street and number to bill to.
    #[field(pii = "address", classification = "confidential")]
    pub billing_address: String,
    /// City to bill to.
    #[field(pii = "address", classification = "confidential")]
    pub billing_city: String,
    /// State or province to bill to, in the country's own abbreviation. Left out where the address has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "address", classification = "confidential")]
    pub billing_state: Option<String>,
    /// Country to bill to, by its English name.
    #[field(classification = "internal", example = "Germany")]
    pub billing_country: String,
    /// Postal code to bill to. Left out where the address has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "address", classification = "confidential")]
    pub billing_postal_code: Option<String>,
    /// What the customer owes for everything on the invoice. It equals the total of the order.
    #[field(unit = "USD", decimal(10, 2), min = "0", term = "invoice total", example = "1.98")]
    pub total: Decimal,
}

impl Invoice {
    /// Every invoice, by number.
    ///
    /// # Errors
    /// When the invoices cannot be read, with file, line and column.
    pub fn load(data: &Data) -> Result<Vec<Self>, DataError> {
        Self::read_with(data, |_, invoice| Ok(invoice))
    }

    /// Reads every invoice and makes something of it and of the row it came from.
    pub(crate) fn read_with<T>(
        data: &Data,
        mut made: impl FnMut(&Row<'_>, Self) -> Result<T, DataError>,
    ) -> Result<Vec<T>, DataError> {
        data.rows(INVOICES, |row| {
            let invoice_id = row.value("invoice_id")?;
            let invoice = Self {
                invoice_id,
                order_id: invoice_id,
                customer_id: row.value("customer_id")?,
                invoice_date: row.value("invoice_date")?,
                billing_address: row.text("billing_address")?,
                billing_city: row.text("billing_city")?,
                billing_state: row.optional("billing_state")?,
                billing_country: row.text("billing_country")?,
                billing_postal_code: row.optional("billing_postal_code")?,
                total: row.value("total")?,
            };
            made(row, invoice)
        })
    }

    fn example() -> Self {
        Self {
            invoice_id: 1,
            order_id: 1,
            customer_id: 2,
            invoice_date: NaiveDate::from_ymd_opt(2007, 1, 1).unwrap_or_default(),
            billing_address: "Heidestraße 17".to_owned(),
            billing_city: "Köln".to_owned(),
            billing_state: None,
            billing_country: "Germany".to_owned(),
            billing_postal_code: Some("51147".to_owned()),
            total: Decimal::new(198, 2),
        }
    }
}
