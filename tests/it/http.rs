//! A client of HTTP from outside: it knows standards and nothing of the mesh.

use std::time::Duration;

use serde_json::Value;
use ureq::Agent;

fn agent() -> Agent {
    let config = Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(60)))
        .http_status_as_error(false)
        .build();
    config.into()
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
    /// The address of the next page, of the header `Link`.
    pub(crate) next: Option<String>,
}

/// Asks, whatever the answer is. Nothing where nobody answers.
pub(crate) fn try_get(url: &str) -> Option<Answer> {
    ask(url, None)
}

/// Puts a document, which has to be taken.
#[track_caller]
pub(crate) fn put(url: &str, document: &Value) {
    let request = agent().put(url).header("content-type", "application/json");
    let mut answer = request.send(document.to_string()).expect("an answer");
    let body = answer.body_mut().read_to_string().unwrap_or_default();
    assert!(answer.status().is_success(), "{url}: {body}");
}

fn ask(url: &str, token: Option<&str>) -> Option<Answer> {
    let mut request = agent().get(url);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let mut response = request.call().ok()?;
    let link = response.headers().get("link").and_then(|link| link.to_str().ok());
    let next = link.and_then(|link| {
        let (target, relation) = link.split_once('>')?;
        relation.contains("next").then(|| target.trim_start_matches('<').to_owned())
    });
    let next = next.map(|target| absolute(url, &target));
    let body = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string().ok()?;
    Some(Answer { status: response.status().as_u16(), body, next })
}

/// The target of a link as an absolute address.
fn absolute(base: &str, target: &str) -> String {
    let origin_end = base.find("//").and_then(|start| base[start + 2..].find('/').map(|end| start + 2 + end));
    match target {
        target if target.contains("://") => target.to_owned(),
        target if target.starts_with('/') => format!("{}{target}", &base[..origin_end.unwrap_or(base.len())]),
        target if target.starts_with('?') => format!("{}{target}", base.split('?').next().unwrap_or(base)),
        target => format!("{}/{target}", base.rsplit_once('/').map_or(base, |(folder, _)| folder)),
    }
}

/// Asks with a token or as anybody, whatever the answer is.
#[track_caller]
pub(crate) fn get_as(url: &str, token: Option<&str>) -> Answer {
    ask(url, token).unwrap_or_else(|| panic!("nobody answers at {url}"))
}

/// Asks for something that must be there.
#[track_caller]
pub(crate) fn get(url: &str) -> String {
    let answer = try_get(url).unwrap_or_else(|| panic!("nobody answers at {url}"));
    assert_eq!(answer.status, 200, "{url}: {}", answer.body);
    answer.body
}

/// Asks for JSON that must be there.
#[track_caller]
pub(crate) fn json(url: &str) -> Value {
    let body = get(url);
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("no JSON at {url} ({error}): {body}"))
}

/// Reads every page of records, with a token or as anybody.
#[track_caller]
pub(crate) fn records(url: &str, token: Option<&str>) -> Vec<Value> {
    let mut records = Vec::new();
    let mut next = Some(url.to_owned());
    while let Some(url) = next {
        let answer = ask(&url, token).unwrap_or_else(|| panic!("nobody answers at {url}"));
        assert_eq!(answer.status, 200, "{url}: {}", answer.body);
        let lines = answer.body.lines().filter(|line| !line.trim().is_empty());
        records.extend(lines.map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON")));
        next = answer.next;
    }
    records
}
