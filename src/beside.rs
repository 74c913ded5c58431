//! What an author says beside the contracts that are published: waivers, claims about meaning, and policy.

use std::collections::BTreeMap;

use mesh_contract::Address;
use mesh_runtime::client::Beside;
use mesh_runtime::files::DomainFiles;

use crate::failure::{Failure, OrFail as _};

/// What `mesh.toml` says of each product, which the registry judges by as the contract tests and `mesh check` do.
pub(crate) fn of_products(files: &DomainFiles) -> Result<BTreeMap<Address, Beside>, Failure> {
    let settings = files.settings()?;
    let unread = serde_json::to_value(settings.unread).or_fail(|| "cannot write `unread`".to_owned())?;
    let unread =
        (settings.unread != Default::default()).then(|| unread.as_str().unwrap_or_default().to_owned());
    let mut beside: BTreeMap<Address, Beside> = BTreeMap::new();
    if unread.is_some() {
        for found in files.contracts()? {
            beside.entry(found.contract.address).or_default().unread.clone_from(&unread);
        }
    }
    for waiver in &settings.waivers {
        let value = serde_json::to_value(waiver).or_fail(|| "cannot write a waiver".to_owned())?;
        beside.entry(waiver.product.clone()).or_default().waivers.push(value);
    }
    for claim in &settings.meaning {
        let value = serde_json::to_value(claim).or_fail(|| "cannot write a claim".to_owned())?;
        beside.entry(claim.product.clone()).or_default().meaning.push(value);
    }
    Ok(beside)
}
