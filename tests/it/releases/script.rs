//! Everything that the run time asks of a registry, once.

use std::fmt::Debug;

use mesh_runtime::client::{Beside, ClientError, Narrowed, ProductQuery, RegistryClient, Stage};
use mesh_runtime::model::wire::{Announcement, Health, ServedPort, ServedProduct};
use mesh_runtime::model::{Contract, Expectation, PortKind};
use serde_json::json;

fn contract(name: &str) -> Contract {
    let path = format!("{}/mesh-registry/tests/fixtures/contracts/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    Contract::read(&text).expect("a contract")
}

/// What came of each step, on one line each.
#[derive(Default)]
struct Told(Vec<String>);

impl Told {
    fn note<T: Debug>(&mut self, step: &str, came: Result<T, ClientError>) {
        let what = match &came {
            Ok(value) => format!("{value:?}"),
            Err(ClientError::Refused { problem, .. }) => {
                format!("refused with {}: {} [{}]", problem.status, problem.detail, problem.kind)
            }
            Err(error @ ClientError::Unreadable { .. }) => format!("unreadable: {error}"),
            Err(error) => panic!("{step}: {error}"),
        };
        self.0.push(format!("{step}: {what}"));
    }
}

/// Asks for everything, and tells what came of it.
pub(super) async fn run(registry: &RegistryClient) -> Vec<String> {
    let mut told = Told::default();
    let (orders, customers) = (contract("sales.orders@1.0.0"), contract("sales.customers@1.0.0"));
    let (address, version) = (orders.address.clone(), orders.version.clone());
    let environment = "production".parse().expect("a name");
    told.note("ready", registry.ready().await);
    told.note("publish", registry.publish(&orders, Stage::Released).await);
    told.note("publish again", registry.publish(&orders, Stage::Released).await);
    let mut other = orders.clone();
    other.description.push_str(" Or not.");
    told.note("publish other content", registry.publish(&other, Stage::Released).await);
    let beside = Beside { unread: Some("may-go".to_owned()), ..Beside::default() };
    told.note("publish with words beside", registry.publish_with(&customers, Stage::Released, &beside).await);
    told.note(
        "publish a draft",
        registry.publish(&contract("sales.orders@2.0.0-draft.1"), Stage::Draft).await,
    );
    told.note("products", registry.products(&ProductQuery::default()).await);
    let query = ProductQuery {
        text: Some("order".to_owned()),
        domain: Some(address.domain().clone()),
        limit: Some(5),
        after: None,
    };
    told.note("search", registry.products(&query).await);
    told.note("product", registry.product(&address).await);
    told.note("versions", registry.versions(&address).await);
    told.note("contract", registry.contract(&address, &version).await);
    let digest = orders.digest().expect("a digest");
    told.note("contract by digest", registry.contract_by_digest(&digest).await);
    let announcement = Announcement {
        domain: address.domain().clone(),
        environment: "production".parse().expect("a name"),
        base_url: "http://127.0.0.1:4100".to_owned(),
        epoch: 7,
        lease_seconds: 3600,
        runtime: env!("CARGO_PKG_VERSION").to_owned(),
        health: Health::Healthy,
        products: vec![ServedProduct {
            address: address.clone(),
            version: version.clone(),
            digest,
            records: Some(3),
            ports: vec![ServedPort {
                name: "records".parse().expect("a name"),
                kind: PortKind::Records,
                url: "http://127.0.0.1:4100/records".to_owned(),
            }],
        }],
    };
    told.note("announce", registry.announce("one", &announcement).await);
    let requirement = "^1".parse().expect("a requirement");
    told.note("resolve", registry.resolve(&address, &requirement, &environment).await);
    told.note("deployments of the product", registry.product_deployments(&address).await);
    told.note("deployments", registry.deployments().await);
    told.note("deployments of the domain", registry.domain_deployments(address.domain()).await);
    let expectation: Expectation = serde_json::from_value(json!({
        "mesh": 1, "consumer": "billing", "address": address, "requirement": "^1", "environment": "production",
        "purpose": "bills", "consumerVersion": "3", "fields": ["/total"], "schema": { "type": "object" },
    }))
    .expect("an expectation");
    let consumer = expectation.consumer.clone();
    told.note("expect", registry.expect(&expectation).await);
    told.note("consumers", registry.consumers(&address).await);
    told.note("expectations", registry.expectations_of(&consumer).await);
    told.note("lineage", registry.lineage(&address).await);
    told.note("domains", registry.domains().await);
    told.note("domain", registry.domain(address.domain()).await);
    told.note("record deployed", registry.record_deployed(&consumer, "3", &environment).await);
    told.note("can deploy", registry.can_deploy(&consumer, "3", &environment).await);
    told.note("forget deployed", registry.forget_deployed(&consumer, "3", &environment).await);
    let narrowed = Narrowed { purpose: Some("bills".to_owned()), ..Narrowed::default() };
    told.note("forget one expectation", registry.forget_expectation(&consumer, &address, &narrowed).await);
    told.note("forget what is not there", registry.forget(&consumer, &address).await);
    told.note("withdraw", registry.withdraw("one", 7).await);
    told.note("withdraw an earlier start", registry.withdraw("one", 1).await);
    told.note(
        "a product that is not there",
        registry.product(&"sales.nothing".parse().expect("an address")).await,
    );
    told.0
}
