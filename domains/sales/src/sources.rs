//! Where the records of each product come from.

use mesh_runtime::host::{Context, Host, SourceError};

use crate::Data;
use crate::products::{Customer, Invoice, Order, Track};

/// The domain's server, with a source for each product.
pub fn host() -> Host {
    Host::new(crate::manifest()).records(tracks).records(customers).records(orders).records(invoices)
}

async fn tracks(context: Context) -> Result<Vec<Track>, SourceError> {
    Ok(Track::load(&Data::of(&context))?)
}

async fn customers(context: Context) -> Result<Vec<Customer>, SourceError> {
    Ok(Customer::load(&Data::of(&context))?)
}

async fn orders(context: Context) -> Result<Vec<Order>, SourceError> {
    Ok(Order::load(&Data::of(&context))?)
}

async fn invoices(context: Context) -> Result<Vec<Invoice>, SourceError> {
    Ok(Invoice::load(&Data::of(&context))?)
}
