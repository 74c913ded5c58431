//! The registry: absent, gone, back, forgetful, hanging, and taken by another start.

use std::time::Duration;

use mesh_runtime::host::{Context, Host, HostConfig, RunningHost};
use mesh_runtime::prelude::*;
use mesh_runtime::{Manifest, Offer};
use serde_json::json;
use tokio::net::TcpListener;

use super::fake_registry::{FakeRegistry, Heard, Memory, client_config};
use super::shop::{Sale, Shop, Stock, open, sale};
use super::{config, get, soon};

fn with(registry: std::net::SocketAddr) -> HostConfig {
    let mut config = config();
    config.client = client_config(registry);
    config.lease = Duration::from_secs(1);
    config
}

/// Asks for health until it says what is wanted. Each question is answered by the state at its time.
async fn until_registry_is(host: &RunningHost, standing: &str) {
    soon("a standing with the registry", async {
        while get(host, "/health/ready").await.json()["registry"] != standing {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_host_announces_what_it_serves_and_renews() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let host = open(&Stock::of(vec![sale(1), sale(2)]), with(registry.address())).await;
    let is_loaded = |heard: &Heard| matches!(heard, Heard::Announced { announcement, .. } if announcement.products[0].records == Some(2));
    let Heard::Announced { instance, announcement } = memory.hears(0, "records", is_loaded).await else {
        panic!()
    };
    assert_eq!(instance, host.instance());
    assert_eq!(announcement.domain.as_str(), "shop");
    assert_eq!(announcement.environment.as_str(), "development");
    assert_eq!(announcement.base_url, format!("http://{}", host.address()));
    let [product] = announcement.products.as_slice() else { panic!("{announcement:?}") };
    assert_eq!(product.address.to_string(), "shop.sales");
    assert_eq!(product.digest, Offer::of::<Sale>().contract().unwrap().digest().unwrap());
    assert_eq!(get(&host, &product.ports[0].url).await.lines().len(), 2);

    let so_far = memory.heard().len();
    let renewal = memory.announced(so_far).await;
    assert_eq!(renewal.epoch, announcement.epoch, "a renewal is of the same start");
    until_registry_is(&host, "announced").await;
}

#[tokio::test]
async fn a_graceful_stop_ends_the_lease() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let host = open(&Stock::of(vec![]), with(registry.address())).await;
    let announcement = memory.announced(0).await;
    until_registry_is(&host, "announced").await;
    let name = host.instance().to_owned();
    soon("stopping", host.shutdown()).await;
    assert_eq!(memory.heard().last(), Some(&Heard::Withdrawn { instance: name, epoch: announcement.epoch }));
    assert!(memory.deployed().is_empty());
}

#[tokio::test]
async fn a_host_starts_serves_and_describes_itself_with_the_registry_stopped_and_announces_itself_when_it_comes()
 {
    let memory = Memory::default();
    let address = FakeRegistry::start(&memory).await.kill().await;
    let host = open(&Stock::of(vec![sale(1)]), with(address)).await;
    until_registry_is(&host, "unreachable").await;
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 1);
    assert_eq!(get(&host, "/.well-known/mesh").await.status, 200);
    assert_eq!(get(&host, "/health/ready").await.status, 200);

    let _registry = FakeRegistry::at(address, &memory).await;
    memory.announced(0).await;
    until_registry_is(&host, "announced").await;
}

#[tokio::test]
async fn a_registry_that_is_killed_and_comes_back_without_memory_hears_everything_again() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let host = open(&Stock::of(vec![sale(1)]), with(registry.address())).await;
    until_registry_is(&host, "announced").await;
    let address = registry.kill().await;
    until_registry_is(&host, "unreachable").await;
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 1, "readers feel nothing");
    memory.forget();
    let so_far = memory.heard().len();
    let _registry = FakeRegistry::at(address, &memory).await;
    memory.announced(so_far).await;
    assert_eq!(memory.deployed().len(), 1);
    until_registry_is(&host, "announced").await;
}

