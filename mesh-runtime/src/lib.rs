//! What a domain crate depends on: it turns annotated Rust structs into data products with contracts.

#[cfg(feature = "client")]
pub mod client;
pub mod contract;
pub mod definition;
#[cfg(feature = "files")]
pub mod files;
#[cfg(feature = "host")]
pub mod host;
pub mod manifest;
pub mod nested;
pub mod offer;
pub mod part;
pub mod product;
mod schema;
#[cfg(feature = "testing")]
pub mod testing;
pub mod validate;
#[cfg(feature = "verdict")]
pub mod verdict;

/// Its name changes with the version, so that generated code never meets a run time that it was not made for.
#[doc(hidden)]
#[path = "__private.rs"]
pub mod __private_0_1;

pub use manifest::{Manifest, Need};
pub use mesh_contract as model;
pub use offer::Offer;

/// Makes a domain of an enum: each variant is a service.
///
/// The doc comments are the descriptions, and the enum and each variant need one.
///
/// ```
/// use mesh_runtime::prelude::*;
///
/// /// Everything about selling.
/// #[derive(Domain)]
/// #[domain(name = "sales", owner = "sales@example.com")]
/// pub enum Sales {
///     /// Takes and tracks orders.
///     Orders,
///     /// Bills what was ordered.
///     #[service(name = "billing", shared_with = "accounting")]
///     Invoicing,
/// }
///
/// assert_eq!(Sales::DEFINITION.name, "sales");
/// assert_eq!(Sales::Invoicing.service().name, "billing");
/// ```
///
/// `#[domain(...)]` takes `name` and `owner`, which are required, and `contact`: where else to ask. `#[service(...)]` takes
/// `name`, which is otherwise that of the variant in kebab-case, and `shared_with`: another domain that takes part in the
/// service, or a list of some.
pub use mesh_macros::Domain;

/// Makes a data product of the type of its records.
///
/// ```
/// use mesh_runtime::prelude::*;
/// # /// Everything about selling.
/// # #[derive(Domain)]
/// # #[domain(name = "sales", owner = "sales@example.com")]
/// # pub enum Sales {
/// #     /// Takes and tracks orders.
/// #     Orders,
/// # }
///
/// /// One record for each order.
/// #[derive(Serialize, Deserialize, JsonSchema, DataProduct)]
/// #[product(service = Sales::Orders, name = "orders", version = "1.2.0", kind = "source-aligned")]
/// #[product(freshness = "15m", availability = "99.9%", retention = "7y")]
/// #[port(records)]
/// pub struct Order {
///     /// Order number, unique over all channels.
///     #[field(key)]
///     pub order_id: u64,
///     /// Where the confirmation was sent.
///     #[field(pii = "email", classification = "confidential")]
///     pub email: Option<String>,
///     /// Discount in percent.
///     #[schemars(range(max = 100))]
///     pub discount: u8,
/// }
///
/// let order = Order { order_id: 1, email: None, discount: 120 };
/// let violations = order.validate().unwrap_err();
/// assert_eq!(violations.to_string(), "`/discount` breaks `maximum`: at most 100");
/// ```
///
/// # On the type
///
/// | `#[product(...)]` | says | |
/// |---|---|---|
/// | `service = Sales::Orders` | which service offers it | required |
/// | `name = "orders"` | its name in the domain | required |
/// | `version = "1.2.0"` | the version of its promise | required |
/// | `kind = "source-aligned"` | `source-aligned`, `aggregate` or `consumer-aligned` | required |
/// | `stability = "stable"` | `experimental`, `unstable` or `stable` | `stable` |
/// | `freshness = "15m"` | how old the newest record may be | |
/// | `availability = "99.9%"` | how much of the time its ports answer | |
/// | `retention = "7y"` | how long a record stays readable | |
/// | `purpose = "..."` | what it is there for | |
/// | `terms = "..."` | on which terms it may be used | |
/// | `tags = ["...", "..."]` | words to find it by | |
/// | `deprecated(date = "2027-01-01", successor = "sales.orders-v2")` | that it goes away | |
/// | `example = path::to::function` | a function that makes a record; may stand there several times | |
/// | `extensible` | that readers must expect variants and members which do not exist yet | |
/// | `inputs = [TypeA, TypeB]` | what it is made from: types with `Consumes`, or products of the same domain | |
///
/// `#[port(records)]` stands there once for each way to read the product: `records`, `events`, `table`, `files` or `sql`.
/// `name = "..."` gives it a name other than its kind; any other key is an option of that port.
///
/// # On a field
///
/// | `#[field(...)]` | says |
/// |---|---|
/// | `key` | that it tells records apart; it is in every record |
/// | `unit = "EUR"` | what its number counts |
/// | `term = "net revenue"` | the business term that it stands for |
/// | `pii = "email"` | what sort of personal data it holds; needs a classification |
/// | `classification = "confidential"` | `public`, `internal`, `confidential` or `restricted` |
/// | `deprecated = "use total"` | that it goes away, and what to use instead |
/// | `example = "A-1001"` | a value as it may be: any JSON |
/// | `references = "sales.customers/customer_id"` | the field of another product that it refers to |
/// | `decimal(18, 2)` | digits in all, digits behind the point |
/// | `min = "0"`, `max = "99.50"` | the least and the greatest number, exact |
///
/// Attributes of serde, schemars, validator and garde are read as those crates read them, and [`Validate`] follows.
///
/// `#[mesh(crate = path)]` says where this crate is found, if not at `::mesh_runtime`.
pub use mesh_macros::DataProduct;

