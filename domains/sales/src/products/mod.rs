//! The products that the domain offers, one file each.

mod customer;
mod invoice;
mod order;
mod track;

pub use customer::Customer;
pub use invoice::Invoice;
pub use order::{Order, OrderLine};
pub use track::{MediaType, Track};
