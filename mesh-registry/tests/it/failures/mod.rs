//! What happens when something fails: a test for each fault, which `docs/failures.md` names.

mod clock;
mod cut;
mod disk;
mod page;
mod restarted;
mod slow;

use std::path::PathBuf;

use crate::replicas::client::Connection;

/// Says past the harness that a test did nothing because this machine lacks something, which a run of everything may not.
fn left_out(test: &str, lacks: &str) {
    assert!(std::env::var_os("CI").is_none(), "{test} cannot run here: {lacks}");
    drop(std::io::Write::write_fmt(&mut std::io::stderr(), format_args!("{test} is left out: {lacks}\n")));
}

/// The first of these files that there is.
fn found(paths: impl IntoIterator<Item = PathBuf>) -> Option<PathBuf> {
    paths.into_iter().find(|path| path.exists())
}

/// Waits until something is so, which it becomes soon or never.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..6_000 {
        if holds().await {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("{what} has not become true");
}

/// A connection to somebody who listens.
async fn connect(address: std::net::SocketAddr) -> Connection {
    Connection::to(address).await.expect("a connection")
}
