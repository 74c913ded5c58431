#[derive(Consumes)]
#[consumes(product = "sales.orders", version = "^1.2", purpose = "billing")]
pub struct BillableOrder {
    pub order_id: u64,
    pub total: Decimal,
}
