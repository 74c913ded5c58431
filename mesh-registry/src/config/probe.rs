//! What settings meet in the world: whether the store can be used and the addresses are free. Nothing is made or changed.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use rustix::fs::{Access, access};
use tokio::net::TcpListener;

use super::Config;
use super::finding::{Finding, Place};
use crate::lock::FolderLock;
use crate::store::sqlite;

/// Tries everything that a start would need, and tells all that is in its way.
pub async fn probe(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(address("listen", config.listen).await);
    if let Some(own) = config.metrics.listen {
        findings.extend(address("metrics.listen", own).await);
    }
    findings.extend(crate::tls::see(&config.tls).err().map(|error| told("tls", &error)));
    findings.extend(store(config).await);
    findings
}

async fn address(setting: &str, address: SocketAddr) -> Option<Finding> {
    let error = TcpListener::bind(address).await.err()?;
    let (what, next) = match error.kind() {
        io::ErrorKind::AddrInUse => (
            format!("something listens on {address} already"),
            "stop it, or choose another port (0 takes any that is free)",
        ),
        _ => (format!("cannot listen on {address}: {error}"), "choose an address of this machine"),
    };
    Some(Finding::new(Place::Together, what, next).of(setting))
}

async fn store(config: &Config) -> Option<Finding> {
    #[cfg(feature = "postgres")]
    if let Some(url) = &config.store {
        let error = crate::store::postgres::probe(url).await.err()?;
        return Some(told("store", &error));
    }
    let data = config.data.clone();
    let looked = tokio::task::spawn_blocking(move || embedded(&data)).await;
    match looked {
        Ok(finding) => finding,
        Err(panic) => std::panic::resume_unwind(panic.into_panic()),
    }
}

fn embedded(folder: &Path) -> Option<Finding> {
    // The first folder on the way up that is there is the one in which the others are made.
    let there = |it: &&Path| it.as_os_str().is_empty() || it.exists();
    let above = folder.ancestors().find(there).filter(|it| !it.as_os_str().is_empty());
    let above = above.unwrap_or(Path::new("."));
    if let Err(error) = access(above, Access::WRITE_OK | Access::EXEC_OK) {
        let what = format!("the data folder `{}` cannot be written: {error}", folder.display());
        let next = "choose another folder, or give this user the right to write there";
        return Some(Finding::new(Place::Together, what, next).of("data"));
    }
    if !folder.join(FolderLock::FILE).exists() {
        return None;
    }
    let _held = match FolderLock::take(folder) {
        Ok(held) => held,
        Err(error) => return Some(told("data", &error)),
    };
    sqlite::see(folder).err().map(|error| told("data", &error))
}

/// An error that says what to do behind a semicolon, with its reasons.
fn told(setting: &str, error: &dyn std::error::Error) -> Finding {
    let text = error.to_string();
    let (what, next) = text.split_once("; ").unwrap_or((&text, "see why above, and try again"));
    let mut what = what.to_owned();
    let mut source = error.source();
    while let Some(reason) = source {
        let reason_text = reason.to_string();
        if !what.contains(&reason_text) {
            what = format!("{what}: {reason_text}");
        }
        source = reason.source();
    }
    Finding::new(Place::Together, what, next).of(setting)
}
