//! Looking at processes and ports from outside.

use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

/// Waits until something holds, and fails when it does not in time.
#[track_caller]
pub(crate) fn eventually(what: &str, patience: Duration, mut holds: impl FnMut() -> bool) {
    let end = Instant::now() + patience;
    while !holds() {
        assert!(Instant::now() < end, "{what} did not come about within {patience:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Whether a process runs. One that ended and waits to be counted does not.
pub(crate) fn runs(id: u32) -> bool {
    let Ok(status) = fs::read_to_string(format!("/proc/{id}/stat")) else { return false };
    let state = status.rsplit_once(')').and_then(|(_, rest)| rest.trim_start().chars().next());
    !matches!(state, None | Some('Z' | 'X'))
}

/// The processes that a process started and that still run.
pub(crate) fn children(id: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let lists = tasks.filter_map(|task| fs::read_to_string(task.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .filter(|id| runs(*id))
        .collect()
}

/// Sends a signal.
pub(crate) fn signal(id: u32, signal: rustix::process::Signal) {
    let id = i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw).expect("an id of a process");
    // A process that is gone already needs no signal.
    let _ = rustix::process::kill_process(id, signal);
}

/// The socket that listens on a port, by the number that the system knows it by: once a port is free, any other test may be
/// given it, and that is another socket.
pub(crate) fn listener(address: SocketAddr) -> Option<u64> {
    const LISTENS: &str = "0A";
    let table = fs::read_to_string("/proc/net/tcp").expect("the system's table of sockets");
    table.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let port = u16::from_str_radix(fields.get(1)?.rsplit_once(':')?.1, 16).ok()?;
        (port == address.port() && fields.get(3) == Some(&LISTENS)).then(|| fields.get(9)?.parse().ok())?
    })
}

/// A port that is free now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("its address").port()
}
