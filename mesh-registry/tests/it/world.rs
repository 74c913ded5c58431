//! A registry of its own for each test, and a client that holds every answer against the API's description.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use mesh_registry::store::ManualClock;
use mesh_registry::{Config, Registry, Running};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// Makes a test over each store of each function named, which takes the [`Home`] of its world.
#[macro_export]
macro_rules! on_each_store {
    ($($name:ident)*) => {
        mod embedded {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name($crate::world::Home::Embedded).await;
            }
        )*}

        #[cfg(feature = "postgres")]
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(database) = $crate::database::Database::make().await {
                    super::$name($crate::world::Home::Postgres(database)).await;
                }
            }
        )*}
    };
}

/// Where a registry keeps what it knows.
#[derive(Debug)]
pub(crate) enum Home {
    /// In the embedded store.
    Embedded,
    /// In a database, which goes away with this.
    #[cfg(feature = "postgres")]
    Postgres(crate::database::Database),
}

/// A registry in a folder that goes away with it.
pub(crate) struct World {
    pub(crate) running: Running,
    pub(crate) client: Client,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) folder: tempfile::TempDir,
    /// Goes away last, when nobody is connected any more.
    pub(crate) _home: Home,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn on(home: Home) -> Self {
        Self::make(home, |_| {}).await
    }

    pub(crate) async fn on_with(home: Home, change: impl FnOnce(&mut Config)) -> Self {
        Self::make(home, change).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::make(Home::Embedded, change).await
    }

    async fn make(home: Home, change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::default());
        let mut config = Config::new(folder.path());
        config.access = mesh_registry::config::Access::open();
        config.listen.set_port(0);
        config.clock = Some(Arc::clone(&clock) as _);
        #[cfg(feature = "postgres")]
        if let Home::Postgres(database) = &home {
            config.store = Some(database.url());
        }
        change(&mut config);
        let running = Registry::start(config).await.expect("a registry");
        let client = Client::new(running.address());
        Self { running, client, clock, folder, _home: home }
    }
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.bytes)))
    }

    #[track_caller]
    pub(crate) fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, String::from_utf8_lossy(&self.bytes));
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("{name} in {:?}", self.headers))
            .to_str()
            .expect("text")
    }

    /// Expects a problem and gives its detail.
    #[track_caller]
    pub(crate) fn problem(&self, status: u16, kind: &str) -> String {
        let body = self.json();
        assert_eq!(
            (self.status.as_u16(), &body["type"]),
            (status, &json!(format!("urn:mesh:problem:{kind}"))),
            "{body}"
        );
        body["detail"].as_str().expect("a detail").to_owned()
    }
}

/// A client of the API.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
}

impl Client {
    pub(crate) fn new(address: std::net::SocketAddr) -> Self {
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { http, base: format!("http://{address}") }
    }

    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> Answer {
        let answer = self.try_send(method.clone(), path, headers, body).await;
        let answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error:?}"));
        check(&method, path, &answer);
        answer
    }

    /// As [`Client::send`], for a registry that may be gone.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Vec<u8>>,
    ) -> reqwest::Result<Answer> {
        let mut request = self.http.request(method, format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Answer { status, headers, bytes: response.bytes().await?.to_vec() })
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None).await
    }

    pub(crate) async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, &[("content-type", "application/json")], Some(body.to_string().into()))
            .await
    }

    pub(crate) async fn post(&self, path: &str) -> Answer {
        self.send(Method::POST, path, &[], None).await
    }

    pub(crate) async fn publish(&self, contract: &Value) -> Answer {
        self.put(&version_path(contract), contract).await
    }

    /// Publishes with the author's word that other words mean the same.
    pub(crate) async fn publish_reworded(&self, contract: &Value) -> Answer {
        let claim = json!({ "product": contract["address"], "version": contract["version"], "says": "same" });
        self.put(&version_path(contract), &json!({ "contract": contract, "meaning": [claim] })).await
    }
}

pub(crate) fn version_path(contract: &Value) -> String {
    let part = |name: &str| contract[name].as_str().expect("text").to_owned();
    format!("/api/v1/products/{}/versions/{}", part("address"), part("version"))
}

