//! A domain's host, asked over HTTP as anybody would.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends")]

mod access;
mod choices;
mod describe;
pub(crate) mod fake_registry;
pub(crate) mod grants;
mod health;
mod lease;
mod masking;
mod paging;
pub(crate) mod people;
pub(crate) mod shop;
mod signals;
mod sources;
mod stop;
mod tenants;

use std::time::Duration;

use mesh_runtime::client::Retry;
use mesh_runtime::host::{Access, HostConfig, RunningHost};
use reqwest::header::HeaderMap;
use serde_json::Value;

/// Nothing that works takes this long, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A future that must end.
pub(crate) async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    match tokio::time::timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("{what} takes longer than {PATIENCE:?}"),
    }
}

/// A configuration that lets everybody on this machine read, tries again at once and never refreshes unasked.
pub(crate) fn config() -> HostConfig {
    let mut config = HostConfig::default();
    config.access = Access::Open;
    config.refresh = Duration::from_secs(3_600);
    config.retry = Retry { attempts: 1, first: Duration::from_millis(5), longest: Duration::from_millis(20) };
    config.client.retry = Retry::NEVER;
    config
}

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    #[track_caller]
    pub(crate) fn lines(&self) -> Vec<Value> {
        assert_eq!(self.status, 200, "{}", self.text);
        self.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The address of the next page.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.header("link")?;
        let target = link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?;
        Some(target.to_owned())
    }

    #[track_caller]
    pub(crate) fn problem(&self, status: u16, kind: &str) -> String {
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        let problem = self.json();
        assert_eq!(problem["type"], format!("urn:mesh:problem:{kind}"));
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        problem["detail"].as_str().unwrap_or_default().to_owned()
    }
}

pub(crate) async fn send(request: reqwest::RequestBuilder) -> Answer {
    let response = soon("a request", request.send()).await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: soon("an answer", response.text()).await.unwrap() }
}

pub(crate) async fn get(host: &RunningHost, path: &str) -> Answer {
    send(reqwest::Client::new().get(url(host, path))).await
}

pub(crate) fn url(host: &RunningHost, path: &str) -> String {
    if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", host.address()) }
}

/// Every record from a page on, as a reader that follows the links sees them.
pub(crate) async fn walk(host: &RunningHost, first: &str) -> Vec<Value> {
    walk_as(host, first, None).await
}

/// The same for somebody who shows something.
pub(crate) async fn walk_as(host: &RunningHost, first: &str, token: Option<&str>) -> Vec<Value> {
    let mut records = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let page = grants::ask(host, &path, token).await;
        records.extend(page.lines());
        next = page.next();
    }
    records
}
