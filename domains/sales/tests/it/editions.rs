//! Chinook comes in editions. Where a checkout has another one beside it, in `shared/data/chinook`, the rows of both are
//! compared, and what differs is what `data/README.md` says: the dates, and nothing else.

use std::path::{Path, PathBuf};

use chrono::{Days, NaiveDate};

use crate::source::{Row, cents, own_rows, rows};

/// How much later the other edition dates every invoice.
const LATER_BY_DAYS: u64 = 5_114;

fn other_edition() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("shared/data/chinook"))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("left out: no folder `shared/data/chinook` stands beside the checkout");
    }
    found
}

/// Compares rows of both editions column by column.
fn compare(own: &str, theirs: &Path, columns: &[(&str, &str)], differs: fn(&str, &str, &str) -> bool) {
    let (own, theirs): (Vec<Row>, Vec<Row>) = (own_rows(own), rows(theirs));
    assert_eq!(own.len(), theirs.len());
    for (own, theirs) in own.iter().zip(&theirs) {
        for (name, their_name) in columns {
            let (own, theirs) = (&own[*name], &theirs[*their_name]);
            assert!(!differs(name, own, theirs), "{name}: {own} here, {theirs} there");
        }
    }
}

#[test]
fn the_other_edition_has_the_same_customers() {
    let Some(folder) = other_edition() else { return };
    let columns = [
        ("customer_id", "CustomerId"),
        ("first_name", "FirstName"),
        ("last_name", "LastName"),
        ("company", "Company"),
        ("address", "Address"),
        ("city", "City"),
        ("state", "State"),
        ("country", "Country"),
        ("postal_code", "PostalCode"),
        ("phone", "Phone"),
        ("fax", "Fax"),
        ("email", "Email"),
        ("support_rep_id", "SupportRepId"),
    ];
    compare("customers.csv", &folder.join("customer.csv"), &columns, |_, own, theirs| own != theirs);
}

#[test]
fn the_other_edition_has_the_same_invoices_5114_days_later() {
    let Some(folder) = other_edition() else { return };
    let columns = [
        ("invoice_id", "InvoiceId"),
        ("customer_id", "CustomerId"),
        ("invoice_date", "InvoiceDate"),
        ("billing_address", "BillingAddress"),
        ("billing_city", "BillingCity"),
        ("billing_state", "BillingState"),
        ("billing_country", "BillingCountry"),
        ("billing_postal_code", "BillingPostalCode"),
        ("total", "Total"),
    ];
    compare("invoices.csv", &folder.join("invoice.csv"), &columns, |name, own, theirs| match name {
        "invoice_date" => {
            let own: NaiveDate = own.parse().expect("a day");
            let later = own.checked_add_days(Days::new(LATER_BY_DAYS)).expect("a day of the calendar");
            theirs != format!("{later} 00:00:00")
        }
        "total" => cents(own) != cents(theirs),
        _ => own != theirs,
    });
}

#[test]
fn the_other_edition_has_the_same_invoice_lines() {
    let Some(folder) = other_edition() else { return };
    let columns = [
        ("invoice_line_id", "InvoiceLineId"),
        ("invoice_id", "InvoiceId"),
        ("track_id", "TrackId"),
        ("unit_price", "UnitPrice"),
        ("quantity", "Quantity"),
    ];
    compare("invoice_lines.csv", &folder.join("invoiceline.csv"), &columns, |name, own, theirs| match name {
        "unit_price" => cents(own) != cents(theirs),
        _ => own != theirs,
    });
}
