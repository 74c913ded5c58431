//! What sales answered, as recorded beside the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use accounting::inputs::{BilledInvoice, CustomerAccount, OrderedTotal};
use accounting::{Data, Employee, PostedInvoice};
use serde::de::DeserializeOwned;

fn read<R: DeserializeOwned>(name: &str) -> Vec<R> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
    let text = fs::read_to_string(path).expect("the recorded answer");
    text.lines().map(|line| serde_json::from_str(line).expect("a record")).collect()
}

/// The records of `sales.invoices`.
pub(crate) fn invoices() -> Vec<BilledInvoice> {
    read("sales.invoices.ndjson")
}

/// The records of `sales.orders`.
pub(crate) fn orders() -> Vec<OrderedTotal> {
    read("sales.orders.ndjson")
}

/// The records of `sales.customers`.
pub(crate) fn customers() -> Vec<CustomerAccount> {
    read("sales.customers.ndjson")
}

/// The books over all recorded invoices.
pub(crate) fn books() -> Vec<PostedInvoice> {
    PostedInvoice::post_all(&invoices(), &orders()).expect("invoices that can be posted")
}

/// The domain's own employees.
pub(crate) fn employees() -> Vec<Employee> {
    Employee::load(&Data::built_in()).expect("the employees")
}

/// Money in hundredths of a cent, for arithmetic that is not the domain's own: `12.5` is 125000.
pub(crate) fn exact(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    assert!(part.len() <= 4, "{text} has more than four digits behind the point");
    format!("{whole}{part:0<4}").parse().expect("digits")
}

/// The rows of a file by column, or a word on standard error when the file is not there.
pub(crate) fn rows_of_neighbour(path: &Path) -> Option<Vec<BTreeMap<String, String>>> {
    if !path.is_file() {
        eprintln!("left out: {} is not there", path.display());
        return None;
    }
    let mut reader = csv::Reader::from_path(path).expect("a readable file");
    Some(reader.deserialize().collect::<Result<_, _>>().expect("well-formed rows"))
}

fn sales(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../sales/data").join(name)
}

#[test]
fn the_recorded_answers_are_what_sales_has_where_sales_is_at_hand() {
    if let Some(rows) = rows_of_neighbour(&sales("invoices.csv")) {
        let invoices = invoices();
        assert_eq!(invoices.len(), rows.len());
        for (invoice, row) in invoices.iter().zip(&rows) {
            let BilledInvoice { invoice_id, customer_id, invoice_date, total } = invoice;
            assert_eq!(invoice_id.to_string(), row["invoice_id"]);
            assert_eq!(customer_id.to_string(), row["customer_id"]);
            assert_eq!(invoice_date.to_string(), row["invoice_date"]);
            assert_eq!(total.to_string(), row["total"]);
        }
    }
    // An order has one invoice, of the same number and over the same amount.
    if let Some(rows) = rows_of_neighbour(&sales("invoices.csv")) {
        let orders = orders();
        assert_eq!(orders.len(), rows.len());
        for (OrderedTotal { order_id, total }, row) in orders.iter().zip(&rows) {
            assert_eq!(
                (order_id.to_string(), total.to_string()),
                (row["invoice_id"].clone(), row["total"].clone())
            );
        }
    }
    if let Some(rows) = rows_of_neighbour(&sales("customers.csv")) {
        let customers = customers();
        assert_eq!(customers.len(), rows.len());
        for (customer, row) in customers.iter().zip(&rows) {
            let CustomerAccount { customer_id, support_rep_id } = customer;
            assert_eq!(customer_id.to_string(), row["customer_id"]);
            assert_eq!(support_rep_id.to_string(), row["support_rep_id"]);
        }
    }
}
