/// One record for each order.
#[derive(DataProduct)]
#[product(service = Sales::Orders, name = "orders", version = "1.2.0", kind = "source-aligned")]
#[product(freshness = "15m", availability = "99.9%", retention = "7y", tags = ["orders"])]
#[product(deprecated(date = "2027-01-01", successor = "sales.orders-v2"), example = Order::example)]
#[product(inputs = [BillableTrack])]
#[port(records)]
#[port(events, name = "changes", topic = "orders")]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// Order number.
    #[field(key)]
    pub order_id: u64,
    /// Where the "confirmation" was sent.
    #[field(pii = "email", classification = "confidential")]
    #[serde(skip_serializing_if = "Option::is_none", alias = "mail")]
    #[schemars(length(max = MAX_EMAIL), pattern("@"))]
    pub email: Option<String>,
    /// Total including VAT.
    #[field(unit = "EUR", decimal(18, 2), min = "0", example = "12.50")]
    pub total: Decimal,
    /// What was ordered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(min = 1))]
    pub lines: Vec<OrderLine>,
}
