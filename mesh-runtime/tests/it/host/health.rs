//! Health tells how each product is, by place and rule and never by value.

use std::collections::BTreeMap;

use serde_json::json;

use super::shop::{Label, Sale, Stock, open, sale};
use super::{config, get};

#[tokio::test]
async fn what_breaks_a_promise_is_set_aside_and_reported_and_the_rest_is_served() {
    let too_long = || Sale { article: "secret ".repeat(9), ..sale(2) };
    let below = |number, key: &str| Sale {
        labels: BTreeMap::from([
            (key.to_owned(), Label { count: -1 }),
            ("fine".to_owned(), Label { count: 1 }),
        ]),
        ..sale(number)
    };
    let twice = Sale { article: "second".to_owned(), ..sale(1) };
    let stock = Stock::of(vec![
        sale(1),
        too_long(),
        below(3, "secret key"),
        below(4, "secret label"),
        twice,
        sale(5),
    ]);
    let host = open(&stock, config()).await;
    let served = get(&host, "/products/sales/records").await.lines();
    assert_eq!(served, [serde_json::to_value(sale(1)).unwrap(), serde_json::to_value(sale(5)).unwrap()]);

    let health = get(&host, "/health/ready").await;
    assert_eq!(health.status, 200, "what fits is served");
    let body = health.json();
    assert_eq!(body["status"], "degraded");
    let product = &body["products"][0];
    assert_eq!((&product["records"], &product["setAside"]), (&json!(2), &json!(4)));
    let violations: Vec<_> = product["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            (it["pointer"].as_str().unwrap(), it["rule"].as_str().unwrap(), it["count"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(
        violations,
        [("/article", "maxLength", 1), ("/labels/*/count", "minimum", 2), ("/number", "unique-key", 1)]
    );
    assert!(!health.text.contains("secret"), "{}", health.text);

    stock.set(vec![sale(1)]);
    super::soon("a refresh", host.refresh()).await;
    let healed = get(&host, "/health/ready").await.json();
    assert_eq!((&healed["status"], &healed["products"][0]["setAside"]), (&json!("ready"), &json!(0)));
}

#[tokio::test]
async fn a_host_without_a_registry_says_so() {
    let host = open(&Stock::of(vec![]), config()).await;
    let ready = get(&host, "/health/ready").await.json();
    assert_eq!((&ready["status"], &ready["registry"]), (&json!("ready"), &json!("none")));
    assert_eq!(get(&host, "/health/live").await.json()["status"], "alive");
}