#[tokio::test]
async fn a_registry_that_takes_connections_and_never_answers_keeps_nobody_waiting() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = open(&Stock::of(vec![sale(1)]), with(listener.local_addr().unwrap())).await;
    let (_held, _) = soon("the announcement", listener.accept()).await.unwrap();
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 1);
    soon("stopping", host.shutdown()).await;
}

#[tokio::test]
async fn a_stop_while_the_registry_is_gone_ends_soon() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let host = open(&Stock::of(vec![sale(1)]), with(registry.address())).await;
    until_registry_is(&host, "announced").await;
    registry.kill().await;
    soon("stopping", host.shutdown()).await;
}

#[tokio::test]
async fn a_later_start_of_the_instance_wins_and_the_earlier_one_serves_on_unannounced() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let mut config = with(registry.address());
    config.instance = Some("shop-one".to_owned());
    let earlier = open(&Stock::of(vec![sale(1)]), config.clone()).await;
    let first = memory.announced(0).await;
    // Epochs are milliseconds: the second start comes in a later one.
    tokio::time::sleep(Duration::from_millis(2)).await;
    let later = open(&Stock::of(vec![sale(1)]), config).await;
    until_registry_is(&later, "announced").await;
    until_registry_is(&earlier, "superseded").await;
    assert_eq!(get(&earlier, "/products/sales/records").await.lines().len(), 1);
    assert!(memory.deployed()["shop-one"].epoch > first.epoch);
    assert_eq!(memory.deployed()["shop-one"].base_url, format!("http://{}", later.address()));
    soon("stopping", earlier.shutdown()).await;
    assert_eq!(memory.deployed().len(), 1, "whoever was replaced withdraws nobody");
}

#[tokio::test]
async fn an_instance_whose_clock_was_set_back_outdoes_its_own_earlier_start() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let listen = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let mut config = with(registry.address());
    config.listen = listen;
    config.instance = Some("shop-one".to_owned());
    let host = open(&Stock::of(vec![]), config.clone()).await;
    let mut known = memory.announced(0).await;
    drop(host);
    known.epoch = 1 << 50;
    memory.remember("shop-one", known.clone());
    // The address is free once the dropped host's task has ended.
    let host = soon("the address", async {
        loop {
            let stock = Stock::of(vec![sale(1)]);
            let host = Host::new(super::shop::manifest()).records(move |_| std::future::ready(stock.take()));
            match host.start(config.clone()).await {
                Ok(host) => break host,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    })
    .await;
    until_registry_is(&host, "announced").await;
    assert_eq!(memory.deployed()["shop-one"].epoch, known.epoch + 1);
}

/// One sale, as accounts need it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Consumes)]
#[consumes(product = "bank.rates", version = "^1", purpose = "pricing")]
struct Rate {
    /// Which currency.
    currency: String,
}

#[tokio::test]
async fn what_the_domain_needs_is_registered_once_the_product_is_published() {
    let memory = Memory::default();
    let registry = FakeRegistry::start(&memory).await;
    let manifest =
        Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR")).offer::<Sale>().need::<Rate>().build();
    let host = Host::new(manifest).records(|_: Context| std::future::ready(Ok(vec![sale(1)])));
    let host = host.start(with(registry.address())).await.unwrap();
    until_registry_is(&host, "announced").await;
    let is_expected = |heard: &Heard| matches!(heard, Heard::Expected(_));
    assert!(!memory.heard().iter().any(is_expected), "nobody expects what is not published");
    memory.publish("bank.rates");
    let Heard::Expected(expectation) = memory.hears(0, "the expectation", is_expected).await else {
        panic!()
    };
    assert_eq!(expectation.consumer.as_str(), "shop");
    assert_eq!(expectation.address.to_string(), "bank.rates");
    assert_eq!(expectation.fields, ["/currency"]);
    assert_eq!(expectation.purpose.as_deref(), Some("pricing"));
    assert_eq!(expectation.schema["properties"]["currency"]["type"], json!("string"));
}
