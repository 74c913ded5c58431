use std::collections::{BTreeMap, BTreeSet};

use mesh_runtime::Validate;
use sales::{Customer, Data, Invoice, Order, Track};

use crate::source::{cents, own_rows};

#[test]
fn the_catalogue_holds_every_track_at_its_price() {
    let tracks = Track::load(&Data::built_in()).expect("the catalogue");
    let rows = own_rows("tracks.csv");
    assert_eq!((tracks.len(), rows.len()), (3_503, 3_503));
    for (track, row) in tracks.iter().zip(&rows) {
        assert_eq!(track.track_id.to_string(), row["track_id"]);
        assert_eq!((&track.title, &track.album), (&row["title"], &row["album"]));
        assert_eq!((&track.artist, &track.genre), (&row["artist"], &row["genre"]));
        assert_eq!(track.composer.as_deref().unwrap_or(""), row["composer"]);
        assert_eq!(track.duration.to_string(), row["milliseconds"]);
        assert_eq!(track.size.to_string(), row["bytes"]);
        assert_eq!(cents(&track.price.to_string()), cents(&row["unit_price"]));
    }
    let keys: BTreeSet<u32> = tracks.iter().map(|track| track.track_id).collect();
    assert_eq!(keys.len(), tracks.len(), "each number is given once");
}

#[test]
fn the_invoices_add_up_to_2328_60() {
    let invoices = Invoice::load(&Data::built_in()).expect("the invoices");
    assert_eq!(invoices.len(), 412);
    let total: i64 = invoices.iter().map(|invoice| cents(&invoice.total.to_string())).sum();
    let recomputed: i64 = own_rows("invoices.csv").iter().map(|row| cents(&row["total"])).sum();
    assert_eq!((total, recomputed), (232_860, 232_860));
}

#[test]
fn each_order_adds_up_to_its_lines_to_its_genres_and_to_its_invoice() {
    let data = Data::built_in();
    let orders = Order::load(&data).expect("the orders");
    let invoices: BTreeMap<u32, Invoice> = Invoice::load(&data)
        .expect("the invoices")
        .into_iter()
        .map(|invoice| (invoice.order_id, invoice))
        .collect();
    assert_eq!((orders.len(), invoices.len()), (412, 412));
    let mut by_invoice: BTreeMap<String, (usize, i64)> = BTreeMap::new();
    for row in own_rows("invoice_lines.csv") {
        let quantity: i64 = row["quantity"].parse().expect("a quantity");
        let (lines, amount) = by_invoice.entry(row["invoice_id"].clone()).or_default();
        *lines += 1;
        *amount += cents(&row["unit_price"]) * quantity;
    }
    for order in &orders {
        let (lines, amount) = by_invoice[&order.order_id.to_string()];
        assert_eq!(
            (order.lines.len(), cents(&order.total.to_string())),
            (lines, amount),
            "{}",
            order.order_id
        );
        assert_eq!(order.amount_by_genre.values().sum::<rust_decimal::Decimal>(), order.total);
        let invoice = &invoices[&order.order_id];
        assert_eq!(
            (invoice.total, invoice.customer_id, invoice.invoice_date),
            (order.total, order.customer_id, order.ordered_on)
        );
    }
    assert_eq!(orders.iter().map(|order| order.lines.len()).sum::<usize>(), 2_240);
}

#[test]
fn every_reference_names_a_record() {
    let data = Data::built_in();
    let customers: BTreeSet<u32> =
        Customer::load(&data).expect("the customers").iter().map(|customer| customer.customer_id).collect();
    let tracks: BTreeSet<u32> =
        Track::load(&data).expect("the catalogue").iter().map(|track| track.track_id).collect();
    assert_eq!(customers.len(), 59);
    for order in Order::load(&data).expect("the orders") {
        assert!(customers.contains(&order.customer_id), "order {}", order.order_id);
        assert!(order.lines.iter().all(|line| tracks.contains(&line.track_id)), "order {}", order.order_id);
    }
}

#[test]
fn every_record_keeps_the_promises_of_its_contract() {
    let data = Data::built_in();
    fn check<R: Validate>(records: Vec<R>) {
        for (index, record) in records.iter().enumerate() {
            assert_eq!(record.validate(), Ok(()), "record {index}");
        }
    }
    check(Track::load(&data).expect("the catalogue"));
    check(Customer::load(&data).expect("the customers"));
    check(Order::load(&data).expect("the orders"));
    check(Invoice::load(&data).expect("the invoices"));
}

#[test]
fn names_keep_the_letters_of_their_language() {
    let customers = Customer::load(&Data::built_in()).expect("the customers");
    let first = &customers[0];
    assert_eq!((first.first_name.as_str(), first.city.as_str()), ("Luís", "São José dos Campos"));
    assert!(customers.iter().any(|customer| customer.city == "Edinburgh"), "without the space of the source");
}
