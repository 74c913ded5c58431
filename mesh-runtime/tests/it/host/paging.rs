//! Pages: in order, whole, and right while records come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mesh_runtime::Manifest;
use mesh_runtime::host::Host;
use serde_json::json;

use super::shop::{Entry, OldReceipt, Receipt, Shop, Stock, open, sale};
use super::{config, get, soon, walk};

#[tokio::test]
async fn records_come_as_json_lines_in_the_order_of_their_key() {
    let stock = Stock::of([10, 9, 2, 100].map(sale).to_vec());
    let host = open(&stock, config()).await;
    let answer = get(&host, "/products/sales/records").await;
    let numbers: Vec<_> = answer.lines().iter().map(|line| line["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [2, 9, 10, 100]);
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    assert_eq!(answer.header("mesh-product"), Some("shop.sales@1.2.0"));
    assert_eq!(answer.header("mesh-masked"), None);
    assert_eq!(answer.header("link"), None);
    assert_eq!(answer.header("content-length"), Some(answer.text.len().to_string().as_str()));
    assert!(answer.text.ends_with('\n'));
}

#[tokio::test]
async fn pages_join_to_the_whole_whatever_their_size() {
    let stock = Stock::of((0..25).map(sale).collect());
    let host = open(&stock, config()).await;
    let whole = get(&host, "/products/sales/records").await.lines();
    for limit in [1, 7, 24, 25, 26, 10_000] {
        let pages = walk(&host, &format!("/products/sales/records?limit={limit}")).await;
        assert_eq!(pages, whole, "limit {limit}");
    }
    let exact = get(&host, "/products/sales/records?limit=25").await;
    assert_eq!(exact.next(), None, "a page that ends with the last record is the last");
}

#[tokio::test]
async fn a_reader_sees_each_record_that_was_there_all_along_exactly_once() {
    let stock = Stock::of((0..2_000).step_by(2).map(sale).collect());
    let host = Arc::new(open(&stock, config()).await);
    let done = Arc::new(AtomicBool::new(false));
    // Odd records come and go in new snapshots while the reader pages through the even ones.
    let churn = tokio::spawn({
        let (stock, host, done) = (stock.clone(), Arc::clone(&host), Arc::clone(&done));
        async move {
            let mut turn = 0;
            while !done.load(Ordering::Relaxed) {
                turn += 1;
                stock.set(
                    (0..2_000)
                        .filter(|number| number % 2 == 0 || (number * 7 + turn) % 3 == 0)
                        .map(sale)
                        .collect(),
                );
                soon("a refresh", host.refresh()).await;
            }
            turn
        }
    });
    for _ in 0..5 {
        let seen = walk(&host, "/products/sales/records?limit=13").await;
        let numbers: Vec<_> = seen.iter().map(|record| record["number"].as_u64().unwrap()).collect();
        assert!(numbers.is_sorted_by(|left, right| left < right), "in order, and none twice");
        let even: Vec<_> = numbers.iter().copied().filter(|number| number % 2 == 0).collect();
        assert_eq!(even, (0..2_000).step_by(2).collect::<Vec<_>>());
    }
    done.store(true, Ordering::Relaxed);
    assert!(soon("the churn", churn).await.unwrap() > 1, "records changed while they were read");
}

#[tokio::test]
async fn a_cursor_outlives_the_record_that_it_names_and_the_host_that_wrote_it() {
    let stock = Stock::of((0..10).map(sale).collect());
    let host = open(&stock, config()).await;
    let next = get(&host, "/products/sales/records?limit=5").await.next().unwrap();
    let query = next.split_once('?').unwrap().1.to_owned();
    stock.set((5..12).map(sale).collect());
    soon("stopping", host.shutdown()).await;
    let host = open(&stock, config()).await;
    let rest = walk(&host, &format!("/products/sales/records?{query}")).await;
    let numbers: Vec<_> = rest.iter().map(|record| record["number"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (5..12).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_with_what_can() {
    let host = open(&Stock::of((0..3).map(sale).collect()), config()).await;
    let cursor = get(&host, "/products/sales/records?limit=1").await.next().unwrap();
    let cursor = cursor.split_once("after=").unwrap().1.to_owned();
    let mangled = format!("{}{}", if cursor.starts_with('A') { 'B' } else { 'A' }, &cursor[1..]);
    for (query, kind, says) in [
        ("limit=0", "bad-parameter", "from 1 to 10000"),
        ("limit=10001", "bad-parameter", "from 1 to 10000"),
        ("limit=ten", "bad-parameter", "from 1 to 10000"),
        ("limit=1&limit=2", "bad-parameter", "twice"),
        ("Limit=1", "bad-parameter", "`after`, `limit`, `version` and `fields`"),
        ("version=one", "bad-parameter", "write one as cargo does"),
        ("fields=", "bad-parameter", "`number`, `article`, `labels`"),
        ("fields=number,nmae", "bad-parameter", "`nmae` is no field"),
        ("limit=%FF", "bad-parameter", "from 1 to 10000"),
        ("after=", "bad-cursor", "leave it out"),
        ("after=bm9uc2Vuc2U", "bad-cursor", "leave it out"),
        (&format!("after={mangled}"), "bad-cursor", "leave it out"),
        (&format!("after={}", &cursor[..cursor.len() - 2]), "bad-cursor", "leave it out"),
    ] {
        let answer = get(&host, &format!("/products/sales/records?{query}")).await;
        let detail = answer.problem(400, kind);
        assert!(detail.contains(says), "{query}: {detail}");
    }
}

#[tokio::test]
async fn fields_keep_what_is_asked_for_over_all_pages() {
    let host = open(&Stock::of((0..5).map(sale).collect()), config()).await;
    let records = walk(&host, "/products/sales/records?fields=number&limit=2").await;
    assert_eq!(records, (0..5).map(|number| json!({ "number": number })).collect::<Vec<_>>());
}

#[tokio::test]
async fn each_line_of_versions_is_served_side_by_side() {
    let manifest = Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR"))
        .offer::<OldReceipt>()
        .offer::<Receipt>()
        .build();
    let receipt = |till: &str, number| Receipt { till: till.to_owned(), number };
    let new = Stock::of(vec![receipt("b", -1), receipt("a", 10), receipt("a", 9), receipt("a", -10)]);
    let old = Stock::of(vec![OldReceipt { number: 1 }, OldReceipt { number: 2 }]);
    let host = Host::new(manifest)
        .records(move |_| std::future::ready(old.take()))
        .records(move |_| std::future::ready(new.take()))
        .start(config())
        .await
        .unwrap();
    soon("loading", host.loaded()).await;

    let newest = get(&host, "/products/receipts/records").await;
    assert_eq!(newest.header("mesh-product"), Some("shop.receipts@2.0.0"));
    let keys: Vec<_> =
        newest.lines().iter().map(|line| (line["till"].clone(), line["number"].clone())).collect();
    assert_eq!(
        keys,
        [("a", -10), ("a", 9), ("a", 10), ("b", -1)].map(|(till, number)| (json!(till), json!(number)))
    );

    let first = get(&host, "/products/receipts/records?version=%5E1&limit=1").await;
    assert_eq!(first.header("mesh-product"), Some("shop.receipts@1.0.0"));
    let second = get(&host, &first.next().unwrap()).await;
    assert_eq!(second.header("mesh-product"), Some("shop.receipts@1.0.0"), "the next page keeps the version");
    assert_eq!(second.lines(), [json!({ "number": 2 })]);

    let across = first.next().unwrap().replace("%5E1", "%5E2");
    get(&host, &across).await.problem(400, "bad-cursor");
    let detail = get(&host, "/products/receipts/records?version=3").await.problem(404, "not-found");
    assert!(detail.contains("1.0.0, 2.0.0"), "{detail}");

    let described = get(&host, "/.well-known/mesh").await.json();
    let ports: Vec<_> =
        described["products"].as_array().unwrap().iter().map(|it| it["ports"][0]["url"].clone()).collect();
    for (port, version) in ports.iter().zip(["1.0.0", "2.0.0"]) {
        let answer = get(&host, port.as_str().unwrap()).await;
        assert_eq!(answer.header("mesh-product"), Some(format!("shop.receipts@{version}").as_str()));
    }
}

#[tokio::test]
async fn records_without_a_key_page_as_well_equal_ones_included() {
    let manifest = Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR")).offer::<Entry>().build();
    let entry = |text: &str| Entry { text: text.to_owned() };
    let stock = Stock::of(vec![entry("rain"), entry("sun"), entry("rain"), entry("rain\nand\nsun")]);
    let host =
        Host::new(manifest).records(move |_| std::future::ready(stock.take())).start(config()).await.unwrap();
    soon("loading", host.loaded()).await;
    let first = get(&host, "/products/diary/records?limit=1").await;
    let mut texts: Vec<_> = walk(&host, "/products/diary/records?limit=1")
        .await
        .iter()
        .map(|line| line["text"].as_str().unwrap().to_owned())
        .collect();
    texts.sort();
    assert_eq!(texts, ["rain", "rain", "rain\nand\nsun", "sun"]);
    // Nothing but the whole record says where it stands, so its place must not be told.
    use base64::Engine as _;
    let cursor = first.next().unwrap().split_once("after=").unwrap().1.to_owned();
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(cursor).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(!text.contains("rain") && !text.contains("sun"), "{text}");
}
