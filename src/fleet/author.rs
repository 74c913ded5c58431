//! Publishing what a domain has committed to a registry that starts with nothing.

use std::collections::BTreeMap;

use mesh_contract::judgement::Waiver;
use mesh_contract::wire::Problem;
use mesh_contract::{Address, Contract, Day};
use mesh_runtime::client::{Beside, ClientError, RegistryClient, Stage};
use mesh_runtime::files::{Committed, DomainFiles, Lock};

use crate::beside;
use crate::failure::Failure;

/// What a domain says beside its contracts, and what it has released.
#[derive(Debug)]
pub(super) struct Author {
    beside: BTreeMap<Address, Beside>,
    lock: Lock,
}

impl Author {
    /// Reads it from the domain's files.
    pub(super) fn of(files: &DomainFiles) -> Result<Self, Failure> {
        Ok(Self { beside: beside::of_products(files)?, lock: files.lock()? })
    }

    /// Publishes a contract. What is released was judged when that happened, and what excused it then is gone from `mesh.toml`
    /// since: it is not judged again.
    pub(super) async fn publish(
        &self,
        committed: &Committed,
        registry: &RegistryClient,
    ) -> Result<(), ClientError> {
        let Contract { address, version, domain, .. } = &committed.contract;
        let mut beside = self.beside.get(address).cloned().unwrap_or_default();
        let refused = match registry.publish_with(&committed.contract, Stage::Released, &beside).await {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        let is_released =
            self.lock.released(address, version).is_some_and(|released| released.digest == committed.digest);
        let waivers = refused.problem().filter(|_| is_released).map(|it| waivers(it, address, &domain.owner));
        match waivers {
            Some(waivers) if !waivers.is_empty() => beside.waivers.extend(waivers),
            _ => return Err(refused),
        }
        registry.publish_with(&committed.contract, Stage::Released, &beside).await.map(drop)
    }
}

/// A waiver for each finding of a refusal.
fn waivers(refusal: &Problem, product: &Address, owner: &str) -> Vec<serde_json::Value> {
    let fingerprints = refusal.findings.iter().filter_map(|finding| finding.get("fingerprint")?.as_str());
    let waiver = |finding: &str| Waiver {
        finding: finding.to_owned(),
        product: product.clone(),
        owner: owner.to_owned(),
        reason: "it was released with this, as mesh.lock says".to_owned(),
        // The last day there is: what is released stays released.
        until: Day::from_unix_days(u64::MAX),
    };
    fingerprints.filter_map(|finding| serde_json::to_value(waiver(finding)).ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use mesh_contract::ContractVersion;
    use mesh_registry::{Config, Registry};
    use mesh_runtime::client::ClientConfig;
    use mesh_runtime::files::Released;
    use serde_json::Value;

    use super::*;

    const FIRST: &str = include_str!("../../domains/sales/contracts/orders/1.0.0.json");

    /// A version 1.1.0 that calls the total's unit by another name, which breaks its readers.
    fn second() -> Contract {
        let mut contract: Value = serde_json::from_str(&FIRST.replace("1.0.0", "1.1.0")).expect("JSON");
        let fields = contract["types"]["Order"]["fields"].as_array_mut().expect("fields");
        let total = fields.iter_mut().find(|field| field["name"] == "total").expect("a total");
        total["unit"] = "EUR".into();
        Contract::read(&contract.to_string()).expect("a contract")
    }

    #[tokio::test]
    async fn what_was_released_once_is_published_to_a_registry_of_ones_own() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = DomainFiles::at(folder.path());
        for contract in [Contract::read(FIRST).expect("a contract"), second()] {
            files.write_contract(&contract).expect("written");
        }
        let mut config = Config::new(folder.path().join("registry"));
        config.access = mesh_registry::config::Access::open();
        config.listen = ([127, 0, 0, 1], 0).into();
        let running = Registry::start(config).await.expect("a registry");
        let url = format!("http://{}", running.address()).parse().expect("an address");
        let registry = RegistryClient::new(&ClientConfig::of_registry(url)).expect("a client");
        let committed = files.contracts().expect("contracts");
        let publish =
            async |at: usize| Author::of(&files).expect("an author").publish(&committed[at], &registry).await;

        publish(0).await.expect("nothing stands before it");
        publish(1).await.expect_err("it breaks readers, and nobody has released it");

        let mut lock = files.lock().expect("a lock file");
        let Contract { address, version, .. } = committed[1].contract.clone();
        lock.freeze(Released {
            address: address.clone(),
            version,
            digest: committed[1].digest,
            retired: false,
        });
        files.write_lock(&lock).expect("written");
        publish(1).await.expect("it is released already");
        let versions = registry.versions(&address).await.expect("versions");
        assert!(versions.iter().any(|it| it.version == ContractVersion::new(1, 1, 0)), "{versions:?}");
        running.shutdown().await;
    }

    #[tokio::test]
    async fn what_is_waived_is_published_with_its_waiver() {
        let folder = tempfile::tempdir().expect("a folder");
        let waiver = "[[waiver]]\nfinding = \"28a8dde498164e0f\"\nproduct = \"sales.orders\"\nowner = \"ann\"\nreason = \"told\"\n\
                      until = \"2027-01-31\"\n";
        fs::write(folder.path().join("mesh.toml"), waiver).expect("a file");
        let author = Author::of(&DomainFiles::at(folder.path())).expect("an author");
        let orders: Address = "sales.orders".parse().expect("an address");
        assert_eq!(author.beside[&orders].waivers[0]["finding"], "28a8dde498164e0f");
    }
}
