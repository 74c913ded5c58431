//! A small domain without personal data, whose sources do as the test says.

use std::sync::{Arc, Mutex};

use mesh_runtime::Manifest;
use mesh_runtime::host::{Host, HostConfig, RunningHost, SourceError};
use mesh_runtime::prelude::*;

use super::soon;

/// A shop at the corner.
#[derive(Domain)]
#[domain(name = "shop", owner = "shop@example.com", contact = "#shop")]
pub(crate) enum Shop {
    /// Takes the money.
    #[service(shared_with = "tax")]
    Till,
    /// Keeps the goods.
    Store,
}

/// One sale at the till.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Till, name = "sales", version = "1.2.0", kind = "source-aligned", freshness = "1d")]
#[port(records)]
pub(crate) struct Sale {
    /// The number on the receipt.
    #[field(key)]
    pub(crate) number: u64,
    /// What was sold.
    #[schemars(length(min = 1, max = 20))]
    pub(crate) article: String,
    /// How many, by the colour of the label.
    pub(crate) labels: std::collections::BTreeMap<String, Label>,
}

/// How many of one label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
pub(crate) struct Label {
    /// How many.
    #[schemars(range(min = 0))]
    pub(crate) count: i64,
}

/// One sale, in the shape that the till had first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Till, name = "receipts", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub(crate) struct OldReceipt {
    /// The number on the receipt.
    #[field(key)]
    pub(crate) number: u64,
}

/// One sale, in the shape that the till has now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Till, name = "receipts", version = "2.0.0", kind = "source-aligned")]
#[port(records)]
pub(crate) struct Receipt {
    /// The till, and the number of the receipt there.
    #[field(key)]
    pub(crate) till: String,
    /// The number on the receipt.
    #[field(key)]
    pub(crate) number: i32,
}

/// One line of the diary. Nothing names a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Store, name = "diary", version = "0.1.0", kind = "source-aligned", stability = "experimental")]
#[port(records)]
pub(crate) struct Entry {
    /// What happened.
    pub(crate) text: String,
}

pub(crate) fn manifest() -> Manifest {
    Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR")).offer::<Sale>().build()
}

pub(crate) fn sale(number: u64) -> Sale {
    Sale { number, article: "soap".to_owned(), labels: Default::default() }
}

/// What a source answers, until the test says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct Stock<P>(Arc<Mutex<Result<Vec<P>, String>>>);

impl<P: Clone + Send + 'static> Stock<P> {
    pub(crate) fn of(records: Vec<P>) -> Self {
        Self(Arc::new(Mutex::new(Ok(records))))
    }

    pub(crate) fn set(&self, records: Vec<P>) {
        *self.0.lock().unwrap() = Ok(records);
    }

    pub(crate) fn fail(&self, message: &str) {
        *self.0.lock().unwrap() = Err(message.to_owned());
    }

    pub(crate) fn take(&self) -> Result<Vec<P>, SourceError> {
        self.0.lock().unwrap().clone().map_err(SourceError::new)
    }
}

/// A shop with these sales, loaded.
pub(crate) async fn open(stock: &Stock<Sale>, config: HostConfig) -> RunningHost {
    let stock = stock.clone();
    let host = Host::new(manifest()).records(move |_| {
        let stock = stock.clone();
        async move { stock.take() }
    });
    let host = host.start(config).await.unwrap();
    soon("loading", host.loaded()).await;
    host
}
