//! A `mesh` command that serves, seen from outside. It ends with the test, whatever the test ends of.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;

use crate::http;
use crate::processes::{children, eventually, signal};

/// How long something that builds first may take until it is there.
const PATIENCE: Duration = Duration::from_secs(1_200);

/// A command that serves.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    /// What it says of itself on standard output.
    pub(crate) said: Value,
}

impl Running {
    /// Starts the command and waits until it has written one JSON document to standard output.
    #[track_caller]
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} did not start: {error}"));
        let mut errors = child.stderr.take().expect("its errors");
        let told = std::thread::spawn(move || {
            let mut text = String::new();
            let _ = errors.read_to_string(&mut text);
            text
        });
        let output = child.stdout.take().expect("its output");
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            let mut document = String::new();
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                document.push_str(&line);
                if let Ok(said) = serde_json::from_str::<Value>(&document) {
                    let _ = sender.send(said);
                    document.clear();
                }
            }
        });
        match receiver.recv_timeout(PATIENCE) {
            Ok(said) => Self { child, said },
            Err(_) => {
                let _ = child.kill();
                let _ = child.wait();
                panic!("{command:?} said nothing:\n{}", told.join().unwrap_or_default());
            }
        }
    }

    /// Where the registry listens.
    pub(crate) fn registry(&self) -> String {
        let url = self.said["registry"].as_str().or(self.said["listening"].as_str());
        url.expect("where it listens").trim_end_matches('/').to_owned()
    }

    /// The id of a process that it started.
    pub(crate) fn process(&self, name: &str) -> u32 {
        let processes = self.said["processes"].as_array().expect("its processes");
        let found = processes.iter().find(|process| process["name"] == name).expect(name);
        u32::try_from(found["id"].as_u64().expect("an id")).expect("an id")
    }

    /// Where a product's records are read, as the registry tells.
    pub(crate) fn records_url(&self, address: &str) -> String {
        records_url(&self.registry(), address).unwrap_or_else(|| panic!("nothing serves {address}"))
    }

    /// A product as a live deployment tells of it.
    pub(crate) fn served(&self, address: &str) -> Value {
        served(&self.registry(), address).unwrap_or_else(|| panic!("nothing serves {address}"))
    }

    /// The addresses that it and what it started listen on.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        let deployments = http::json(&format!("{}/api/v1/deployments", self.registry()));
        let domains = deployments["items"].as_array().into_iter().flatten();
        let urls = domains.filter_map(|deployment| deployment["baseUrl"].as_str().map(ToOwned::to_owned));
        urls.chain([self.registry()])
            .map(|url| url.trim_start_matches("http://").trim_end_matches('/').parse().expect("an address"))
            .collect()
    }

    /// The processes that it started.
    pub(crate) fn children(&self) -> Vec<u32> {
        children(self.child.id())
    }

    /// Sends a signal and waits for the end.
    pub(crate) fn end(mut self, with: Signal) -> ExitStatus {
        signal(self.child.id(), with);
        let mut status = None;
        eventually("the end of the command", Duration::from_secs(30), || {
            status = self.child.try_wait().expect("its status");
            status.is_some()
        });
        status.expect("its status")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // What it started ends with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command on a leash: it ends with the thread that starts it.
pub(crate) fn leashed(folder: &Path) -> Command {
    let mesh = env!("CARGO_BIN_EXE_mesh");
    let mut command = crate::command::mesh(folder);
    command.args(["__leash", &std::process::id().to_string(), "--", mesh]);
    command
}

/// Where a live deployment serves the records of a product.
pub(crate) fn records_url(registry: &str, address: &str) -> Option<String> {
    Some(served(registry, address)?["ports"].as_array()?.first()?["url"].as_str()?.to_owned())
}

/// A product as a live deployment tells of it.
pub(crate) fn served(registry: &str, address: &str) -> Option<Value> {
    let answer = http::try_get(&format!("{registry}/api/v1/deployments"))?;
    let deployments: Value = serde_json::from_str(&answer.body).ok()?;
    let live = deployments["items"].as_array()?.iter().filter(|deployment| deployment["live"] == true);
    let mut products = live.flat_map(|deployment| deployment["products"].as_array().into_iter().flatten());
    products.find(|product| product["address"] == address).cloned()
}
