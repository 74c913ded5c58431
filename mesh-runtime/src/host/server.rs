//! The connection loop: bounded in number, in the time a request's head may take, and in age; and it ends in order.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;

use super::config::HostConfig;

/// The system may be out of file descriptors; asking again at once would burn the processor.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// The largest head of a request.
const HEAD_BYTES: usize = 16 * 1_024;

pub(crate) struct Server {
    listener: TcpListener,
    slots: Arc<Semaphore>,
    head_timeout: Duration,
    age: Duration,
    drain: Duration,
    stop: watch::Receiver<bool>,
}

impl Server {
    pub(crate) fn of(config: &HostConfig, listener: TcpListener, stop: watch::Receiver<bool>) -> Self {
        Self {
            listener,
            slots: Arc::new(Semaphore::new(config.most_connections.max(1))),
            head_timeout: config.head_timeout,
            age: config.connection_age,
            drain: config.drain,
            stop,
        }
    }

    /// Serves until the host stops and what was being answered is answered.
    pub(crate) async fn run(mut self, router: Router) {
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = accept(&self.listener, &self.slots) => accepted,
                Some(_) = connections.join_next() => continue,
                _ = self.stop.wait_for(|stop| *stop) => break,
            };
            match accepted {
                Ok((stream, slot)) => {
                    let Self { head_timeout, age, drain, ref stop, .. } = self;
                    let connection = Connection { head_timeout, age, drain, stop: stop.clone() };
                    let router = router.clone();
                    connections.spawn(async move {
                        connection.serve(stream, router).await;
                        drop(slot);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            }
        }
        drop(self.listener);
        while connections.join_next().await.is_some() {}
    }
}

/// The bounds of one connection.
struct Connection {
    head_timeout: Duration,
    age: Duration,
    drain: Duration,
    stop: watch::Receiver<bool>,
}

impl Connection {
    async fn serve(mut self, stream: TcpStream, router: Router) {
        // Answers are written whole; waiting for more to fill a packet only delays them.
        let _ = stream.set_nodelay(true);
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head_timeout)
            .max_buf_size(HEAD_BYTES)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
        tokio::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => Some(ended),
            () = tokio::time::sleep(self.age) => None,
            _ = self.stop.wait_for(|stop| *stop) => None,
        };
        let ended = match ended {
            Some(ended) => ended,
            None => {
                connection.as_mut().graceful_shutdown();
                match tokio::time::timeout(self.drain, connection).await {
                    Ok(ended) => ended,
                    Err(_) => {
                        tracing::warn!(waited = ?self.drain, "an answer that its reader does not take is cut off");
                        return;
                    }
                }
            }
        };
        if let Err(error) = ended {
            // Readers go away in the middle of an answer; that is theirs to do.
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let slot = Arc::clone(slots).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    Ok((stream, slot))
}
