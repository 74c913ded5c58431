/// A product whose version is none: a stub stands beside the message.
#[derive(DataProduct)]
#[product(service = Sales::Orders, name = "orders", version = "one", kind = "source-aligned")]
#[port(records)]
pub struct Order {
    /// Order number.
    pub order_id: u64,
}
