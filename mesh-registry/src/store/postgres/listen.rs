//! Who writes tells everybody who follows, in this process and in the others that serve the database.
//!
//! A transaction that notifies holds a lock of the whole server to its end, so publishes that did would wait for each
//! other's sync. So the writer is told here after its commit, and one connection passes that on, however many writes it was.
//! What nobody passes on (the process died between the two, a release before this one wrote it, the connection is gone) is
//! found by looking every now and then.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio_postgres::AsyncMessage;

use super::connect::{self, Lone};
use super::schema::OpenError;
use crate::store_url::StoreUrl;

/// How long what nobody passed on is overlooked, and how long a connection that broke is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// A notification needs no sync of its own: nothing is lost with it.
const BEGIN: &str = "SET synchronous_commit = off; LISTEN mesh_event";

/// Listens to the other processes, and tells them. Stops when it is dropped.
#[derive(Debug)]
pub(super) struct Listener {
    wake: watch::Sender<()>,
    written: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Listener {
    pub(super) fn start(url: StoreUrl) -> Self {
        let (wake, written) = (watch::Sender::new(()), Arc::new(Notify::new()));
        let (theirs, told) = (wake.clone(), Arc::clone(&written));
        let task = tokio::spawn(async move {
            let look = async {
                loop {
                    tokio::time::sleep(PAUSE).await;
                    theirs.send_replace(());
                }
            };
            tokio::join!(look, keep_listening(&url, &theirs, &told));
        });
        Self { wake, written, task }
    }

    /// Tells everybody that something was written.
    pub(super) fn tell(&self) {
        self.wake.send_replace(());
        self.written.notify_one();
    }

    pub(super) fn woken(&self) -> watch::Receiver<()> {
        self.wake.subscribe()
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn keep_listening(url: &StoreUrl, wake: &watch::Sender<()>, written: &Notify) {
    loop {
        let Err(error) = listen(url, wake, written).await;
        tracing::debug!(
            error = &error as &dyn std::error::Error,
            "the connection that listens to {url} has ended: {error}"
        );
        tokio::time::sleep(PAUSE).await;
    }
}

async fn listen(url: &StoreUrl, wake: &watch::Sender<()>, written: &Notify) -> Result<Infallible, OpenError> {
    let database = |source| OpenError::Database { url: url.clone(), source };
    let Lone { client, mut messages } = connect::alone(url).await?;
    let hear = async {
        while let Some(message) = messages.next().await {
            if let AsyncMessage::Notification(_) = message? {
                wake.send_replace(());
            }
        }
        Ok(())
    };
    let tell = async {
        client.batch_execute(BEGIN).await?;
        // Whatever was written while nobody listened.
        wake.send_replace(());
        loop {
            written.notified().await;
            client.batch_execute("NOTIFY mesh_event").await?;
        }
    };
    let ended: Result<(), tokio_postgres::Error> = tokio::select! {
        ended = hear => ended,
        ended = tell => ended,
    };
    Err(match ended {
        Err(error) => database(error),
        Ok(()) => {
            OpenError::Connect { url: url.clone(), source: "the server has closed the connection".into() }
        }
    })
}
