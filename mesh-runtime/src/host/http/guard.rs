//! What surrounds every request: a bound on how many are answered at once, an id, and a line in the log.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tracing::Instrument;

use super::problem::{self, Failure};
use crate::client::headers;

/// What surrounds every request of one host.
#[derive(Clone)]
pub(crate) struct Guard {
    slots: Arc<Semaphore>,
    start: u32,
    count: Arc<AtomicU64>,
}

impl Guard {
    pub(crate) fn of(most: usize) -> Self {
        Self { slots: Arc::new(Semaphore::new(most.max(1))), start: fastrand::u32(..), count: Arc::default() }
    }

    /// An id that no other request in the log has.
    fn id(&self) -> String {
        format!("{:08x}-{}", self.start, self.count.fetch_add(1, Ordering::Relaxed))
    }
}

pub(crate) async fn guard(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let id = guard.id();
    let head = request.method() == axum::http::Method::HEAD;
    // The query is left out: a cursor may name a record.
    let span = tracing::info_span!("request", id, method = %request.method(), path = request.uri().path());
    let response = async {
        let response = match guard.slots.try_acquire() {
            Ok(_slot) => next.run(request).await,
            Err(_) => Failure::overloaded().into_response(),
        };
        let status = response.status();
        if status.is_server_error() {
            tracing::warn!(status = status.as_u16(), "answered");
        } else {
            tracing::debug!(status = status.as_u16(), "answered");
        }
        response
    }
    .instrument(span)
    .await;
    let mut response = problem::finish(response, &id);
    if head {
        // A problem has the head that it would have for GET, and no body either.
        let length = axum::body::HttpBody::size_hint(response.body()).exact();
        if let Some(length) = length.filter(|length| *length > 0) {
            response.headers_mut().insert(axum::http::header::CONTENT_LENGTH, HeaderValue::from(length));
            *response.body_mut() = axum::body::Body::empty();
        }
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(headers::REQUEST_ID, id);
    }
    response
}
