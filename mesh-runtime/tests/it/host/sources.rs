//! Sources that fail, panic, hang and heal.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mesh_runtime::Manifest;
use mesh_runtime::host::{Access, Host, HostError, SourceError};
use mesh_runtime::prelude::*;
use serde_json::json;
use tokio::sync::Notify;

use super::shop::{Entry, OldReceipt, Receipt, Sale, Shop, Stock, manifest, open, sale};
use super::{config, get, soon};

#[tokio::test]
async fn before_the_first_load_the_answer_is_to_come_back() {
    let gate = Arc::new(Notify::new());
    let opened = Arc::clone(&gate);
    let host = Host::new(manifest()).records(move |_| {
        let opened = Arc::clone(&opened);
        async move {
            opened.notified().await;
            Ok(vec![sale(1)])
        }
    });
    let host = host.start(config()).await.unwrap();
    let answer = get(&host, "/products/sales/records").await;
    answer.problem(503, "not-loaded");
    assert!(answer.header("retry-after").is_some());
    let ready = get(&host, "/health/ready").await;
    assert_eq!((ready.status, &ready.json()["status"]), (503, &json!("loading")));
    assert_eq!(get(&host, "/health/live").await.status, 200);
    assert_eq!(get(&host, "/.well-known/mesh").await.status, 200, "it describes itself all the same");

    gate.notify_one();
    soon("loading", host.loaded()).await;
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 1);
    assert_eq!(get(&host, "/health/ready").await.status, 200);
}

#[tokio::test]
async fn a_source_that_fails_at_first_is_asked_until_it_heals() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let host = Host::new(manifest()).records(move |_| {
        let turn = count.fetch_add(1, Ordering::SeqCst);
        async move {
            match turn {
                0 => Err(SourceError::new("the table is locked")),
                1 => panic!("a source may panic"),
                2 => Err(std::io::Error::other("any error will do").into()),
                _ => Ok(vec![sale(7)]),
            }
        }
    });
    let host = host.start(config()).await.unwrap();
    soon("healing", host.loaded()).await;
    assert_eq!(asked.load(Ordering::SeqCst), 4);
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 1);
    assert_eq!(get(&host, "/health/ready").await.json()["products"][0]["failures"], 0);
}

#[tokio::test]
async fn a_source_that_hangs_counts_as_failed() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&asked);
    let mut config = config();
    config.load_timeout = Duration::from_millis(50);
    let host = Host::new(manifest()).records(move |_| {
        let turn = count.fetch_add(1, Ordering::SeqCst);
        async move {
            if turn == 0 {
                std::future::pending::<()>().await;
            }
            Ok(vec![sale(7)])
        }
    });
    let host = host.start(config).await.unwrap();
    soon("healing", host.loaded()).await;
    assert!(asked.load(Ordering::SeqCst) >= 2);
}

#[tokio::test]
async fn while_a_source_fails_the_last_good_records_are_served_and_health_says_so() {
    let stock = Stock::of(vec![sale(1)]);
    let host = open(&stock, config()).await;
    stock.fail("the secret table is gone");
    soon("a refresh", host.refresh()).await;
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 1);
    let health = get(&host, "/health/ready").await;
    assert_eq!(health.status, 200);
    let body = health.json();
    assert_eq!((&body["status"], &body["products"][0]["state"]), (&json!("degraded"), &json!("degraded")));
    assert!(body["products"][0]["failures"].as_u64().unwrap() >= 1);
    assert!(!health.text.contains("secret"), "what a source says is for its owner's log");

    stock.set(vec![sale(1), sale(2)]);
    soon("a refresh", host.refresh()).await;
    assert_eq!(get(&host, "/health/ready").await.json()["status"], "ready");
    assert_eq!(get(&host, "/products/sales/records").await.lines().len(), 2);
}

/// One call of a ticker. It is old after a second.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Till, name = "ticks", version = "1.0.0", kind = "source-aligned", freshness = "1s")]
#[port(records)]
struct Tick {
    /// Which one.
    #[field(key)]
    number: u64,
}

#[tokio::test]
async fn records_older_than_promised_are_late_until_they_are_loaded_anew() {
    let manifest = Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR")).offer::<Tick>().build();
    let host = Host::new(manifest).records(|_| std::future::ready(Ok(vec![Tick { number: 1 }])));
    let host = host.start(config()).await.unwrap();
    soon("loading", host.loaded()).await;
    let product = async || get(&host, "/health/ready").await.json()["products"][0].clone();
    soon("a second", async {
        while product().await["late"] == false {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(product().await["state"], "degraded");
    assert_eq!(
        get(&host, "/products/ticks/records").await.lines().len(),
        1,
        "old records are better than none"
    );
    soon("a refresh", host.refresh()).await;
    assert_eq!(product().await["late"], false);
}

#[tokio::test]
async fn a_host_whose_sources_and_offers_differ_does_not_start() {
    let builder = || Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR"));
    let sales = |_| std::future::ready(Ok(Vec::<Sale>::new()));
    let diary = |_| std::future::ready(Ok(Vec::<Entry>::new()));
    let old = |_| std::future::ready(Ok(Vec::<OldReceipt>::new()));
    let both = builder().offer::<OldReceipt>().offer::<Receipt>().build();
    for (host, message) in [
        (Host::new(manifest()), "`sales` 1.2.0 has no source"),
        (Host::new(manifest()).records(sales).records(sales), "`sales` 1.2.0 has two sources"),
        (
            Host::new(manifest()).records(sales).records(diary),
            "`diary` 0.1.0 has a source and is not offered",
        ),
        (Host::new(both).records(old), "`receipts` 2.0.0 has no source"),
    ] {
        let error = host.start(config()).await.unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_told() {
    let taken = open(&Stock::of(vec![]), config()).await;
    let host = || Host::new(manifest()).records(|_| std::future::ready(Ok(Vec::<Sale>::new())));
    let mut config = config();
    config.listen = taken.address();
    assert!(matches!(host().start(config.clone()).await, Err(HostError::Listen { .. })));
    config.listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(host().start(config.clone()).await, Err(HostError::NoBaseUrl { .. })));
    config.base_url = Some("http://shop.example/data".parse().unwrap());
    config.access = Access::Granted;
    let running = host().start(config).await.unwrap();
    let local = format!("http://127.0.0.1:{}/.well-known/mesh", running.address().port());
    let described = get(&running, &local).await.json();
    assert_eq!(
        described["products"][0]["ports"][0]["url"],
        "http://shop.example/data/products/sales/records"
    );
}
