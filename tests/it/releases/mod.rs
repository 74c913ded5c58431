//! A run time and a registry of different releases: what each release of the run time sent and took is kept under
//! `tests/recorded`, and every later registry is asked the same again; and a registry of a later release answers the run time of
//! today with more than it knows.

mod script;
mod wire;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use mesh_registry::{Config, Registry, Running};
use mesh_runtime::client::{ClientConfig, RegistryClient, Retry};
use serde_json::{Value, json};

use self::wire::{Exchange, Reply, Request};

/// Set to write down what this release of the run time says to this release of the registry.
const RECORD: &str = "MESH_RECORD";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

fn recorded(release: &str) -> Vec<Exchange> {
    let path = folder().join(format!("{release}.json"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn releases() -> Vec<String> {
    let files = std::fs::read_dir(folder()).expect("the recordings").flatten();
    let mut names: Vec<_> =
        files.filter_map(|file| Some(file.file_name().to_str()?.strip_suffix(".json")?.to_owned())).collect();
    names.sort();
    names
}

async fn registry(folder: &Path) -> Running {
    let mut config = Config::new(folder);
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    Registry::start(config).await.expect("a registry")
}

fn client(address: SocketAddr) -> RegistryClient {
    let mut config = ClientConfig::of_registry(format!("http://{address}").parse().expect("a URL"));
    config.retry = Retry::NEVER;
    RegistryClient::new(&config).expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_this_release_says_to_a_registry_is_written_down() {
    let data = tempfile::tempdir().expect("a folder");
    let running = registry(data.path()).await;
    let heard: Arc<Mutex<Vec<Exchange>>> = Arc::default();
    let (to, noted) = (running.address(), Arc::clone(&heard));
    let between = wire::serve(move |request| {
        let reply = wire::ask(to, &request);
        noted.lock().expect("no panic").push(Exchange { request, reply: reply.clone() });
        reply
    });
    let told = script::run(&client(between)).await;
    assert!(told.iter().any(|line| line.starts_with("publish other content: refused")), "{told:#?}");
    let heard = std::mem::take(&mut *heard.lock().expect("no panic"));
    let release = env!("CARGO_PKG_VERSION");
    if std::env::var_os(RECORD).is_some() {
        // One on each line, so that what changes is seen.
        let lines: Vec<_> = heard.iter().map(|it| serde_json::to_string(it).expect("JSON")).collect();
        let text = format!("[\n{}\n]\n", lines.join(",\n"));
        std::fs::write(folder().join(format!("{release}.json")), text).expect("the recording is written");
    }
    let standing = recorded(release);
    let asked = |exchanges: &[Exchange]| exchanges.iter().map(|it| it.request.clone()).collect::<Vec<_>>();
    assert!(
        asked(&standing) == asked(&heard),
        "the run time asks otherwise than what is recorded of {release}. A release that is out stays as it is: raise the \
         version; of one that is not, `{RECORD}=1 cargo test -p mesh releases` writes it anew"
    );
    running.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registry_of_today_answers_every_release_of_the_run_time_as_its_own_did() {
    assert!(!releases().is_empty(), "nothing is recorded");
    for release in releases() {
        let data = tempfile::tempdir().expect("a folder");
        let running = registry(data.path()).await;
        for Exchange { request, reply: due } in recorded(&release) {
            let address = running.address();
            let asked = request.clone();
            let reply =
                tokio::task::spawn_blocking(move || wire::ask(address, &asked)).await.expect("an answer");
            let place = format!("{release}: {} {}", request.method, request.path);
            assert_eq!(reply.status, due.status, "{place}: {}", reply.body);
            for (name, _) in &due.headers {
                assert!(reply.headers.iter().any(|(other, _)| other == name), "{place}: no header `{name}`");
            }
            let missing = missing("", &due.body, &reply.body);
            assert!(missing.is_empty(), "{place}: {missing:#?}");
        }
        running.shutdown().await;
    }
}

/// What an answer lacks of another, or says otherwise. It may have more. Times differ, and so do ids and words for people.
fn missing(place: &str, due: &Value, found: &Value) -> Vec<String> {
    let name = place.rsplit('/').next().unwrap_or_default();
    let differs = [
        "publishedAt",
        "registeredAt",
        "recordedAt",
        "seenAt",
        "request_id",
        "detail",
        "title",
        "message",
        "judge",
    ];
    match (due, found) {
        (Value::Object(due), Value::Object(found)) => due
            .iter()
            .flat_map(|(name, due)| match found.get(name) {
                Some(found) => missing(&format!("{place}/{name}"), due, found),
                None => vec![format!("{place}/{name} is gone")],
            })
            .collect(),
        (Value::Array(due), Value::Array(found)) if due.len() == found.len() => {
            let pairs = due.iter().zip(found).enumerate();
            pairs.flat_map(|(index, (due, found))| missing(&format!("{place}/{index}"), due, found)).collect()
        }
        (Value::String(_), Value::String(_)) | (Value::Number(_), Value::Number(_))
            if differs.contains(&name) =>
        {
            vec![]
        }
        (due, found) if due == found => vec![],
        (due, found) => vec![format!("{place} was {due} and is {found}")],
    }
}

/// Serves recorded answers, changed, to whoever asks for the same.
fn serve_changed(change: impl Fn(&Request, Reply) -> Reply + Send + Sync + 'static) -> SocketAddr {
    let exchanges = Mutex::new(recorded(env!("CARGO_PKG_VERSION")));
    wire::serve(move |request| {
        let mut exchanges = exchanges.lock().expect("no panic");
        let known = exchanges
            .iter()
            .position(|it| it.request.method == request.method && it.request.path == request.path);
        let Some(known) = known else { panic!("{} {} is not recorded", request.method, request.path) };
        let reply = exchanges.remove(known).reply;
        change(&request, reply)
    })
}

/// What a later release may add: members, headers, and sorts of problems.
fn of_a_later_release(request: &Request, mut reply: Reply) -> Reply {
    fn more(value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (name, member) in members.iter_mut() {
                    // What the run time hands on as it came, and contracts and schemas, whose every member counts.
                    if !["judgement", "findings", "schema", "contract"].contains(&name.as_str()) {
                        more(member);
                    }
                }
                members.insert("ofALaterRelease".to_owned(), json!({ "more": [1, { "and": "more" }] }));
            }
            Value::Array(items) => items.iter_mut().for_each(more),
            _ => {}
        }
    }
    let is_contract =
        request.method == "GET" && reply.body.get("mesh").is_some() && reply.body.get("schemas").is_some();
    if !is_contract {
        more(&mut reply.body);
    }
    if reply.status >= 400 {
        reply.body["type"] = "urn:mesh:problem:of-a-later-release".into();
    }
    reply.headers.push(("x-of-a-later-release".to_owned(), "more".to_owned()));
    reply.headers.push(("deprecation".to_owned(), "@1799999999".to_owned()));
    reply
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_time_of_today_takes_what_a_registry_of_a_later_release_adds() {
    let now = script::run(&client(serve_changed(|_, reply| reply))).await;
    let later = script::run(&client(serve_changed(of_a_later_release))).await;
    let plain = |lines: Vec<String>| -> Vec<String> {
        // The sort of a problem is for programs that know it; everybody else has its status and its detail.
        lines.into_iter().map(|line| line.split(" [urn:").next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(plain(now), plain(later));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_run_time_of_today_cannot_take_of_a_later_registry_says_what_to_do() {
    let later = serve_changed(|_, mut reply| {
        // A word where the run time knows them all, and a member that it cannot do without.
        if let Some(items) = reply.body.get_mut("items").and_then(Value::as_array_mut) {
            for item in items {
                if item.get("kind").is_some() {
                    item["kind"] = "of-a-later-release".into();
                }
            }
        }
        if let Some(members) = reply.body.as_object_mut() {
            members.remove("leaseSeconds");
        }
        reply
    });
    let told = script::run(&client(later)).await;
    let lines: BTreeSet<_> = told.iter().filter(|line| line.contains("unreadable")).collect();
    assert!(lines.iter().any(|line| line.starts_with("products:")), "{told:#?}");
    assert!(lines.iter().any(|line| line.starts_with("announce:")), "{told:#?}");
    for line in lines {
        assert!(line.contains("look whether both are of near releases"), "{line}");
    }
}
