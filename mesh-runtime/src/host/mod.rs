//! A domain's own server: it describes itself, serves its records, and announces itself to a registry when there is one.
//!
//! ```no_run
//! # mod sales { pub fn manifest() -> mesh_runtime::Manifest { unimplemented!() } }
//! fn main() -> std::process::ExitCode {
//!     mesh_runtime::host::Host::new(sales::manifest())
//!         // .records(sales::products::load)
//!         .serve()
//! }
//! ```
//!
//! A host keeps one snapshot of each product in memory, ordered by key. A source makes the snapshot, and makes it anew at
//! an interval; while it fails, the last good one is served and health says so. What breaks the product's promises is
//! set aside and reported by place and rule, and the rest is served.
//!
//! | path | what |
//! |---|---|
//! | `/.well-known/mesh` | the domain, its services, its products with versions, digests and ports |
//! | `/contracts/{product}/{version}` | a contract, with its digest as `ETag` |
//! | `/products/{product}/records` | the records as JSON lines; `after`, `limit`, `version` and `fields` |
//! | `/health/live`, `/health/ready` | whether the process runs; whether each product is loaded, and how old it is |
//!
//! Records are for those who hold a grant ([`Access::Granted`]): a request shows it as `Authorization: Bearer <grant>` and
//! sees the fields and rows that it names. Personal data that it does not name is masked; see [`mask`] for what stands in its
//! place. The host believes a grant by the keys that the registry told it last, so it needs nobody for that while it serves.
//! The owner's token shows everything. What describes the domain (the document, contracts, health) is for everybody.

mod announce;
mod config;
mod context;
mod cursor;
mod expectations;
mod http;
mod known_trust;
pub mod mask;
mod position;
mod product;
mod reach;
mod reads;
mod refresh;
mod running;
mod scope;
mod serve;
mod server;
mod snapshot;
mod source;

pub use config::{Access, HostConfig};
pub use context::Context;
pub use running::RunningHost;
pub use source::SourceError;

use std::io;
use std::net::SocketAddr;
use std::process::ExitCode;

use crate::client::{ClientError, Url};
use crate::contract::Mistakes;
use crate::manifest::Manifest;
use crate::product::DataProduct;
use source::Source;

/// A domain that is about to be served.
#[derive(Debug)]
pub struct Host {
    manifest: Manifest,
    sources: Vec<Source>,
}

impl Host {
    /// A host for what a domain offers.
    pub fn new(manifest: Manifest) -> Self {
        Self { manifest, sources: Vec::new() }
    }

    /// Says where the records of a product come from. The function is called at the start and then at the interval of
    /// [`HostConfig::refresh`]; it may read files of [`Context::data`] and, with [`Context::read`], other domains' products.
    #[must_use]
    pub fn records<P, F, R>(mut self, load: F) -> Self
    where
        P: DataProduct,
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output = Result<Vec<P>, SourceError>> + Send + 'static,
    {
        self.sources.push(Source::of(load));
        self
    }

    /// Starts serving inside a running tokio runtime, and returns when the address answers. Records follow as their
    /// sources load.
    ///
    /// # Errors
    /// When a product has no source or no contract, or the address cannot be taken.
    pub async fn start(self, config: HostConfig) -> Result<RunningHost, HostError> {
        running::start(self, config).await
    }

    /// The whole `main` of a domain's binary: reads flags and environment, serves until Ctrl-C or SIGTERM, and ends in
    /// order. Prints one line to stdout when it is ready, `listening on http://127.0.0.1:4100`; everything else goes to
    /// stderr.
    pub fn serve(self) -> ExitCode {
        serve::serve(self)
    }
}

/// Why a host did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HostError {
    /// A product is offered and nothing says where its records come from.
    #[error(
        "`{product}` {version} has no source; add `.records(...)` with a function that returns its records"
    )]
    NoSource {
        /// The product's name.
        product: &'static str,
        /// Its version.
        version: &'static str,
    },
    /// A source of a product that the domain does not offer.
    #[error("`{product}` {version} has a source and is not offered; add it to `offers` in `domain!`")]
    NotOffered {
        /// The product's name.
        product: &'static str,
        /// Its version.
        version: &'static str,
    },
    /// Two sources of one product.
    #[error("`{product}` {version} has two sources; keep one")]
    TwoSources {
        /// The product's name.
        product: &'static str,
        /// Its version.
        version: &'static str,
    },
    /// A product whose type makes no contract.
    #[error("`{product}` {version} has no contract; run the domain's contract tests\n{mistakes}")]
    NoContract {
        /// The product's name.
        product: &'static str,
        /// Its version.
        version: &'static str,
        /// Why.
        mistakes: Mistakes,
    },
    /// A hand-written definition that holds no name where one must stand.
    #[error("the domain's definition cannot be served: {0}")]
    Definition(String),
    /// The address to listen on cannot be taken.
    #[error("cannot listen on {address}; choose another with MESH_LISTEN, or port 0 for a free one")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// The address that readers use is not known.
    #[error(
        "listening on {address} takes requests for any address, so readers must be told which to use; set MESH_BASE_URL, e.g. `http://sales.example:4100`"
    )]
    NoBaseUrl {
        /// The address listened on.
        address: SocketAddr,
    },
    /// Everybody may read, and everybody can reach it.
    #[error(
        "access is open, and {address}, read at {base_url}, is reached from other machines, so everybody could read the records; listen on 127.0.0.1 without another MESH_BASE_URL, or let those read who hold a grant (MESH_ACCESS=granted, which needs a registry)"
    )]
    OpenToAll {
        /// The address listened on.
        address: SocketAddr,
        /// The address that readers use.
        base_url: Url,
    },
    /// No randomness to hide keys with.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
    /// The client for registry and inputs cannot be made.
    #[error("the registry cannot be used")]
    Client(#[from] ClientError),
}