/// Holds an answer against the API's description: the status is described, and the body is valid under its schema.
#[track_caller]
fn check(method: &Method, path: &str, answer: &Answer) {
    static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../openapi.json")).expect("the API's description")
    });
    let path = path.split('?').next().unwrap_or_default();
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    let described = paths.iter().find(|(template, _)| {
        let (template, path) = (template.split('/'), path.split('/'));
        template.clone().count() == path.clone().count()
            && template.zip(path).all(|(template, path)| template.starts_with('{') || template == path)
    });
    let name = if *method == Method::HEAD { "get".to_owned() } else { method.as_str().to_lowercase() };
    let operation =
        described.map(|(_, operations)| &operations[&name]).filter(|operation| operation.is_object());
    let status = answer.status.as_u16();
    let schema = if status >= 400 {
        assert_eq!(answer.header("content-type"), "application/problem+json", "{method} {path}");
        json!({ "$ref": "#/components/schemas/Problem" })
    } else {
        let operation =
            operation.unwrap_or_else(|| panic!("{method} {path} is not described and answers {status}"));
        let response = &operation["responses"][status.to_string()];
        assert!(response.is_object(), "{method} {path} answers {status}, which is not described");
        response["content"]["application/json"]["schema"].clone()
    };
    assert!(answer.headers.contains_key("x-request-id"));
    if schema.is_null() || *method == Method::HEAD {
        assert!(answer.bytes.is_empty(), "{method} {path}: {:?}", answer.bytes);
        return;
    }
    let validator = validator(&schema, &DOCUMENT["components"]);
    let body = answer.json();
    let errors: Vec<_> =
        validator.iter_errors(&body).map(|error| format!("{} at {}", error, error.instance_path())).collect();
    assert!(errors.is_empty(), "{method} {path} {status}: {errors:?}\n{body:#}");
}

/// The validator of a schema that stands in the API's description; each is built once.
fn validator(schema: &Value, components: &Value) -> Arc<jsonschema::Validator> {
    static BUILT: Mutex<BTreeMap<String, Arc<jsonschema::Validator>>> = Mutex::new(BTreeMap::new());
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let validator = built.entry(schema.to_string()).or_insert_with(|| {
        let whole = json!({ "allOf": [schema], "components": components });
        Arc::new(jsonschema::draft202012::new(&whole).expect("schemas"))
    });
    Arc::clone(validator)
}

/// A contract as domains publish it.
pub(crate) fn fixture(name: &str) -> Value {
    let path = format!("{}/tests/fixtures/contracts/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).expect("JSON")
}

/// A small contract that is whole.
pub(crate) fn contract(address: &str, version: &str, description: &str) -> Value {
    let (domain, _) = address.split_once('.').expect("an address");
    // As the fixtures have it: a domain has one owner.
    let owner = match domain {
        "sales" => "sales-data@chinook.example",
        "accounting" => "accounting-data@chinook.example",
        _ => "owner@example.com",
    };
    json!({
        "mesh": 1,
        "address": address,
        "version": version,
        "description": description,
        "kind": "source-aligned",
        "stability": "stable",
        "domain": { "name": domain, "description": "All about it.", "owner": owner },
        "service": { "name": "main", "description": "The only one." },
        "ports": [{ "name": "records", "kind": "records" }],
        "root": "Record",
        "types": { "Record": { "description": "One record.", "fields": [
            { "name": "id", "type": "uint64", "description": "Its number.", "key": true },
        ] } },
        "schemas": { "emits": { "type": "object" }, "accepts": { "type": "object" } },
    })
}

pub(crate) fn expectation(consumer: &str, address: &str) -> Value {
    json!({
        "mesh": 1, "consumer": consumer, "address": address, "requirement": "^1",
        "fields": ["/id"], "schema": { "type": "object" },
    })
}

pub(crate) fn announcement(domain: &str, product: &str, version: &str, epoch: u64) -> Value {
    json!({
        "domain": domain, "environment": "production", "baseUrl": "http://127.0.0.1:4100", "epoch": epoch,
        "leaseSeconds": 30, "runtime": "0.1.0", "health": "healthy",
        "products": [{
            "address": product, "version": version, "digest": format!("sha256:{}", "0".repeat(64)),
            "ports": [{ "name": "records", "kind": "records", "url": "http://127.0.0.1:4100/records" }],
        }],
    })
}
