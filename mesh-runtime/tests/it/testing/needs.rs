//! What a domain reads of another.

use mesh_runtime::Manifest;
use mesh_runtime::files::LockedInput;
use mesh_runtime::prelude::*;

use super::shop::{self, Shop};
use super::{fails, holds};
use crate::folder::Folder;

/// Counting what was sold.
#[derive(Domain)]
#[domain(name = "books", owner = "books@example.com")]
enum Books {
    /// Keeps the ledger.
    Ledger,
}

/// What the ledger reads of an order.
#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "shop.orders", version = "^1", purpose = "bookkeeping")]
#[expect(dead_code, reason = "only its schema is looked at")]
struct BookedOrder {
    id: u32,
    note: Option<String>,
}

/// Wants what may be missing, and takes less than there is.
#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "shop.orders", version = "^1")]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Demanding {
    id: u16,
    note: String,
}

/// Misspells a field.
#[derive(Deserialize, JsonSchema, Consumes)]
#[consumes(product = "shop.orders", version = "^1")]
#[expect(dead_code, reason = "only its schema is looked at")]
struct Misspelled {
    id: u32,
    notes: Option<String>,
    #[serde(alias = "note")]
    text: Option<String>,
}

/// Made from orders.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Books::Ledger, name = "entries", version = "1.0.0", kind = "aggregate", inputs = [BookedOrder])]
#[port(records)]
struct Entry {
    /// Its number.
    #[field(key)]
    id: u32,
}

/// A folder in which the orders of the shop are pinned.
fn pinned() -> Folder {
    let folder = Folder::new();
    let files = folder.files();
    let contract = shop::manifest().offers()[0].contract().expect("a contract");
    files.write_input(&contract).expect("written");
    let mut lock = files.lock().expect("a lock");
    lock.pin(LockedInput {
        address: contract.address.clone(),
        requirement: "^1".parse().expect("a requirement"),
        version: contract.version.clone(),
        digest: contract.digest().expect("a digest"),
    });
    files.write_lock(&lock).expect("written");
    folder
}

fn books<C: Consumes>() -> Manifest {
    Manifest::builder::<Books>("books", ".").need::<C>().build()
}

const PINNED: &str = "::input is pinned";
const PROMISED: &str = "::what is read is promised";

#[test]
fn an_input_that_is_not_pinned_is_told_with_the_command() {
    fails(
        &books::<BookedOrder>(),
        &Folder::new(),
        PINNED,
        &["mesh.lock does not pin `shop.orders`; run `mesh add shop.orders@^1`"],
    );
    fails(&books::<BookedOrder>(), &Folder::new(), PROMISED, &["see the check `input is pinned`"]);
}

#[test]
fn a_changed_contract_of_an_input_is_told() {
    let folder = pinned();
    holds(&books::<BookedOrder>(), &folder, PINNED);
    let inside = "contracts/inputs/shop.orders/1.0.0.json";
    folder.write(inside, &folder.read(inside).replace("One order.", "One ordeal."));
    fails(&books::<BookedOrder>(), &folder, PINNED, &["is not the contract that mesh.lock pins"]);
}

#[test]
fn a_reader_that_takes_what_is_promised_holds() {
    holds(&books::<BookedOrder>(), &pinned(), PROMISED);
}

#[test]
fn a_reader_that_wants_more_than_is_promised_is_told_by_field() {
    fails(
        &books::<Demanding>(),
        &pinned(),
        PROMISED,
        &[
            "shop.orders 1.0.0 may write",
            "`/note` breaks `required`",
            "Make what may be missing or null an `Option`",
        ],
    );
}

#[test]
fn a_field_that_the_contract_does_not_have_is_told_with_the_nearest() {
    let told = super::told(&books::<Misspelled>(), &pinned(), PROMISED).expect("a failure");
    assert!(told.contains("`/notes`; did you mean `/note`?"), "{told}");
    assert!(!told.contains("`/text`"), "an alias that the contract has will do: {told}");
}

#[test]
fn an_input_of_a_product_has_to_be_listed() {
    let unlisted = Manifest::builder::<Books>("books", ".").offer::<Entry>().build();
    let check = "books::every input of a product is listed";
    fails(
        &unlisted,
        &Folder::new(),
        check,
        &["`Entry` is made from `shop.orders`", "add `BookedOrder` to `needs`"],
    );
    let listed = Manifest::builder::<Books>("books", ".").offer::<Entry>().need::<BookedOrder>().build();
    holds(&listed, &Folder::new(), check);
    let contract = listed.offers()[0].contract().expect("a contract");
    assert_eq!(contract.inputs[0].fields, ["/id", "/note"]);
    assert_eq!(contract.inputs[0].purpose.as_deref(), Some("bookkeeping"));
    let _ = Shop::Orders;
}
