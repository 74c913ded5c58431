//! Broken files: each is refused with its place, none with its content, and none ends the process.

use std::error::Error;
use std::fs;

use sales::{Customer, Data, DataError, Invoice, Order, Track};
use tempfile::TempDir;

use crate::source;

/// A copy of the data folder in which one file is changed.
fn with_changed(name: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for entry in fs::read_dir(source::folder()).expect("the data folder").flatten() {
        fs::copy(entry.path(), folder.path().join(entry.file_name())).expect("a copy");
    }
    let path = folder.path().join(name);
    let changed = change(fs::read(&path).expect("the file"));
    fs::write(&path, changed).expect("the changed file");
    folder
}

fn replace(from: &'static str, to: &'static str) -> impl FnOnce(Vec<u8>) -> Vec<u8> {
    move |bytes| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        assert!(text.contains(from), "nothing to change");
        text.replacen(from, to, 1).into_bytes()
    }
}

#[track_caller]
fn refused<R>(read: Result<Vec<R>, DataError>, wanted: &str) {
    let error = read.err().expect("a refusal");
    let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
    assert_eq!(format!("{error}{cause}"), wanted);
}

#[test]
fn a_price_that_is_no_number_is_named_by_file_line_and_column() {
    let folder = with_changed("tracks.csv", replace("5510424,0.99", "5510424,free"));
    refused(
        Track::load(&Data::in_folder(folder.path())),
        "tracks.csv, line 3, column `unit_price`: Invalid decimal: unknown character",
    );
}

#[test]
fn a_day_that_is_not_in_the_calendar_is_named_without_its_content() {
    let folder = with_changed("invoices.csv", replace("2007-01-02", "2007-02-30"));
    refused(
        Invoice::load(&Data::in_folder(folder.path())),
        "invoices.csv, line 3, column `invoice_date`: input is out of range",
    );
}

#[test]
fn a_customer_without_a_name_is_refused() {
    let folder = with_changed("customers.csv", replace("Leonie", " "));
    refused(
        Customer::load(&Data::in_folder(folder.path())),
        "customers.csv, line 3, column `first_name`: is empty, and every row must have one",
    );
}

#[test]
fn a_column_that_is_gone_is_named() {
    let folder = with_changed("customers.csv", replace("email", "mail"));
    refused(
        Customer::load(&Data::in_folder(folder.path())),
        "customers.csv, line 1: no column is named `email`",
    );
}

#[test]
fn a_row_with_a_field_too_many_is_named_by_its_line() {
    let folder = with_changed("invoices.csv", replace("70174,1.98", "70174,1,98"));
    let error = Invoice::load(&Data::in_folder(folder.path())).expect_err("a refusal");
    assert_eq!(error.to_string(), "invoices.csv is not well-formed CSV");
    let cause = error.source().expect("a cause").to_string();
    assert!(cause.contains("line: 2") && cause.contains("10 fields"), "{cause}");
}

#[test]
fn a_file_that_is_not_there_is_named_with_what_to_do() {
    let folder = TempDir::new().expect("a folder");
    let error = Track::load(&Data::in_folder(folder.path())).expect_err("a refusal");
    let path = folder.path().join("tracks.csv");
    assert_eq!(
        error.to_string(),
        format!(
            "cannot read {}; put the file there, or unset MESH_DATA to serve the data built in",
            path.display()
        )
    );
}

#[test]
fn an_invoice_that_its_lines_do_not_add_up_to_is_refused() {
    let folder = with_changed("invoices.csv", replace("0171,3.96", "0171,3.97"));
    refused(
        Order::load(&Data::in_folder(folder.path())),
        "invoices.csv, line 3, column `total`: is 3.97, and the lines of the invoice add up to 3.96",
    );
}

#[test]
fn a_line_of_no_invoice_or_no_track_is_refused() {
    let folder = with_changed("invoice_lines.csv", replace("1,1,2,0.99", "1,9999,2,0.99"));
    refused(
        Order::load(&Data::in_folder(folder.path())),
        "invoice_lines.csv, line 2, column `invoice_id`: no invoice has the number 9999",
    );
    let folder = with_changed("invoice_lines.csv", replace("1,1,2,0.99", "1,1,9999,0.99"));
    refused(
        Order::load(&Data::in_folder(folder.path())),
        "invoice_lines.csv, line 2, column `track_id`: no track has the number 9999",
    );
}

#[test]
fn an_invoice_number_that_is_given_twice_is_refused() {
    let folder = with_changed("invoices.csv", replace("\n2,4,", "\n1,4,"));
    refused(
        Order::load(&Data::in_folder(folder.path())),
        "invoices.csv, line 3, column `invoice_id`: another row has the number 1, too",
    );
}

#[test]
fn amounts_beyond_any_number_are_refused_and_do_not_overflow() {
    let most = "0.79228162514264337593543950335";
    let folder = with_changed("invoice_lines.csv", |bytes| {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let huge = most.replace("0.", "");
        text.replacen("1,1,2,0.99,1", &format!("1,1,2,{huge},4000000000"), 1).into_bytes()
    });
    refused(
        Order::load(&Data::in_folder(folder.path())),
        "invoice_lines.csv, line 2, column `unit_price`: is beyond any price",
    );
}

#[test]
fn whatever_is_done_to_a_byte_ends_in_records_or_in_an_error() {
    let mut seed: u64 = 0x5eed;
    let mut next = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % below
    };
    let mut refusals = 0;
    for round in 0..120 {
        let name = ["customers.csv", "invoices.csv"][round % 2];
        let folder = with_changed(name, |mut bytes| {
            let place = next(bytes.len());
            match next(3) {
                0 => bytes[place] = next(256) as u8,
                1 => bytes.truncate(place),
                _ => bytes.insert(place, [b'"', b',', b'\n', 0xff][next(4)]),
            }
            bytes
        });
        let data = Data::in_folder(folder.path());
        refusals += usize::from(Customer::load(&data).is_err() || Invoice::load(&data).is_err());
    }
    assert!(refusals > 40, "only {refusals} of 120 damaged files were noticed");
}
