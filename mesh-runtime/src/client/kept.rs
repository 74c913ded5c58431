//! Small files that a client or host keeps for the time without a registry: whole or not there, and for their user alone.

use std::io;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A document, if there is one.
pub(crate) async fn read<T: DeserializeOwned>(file: &Path) -> io::Result<Option<T>> {
    let bytes = match tokio::fs::read(file).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// Written beside and moved into place, so that no reader sees half of it. Nobody but the user may read it, from its first byte.
pub(crate) async fn write(file: &Path, document: &impl Serialize) -> io::Result<()> {
    use tokio::io::AsyncWriteExt as _;
    if let Some(folder) = file.parent() {
        tokio::fs::create_dir_all(folder).await?;
    }
    let beside = file.with_extension(format!("{}.tmp", std::process::id()));
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    options.mode(0o600);
    let mut open = options.open(&beside).await?;
    open.write_all(&serde_json::to_vec_pretty(document)?).await?;
    open.flush().await?;
    drop(open);
    tokio::fs::rename(&beside, file).await
}
