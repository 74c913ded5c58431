//! From a name to an address: through the registry, and without it from what was known last.

use std::path::Path;

use mesh_runtime::Manifest;
use mesh_runtime::client::{Client, ClientConfig, ClientError, Origin};
use mesh_runtime::host::{Context, Host, HostConfig, RunningHost};
use mesh_runtime::prelude::*;

use super::{CountedSale, client, sold};
use crate::host::fake_registry::{FakeRegistry, Memory, client_config};
use crate::host::shop::{Sale, Shop, Stock, open, sale};
use crate::host::{config as host_config, get, soon};

fn with_cache(registry: std::net::SocketAddr, folder: &Path) -> ClientConfig {
    let mut config = client_config(registry);
    config.cache = Some(folder.to_owned());
    config
}

async fn announced_shop(memory: &Memory, registry: &FakeRegistry) -> RunningHost {
    let mut config = host_config();
    config.client = client_config(registry.address());
    let host = open(&Stock::of(vec![sale(1)]), config).await;
    memory.announced(0).await;
    host
}

async fn origin_and_records(client: &Client) -> (Origin, Vec<CountedSale>) {
    let product = client.product::<CountedSale>().await.unwrap();
    (product.resolved().origin, product.read_all().await.unwrap().records)
}

#[tokio::test]
async fn without_the_registry_the_last_known_address_does_even_after_a_restart() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    let registry = FakeRegistry::start(&memory).await;
    let _host = announced_shop(&memory, &registry).await;
    let config = with_cache(registry.address(), folder.path());
    let reader = client(config.clone());
    assert_eq!(origin_and_records(&reader).await, (Origin::Registry, vec![sold(1)]));

    registry.kill().await;
    assert_eq!(origin_and_records(&reader).await, (Origin::LastKnown, vec![sold(1)]));
    let restarted = client(config.clone());
    assert_eq!(origin_and_records(&restarted).await, (Origin::LastKnown, vec![sold(1)]));

    let mut elsewhere = config;
    elsewhere.environment = "production".parse().unwrap();
    let error = client(elsewhere).product::<CountedSale>().await.unwrap_err();
    assert!(
        matches!(error, ClientError::Unreachable { .. }),
        "an environment knows its own addresses only: {error}"
    );
    assert!(error.to_string().contains("mesh registry serve"), "{error}");
}

#[tokio::test]
async fn a_file_of_last_known_addresses_that_is_spoilt_is_made_anew() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    let file = folder.path().join("last-known.json");
    std::fs::write(&file, "{\"mesh\":1,\"entr").unwrap();
    let registry = FakeRegistry::start(&memory).await;
    let _host = announced_shop(&memory, &registry).await;
    let config = with_cache(registry.address(), folder.path());
    assert_eq!(origin_and_records(&client(config.clone())).await.0, Origin::Registry);
    registry.kill().await;
    assert_eq!(origin_and_records(&client(config)).await, (Origin::LastKnown, vec![sold(1)]));
}

#[tokio::test]
async fn what_the_registry_says_goes_before_what_was_known() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    let registry = FakeRegistry::start(&memory).await;
    let host = announced_shop(&memory, &registry).await;
    let reader = client(with_cache(registry.address(), folder.path()));
    assert_eq!(origin_and_records(&reader).await.0, Origin::Registry);
    host.shutdown().await;
    let error = reader.product::<CountedSale>().await.unwrap_err();
    assert_eq!(error.problem().unwrap().status, 404, "it is not served, and that is known: {error}");
}

#[tokio::test]
async fn what_is_not_there_is_asked_for_once_in_a_while_and_a_registry_that_is_gone_each_time() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let mut config = client_config(registry.address());
    config.believe_absent = std::time::Duration::from_secs(3_600);
    let reader = client(config.clone());
    for _ in 0..3 {
        let error = reader.product::<CountedSale>().await.unwrap_err();
        assert_eq!(error.problem().unwrap().status, 404, "{error}");
    }
    assert_eq!(memory.resolved(), 1);
    let _host = announced_shop(&memory, &registry).await;
    config.believe_absent = std::time::Duration::ZERO;
    assert_eq!(origin_and_records(&client(config)).await.0, Origin::Registry);
}

