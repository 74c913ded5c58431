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
mod own_input;
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
/// | on the enum: `#[domain(...)]` | says | |
/// |---|---|---|
/// | `name = "sales"` | its name, in kebab-case | required |
/// | `owner = "sales@example.com"` | the team that answers for it: an address to write to | required |
/// | `contact = "https://chat.example.com/sales"` | where else to ask | |
///
/// | on a variant: `#[service(...)]` | says | |
/// |---|---|---|
/// | `name = "billing"` | its name | the variant's, in kebab-case |
/// | `shared_with = "accounting"` | another domain that takes part in it; `["accounting", "tax"]` for several | |
///
/// `#[mesh(crate = path)]` on the enum says where this crate is found, if not at `::mesh_runtime`.
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
/// | `latency = "1m"` | how long it takes until a record of what happened can be read | |
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
/// `#[port(records)]` stands there once for each way to read the product, at least once:
///
/// | `#[port(...)]` | says | |
/// |---|---|---|
/// | `records`, `events`, `table`, `files` or `sql` | how it is read | required, first |
/// | `name = "history"` | its name, if not that of its kind | |
/// | `topic = "orders"`, any other key | an option of that port, kept as text | |
///
/// # On a field
///
/// | `#[field(...)]` | says |
/// |---|---|
/// | `key` | that it tells records apart; it is in every record |
/// | `tenant` | that it tells whose a record is: ports show each customer its own; a text or whole number of the product itself, in every record |
/// | `unit = "EUR"` | what its number counts |
/// | `term = "net revenue"` | the business term that it stands for |
/// | `pii = "email"` | what sort of personal data it holds; needs a classification: `name`, `email`, `phone`, `address`, `birth-date`, `demographic`, `government-id`, `financial`, `sensitive`, `location`, `online-id` or `other` |
/// | `classification = "confidential"` | `public`, `internal`, `confidential` or `restricted` |
/// | `deprecated = "use total"` | that it goes away, and what to use instead |
/// | `example = "A-1001"` | a value as it may be: any JSON |
/// | `references = "sales.customers/customer_id"` | the field of another product that it refers to |
/// | `decimal(18, 2)` | digits in all, digits behind the point |
/// | `min = "0"`, `max = "99.50"` | the least and the greatest number, exact |
///
/// A field without a doc comment is a mistake, and so is a constraint that its type cannot have.
///
/// # Attributes that stand there already
///
/// Names, tags and what is left out are serde's: `rename`, `rename_all`, `rename_all_fields`, `tag`, `content`, `untagged`,
/// `flatten`, `transparent`, `default`, `skip`, `skip_serializing_if`, `alias`, `other`, `deny_unknown_fields`, `serialize_with`
/// and `with`, as serde itself reads them. Constraints are those of schemars, validator and garde, as schemars reads them: of
/// two that say the same, schemars counts before validator, and validator before garde. [`Validate`] holds a value to them.
///
/// | schemars, validator | garde | promises |
/// |---|---|---|
/// | `length(min = 1, max = 80)`, `length(equal = 2)` | the same | characters of a text, items of a list |
/// | `range(min = 0, max = 100)` | the same | a number; for exact numbers `#[field(min = ..., max = ...)]` |
/// | `regex(pattern = "^[A-Z]+$")` | `pattern("^[A-Z]+$")` | a text of a form |
/// | `contains("@")` | the same | a text with something in it |
/// | `inner(length(max = 20))` | the same | the same of each item |
/// | `required` | `required` | an `Option` that is always there |
/// | `email`, `url`, `ip` | the same | what the text is, as a note for readers |
///
/// ```
/// use mesh_runtime::prelude::*;
/// # /// Everything about selling.
/// # #[derive(Domain)]
/// # #[domain(name = "sales", owner = "sales@example.com")]
/// # pub enum Sales {
/// #     /// What is for sale.
/// #     Products,
/// # }
///
/// /// One article, as it is for sale today.
/// #[derive(Serialize, Deserialize, JsonSchema, DataProduct)]
/// #[product(service = Sales::Products, name = "articles", version = "2.0.0", kind = "aggregate")]
/// #[product(purpose = "Shop windows.", terms = "Within the company.", tags = ["catalogue"], stability = "unstable")]
/// #[product(deprecated(date = "2030-01-01", successor = "sales.assortment"), example = shirt, extensible)]
/// #[port(records)]
/// #[port(events, name = "changes", topic = "articles")]
/// #[serde(rename_all = "camelCase")]
/// pub struct Article {
///     /// What is printed on the label.
///     #[field(key, example = "SH-1")]
///     #[schemars(length(min = 4, max = 12), regex(pattern = "^[A-Z]{2}-[0-9]+$"))]
///     pub article_number: String,
///     /// How heavy it is.
///     #[field(unit = "kg", term = "shipping weight")]
///     #[serde(default, skip_serializing_if = "Option::is_none")]
///     pub weight: Option<f64>,
///     /// Words to find it by.
///     #[field(deprecated = "use the catalogue's search", classification = "public")]
///     #[schemars(length(max = 5), inner(length(max = 20)))]
///     pub words: Vec<String>,
///     /// Who made it.
///     #[field(references = "supply.makers/maker_id")]
///     pub maker: u64,
/// }
///
/// fn shirt() -> Article {
///     Article { article_number: "SH-1".to_owned(), weight: None, words: Vec::new(), maker: 7 }
/// }
///
/// let contract = mesh_runtime::contract::contract::<Article>().unwrap();
/// assert_eq!(contract.key, ["articleNumber"]);
/// assert_eq!(contract.examples[0]["maker"], 7);
/// let unlabelled = Article { article_number: "shirt".to_owned(), ..shirt() };
/// assert!(unlabelled.validate().is_err());
/// ```
///
/// `#[mesh(crate = path)]` says where this crate is found, if not at `::mesh_runtime`.
pub use mesh_macros::DataProduct;

