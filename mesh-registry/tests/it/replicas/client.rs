//! One connection to one registry: what is asked on it is answered on it or not at all.

use std::net::SocketAddr;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// Far beyond what anything takes: a test that waits for ever says nothing.
const LONG: Duration = Duration::from_secs(120);

/// A connection that is kept alive.
#[derive(Debug)]
pub(crate) struct Connection(SendRequest<Body>);

/// An answer.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Connection {
    /// Connects, if somebody listens.
    pub(crate) async fn to(address: SocketAddr) -> Option<Self> {
        let stream = TcpStream::connect(address).await.ok()?;
        stream.set_nodelay(true).ok()?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.ok()?;
        tokio::spawn(connection);
        Some(Self(sender))
    }

    /// Asks, and reads the whole answer. Nothing comes back when the connection broke before.
    pub(crate) async fn ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Option<Answered> {
        let asked = tokio::time::timeout(LONG, self.try_ask(method.clone(), path, body)).await;
        asked.unwrap_or_else(|_| panic!("{method} {path} was not answered within {LONG:?}"))
    }

    async fn try_ask(&mut self, method: Method, path: &str, body: Option<&Value>) -> Option<Answered> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "registry")
            .header("content-type", "application/json")
            .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
            .expect("a request");
        // The answer before may be read to its end and not yet be done with.
        self.0.ready().await.ok()?;
        let answer = self.0.send_request(request).await.ok()?;
        let status = answer.status().as_u16();
        let bytes = to_bytes(Body::new(answer.into_body()), usize::MAX).await.ok()?;
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).ok()? };
        Some(Answered { status, body })
    }
}
