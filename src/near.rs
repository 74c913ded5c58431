//! The name that was probably meant where a registry does not know one.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use mesh_contract::spelling::nearest;
use mesh_runtime::client::RegistryClient;

use crate::failure::Failure;
use crate::registry;

/// The readers of more products than these are not asked for, so many at once: a mistake is told soon.
const MOST: usize = 200;
const AT_ONCE: usize = 8;

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
