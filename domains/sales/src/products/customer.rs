//! `sales.customers`: who buys.

use mesh_runtime::prelude::*;

use crate::Sales;
use crate::data::{CUSTOMERS, Data, DataError};

/// One customer of the shop: who it is, where to reach them, and who in the shop looks after them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Orders, name = "customers", version = "1.0.0", kind = "source-aligned")]
#[product(purpose = "Serving customers: whom an order is from, and which agent answers for them.")]
#[product(terms = "Contact data serves the customer's own orders; no advertising without consent.")]
#[product(availability = "99%", retention = "7y", tags = ["customer", "personal-data"], stability = "stable")]
#[product(example = Customer::example)]
#[port(records)]
pub struct Customer {
    /// Number of the customer. It is never given twice.
    #[field(key, example = 2)]
    pub customer_id: u32,
    /// Given name.
    #[field(pii = "name", classification = "confidential")]
    pub first_name: String,
    /// Family name.
    #[field(pii = "name", classification = "confidential")]
    pub last_name: String,
    /// Company that the customer buys for. Left out for private customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(classification = "internal")]
    pub company: Option<String>,
    /// Street and number.
    #[field(pii = "address", classification = "confidential")]
    pub address: String,
    /// City.
    #[field(pii = "address", classification = "confidential")]
    pub city: String,
    /// State or province, in the country's own abbreviation. Left out where the address has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "address", classification = "confidential")]
    pub state: Option<String>,
    /// Country, by its English name.
    #[field(classification = "internal", example = "Germany")]
    pub country: String,
    /// Postal code. Left out where the address has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "address", classification = "confidential")]
    pub postal_code: Option<String>,
    /// Telephone number, as the customer wrote it. Left out where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "phone", classification = "confidential")]
    pub phone: Option<String>,
    /// Fax number, as the customer wrote it. Left out where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[field(pii = "phone", classification = "confidential")]
    pub fax: Option<String>,
    /// Where confirmations and invoices are sent.
    #[field(pii = "email", classification = "confidential")]
    pub email: String,
    /// The sales support agent who looks after the customer, and earns commission on what they are billed.
    #[field(classification = "internal", references = "accounting.payroll/employee_id", example = 5)]
    pub support_rep_id: u32,
}

impl Customer {
    /// Every customer, by number.
    ///
    /// # Errors
    /// When the customers cannot be read, with file, line and column.
    pub fn load(data: &Data) -> Result<Vec<Self>, DataError> {
        data.rows(CUSTOMERS, |row| {
            Ok(Self {
                customer_id: row.value("customer_id")?,
                first_name: row.text("first_name")?,
                last_name: row.text("last_name")?,
                company: row.optional("company")?,
                address: row.text("address")?,
                city: row.text("city")?,
                state: row.optional("state")?,
                country: row.text("country")?,
                postal_code: row.optional("postal_code")?,
                phone: row.optional("phone")?,
                fax: row.optional("fax")?,
                email: row.text("email")?,
                support_rep_id: row.value("support_rep_id")?,
            })
        })
    }

    /// An invented person: an example stands in a published contract.
    fn example() -> Self {
        Self {
            customer_id: 60,
            first_name: "Erika".to_owned(),
            last_name: "Mustermann".to_owned(),
            company: None,
            address: "Heidestraße 17".to_owned(),
            city: "Köln".to_owned(),
            state: None,
            country: "Germany".to_owned(),
            postal_code: Some("51147".to_owned()),
            phone: None,
            fax: None,
            email: "erika@customer.example".to_owned(),
            support_rep_id: 5,
        }
    }
}
