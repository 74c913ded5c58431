//! The accept loop.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use super::patient::Patient;
use crate::config::Limits;
use crate::leave::Leave;
use crate::metrics::{Metrics, Presence};
use crate::tls::Served;

/// What one connection buffers at most; a request's head fits in or is refused.
const BUFFER: usize = 64 * 1024;
/// After a failure to accept (no file descriptors left, say) there is nothing to do but wait for somebody to leave.
const PAUSE: Duration = Duration::from_millis(100);

/// Serves until told to stop or until nobody is left who could tell it, then lets the requests under way end within the grace.
/// Connections are counted where somebody counts, and are over TLS where it is served.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    limits: Limits,
    mut leave: Leave,
    metrics: Option<Arc<Metrics>>,
    tls: Option<Served>,
) {
    let connections = Arc::new(Semaphore::new(limits.connections));
    let graceful = GracefulShutdown::new();
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(BUFFER);
    loop {
        let accepted = tokio::select! {
            biased;
            () = leave.stopping() => break,
            accepted = accept(&listener, &connections) => accepted,
        };
        let Some((stream, permit)) = accepted else { continue };
        let service = TowerToHyperService::new(router.clone());
        let stream = Patient::new(stream, limits.stalled);
        let (builder, watcher, tls) = (builder.clone(), graceful.watcher(), tls.clone());
        let mut leave = leave.clone();
        let present = metrics.as_deref().map(|metrics| {
            metrics.accepted.inc();
            Presence::of(&metrics.connections)
        });
        tokio::spawn(async move {
            let _present = present;
            let ended = match tls {
                None => watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await,
                Some(tls) => {
                    // Who connects and says nothing has no more time than for the head of a request.
                    let shaking = tokio::time::timeout(limits.head, tls.acceptor().accept(stream));
                    // Nothing is under way yet that would have to end first.
                    let shaken = tokio::select! {
                        biased;
                        () = leave.stopping() => return drop(permit),
                        shaken = shaking => shaken,
                    };
                    let Ok(Ok(stream)) = shaken else {
                        tracing::debug!("a connection ended before it was secured");
                        return drop(permit);
                    };
                    watcher.watch(builder.serve_connection(TokioIo::new(stream), service)).await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(error = &error as &dyn std::error::Error, "a connection ended: {error}");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(limits.grace, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end within {:?} and were left", limits.grace);
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Semaphore>,
) -> Option<(tokio::net::TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let permit = Arc::clone(connections).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Answers are written at once; waiting for more to send would only delay them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(error = &error as &dyn std::error::Error, "cannot set TCP_NODELAY: {error}");
            }
            Some((stream, permit))
        }
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "cannot accept a connection: {error}");
            tokio::time::sleep(PAUSE).await;
            None
        }
    }
}
