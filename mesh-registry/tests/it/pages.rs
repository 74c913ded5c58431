//! Pages over HTTP: every link leads somewhere, nothing is heavy, and each is sent with its policy.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::fixture_mesh;

/// An answer: status, head and body.
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    fn is_page(&self) -> bool {
        self.header("content-type").is_some_and(|media| media.starts_with("text/html"))
    }
}

async fn get(address: SocketAddr, path: &str, accept: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept: {accept}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("it answers");
    let text = String::from_utf8(bytes).expect("answers are UTF-8");
    let (head, body) = text.split_once("\r\n\r\n").expect("an answer has a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Answer { status, head: head.to_owned(), body: body.to_owned() }
}

/// The values of an attribute, as the browser reads them.
fn attributes<'b>(body: &'b str, name: &'b str) -> impl Iterator<Item = String> + 'b {
    let values = body.split(name).skip(1).filter_map(|rest| rest.strip_prefix("=\"")?.split('"').next());
    values.map(|value| value.replace("&amp;", "&"))
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(work)
}

const HTML: &str = "text/html,application/xhtml+xml,*/*;q=0.8";

#[test]
fn every_link_on_every_page_leads_somewhere() {
    block_on(async {
        let data = tempfile::tempdir().expect("a folder");
        let running = fixture_mesh::start(data.path(), 0, None).await;
        let address = running.address();
        let mut seen: BTreeMap<String, Option<BTreeSet<String>>> = BTreeMap::new();
        let mut fragments: Vec<(String, String, String)> = Vec::new();
        let mut queue = VecDeque::from([("/".to_owned(), "the start".to_owned())]);
        while let Some((path, from)) = queue.pop_front() {
            if seen.contains_key(&path) {
                continue;
            }
            let answer = get(address, &path, HTML).await;
            assert_eq!(answer.status, 200, "{from} links to {path}");
            if !answer.is_page() {
                seen.insert(path, None);
                continue;
            }
            assert!(answer.body.len() < 150_000, "{path} weighs {} bytes", answer.body.len());
            let policy = answer.header("content-security-policy").unwrap_or_default();
            assert!(
                policy.starts_with("default-src 'self'") && !policy.contains("unsafe"),
                "{path}: {policy}"
            );
            for link in attributes(&answer.body, " href").chain(attributes(&answer.body, " src")) {
                let (target, fragment) = link.split_once('#').unwrap_or((&link, ""));
                if !target.starts_with('/') && !target.is_empty() {
                    assert!(
                        ["http://", "https://", "mailto:"].iter().any(|scheme| target.starts_with(scheme)),
                        "{link}"
                    );
                    continue;
                }
                let target = if target.is_empty() { &path } else { target };
                if !fragment.is_empty() {
                    fragments.push((path.clone(), target.to_owned(), fragment.to_owned()));
                }
                queue.push_back((target.to_owned(), path.clone()));
            }
            seen.insert(path, Some(attributes(&answer.body, " id").collect()));
        }
        for (from, target, fragment) in fragments {
            let ids = seen.get(&target).and_then(Option::as_ref);
            assert!(ids.is_some_and(|ids| ids.contains(&fragment)), "{from} links to {target}#{fragment}");
        }
        for expected in [
            "/domains/sales",
            "/products/sales.orders/1.0.0",
            "/products/accounting.payroll",
            "/api/v1/openapi.json",
        ] {
            assert!(seen.contains_key(expected), "no link leads to {expected}");
        }
        running.shutdown().await;
    });
}

#[test]
fn what_becomes_of_versions_is_told_where_people_look() {
    block_on(async {
        let data = tempfile::tempdir().expect("a folder");
        let running = fixture_mesh::start(data.path(), 0, None).await;
        let page = async |path: &str| {
            let answer = get(running.address(), path, HTML).await;
            assert_eq!(answer.status, 200, "{path}");
            answer.body
        };
        let holds = |path: &str, body: &str, words: &[&str]| {
            words.iter().for_each(|word| assert!(body.contains(word), "`{word}` is missing on {path}"));
        };
        let body = page("/deprecations").await;
        let told = ["2990", "accounting.", "deployed", "Invoices hold the address", "0 of 2 readers moved"];
        holds("/deprecations", &body, &told);
        let body = page("/products/sales.customers").await;
        holds("/products/sales.customers", &body, &["Deprecated.", "Who still reads it", "sales.invoices"]);
        let body = page("/products/sales.catalogue/1.4.0").await;
        holds("/products/sales.catalogue/1.4.0", &body, &["Yanked.", "Prices were those of last year."]);
        running.shutdown().await;
    });
}

#[test]
fn a_problem_is_a_page_for_a_browser_and_json_for_a_client() {
    block_on(async {
        let data = tempfile::tempdir().expect("a folder");
        let running = fixture_mesh::start(data.path(), 0, None).await;
        for (path, status) in [
            ("/nowhere", 404),
            ("/products/sales.nothing", 404),
            ("/products/sales.orders/9.9.9", 404),
            ("/products/NotAName", 400),
            ("/search?kind=golden", 400),
            ("/search?limit=many", 400),
            ("/assets/000000000000/mesh.css", 404),
        ] {
            let page = get(running.address(), path, HTML).await;
            assert_eq!((page.status, page.is_page()), (status, true), "{path}");
            assert!(page.body.contains("<h1>") && page.header("content-security-policy").is_some(), "{path}");
            let json = get(running.address(), path, "*/*").await;
            assert_eq!(json.status, status, "{path}");
            assert_eq!(json.header("content-type"), Some("application/problem+json"), "{path}");
        }
        running.shutdown().await;
    });
}

#[test]
fn files_are_kept_for_ever_and_pages_are_asked_for_anew() {
    block_on(async {
        let data = tempfile::tempdir().expect("a folder");
        let running = fixture_mesh::start(data.path(), 0, None).await;
        let home = get(running.address(), "/", HTML).await;
        assert_eq!(home.header("cache-control"), Some("no-cache"));
        let linked: BTreeSet<String> = attributes(&home.body, " href")
            .chain(attributes(&home.body, " src"))
            .filter(|link| link.starts_with("/assets/"))
            .collect();
        assert_eq!(linked.len(), 3, "style, script and mark: {linked:?}");
        for file in linked {
            let answer = get(running.address(), &file, "*/*").await;
            assert_eq!(answer.header("cache-control"), Some("public, max-age=31536000, immutable"), "{file}");
        }
        running.shutdown().await;
    });
}

#[test]
fn a_shared_service_shows_in_both_domains() {
    block_on(async {
        let data = tempfile::tempdir().expect("a folder");
        let running = fixture_mesh::start(data.path(), 0, None).await;
        let sales = get(running.address(), "/domains/sales", HTML).await.body;
        assert!(sales.contains("With <a href=\"/domains/accounting\">accounting</a>"));
        let accounting = get(running.address(), "/domains/accounting", HTML).await.body;
        assert!(accounting.contains("Owned by <a href=\"/domains/sales\">sales</a>"));
        assert!(accounting.contains("href=\"/products/sales.invoices\""), "what it offers shows here too");
        running.shutdown().await;
    });
}
