//! TLS on the registry's own listener: a certificate and its key from two files, read again when they change.

use std::fs::Metadata;
use std::io;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio_rustls::TlsAcceptor;

use crate::config::Tls;
use crate::leave::Leave;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(2);

/// Why TLS cannot be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// One of the two files is missing from the settings.
    #[error(
        "`{set}` is set and `{missing}` is not; a certificate is served with its key, so set both or neither"
    )]
    Half {
        /// The setting that is there.
        set: &'static str,
        /// The one that is not.
        missing: &'static str,
    },
    /// A file cannot be read.
    #[error("cannot read `{}` of `{setting}`; see that it is a PEM file and that the registry's user may read it", path.display())]
    Unreadable {
        /// The setting that names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is no certificate in the file.
    #[error("`{}` holds no certificate; name a PEM file with the server's own first and those that lead to an authority behind it", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Others of this machine may read the key.
    #[error("everybody on this machine may read the key `{0}`; take that away with `chmod o= {0}`, and have a new key made if others were here", path.display())]
    Exposed {
        /// The file.
        path: PathBuf,
    },
    /// The certificate is another key's.
    #[error(
        "the certificate of `tls.certificate` and the key of `tls.key` cannot be used together; name the files of one pair"
    )]
    Unfit(#[source] rustls::Error),
}

/// A certificate and its key, as files.
#[derive(Debug, Clone)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

/// What tells that a file has changed.
type Seen = (i64, i64, u64, u64);

impl Files {
    fn of(tls: &Tls) -> Result<Option<Self>, TlsError> {
        let (certificate, key) = ("tls.certificate", "tls.key");
        match (tls.certificate.clone(), tls.key.clone()) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (Some(_), None) => Err(TlsError::Half { set: certificate, missing: key }),
            (None, Some(_)) => Err(TlsError::Half { set: key, missing: certificate }),
        }
    }

    fn read(&self) -> Result<CertifiedKey, TlsError> {
        let unreadable = |setting, path: &Path, source: Box<dyn std::error::Error + Send + Sync>| {
            TlsError::Unreadable { setting, path: path.to_owned(), source }
        };
        let (setting, path) = ("tls.certificate", &self.certificate);
        let chain = CertificateDer::pem_file_iter(path)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| unreadable(setting, path, error.into()))?;
        if chain.is_empty() {
            return Err(TlsError::Empty { path: path.clone() });
        }
        let (setting, path) = ("tls.key", &self.key);
        let about = path.metadata().map_err(|error| unreadable(setting, path, error.into()))?;
        if about.permissions().mode() & 0o007 != 0 {
            return Err(TlsError::Exposed { path: path.clone() });
        }
        let key =
            PrivateKeyDer::from_pem_file(path).map_err(|error| unreadable(setting, path, error.into()))?;
        CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider()).map_err(TlsError::Unfit)
    }

    fn seen(&self) -> io::Result<[Seen; 2]> {
        let of = |about: Metadata| (about.mtime(), about.mtime_nsec(), about.ino(), about.len());
        Ok([of(self.certificate.metadata()?), of(self.key.metadata()?)])
    }
}

/// Sees that TLS can be served as it is set.
pub(crate) fn see(tls: &Tls) -> Result<(), TlsError> {
    Files::of(tls)?.map_or(Ok(()), |files| files.read().map(drop))
}

/// The certificate that connections are answered with now.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// TLS as it is served.
#[derive(Clone)]
pub(crate) struct Served {
    files: Files,
    current: Arc<Current>,
    acceptor: TlsAcceptor,
}

impl std::fmt::Debug for Served {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Served").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Served {
    /// Reads the files that are set, if any are.
    pub(crate) fn of(tls: &Tls) -> Result<Option<Self>, TlsError> {
        let Some(files) = Files::of(tls)? else { return Ok(None) };
        let current = Arc::new(Current(RwLock::new(Arc::new(files.read()?))));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(TlsError::Unfit)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&current) as _);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Ok(Some(Self { files, current, acceptor }))
    }

    pub(crate) fn acceptor(&self) -> &TlsAcceptor {
        &self.acceptor
    }

    /// Reads the files again whenever they change, until told to stop. What cannot be used is told, and what was used before
    /// goes on.
    pub(crate) async fn keep_up(self, mut leave: Leave) {
        let mut seen = self.files.seen().ok();
        loop {
            tokio::select! {
                biased;
                () = leave.stopping() => return,
                () = tokio::time::sleep(LOOK) => {}
            }
            // Two files change one after the other; what does not fit yet is looked at again.
            let now = self.files.seen().ok();
            if now.is_none() || now == seen {
                continue;
            }
            match self.files.read() {
                Ok(read) => {
                    *self.current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(read);
                    seen = now;
                    tracing::info!("another certificate is served from now on");
                }
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the new certificate cannot be used, and the one before is served: {error}"
                ),
            }
        }
    }
}
