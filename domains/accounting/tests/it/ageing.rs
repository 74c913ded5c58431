use std::collections::BTreeMap;

use accounting::inputs::BilledInvoice;
use accounting::{Ageing, AsOf, PostedInvoice, Receivable};
use chrono::{Days, NaiveDate};
use mesh_runtime::Validate;
use rust_decimal::Decimal;

use crate::recorded::{books, exact, invoices};

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Hundredths of a cent in each of the five ages.
fn ages(ageing: &Ageing) -> [i64; 5] {
    let Ageing { current, days_1_to_30, days_31_to_60, days_61_to_90, over_90_days } = ageing;
    [current, days_1_to_30, days_31_to_60, days_61_to_90, over_90_days]
        .map(|amount| exact(&amount.to_string()))
}

/// The same by other means: whole days since the invoice, from day numbers.
fn recomputed(as_of: NaiveDate) -> BTreeMap<u32, [i64; 5]> {
    use chrono::Datelike;
    let mut by_customer: BTreeMap<u32, [i64; 5]> = BTreeMap::new();
    for invoice in invoices() {
        let since = as_of.num_days_from_ce() - invoice.invoice_date.num_days_from_ce();
        if since < 0 {
            continue;
        }
        let age = [30, 60, 90, 120].iter().filter(|limit| since > **limit).count();
        by_customer.entry(invoice.customer_id).or_default()[age] += exact(&invoice.total.to_string());
    }
    by_customer
}

#[test]
fn on_the_last_day_of_2011_the_ages_add_up_to_everything_billed() {
    let receivables = Receivable::aged(&books(), day("2011-12-31"));
    assert_eq!(receivables.len(), 59);
    let mut total = [0; 5];
    for receivable in &receivables {
        for (sum, amount) in total.iter_mut().zip(ages(&receivable.ageing)) {
            *sum += amount;
        }
        assert_eq!(receivable.validate(), Ok(()));
    }
    assert_eq!(total, [386_200, 496_200, 376_200, 376_200, 21_651_200]);
    assert_eq!(total.iter().sum::<i64>(), 23_286_000);
}

#[test]
fn on_any_day_the_ages_are_those_that_a_second_reckoning_finds() {
    let books = books();
    let mut as_of = day("2006-12-31");
    while as_of < day("2012-06-30") {
        let found = Receivable::aged(&books, as_of);
        let by_customer: BTreeMap<u32, [i64; 5]> =
            found.iter().map(|receivable| (receivable.customer_id, ages(&receivable.ageing))).collect();
        assert_eq!(by_customer, recomputed(as_of), "{as_of}");
        for receivable in &found {
            assert_eq!(receivable.ageing.total(), receivable.outstanding, "{as_of}");
            assert_eq!(receivable.as_of, as_of);
        }
        as_of = as_of.checked_add_days(Days::new(13)).expect("a day of the calendar");
    }
}

#[test]
fn an_amount_grows_old_on_the_day_after_its_limit() {
    let invoice = BilledInvoice {
        invoice_id: 1,
        customer_id: 2,
        invoice_date: day("2011-01-01"),
        total: Decimal::new(100, 2),
    };
    let books = [PostedInvoice::post(&invoice).expect("a posted invoice")];
    let due = day("2011-01-31");
    for (days_late, age) in [(0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (5_000, 4)]
    {
        let as_of = due.checked_add_days(Days::new(days_late)).expect("a day of the calendar");
        let mut wanted = [0; 5];
        wanted[age] = 10_000;
        let receivables = Receivable::aged(&books, as_of);
        assert_eq!(ages(&receivables[0].ageing), wanted, "{days_late} days late");
        assert_eq!((receivables[0].open_invoices, receivables[0].oldest_due_on), (1, due));
    }
    assert_eq!(Receivable::aged(&books, day("2010-12-31")), [], "not yet billed");
}

#[test]
fn ages_are_those_of_the_end_of_the_last_year_unless_another_day_is_named() {
    let last = invoices().iter().map(|invoice| invoice.invoice_date).max().expect("invoices");
    assert_eq!((last, AsOf::default().day()), (day("2011-12-22"), day("2011-12-31")));
    assert_eq!("2009-06-30".parse::<AsOf>().map(AsOf::day), Ok(day("2009-06-30")));
    let error = "soon".parse::<AsOf>().expect_err("no day");
    assert_eq!(
        error.to_string(),
        "ACCOUNTING_AS_OF is `soon`, which is no day of the calendar; write one as `2011-12-31`, or unset it"
    );
}
