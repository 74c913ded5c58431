use accounting::inputs::{BilledInvoice, OrderedTotal};
use accounting::{Account, PostError, PostedInvoice, Side};
use chrono::{NaiveDate, TimeDelta};
use mesh_runtime::Validate;
use rust_decimal::Decimal;

use crate::recorded::{books, exact, invoices};

fn billed(invoice_id: u32, total: &str) -> BilledInvoice {
    let invoice_date = "2007-01-01".parse().expect("a day");
    BilledInvoice { invoice_id, customer_id: 2, invoice_date, total: total.parse().expect("a number") }
}

fn ordered(order_id: u32, total: &str) -> OrderedTotal {
    OrderedTotal { order_id, total: total.parse().expect("a number") }
}

#[test]
fn every_invoice_is_posted_once_and_falls_due_after_30_days() {
    let (books, invoices) = (books(), invoices());
    assert_eq!(books.len(), 412);
    for (posted, billed) in books.iter().zip(&invoices) {
        assert_eq!(posted.invoice_id, billed.invoice_id);
        assert_eq!((posted.amount, posted.posted_on), (billed.total, billed.invoice_date));
        assert_eq!(posted.due_on - billed.invoice_date, TimeDelta::days(30));
        assert_eq!(posted.validate(), Ok(()));
    }
}

#[test]
fn debits_equal_credits_and_the_accounts_add_up_to_2328_60() {
    let on = |account: Account, side: Side| -> i64 {
        let books = books();
        let entries = books.iter().flat_map(|posted| &posted.entries);
        let wanted = entries.filter(|entry| entry.account == account && entry.side == side);
        wanted.map(|entry| exact(&entry.amount.to_string())).sum()
    };
    assert_eq!(on(Account::AccountsReceivable, Side::Debit), 23_286_000);
    assert_eq!(on(Account::SalesRevenue, Side::Credit), 23_286_000);
    assert_eq!(on(Account::AccountsReceivable, Side::Credit) + on(Account::SalesRevenue, Side::Debit), 0);
    for posted in books() {
        let side = |side| -> Decimal {
            posted.entries.iter().filter(|entry| entry.side == side).map(|entry| entry.amount).sum()
        };
        assert_eq!((side(Side::Debit), side(Side::Credit)), (posted.amount, posted.amount));
    }
}

#[test]
fn an_invoice_that_is_read_twice_is_posted_once() {
    let twice = [billed(1, "1.98"), billed(2, "3.96"), billed(1, "1.98")];
    let books = PostedInvoice::post_all(&twice, &[ordered(1, "1.98"), ordered(2, "3.96")]).expect("books");
    assert_eq!(books.iter().map(|posted| posted.invoice_id).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn two_invoices_of_one_number_are_refused() {
    let twice = [billed(1, "1.98"), billed(1, "1.99")];
    let error = PostedInvoice::post_all(&twice, &[ordered(1, "1.98")]).expect_err("a refusal");
    assert_eq!(error.to_string(), "invoice 1 comes twice, and the second differs from the first");
}

#[test]
fn an_invoice_that_differs_from_its_order_or_has_none_is_refused() {
    let told = |ordered: &[OrderedTotal]| {
        PostedInvoice::post_all(&[billed(1, "1.98")], ordered).expect_err("a refusal").to_string()
    };
    assert_eq!(told(&[ordered(2, "1.98")]), "invoice 1 has no order");
    assert_eq!(told(&[ordered(1, "2.97")]), "invoice 1 bills 1.98, and 2.97 was ordered");
}

#[test]
fn amounts_that_the_books_cannot_hold_are_refused() {
    for total in ["-0.01", "0.001", "100000000.00", "79228162514264337593543950335"] {
        let error = PostedInvoice::post(&billed(7, total)).expect_err(total);
        assert!(matches!(error, PostError::Unfit { invoice_id: 7, .. }), "{total}: {error}");
    }
    PostedInvoice::post(&billed(7, "99999999.99")).expect("the greatest amount");
}

#[test]
fn an_invoice_at_the_end_of_the_calendar_is_refused() {
    let last = BilledInvoice { invoice_date: NaiveDate::MAX, ..billed(7, "1.00") };
    assert!(matches!(PostedInvoice::post(&last), Err(PostError::NoDueDate { invoice_id: 7 })));
}
