//! Starting and stopping: nothing is left behind, and what ends takes nothing else with it.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use rustix::process::Signal;

use crate::processes::{eventually, free_port, listener, runs, signal};
use crate::running::{Running, leashed, records_url, served};
use crate::{command, http, workspace};

const SOON: Duration = Duration::from_secs(60);

fn demo() -> Running {
    Running::start(leashed(workspace::root()).args(["demo", "--port", "0", "--format", "json"]))
}

#[track_caller]
fn nothing_is_left_after(with: Signal) -> Option<i32> {
    let demo = demo();
    let (children, addresses) = (demo.children(), demo.addresses());
    assert_eq!((children.len(), addresses.len()), (3, 3), "a registry and two domains");
    let sockets: Vec<_> = addresses
        .iter()
        .map(|address| {
            (*address, listener(*address).unwrap_or_else(|| panic!("nobody listens on {address}")))
        })
        .collect();

    let status = demo.end(with);

    eventually("the end of every process", Duration::from_secs(10), || !children.iter().any(|id| runs(*id)));
    let left: Vec<_> =
        sockets.iter().filter(|(address, socket)| listener(*address) == Some(*socket)).collect();
    assert!(left.is_empty(), "still listening: {left:?}");
    status.code()
}

#[test]
fn ctrl_c_leaves_no_process_and_no_port_behind() {
    assert_eq!(nothing_is_left_after(Signal::INT), Some(0));
}

#[test]
fn sigterm_leaves_no_process_and_no_port_behind() {
    assert_eq!(nothing_is_left_after(Signal::TERM), Some(0));
}

#[test]
#[cfg_attr(not(target_os = "linux"), ignore = "only Linux ends a process with its parent")]
fn even_kill_leaves_no_process_and_no_port_behind() {
    assert_eq!(nothing_is_left_after(Signal::KILL), None);
}

/// The exit status of a command that is stopped while it still builds.
#[track_caller]
fn status_when_stopped_early(words: &[&str], with: Signal) -> Option<i32> {
    let mut child = leashed(workspace::root())
        .args(words)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    let errors = BufReader::new(child.stderr.take().expect("its errors"));
    let mut told = errors.lines().map_while(Result::ok);
    assert!(told.any(|line| line.contains("Building")), "it builds first");
    signal(child.id(), with);
    let rest: Vec<_> = told.collect();
    let status = child.wait().expect("its status");
    assert!(rest.iter().any(|line| line.contains("Stopping")), "it stops in order: {rest:?}");
    status.code()
}

#[test]
fn what_is_stopped_before_it_got_what_it_was_asked_for_is_no_success() {
    let once = ["demo", "--once", "--port", "0"];
    assert_eq!(status_when_stopped_early(&once, Signal::INT), Some(130));
    assert_eq!(status_when_stopped_early(&once, Signal::TERM), Some(143));
    assert_eq!(status_when_stopped_early(&["demo", "--port", "0"], Signal::INT), Some(130));
}

#[test]
fn once_reads_every_product_and_ends() {
    let ended = command::run(
        command::mesh(workspace::root()).args(["demo", "--once", "--port", "0", "--format", "json"]),
    );
    let readings = ended.with(0).json();
    let found: Vec<(&str, u64)> = readings
        .as_array()
        .expect("a list")
        .iter()
        .map(|reading| {
            (reading["address"].as_str().expect("an address"), reading["records"].as_u64().expect("a number"))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("accounting.invoices", 412),
            ("accounting.payroll", 8),
            ("accounting.receivables", 59),
            ("sales.customers", 59),
            ("sales.invoices", 412),
            ("sales.orders", 412),
            ("sales.products", 3_503),
        ]
    );
    for reading in readings.as_array().expect("a list") {
        assert_eq!(reading["misfits"], serde_json::json!([]), "{}", reading["address"]);
    }
}

#[test]
fn when_one_domain_is_killed_the_rest_keeps_serving() {
    let demo = demo();
    let posted = demo.records_url("accounting.invoices");
    signal(demo.process("sales"), Signal::KILL);
    eventually("the end of sales", SOON, || !runs(demo.process("sales")));
    assert_eq!(http::records(&posted, None).len(), 412);
    assert!(http::get(&demo.registry()).contains("sales.products"), "the registry forgets nobody");
}

#[test]
fn when_the_registry_is_killed_the_domains_keep_serving() {
    let demo = demo();
    let (tracks, posted) = (demo.records_url("sales.products"), demo.records_url("accounting.invoices"));
    signal(demo.process("registry"), Signal::KILL);
    eventually("the end of the registry", SOON, || !runs(demo.process("registry")));
    assert_eq!(http::records(&tracks, None).len(), 3_503);
    assert_eq!(http::records(&posted, None).len(), 412);
}

/// The program of sales, built as the demo builds it.
pub(crate) fn sales() -> PathBuf {
    let build = [
        "build",
        "--quiet",
        "--package",
        "sales",
        "--bin",
        "sales",
        "--package",
        "accounting",
        "--bin",
        "accounting",
    ];
    workspace::succeed(workspace::cargo().args(build));
    workspace::target().join("debug/sales")
}

#[test]
fn a_domain_serves_without_a_registry_and_announces_itself_again_when_one_returns() {
    let data = tempfile::tempdir().expect("a folder");
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let serve = || {
        let data = data.path().to_str().expect("UTF-8");
        let words = ["registry", "serve", "--open", "--listen", &listen, "--data", data, "--format", "json"];
        Running::start(leashed(data.as_ref()).args(words))
    };
    let registry = serve();
    let url = registry.registry();
    let mut domain = Command::new(env!("CARGO_BIN_EXE_mesh"));
    domain.args(["__leash", &std::process::id().to_string(), "--"]).arg(sales());
    domain.env("MESH_LISTEN", "127.0.0.1:0").env("MESH_REGISTRY", &url).env("MESH_ACCESS", "open");
    let mut domain = domain
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("sales");
    let is_announced = || served(&url, "sales.products").is_some_and(|product| product["records"] == 3_503);
    eventually("sales announces itself", SOON, is_announced);
    let tracks = records_url(&url, "sales.products").expect("where");

    registry.end(Signal::KILL);
    assert_eq!(http::records(&tracks, None).len(), 3_503);
    let returned = serve();

    assert_eq!(returned.registry(), url);
    eventually("sales announces itself again", SOON, is_announced);
    let _ = domain.kill();
    let _ = domain.wait();
}
