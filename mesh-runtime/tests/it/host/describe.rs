//! What the host says of itself, and what it answers to the curious.

use mesh_runtime::Offer;
use mesh_runtime::client::well_known::WellKnown;
use mesh_runtime::model::Contract;

use super::shop::{Sale, Stock, open, sale};
use super::{config, get, send, url};

#[tokio::test]
async fn the_well_known_document_leads_to_contracts_and_ports() {
    let host = open(&Stock::of(vec![sale(1), sale(2)]), config()).await;
    let answer = get(&host, "/.well-known/mesh").await;
    let document: WellKnown = serde_json::from_value(answer.json()).unwrap();
    assert_eq!(document.mesh, mesh_runtime::model::FORMAT);
    assert_eq!(document.domain.name.as_str(), "shop");
    assert_eq!(document.domain.contact.as_deref(), Some("#shop"));
    let services: Vec<_> =
        document.domain.services.iter().map(|it| (it.name.as_str(), it.shared_with.len())).collect();
    assert_eq!(services, [("till", 1), ("store", 0)]);
    let [product] = document.products.as_slice() else { panic!("one product: {document:?}") };
    assert_eq!(product.served.records, Some(2));
    assert_eq!(get(&host, &product.served.ports[0].url).await.lines().len(), 2);

    let contract = Contract::read(&get(&host, &product.contract).await.text).unwrap();
    assert_eq!(contract, Offer::of::<Sale>().contract().unwrap());
    assert_eq!(contract.digest().unwrap(), product.served.digest);
}

#[tokio::test]
async fn a_contract_that_is_known_is_not_sent_again() {
    let host = open(&Stock::of(vec![]), config()).await;
    let path = "/contracts/sales/1.2.0";
    let digest = Offer::of::<Sale>().contract().unwrap().digest().unwrap();
    let answer = get(&host, path).await;
    assert_eq!(answer.header("etag"), Some(format!("\"{digest}\"").as_str()));
    for (known, status) in [
        (format!("\"{digest}\""), 304),
        (format!("\"other\", \"{digest}\""), 304),
        ("\"other\"".to_owned(), 200),
    ] {
        let again = send(reqwest::Client::new().get(url(&host, path)).header("if-none-match", &known)).await;
        assert_eq!((again.status, again.text.is_empty()), (status, status == 304), "{known}");
    }
}

#[tokio::test]
async fn nothing_there_is_answered_with_what_there_is() {
    let host = open(&Stock::of(vec![]), config()).await;
    for path in
        ["/", "/products", "/products/sale/records", "/contracts/sales/9.9.9", "/products/sales/records/1"]
    {
        let detail = get(&host, path).await.problem(404, "not-found");
        assert!(detail.contains("`sales` 1.2.0"), "{path}: {detail}");
    }
}

#[tokio::test]
async fn head_answers_as_get_without_the_body_and_other_methods_are_refused() {
    let host = open(&Stock::of(vec![sale(1)]), config()).await;
    let client = reqwest::Client::new();
    for path in ["/products/sales/records", "/.well-known/mesh", "/contracts/sales/1.2.0", "/health/live"] {
        let whole = get(&host, path).await;
        let head = send(client.head(url(&host, path))).await;
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(head.header("content-length"), Some(whole.text.len().to_string().as_str()), "{path}");
        let put = send(client.put(url(&host, path)).body("{}")).await;
        put.problem(405, "method-not-allowed");
        assert!(put.header("allow").is_some_and(|allow| allow.contains("GET")), "{path}: {:?}", put.headers);
    }
    let missing = send(client.head(url(&host, "/nowhere"))).await;
    assert_eq!((missing.status, missing.text.as_str()), (404, ""));
}