#[tokio::test]
async fn a_product_that_nothing_serves_in_the_environment_says_so() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let _host = announced_shop(&memory, &registry).await;
    let mut config = client_config(registry.address());
    config.environment = "production".parse().unwrap();
    let error = client(config).product::<CountedSale>().await.unwrap_err();
    assert!(matches!(error, ClientError::NotServed { .. }), "{error}");
    assert!(error.to_string().contains("`production`"), "{error}");
}

#[tokio::test]
async fn an_instance_that_does_not_answer_is_passed_over_for_one_that_does() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let host = announced_shop(&memory, &registry).await;
    let mut gone = memory.deployed()[host.instance()].clone();
    gone.products[0].ports[0].url = "http://127.0.0.1:1/products/sales/records".to_owned();
    memory.remember("a-first-by-name", gone);
    let reader = client(client_config(registry.address()));
    let product = reader.product::<CountedSale>().await.unwrap();
    assert_eq!(product.resolved().endpoints[0].records.port(), Some(1));
    assert_eq!(soon("reading", product.read_all()).await.unwrap().records, [sold(1)]);
}

#[tokio::test]
async fn a_client_without_a_registry_says_how_to_set_one() {
    let error = client(super::config()).product::<CountedSale>().await.unwrap_err();
    assert!(matches!(error, ClientError::NoRegistry), "{error}");
    assert!(error.to_string().contains("MESH_REGISTRY"), "{error}");
}

/// How often an article was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Tax::Audit, name = "audits", version = "1.0.0", kind = "aggregate", inputs = [CountedSale])]
#[port(records)]
pub(crate) struct Audit {
    /// The number on the receipt.
    #[field(key)]
    pub(crate) number: u64,
}

/// Watches the shop.
#[derive(Domain)]
#[domain(name = "tax", owner = "tax@example.com")]
pub(crate) enum Tax {
    /// Looks at each sale.
    Audit,
}

async fn audits(context: Context) -> Result<Vec<Audit>, mesh_runtime::host::SourceError> {
    let sales = context.read::<CountedSale>().await?;
    Ok(sales.records.iter().map(|sale| Audit { number: sale.number }).collect())
}

#[tokio::test]
async fn a_derived_product_waits_for_its_input_and_then_tells_what_it_read() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let mut config: HostConfig = host_config();
    config.client = client_config(registry.address());
    let manifest = Manifest::builder::<Tax>("tax", env!("CARGO_MANIFEST_DIR"))
        .offer::<Audit>()
        .need::<CountedSale>()
        .build();
    let tax = Host::new(manifest).records(audits).start(config.clone()).await.unwrap();
    soon("a failure", async {
        while get(&tax, "/health/ready").await.json()["products"][0]["failures"] == 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    get(&tax, "/products/audits/records").await.problem(503, "not-loaded");

    let long = Sale { article: "longer than tax can read".chars().take(20).collect(), ..sale(3) };
    let shop = open(&Stock::of(vec![sale(1), sale(2), long]), config).await;
    soon("the input", tax.loaded()).await;
    assert_eq!(get(&tax, "/products/audits/records").await.lines().len(), 2);
    let input = get(&tax, "/health/ready").await.json()["products"][0]["inputs"][0].clone();
    assert_eq!(
        input,
        serde_json::json!({ "address": "shop.sales", "version": "1.2.0", "records": 2, "rejected": 1 })
    );

    shop.shutdown().await;
    soon("a refresh", tax.refresh()).await;
    assert_eq!(
        get(&tax, "/products/audits/records").await.lines().len(),
        2,
        "the last good records are kept"
    );
    assert_eq!(get(&tax, "/health/ready").await.json()["status"], "degraded");
    let _ = Shop::Store;
}
