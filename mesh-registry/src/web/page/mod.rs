//! Pages: markup, and no decision that a view could take.

mod access;
mod account;
mod audit;
mod deprecations;
mod domain;
mod home;
mod lineage;
mod policies;
mod problem;
mod product;
mod schema;
mod search;
mod sign_in;

pub use access::agreements;
pub use account::account;
pub use audit::audit;
pub use deprecations::deprecations;
pub use domain::domain;
pub use home::{domains, home};
pub use policies::policies;
pub use problem::problem;
pub use product::product;
pub use search::{search, search_results};
pub use sign_in::sign_in;