/// Describes a type that is nested in products. Its doc comment and those of its fields and variants are required.
///
/// | attribute | says |
/// |---|---|
/// | `#[field(...)]` on a field | as on a field of a product |
/// | `#[data(extensible)]` on the type | that readers must expect variants and members which do not exist yet |
/// | `#[mesh(crate = path)]` on the type | where this crate is found, if not at `::mesh_runtime` |
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
///     /// How it gets there.
///     pub delivery: Delivery,
/// }
///
/// /// How something gets to the customer.
/// #[derive(Serialize, Deserialize, JsonSchema, DataType)]
/// #[data(extensible)]
/// #[serde(tag = "by", rename_all = "kebab-case")]
/// pub enum Delivery {
///     /// By post.
///     Post {
///         /// Where to.
///         #[field(pii = "address", classification = "confidential")]
///         address: String,
///     },
///     /// The customer comes for it.
///     Pickup,
/// }
///
/// let line = OrderLine { track_id: 1, quantity: 2, delivery: Delivery::Pickup };
/// assert!(line.validate().is_ok());
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
/// | `#[consumes(...)]` | says | |
/// |---|---|---|
/// | `product = "sales.orders"` | the product's address | required |
/// | `version = "^1.2"` | the versions that will do, as cargo writes them | required |
/// | `purpose = "billing"` | what it is read for | |
///
/// Whoever provides the fields describes them, so they need no doc comments here. `#[field(...)]` and the attributes of serde
/// and schemars say what this reader asks of a value, as on a field of a product. `#[mesh(crate = path)]` says where this crate
/// is found, if not at `::mesh_runtime`.
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
/// | part | says | |
/// |---|---|---|
/// | `Sales;` | the domain's enum | required, first |
/// | `offers: [Track];` | the types with `DataProduct` | required |
/// | `needs: [BillableOrder]` | the types with `Consumes` | |
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
