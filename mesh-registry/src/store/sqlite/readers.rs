//! Connections that read. In WAL mode they see the last commit and wait for no writer.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::super::StoreError;
use super::schema::{OpenError, open_reader};

/// Reads are short and the file is in memory after the first; more connections than this only wait for each other.
const CONNECTIONS: usize = 4;

#[derive(Debug)]
pub(super) struct Readers {
    idle: Arc<Mutex<Vec<Connection>>>,
    permits: Arc<Semaphore>,
}

impl Readers {
    pub(super) fn open(path: &Path) -> Result<Self, OpenError> {
        let idle = (0..CONNECTIONS).map(|_| open_reader(path)).collect::<Result<_, _>>()?;
        Ok(Self { idle: Arc::new(Mutex::new(idle)), permits: Arc::new(Semaphore::new(CONNECTIONS)) })
    }

    /// Runs a read on a thread that may block.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let permits = Arc::clone(&self.permits);
        let permit = permits.acquire_owned().await.map_err(StoreError::unavailable)?;
        let idle = Arc::clone(&self.idle);
        let run = move || {
            // The permit goes where the connection goes: a read whose caller has given up still runs to its end.
            let _permit = permit;
            let connection = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(connection) = connection else {
                return Err(StoreError::unavailable(
                    "a read has ended in a panic and taken its connection along",
                ));
            };
            let result = work(&connection);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            result
        };
        tokio::task::spawn_blocking(run).await.map_err(StoreError::unavailable)?
    }
}
