//! What a source may use.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use mesh_contract::{Address, ContractVersion, EnvironmentName};

use crate::client::{Client, ClientError, Read};
use crate::product::Consumes;

/// What a source may use while it loads.
#[derive(Debug, Clone)]
pub struct Context {
    shared: Arc<Shared>,
    inputs: Arc<Mutex<Vec<InputRead>>>,
}

#[derive(Debug)]
struct Shared {
    data: PathBuf,
    given: bool,
    client: Client,
}

/// One reading of another product during a load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct InputRead {
    pub(crate) address: Address,
    pub(crate) version: ContractVersion,
    pub(crate) records: usize,
    pub(crate) rejected: usize,
}

impl Context {
    /// `given` is the folder that somebody named, and `usual` the one where nobody did.
    pub(crate) fn new(given: Option<PathBuf>, usual: PathBuf, client: Client) -> Self {
        let shared = Shared { given: given.is_some(), data: given.unwrap_or(usual), client };
        Self { shared: Arc::new(shared), inputs: Arc::default() }
    }

    /// The same for another load, with nothing read yet.
    pub(crate) fn fresh(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), inputs: Arc::default() }
    }

    /// The folder with the domain's data.
    pub fn data(&self) -> &Path {
        &self.shared.data
    }

    /// The folder with the domain's data if somebody named one, with `--data`, `MESH_DATA` or
    /// [`HostConfig::data`](crate::host::HostConfig::data). A domain whose data is built into its binary reads that
    /// folder instead.
    pub fn data_given(&self) -> Option<&Path> {
        self.shared.given.then_some(&self.shared.data)
    }

    /// The environment that the host runs in.
    pub fn environment(&self) -> &EnvironmentName {
        &self.shared.client.config().environment
    }

    /// A client for whatever [`Context::read`] does not do.
    pub fn client(&self) -> &Client {
        &self.shared.client
    }

    /// Reads all of another domain's product. Lines that do not fit are counted in the host's health, logged by place and
    /// rule, and left out.
    ///
    /// # Errors
    /// When the product is not found or cannot be read to its end.
    pub async fn read<C: Consumes>(&self) -> Result<Read<C>, ClientError> {
        let read = self.client().product::<C>().await?.read_all().await?;
        let Read { address, version, records, rejected, masked } = &read;
        if let Some(first) = rejected.first() {
            tracing::warn!(input = %address, %version, rejected = rejected.len(), %first, "records of an input do not fit and are left out");
        }
        if !masked.is_empty() {
            tracing::debug!(input = %address, ?masked, "personal data of an input is masked");
        }
        let (records, rejected) = (records.len(), rejected.len());
        let input = InputRead { address: address.clone(), version: version.clone(), records, rejected };
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner).push(input);
        Ok(read)
    }

    pub(crate) fn inputs(&self) -> Vec<InputRead> {
        self.inputs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
