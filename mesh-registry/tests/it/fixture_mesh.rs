//! A registry of two domains, filled from the contracts under `tests/fixtures/contracts`.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use mesh_contract::wire::{Announcement, Deprecate, Health, ServedPort, ServedProduct, Successor, Yank};
use mesh_contract::{Address, Contract, Expectation, PortKind};
use mesh_registry::service::{Act, Publication, Registration};
use mesh_registry::store::{Stage, TenantId};
use mesh_registry::{Config, Registry, Running, StoreUrl};

/// A reader, what it reads, in which versions, which fields, and what for.
type Reader = (&'static str, &'static str, &'static str, &'static [&'static str], Option<&'static str>);

/// Who reads what, in which version, which fields, and what for.
const READERS: &[Reader] = &[
    (
        "sales.invoices",
        "sales.orders",
        "^1.2",
        &["/customer_id", "/lines/*/unit_price", "/order_id", "/total"],
        Some("billing"),
    ),
    ("sales.invoices", "sales.customers", "^1", &["/address", "/customer_id"], Some("billing address")),
    (
        "accounting.invoices",
        "sales.invoices",
        "^1",
        &["/customer_id", "/invoice_id", "/invoiced_on", "/total"],
        Some("posting"),
    ),
    ("accounting.payroll", "sales.customers", "^1", &["/customer_id", "/support_rep_id"], None),
    (
        "price-page",
        "sales.products",
        "^1",
        &["/name", "/track_id", "/unit_price"],
        Some("prices in the shop"),
    ),
    ("accounting", "sales.orders", "^1.0", &["/order_id", "/placed_at", "/total"], Some("revenue report")),
];

/// Starts the registry on a port, or any free one for 0, over a database or else in the folder, and fills it.
pub(crate) async fn start(data: &Path, port: u16, store: Option<StoreUrl>) -> Running {
    let mut config = Config::new(data);
    config.access = mesh_registry::config::Access::open();
    config.listen = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    config.store = store;
    let running = Registry::start(config).await.expect("the registry starts");
    fill(running.registry()).await;
    running
}

async fn fill(registry: &Registry) {
    let tenant = TenantId::default();
    let contracts = contracts();
    for (text, contract) in &contracts {
        let draft = contract.version.is_prerelease();
        let publication = Publication {
            address: contract.address.clone(),
            version: contract.version.clone(),
            stage: if draft { Stage::Draft } else { Stage::Released },
            document: text.clone().into(),
            request_id: None,
        };
        registry.publish(&tenant, publication).await.expect("the fixture is published");
    }
    for (consumer, address, requirement, fields, purpose) in READERS {
        let expectation = Expectation {
            mesh: 1,
            consumer: consumer.parse().expect("a name"),
            consumer_version: None,
            environment: Some("production".parse().expect("a name")),
            address: address.parse().expect("an address"),
            requirement: requirement.parse().expect("a requirement"),
            purpose: purpose.map(str::to_owned),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            schema: serde_json::json!({"type": "object"}),
        };
        let registration = Registration {
            consumer: expectation.consumer.clone(),
            address: expectation.address.clone(),
            document: serde_json::to_vec(&expectation).expect("an expectation").into(),
            request_id: None,
        };
        registry.register_expectation(&tenant, registration).await.expect("the reader is registered");
    }
    // Something goes away, and something went wrong.
    let until = Deprecate {
        until: "2990-06-30".parse().expect("a day"),
        successor: Some(Successor::Product("sales.invoices".parse().expect("an address"))),
        reason: Some("Invoices hold the address that they were sent to.".to_owned()),
    };
    let yank = Yank { reason: Some("Prices were those of last year.".to_owned()) };
    for (address, act) in [
        ("sales.customers", Act::Deprecate("1".parse().expect("a line"), until)),
        ("sales.catalogue", Act::Yank("1.4.0".parse().expect("a version"), yank)),
    ] {
        let address = address.parse().expect("an address");
        registry.act(&tenant, &address, &act, None).await.expect("it is done");
    }
    for (domain, port) in [("sales", 4100), ("accounting", 4200)] {
        let announcement = announcement(domain, port, contracts.iter().map(|(_, contract)| contract));
        let document = serde_json::to_vec(&announcement).expect("an announcement");
        registry
            .announce(
                &mesh_registry::access::Identity::open(tenant.clone()),
                &format!("{domain}-1"),
                document.into(),
            )
            .await
            .expect("it is announced");
    }
}

fn announcement<'c>(domain: &str, port: u16, contracts: impl Iterator<Item = &'c Contract>) -> Announcement {
    let base_url = format!("http://127.0.0.1:{port}");
    // Older versions come first, so that the newest released one of each product stays.
    let newest: BTreeMap<&Address, &Contract> = contracts
        .filter(|contract| contract.domain.name.as_str() == domain && !contract.version.is_prerelease())
        .map(|contract| (&contract.address, contract))
        .collect();
    let products = newest
        .into_values()
        .map(|contract| ServedProduct {
            address: contract.address.clone(),
            version: contract.version.clone(),
            digest: contract.digest().expect("exact numbers"),
            records: Some(412),
            ports: vec![ServedPort {
                name: "records".parse().expect("a name"),
                kind: PortKind::Records,
                url: format!("{base_url}/products/{}/records", contract.address),
            }],
        })
        .collect();
    Announcement {
        domain: domain.parse().expect("a name"),
        environment: "production".parse().expect("a name"),
        base_url,
        epoch: 1,
        lease_seconds: 3600,
        runtime: "0.1.0".to_owned(),
        health: Health::Healthy,
        products,
    }
}

/// The contracts with their texts, older versions first.
fn contracts() -> Vec<(String, Contract)> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/contracts"].iter().collect();
    let files = std::fs::read_dir(&folder).expect("the folder of fixtures");
    let mut contracts: Vec<(String, Contract)> = files
        .map(|file| {
            let path = file.expect("a file").path();
            let text = std::fs::read_to_string(&path).expect("a text");
            let contract =
                Contract::read(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (text, contract)
        })
        .collect();
    contracts.sort_by(|(_, a), (_, b)| (&a.version, &a.address).cmp(&(&b.version, &b.address)));
    contracts
}