/// Describes a type that is nested in products: the same `#[field(...)]` as on a product, and `#[data(extensible)]` where
/// readers must expect variants and members which do not exist yet.
///
/// ```
/// use mesh_runtime::prelude::*;
///
/// /// One line of an order.
/// #[derive(Serialize, Deserialize, JsonSchema, DataType)]
/// pub struct OrderLine {
///     /// What was ordered.
///     #[field(references = "sales.products/track_id")]
///     pub track_id: u64,
///     /// How many.
///     pub quantity: u32,
/// }
/// ```
pub use mesh_macros::DataType;

/// Binds a type to a product of another domain: it names what it reads, and takes what it needs of it.
///
/// ```
/// use mesh_runtime::prelude::*;
///
/// #[derive(Deserialize, JsonSchema, Consumes)]
/// #[consumes(product = "sales.orders", version = "^1.2", purpose = "billing")]
/// pub struct BillableOrder {
///     pub order_id: u64,
///     pub total: f64,
/// }
///
/// assert_eq!(BillableOrder::NEED.address, "sales.orders");
/// ```
///
/// `product` and `version` are required. Whoever provides the fields describes them, so they need no doc comments here.
pub use mesh_macros::Consumes;

/// Lists what a domain offers and what it needs, as `pub fn manifest() -> Manifest`.
///
/// ```
/// use mesh_runtime::prelude::*;
///
/// /// Everything about selling.
/// #[derive(Domain)]
/// #[domain(name = "sales", owner = "sales@example.com")]
/// pub enum Sales {
///     /// What is for sale.
///     Products,
/// }
///
/// /// One track.
/// #[derive(Serialize, Deserialize, JsonSchema, DataProduct)]
/// #[product(service = Sales::Products, name = "tracks", version = "1.0.0", kind = "source-aligned")]
/// #[port(records)]
/// pub struct Track {
///     /// Its number.
///     #[field(key)]
///     pub track_id: u64,
/// }
///
/// mesh_runtime::domain! { Sales; offers: [Track]; needs: [] }
///
/// # fn main() {
/// assert_eq!(manifest().offers().len(), 1);
/// # }
/// ```
///
/// A list that starts with `crate = path;` finds this crate there and not at `::mesh_runtime`.
pub use mesh_macros::domain;
pub use product::{Consumes, DataProduct, DataType, Domain, Input, ProductOf};
pub use validate::{Validate, Violation, Violations};

/// What a domain crate uses all over.
pub mod prelude {
    pub use crate::product::{Consumes, DataProduct, DataType, Domain};
    pub use crate::validate::Validate;
    pub use mesh_macros::{Consumes, DataProduct, DataType, Domain};
    pub use schemars::JsonSchema;
    pub use serde::{Deserialize, Serialize};
}
