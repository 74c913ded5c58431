//! A small mesh for tests: the contracts under `tests/fixtures/contracts` and what a registry would know about them.

use std::collections::BTreeSet;
use std::path::PathBuf;

use mesh_contract::wire::{
    AccessTerms, Agreement, AgreementState, Announcement, Deployment, Health, Lineage, LineageEdge,
    LineageNode, RegisteredConsumer, ServedPort, ServedProduct, VersionState, VersionSummary,
};
use mesh_contract::{Address, Contract, Expectation};

use super::view::access::{AccessFacts, AgreementView};
use super::view::product::{Known, ProductFacts, ProductView};

pub(crate) fn contract(file: &str) -> Contract {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "tests/fixtures/contracts", &format!("{file}.json")].iter().collect();
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Contract::read(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

pub(crate) fn deployment(contract: &Contract, base_url: &str) -> Deployment {
    let served = ServedProduct {
        address: contract.address.clone(),
        version: contract.version.clone(),
        digest: contract.digest().expect("exact numbers"),
        records: Some(412),
        ports: vec![ServedPort {
            name: "records".parse().expect("a name"),
            kind: mesh_contract::PortKind::Records,
            url: format!("{base_url}/products/{}/records", contract.address),
        }],
    };
    Deployment {
        instance: format!("{}-1", contract.domain.name),
        announcement: Announcement {
            domain: contract.domain.name.clone(),
            environment: "production".parse().expect("a name"),
            base_url: base_url.to_owned(),
            epoch: 1,
            lease_seconds: 30,
            runtime: "0.1.0".to_owned(),
            health: Health::Healthy,
            products: vec![served],
        },
        seen_at: "2026-11-22T08:20:31Z".to_owned(),
        live: true,
    }
}

pub(crate) fn version(contract: &Contract, draft: bool) -> VersionSummary {
    VersionSummary {
        version: contract.version.clone(),
        digest: contract.digest().expect("exact numbers"),
        promise: contract.promise().expect("exact numbers"),
        published_at: "2026-11-20T17:05:00Z".to_owned(),
        draft,
        state: if draft { VersionState::Draft } else { VersionState::Active },
        deprecated: None,
        yanked: None,
        held_back: None,
        retired: None,
    }
}

pub(crate) fn reader(consumer: &str, address: &str, fields: &[&str]) -> RegisteredConsumer {
    RegisteredConsumer {
        expectation: Expectation {
            mesh: 1,
            consumer: consumer.parse().expect("a name"),
            consumer_version: Some("3.1.0".to_owned()),
            environment: Some("production".parse().expect("a name")),
            address: address.parse().expect("an address"),
            requirement: "^1.1".parse().expect("a requirement"),
            purpose: Some("billing".to_owned()),
            fields: fields.iter().map(|field| (*field).to_owned()).collect(),
            schema: serde_json::json!({"type": "object"}),
        },
        registered_at: "2026-11-21T09:00:00Z".to_owned(),
        pending: false,
        observed: false,
    }
}

pub(crate) fn lineage(root: &str, edges: &[(&str, &str)]) -> Lineage {
    let names: BTreeSet<Address> =
        edges.iter().flat_map(|(a, b)| [a.parse().ok(), b.parse().ok()]).flatten().collect();
    Lineage {
        root: root.parse().expect("an address"),
        nodes: names.into_iter().map(|address| LineageNode { address, version: None }).collect(),
        edges: edges
            .iter()
            .map(|(source, target)| LineageEdge {
                source: source.parse().expect("an address"),
                target: target.parse().expect("a name"),
                fields: vec!["/total".to_owned()],
            })
            .collect(),
    }
}

/// Agreements on `sales.orders`: one asked for and one in force.
pub(crate) fn access() -> AccessFacts {
    let agreement = |id: &str, state, agreed: bool| {
        let terms = AccessTerms {
            fields: vec!["/order_id".to_owned(), "/total".to_owned()],
            until: "2027-01-31".parse().expect("a day"),
            rows: None,
        };
        Agreement {
            id: id.repeat(32),
            revision: 1,
            address: "sales.orders".parse().expect("an address"),
            consumer: "accounting".parse().expect("a name"),
            purpose: "Monthly invoices".to_owned(),
            environment: "production".parse().expect("a name"),
            state,
            agreed: agreed.then(|| AccessTerms { fields: vec!["/order_id".to_owned()], ..terms.clone() }),
            asked: terms,
            asked_by: "ana@accounting.example".to_owned(),
            asked_at: "2026-01-01T00:00:00.000Z".to_owned(),
            decided_by: agreed.then(|| "ben@sales.example".to_owned()),
            decided_at: agreed.then(|| "2026-01-02T00:00:00.000Z".to_owned()),
            reason: agreed.then(|| "Ids will do.".to_owned()),
        }
    };
    let seen = |agreement| AgreementView { agreement, decides: true, reads: true };
    AccessFacts {
        agreements: vec![
            seen(agreement("a", AgreementState::Asked, false)),
            seen(agreement("b", AgreementState::Accepted, true)),
        ],
        more: false,
        may_see: true,
        may_ask: true,
        consumers: vec!["accounting".to_owned()],
        today: "2026-11-27".parse().expect("a day"),
    }
}

/// The facts about `sales.orders@1.2.0`: four versions, two readers, a deployment, a lineage.
pub(crate) fn orders_facts() -> ProductFacts {
    let orders = contract("sales.orders@1.2.0");
    let old = contract("sales.orders@1.1.0");
    let draft = contract("sales.orders@2.0.0-draft.1");
    ProductFacts {
        versions: vec![version(&draft, true), version(&orders, false), version(&old, false)],
        consumers: vec![
            reader("sales.invoices", "sales.orders", &["/order_id", "/total", "/lines/*/unit_price"]),
            reader("price-page", "sales.orders", &["/total"]),
        ],
        more_consumers: false,
        deployments: vec![deployment(&orders, "http://127.0.0.1:4100")],
        more_deployments: false,
        lineage: lineage(
            "sales.orders",
            &[
                ("sales.orders", "sales.invoices"),
                ("sales.orders", "price-page"),
                ("sales.customers", "sales.invoices"),
                ("sales.invoices", "accounting.invoices"),
                ("accounting.invoices", "accounting.receivables"),
            ],
        ),
        access: access(),
        known: Known {
            products: ["sales.orders", "sales.invoices", "sales.customers", "accounting.invoices"]
                .iter()
                .map(|address| address.parse().expect("an address"))
                .collect(),
            domains: ["sales", "accounting"].iter().map(|name| name.parse().expect("a name")).collect(),
        },
        contract: orders,
    }
}

pub(crate) fn orders() -> ProductView {
    ProductView::new(orders_facts())
}
