//! What holding a record against its promises costs: decoding and validating against decoding alone, in one run. The sides
//! take turns and the medians are compared. Run it with `cargo bench -p mesh-runtime --features decimal --bench decode`.

use std::hint::black_box;
use std::time::Instant;

use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

const ROUNDS: usize = 31;
const RECORDS: usize = 2_000;

/// Everything about selling.
#[derive(Domain)]
#[domain(name = "sales", owner = "sales@example.com")]
pub enum Sales {
    /// Takes orders.
    Orders,
}

/// One order with what was ordered.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub struct Order {
    /// Number of the order.
    #[field(key)]
    pub order_id: u64,
    /// Where the confirmation was sent.
    #[schemars(length(min = 3, max = 254))]
    #[field(pii = "email", classification = "confidential")]
    pub email: Option<String>,
    /// The country it goes to, by its two letters.
    #[schemars(length(min = 2, max = 2))]
    pub country: String,
    /// Words of the customer.
    #[schemars(length(max = 2000))]
    pub note: Option<String>,
    /// What the lines add up to.
    #[field(unit = "EUR", decimal(18, 2), min = "0")]
    pub total: Decimal,
    /// What was ordered.
    #[schemars(length(min = 1, max = 500))]
    pub lines: Vec<OrderLine>,
}

/// One line of an order.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct OrderLine {
    /// What was ordered.
    #[schemars(length(min = 1, max = 40))]
    pub article: String,
    /// How many.
    #[schemars(range(min = 1, max = 999))]
    pub quantity: u32,
    /// The price of one.
    #[field(unit = "EUR", decimal(10, 2), min = "0", max = "99999.99")]
    pub price: Decimal,
}

fn main() {
    let lines: Vec<Vec<u8>> = (0..RECORDS).map(record).collect();
    let bytes: usize = lines.iter().map(Vec::len).sum();
    let decode = || {
        for line in &lines {
            black_box(serde_json::from_slice::<Order>(black_box(line)).expect("a record"));
        }
    };
    let validate = || {
        for line in &lines {
            let order = serde_json::from_slice::<Order>(black_box(line)).expect("a record");
            black_box(order.validate()).expect("a record that keeps its promises");
            black_box(order);
        }
    };
    let (mut alone, mut both) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        alone.push(nanoseconds(decode));
        both.push(nanoseconds(validate));
    }
    let (alone, both) = (median(alone), median(both));
    println!("records of {} bytes on average, {} lines each at most", bytes / RECORDS, 5);
    println!("decode                  {alone:>8.0} ns a record");
    println!("decode and validate     {both:>8.0} ns a record");
    println!("ratio                   {:>8.3}      (to reach: 1.3 at most)", both / alone);
}

fn nanoseconds(work: impl Fn()) -> f64 {
    let started = Instant::now();
    work();
    started.elapsed().as_nanos() as f64 / RECORDS as f64
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn record(number: usize) -> Vec<u8> {
    let lines = (0..=number % 5)
        .map(|line| OrderLine {
            article: format!("article-{}", number * 7 + line),
            quantity: 1 + (number % 9) as u32,
            price: Decimal::new(199 + line as i64, 2),
        })
        .collect();
    let order = Order {
        order_id: number as u64,
        email: (!number.is_multiple_of(3)).then(|| format!("customer-{number}@example.com")),
        country: "DE".to_owned(),
        note: number.is_multiple_of(4).then(|| "Please ring twice; the bell is faint.".to_owned()),
        total: Decimal::new(number as i64 * 100 + 99, 2),
        lines,
    };
    serde_json::to_vec(&order).expect("an order is JSON")
}
