/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com", contact = "https://chat.example.com/sales")]
pub enum Sales {
    /// Takes orders.
    Orders,
    /// Bills what was ordered.
    #[service(shared_with = ["accounting", "tax"])]
    InvoicingAndTax,
}
