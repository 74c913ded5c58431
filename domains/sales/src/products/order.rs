//! `sales.orders`: what customers ordered.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use crate::Sales;
use crate::data::{Data, DataError, INVOICE_LINES, INVOICES};
use crate::products::{Invoice, Track};

/// One order of a customer with everything on it. The shop takes the money at once, so each order has exactly one invoice, of
/// the same day and the same number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Orders, name = "orders", version = "1.0.0", kind = "source-aligned")]
#[product(purpose = "What sells: by track, by genre, by customer and over time.")]
#[product(availability = "99%", retention = "7y", tags = ["music", "orders"], stability = "stable")]
#[product(example = Order::example)]
#[port(records)]
pub struct Order {
    /// Number of the order. It is never given twice.
    #[field(key, example = 1)]
    pub order_id: u32,
    /// Who ordered.
    #[field(references = "sales.customers/customer_id", example = 2)]
    pub customer_id: u32,
    /// The day on which the order came in.
    #[field(example = "2007-01-01")]
    pub ordered_on: NaiveDate,
    /// What was ordered: one line at least, by line number.
    #[schemars(length(min = 1))]
    pub lines: Vec<OrderLine>,
    /// What the lines add up to, by the genre of their tracks. Genres without a line are left out.
    #[field(unit = "USD", decimal(10, 2), min = "0")]
    pub amount_by_genre: BTreeMap<String, Decimal>,
    /// What the lines add up to.
    #[field(unit = "USD", decimal(10, 2), min = "0", term = "order total", example = "1.98")]
    pub total: Decimal,
}

/// One line of an order: a track, at the price and in the quantity it was ordered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
pub struct OrderLine {
    /// Number of the line, unique over all orders.
    pub line_id: u32,
    /// The track that was ordered.
    #[field(references = "sales.products/track_id")]
    pub track_id: u32,
    /// Title of the track.
    pub title: String,
    /// Price of one copy on the day of the order. The price in the catalogue may have changed since.
    #[field(unit = "USD", decimal(10, 2), min = "0")]
    pub unit_price: Decimal,
    /// How many copies.
    #[schemars(range(min = 1))]
    pub quantity: u32,
}

impl Order {
    /// Every order, by number.
    ///
    /// # Errors
    /// When the files behind the orders cannot be read, or contradict each other: a line without its invoice or its track,
    /// an invoice without lines or with a total that its lines do not add up to.
    pub fn load(data: &Data) -> Result<Vec<Self>, DataError> {
        let tracks: BTreeMap<u32, Track> =
            Track::load(data)?.into_iter().map(|track| (track.track_id, track)).collect();
        let mut orders: BTreeMap<u32, Self> = BTreeMap::new();
        let billed = Invoice::read_with(data, |row, invoice| {
            let Invoice { order_id, customer_id, invoice_date: ordered_on, total, .. } = invoice;
            let order = Self {
                order_id,
                customer_id,
                ordered_on,
                lines: Vec::new(),
                amount_by_genre: BTreeMap::new(),
                total: Decimal::new(0, 2),
            };
            match orders.insert(order_id, order) {
                None => Ok((row.line(), order_id, total)),
                Some(_) => Err(row.bad("invoice_id", format!("another row has the number {order_id}, too"))),
            }
        })?;
        data.rows(INVOICE_LINES, |row| {
            let track_id = row.value("track_id")?;
            let track = tracks
                .get(&track_id)
                .ok_or_else(|| row.bad("track_id", format!("no track has the number {track_id}")))?;
            let invoice_id = row.value("invoice_id")?;
            let order = orders
                .get_mut(&invoice_id)
                .ok_or_else(|| row.bad("invoice_id", format!("no invoice has the number {invoice_id}")))?;
            let line = OrderLine {
                line_id: row.value("invoice_line_id")?,
                track_id,
                title: track.title.clone(),
                unit_price: row.value("unit_price")?,
                quantity: row.value("quantity")?,
            };
            let amount = line.amount().ok_or_else(|| row.bad("unit_price", "is beyond any price"))?;
            let too_much = || row.bad("unit_price", "takes the order beyond any total");
            let of_genre = order.amount_by_genre.entry(track.genre.clone()).or_default();
            *of_genre = of_genre.checked_add(amount).ok_or_else(too_much)?;
            order.total = order.total.checked_add(amount).ok_or_else(too_much)?;
            order.lines.push(line);
            Ok(())
        })?;
        for (line, order_id, total) in billed {
            let Some(order) = orders.get(&order_id) else { continue };
            if order.lines.is_empty() || order.total != total {
                let reason = format!("is {total}, and the lines of the invoice add up to {}", order.total);
                return Err(INVOICES.bad(line, "total", reason));
            }
        }
        let mut orders: Vec<Self> = orders.into_values().collect();
        for order in &mut orders {
            order.lines.sort_by_key(|line| line.line_id);
        }
        Ok(orders)
    }

    fn example() -> Self {
        let line = |line_id, track_id, title: &str| OrderLine {
            line_id,
            track_id,
            title: title.to_owned(),
            unit_price: Decimal::new(99, 2),
            quantity: 1,
        };
        Self {
            order_id: 1,
            customer_id: 2,
            ordered_on: NaiveDate::from_ymd_opt(2007, 1, 1).unwrap_or_default(),
            lines: vec![line(1, 2, "Balls to the Wall"), line(2, 4, "Restless and Wild")],
            amount_by_genre: BTreeMap::from([("Rock".to_owned(), Decimal::new(198, 2))]),
            total: Decimal::new(198, 2),
        }
    }
}

impl OrderLine {
    /// Price times quantity; none where that is more than can be written.
    pub fn amount(&self) -> Option<Decimal> {
        self.unit_price.checked_mul(self.quantity.into())
    }
}
