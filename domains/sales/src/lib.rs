//! The sales domain of a digital music store: what is for sale, who buys, what was ordered and what was billed.

mod data;
pub mod products;
mod sources;

pub use data::{Data, DataError};
pub use products::{Customer, Invoice, MediaType, Order, OrderLine, Track};
pub use sources::host;

use mesh_runtime::prelude::*;

/// Everything about selling music: what is for sale, taking orders, and billing them.
#[derive(Domain)]
#[domain(
    name = "sales",
    owner = "sales-data@chinook.example",
    contact = "https://chat.chinook.example/sales-data"
)]
pub enum Sales {
    /// Knows customers and takes what they order.
    Orders,
    /// Bills what was ordered.
    #[service(shared_with = "accounting")]
    Invoicing,
    /// Keeps the catalogue: what is for sale and at which price.
    Products,
}

mesh_runtime::domain! { Sales; offers: [Track, Customer, Order, Invoice]; needs: [] }
