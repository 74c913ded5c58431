//! The name that was probably meant where a registry does not know one.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use mesh_contract::Address;
use mesh_contract::spelling::nearest;
use mesh_runtime::client::{ClientError, RegistryClient};

use crate::failure::Failure;
use crate::registry;

/// The readers of more products than these are not asked for, so many at once: a mistake is told soon.
const MOST: usize = 200;
const AT_ONCE: usize = 8;

/// Why a registry gave no answer about a product; where it knows none there, with the address that was probably meant.
pub(crate) async fn no_product(registry: &RegistryClient, address: &Address, error: ClientError) -> Failure {
    let is_unknown = error.problem().is_some_and(|problem| problem.kind.ends_with(":unknown-product"));
    let failure = Failure::from(error);
    if !is_unknown {
        return failure;
    }
    let known = products(registry).await.unwrap_or_default();
    match chosen(&address.to_string(), &known) {
        Some(meant) => failure.next(format!("did you mean `{meant}`? `mesh search` finds others")),
        None => failure,
    }
}

/// The published product or registered reader whose name is nearest to a wrong one, if any is near.
pub(crate) async fn subject(registry: &RegistryClient, wrong: &str) -> Result<Option<String>, Failure> {
    let products = products(registry).await?;
    let asked = products.iter().take(MOST).filter_map(|address| address.parse().ok());
    let mut names: Vec<String> = stream::iter(asked)
        .map(|address| async move { registry.consumers(&address).await })
        .buffered(AT_ONCE)
        .map_ok(|readers| readers.into_iter().map(|reader| reader.expectation.consumer.to_string()))
        .try_fold(Vec::new(), |mut names, more| async move {
            names.extend(more);
            Ok(names)
        })
        .await?;
    names.extend(products);
    Ok(chosen(wrong, &names))
}

async fn products(registry: &RegistryClient) -> Result<Vec<String>, Failure> {
    let products = registry::every_product(registry).await?;
    Ok(products.into_iter().map(|product| product.address.to_string()).collect())
}

fn chosen(wrong: &str, names: &[String]) -> Option<String> {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(wrong, &names).map(ToOwned::to_owned)
}
