//! The registry's API as the client asks it: paths, parameters, pages and errors.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use mesh_runtime::Offer;
use mesh_runtime::client::{ClientConfig, ClientError, ProductQuery, RegistryClient, Retry, Stage, Token};
use mesh_runtime::model::Contract;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::host::shop::Sale;

type Answers = Arc<dyn Fn(&str) -> (u16, Value) + Send + Sync>;
type Asked = Arc<Mutex<Vec<String>>>;

/// A registry that answers as told, and what it was asked.
async fn registry(answer: impl Fn(&str) -> (u16, Value) + Send + Sync + 'static) -> (RegistryClient, Asked) {
    async fn any(State((answer, asked)): State<(Answers, Asked)>, request: Request) -> Response {
        let target = request.uri().path_and_query().unwrap().as_str().to_owned();
        let token = request.headers().get("authorization").map(|it| format!(" [{}]", it.to_str().unwrap()));
        let line = format!("{} {target}", request.method());
        asked.lock().unwrap().push(format!("{line}{}", token.unwrap_or_default()));
        let (status, body) = answer(&line);
        (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response()
    }
    let asked = Asked::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let state: (Answers, Asked) = (Arc::new(answer), Arc::clone(&asked));
    tokio::spawn(async move { axum::serve(listener, Router::new().fallback(any).with_state(state)).await });
    let mut config = super::config();
    config.registry = Some(format!("http://{address}").parse().unwrap());
    config.registry_token = Some(Token::new("key"));
    (RegistryClient::new(&config).unwrap(), asked)
}

fn contract() -> Contract {
    Offer::of::<Sale>().contract().unwrap()
}

fn summary() -> Value {
    let digest = contract().digest().unwrap();
    json!({ "version": "1.2.0", "digest": digest, "promise": digest, "publishedAt": "2026-01-01T00:00:00Z" })
}

#[tokio::test]
async fn a_publish_puts_the_contract_at_its_version_with_the_token() {
    let mut published = summary();
    published["address"] = json!("shop.sales");
    published["created"] = json!(true);
    let (client, asked) = registry(move |_| (201, published.clone())).await;
    assert!(client.publish(&contract(), Stage::Released).await.unwrap().created);
    client.publish(&contract(), Stage::Draft).await.unwrap();
    assert_eq!(
        *asked.lock().unwrap(),
        [
            "PUT /api/v1/products/shop.sales/versions/1.2.0 [Bearer key]",
            "PUT /api/v1/products/shop.sales/versions/1.2.0?draft=true [Bearer key]",
        ]
    );
}

#[tokio::test]
async fn lists_are_read_to_their_end_and_no_further() {
    let (client, asked) = registry(|line| {
        let next = if line.contains("after=b") {
            Value::Null
        } else if line.contains("after=a") {
            json!("b")
        } else {
            json!("a")
        };
        (200, json!({ "items": [summary()], "next": next }))
    })
    .await;
    let versions = client.versions(&"shop.sales".parse().unwrap()).await.unwrap();
    assert_eq!((versions.len(), asked.lock().unwrap().len()), (3, 3));

    let (client, asked) = registry(|_| (200, json!({ "items": [summary()], "next": "a" }))).await;
    let versions = client.versions(&"shop.sales".parse().unwrap()).await.unwrap();
    assert_eq!((versions.len(), asked.lock().unwrap().len()), (2, 2), "a list that goes in circles ends");
}

#[tokio::test]
async fn a_search_is_asked_with_its_words_as_they_are() {
    let (client, asked) = registry(|_| (200, json!({ "items": [] }))).await;
    let query = ProductQuery {
        text: Some("bills & café".to_owned()),
        domain: Some("shop".parse().unwrap()),
        limit: Some(5),
        after: None,
    };
    client.products(&query).await.unwrap();
    let expected = "GET /api/v1/products?q=bills+%26+caf%C3%A9&domain=shop&limit=5 [Bearer key]";
    assert_eq!(*asked.lock().unwrap(), [expected]);
}

#[tokio::test]
async fn a_contract_is_read_strictly_and_held_against_its_digest() {
    let digest = contract().digest().unwrap();
    let (client, _) = registry(|_| (200, contract().to_value())).await;
    assert_eq!(client.contract_by_digest(&digest).await.unwrap(), contract());

    let (client, _) = registry(|_| {
        let mut other = contract();
        other.description.push('!');
        (200, other.to_value())
    })
    .await;
    let error = client.contract_by_digest(&digest).await.unwrap_err();
    assert!(matches!(error, ClientError::WrongDigest { .. }), "{error}");

    let (client, _) = registry(|_| (200, json!({ "mesh": 99 }))).await;
    let version = "1.2.0".parse().unwrap();
    let error = client.contract(&"shop.sales".parse().unwrap(), &version).await.unwrap_err().to_string();
    assert!(error.contains("format 99") && error.contains("/mesh"), "{error}");
}

#[tokio::test]
async fn a_problem_says_what_the_registry_says() {
    let (client, asked) = registry(|_| {
        let problem = json!({
            "type": "urn:mesh:problem:version-exists",
            "title": "the version stands with other content",
            "status": 409,
            "detail": "publish yours as 1.2.1",
            "findings": [{ "rule": "x" }],
        });
        (409, problem)
    })
    .await;
    let error = client.publish(&contract(), Stage::Released).await.unwrap_err();
    assert_eq!(error.problem().unwrap().findings.len(), 1);
    assert!(error.to_string().contains("publish yours as 1.2.1"), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 1, "a refusal is not asked for twice");
}

#[tokio::test]
async fn what_is_no_registry_is_told_apart_from_one() {
    let (client, _) = registry(|_| (200, json!({ "hello": "world" }))).await;
    let error = client.domains().await.unwrap_err();
    assert!(matches!(error, ClientError::Unreadable { .. }), "{error}");
    let (client, asked) = registry(|_| (500, json!("oops"))).await;
    let error = client.domains().await.unwrap_err();
    assert!(matches!(error, ClientError::NotMesh { status: 500, .. }), "{error}");
    assert_eq!(asked.lock().unwrap().len(), 3, "what may pass is asked for again");
    assert_eq!(client.retrying(Retry::NEVER).domains().await.map(|it| it.len()).ok(), None);
    assert_eq!(asked.lock().unwrap().len(), 4);
}

#[tokio::test]
async fn nobody_there_is_told_with_what_to_do() {
    let mut config = ClientConfig::of_registry("http://127.0.0.1:1".parse().unwrap());
    config.retry = Retry::NEVER;
    let error = RegistryClient::new(&config).unwrap().domains().await.unwrap_err().to_string();
    assert!(error.contains("no registry answers at http://127.0.0.1:1/"), "{error}");
    assert!(error.contains("mesh registry serve") && error.contains("MESH_REGISTRY"), "{error}");
}

#[test]
fn an_address_that_no_request_can_go_to_is_refused_at_once() {
    for (url, says) in [("ftp://x", "http://127.0.0.1:7474"), ("mailto:x", "http://127.0.0.1:7474")] {
        let config = ClientConfig::of_registry(url.parse().unwrap());
        let error = RegistryClient::new(&config).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
}
