//! The first start of a closed registry: somebody must be able to say who is who.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::config::{AccessMode, Config};
use crate::service::{Registry, ServiceError};
use crate::store::TenantId;

/// Why the first administrator could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FirstError {
    /// The token has nowhere to be kept.
    #[error(
        "cannot keep the administrator's token in `{}`; make its folder writable, or name another file with `access.administrator`",
        file.display()
    )]
    File {
        /// Where it was to be kept.
        file: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The store does not answer.
    #[error("cannot make the first administrator")]
    Service(#[from] ServiceError),
}

/// Makes the first administrator of a closed registry, if it has none. Gives the file with the token.
///
/// # Errors
/// When the token cannot be kept, or the store does not answer.
pub(crate) async fn administrator(
    registry: &Registry,
    config: &Config,
) -> Result<Option<PathBuf>, FirstError> {
    let tenant = TenantId::default();
    if config.access.mode == AccessMode::Open || !registry.lacks_administrator(&tenant).await? {
        return Ok(None);
    }
    let usual = || config.data.join("administrator.token");
    let file = config.access.administrator.clone().unwrap_or_else(usual);
    // Several that start together may be told of one file. Each keeps its token beside it, and whoever was first puts it there.
    let mut own = file.clone().into_os_string();
    own.push(format!(".{}.{:08x}", std::process::id(), fastrand::u32(..)));
    let own = PathBuf::from(own);
    let made = registry.make_first_administrator(&tenant, |token| keep(&own, token)).await?;
    let settled = if made { std::fs::rename(&own, &file) } else { std::fs::remove_file(&own) };
    settled.map_err(|source| FirstError::File { file: own, source })?;
    Ok(made.then_some(file))
}

impl Registry {
    /// Makes an administrator of a tenant at the machine that has the store, and writes the token into a file for this user
    /// alone: for a tenant that is new, or one whose administrators have lost theirs.
    ///
    /// # Errors
    /// When the token cannot be kept, or the store does not answer.
    pub async fn appoint_administrator(&self, tenant: &TenantId, file: &Path) -> Result<(), FirstError> {
        self.make_administrator(tenant, |token| keep(file, token)).await
    }
}

/// Writes a file that nobody but this user can read, in place of one that a start left behind which was cut short.
fn keep(file: &Path, token: &str) -> Result<(), FirstError> {
    let write = || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut opened = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
        writeln!(opened, "{token}")?;
        opened.sync_all()
    };
    write().map_err(|source| FirstError::File { file: file.to_owned(), source })
}
