//! The traits that the macros implement.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::definition::{
    DomainDefinition, InputDefinition, ProductDefinition, ServiceDefinition, TypeDefinition,
};
use crate::nested::Nested;
use crate::offer::Offer;
use crate::part::Part;

/// A domain with its services: an enum whose variants are the services.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a domain",
    label = "this enum has no `#[derive(Domain)]`",
    note = "declare the domain once, e.g. `#[derive(Domain)] #[domain(name = \"sales\", owner = \"sales@example.com\")] pub enum Sales {{ Orders }}`"
)]
pub trait Domain: Sized + 'static {
    /// What is known of the domain.
    const DEFINITION: DomainDefinition;

    /// The service that this variant stands for.
    fn service(self) -> &'static ServiceDefinition;
}

/// A type with a described meaning, nested in products.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say what its fields mean",
    label = "this type has no `#[derive(DataType)]`",
    note = "add `#[derive(DataType)]` and a doc comment to each field"
)]
pub trait DataType: JsonSchema + Part {
    /// What the macro read of the type's body.
    const BODY: TypeDefinition;

    /// Adds the described types that its fields are made of, without itself: one [`TypeProbe`](crate::part::TypeProbe) for
    /// each field of [`BODY`](Self::BODY), in its order (variant by variant where it has variants), skipped and
    /// flattened fields included, so that each field is known with what it holds.
    fn nested(nested: &mut Nested<'_>);
}

/// One record of a data product.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a data product",
    label = "this type has no `#[derive(DataProduct)]`",
    note = "add `#[derive(DataProduct)]` and `#[product(service = ..., name = \"...\", version = \"1.0.0\", kind = \"...\")]`"
)]
pub trait DataProduct: DataType + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The domain that owns the product.
    type Domain: Domain;

    /// What the macro read of the product's attributes.
    const DEFINITION: ProductDefinition;
}

/// Says that a product belongs to a domain. Derived beside [`DataProduct`], so that a list which offers the product of
/// another domain is told so in words.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a product of the domain `{D}`",
    label = "a domain offers its own products only",
    note = "list it under `offers` of the domain that its `#[product(service = ...)]` names; to read it here, list a type with `#[derive(Consumes)]` under `needs`"
)]
pub trait ProductOf<D>: DataProduct {
    /// The product with its type forgotten.
    fn offer() -> Offer {
        Offer::of::<Self>()
    }
}

/// What a reader relies on in a product of another domain.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say which product it reads",
    label = "this type has no `#[derive(Consumes)]`",
    note = "add `#[derive(Consumes)]` and `#[consumes(product = \"sales.orders\", version = \"^1.2\")]`"
)]
pub trait Consumes: DataType + DeserializeOwned + Send + Sync + 'static {
    /// What is read, at which versions, and what for.
    const NEED: InputDefinition;
}

/// Whatever a product may be made from: a type that reads another domain's product, or a product of the same domain.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an input of a product",
    note = "name a type with `#[derive(Consumes)]`, or a product of the same domain"
)]
pub trait Input {
    /// What is read, at which versions, and what for.
    fn input() -> InputDefinition;
}
