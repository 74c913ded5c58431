//! What every request passes: it gets an id, has its time, and its refusal becomes a problem.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use super::problem::{self, Refusal};
use super::seen::Seen;
use super::{headers, pages};
use crate::config::Limits;
use crate::leave::Leave;
use crate::metrics::Metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Longer ids of callers are replaced by our own: they stand in every line of the log.
const LONGEST_ID: usize = 64;

/// The name of one request in the log, in its answer and in the audit.
#[derive(Debug, Clone)]
pub(super) struct RequestId(HeaderValue);

impl RequestId {
    pub(super) fn as_str(&self) -> &str {
        // Only visible ASCII is taken, and our own are made of it.
        self.0.to_str().unwrap_or_default()
    }
}

/// The state of the gate. A clone is the same gate.
#[derive(Debug, Clone)]
pub(super) struct Gate {
    time: Duration,
    metrics: Arc<Metrics>,
    leave: Leave,
    secure: bool,
    /// Tells the ids of this start of the registry from those of every other.
    start: u32,
    passed: Arc<AtomicU64>,
}

impl Gate {
    pub(super) fn new(limits: Limits, metrics: Arc<Metrics>, leave: Leave, secure: bool) -> Self {
        let random = RandomState::new().hash_one(std::process::id());
        Self {
            time: limits.request,
            metrics,
            leave,
            secure,
            start: (random >> 32) as u32,
            passed: Arc::new(AtomicU64::new(0)),
        }
    }

    fn request_id(&self, headers: &HeaderMap) -> RequestId {
        let usable = |value: &&HeaderValue| {
            (1..=LONGEST_ID).contains(&value.len()) && value.as_bytes().iter().all(u8::is_ascii_graphic)
        };
        match headers.get(REQUEST_ID).filter(usable) {
            Some(theirs) => RequestId(theirs.clone()),
            None => {
                let number = self.passed.fetch_add(1, Ordering::Relaxed);
                let id = format!("{:08x}-{number:x}", self.start);
                RequestId(HeaderValue::try_from(id).unwrap_or_else(|_| HeaderValue::from_static("-")))
            }
        }
    }
}

pub(super) async fn pass(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let id = gate.request_id(request.headers());
    request.extensions_mut().insert(id.clone());
    let page =
        pages::wants_page(request.method(), request.headers()).then_some(pages::problem_page as fn(&_) -> _);
    let seen = Seen::begin(&gate.metrics, &request, id.as_str());
    let mut response = match tokio::time::timeout(
        gate.time,
        next.run(request).instrument(seen.span().clone()),
    )
    .await
    {
        Ok(response) => response,
        Err(_) => {
            let detail = format!(
                "the request was not done within {} seconds; it may or may not have taken effect. Try again in a moment: \
                 publishing and announcing twice is the same as once",
                gate.time.as_secs()
            );
            axum::response::IntoResponse::into_response(Refusal::new(problem::BUSY, detail))
        }
    };
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let allow = response.headers_mut().remove(header::ALLOW);
        response = refusal.render(id.as_str(), page);
        response.headers_mut().extend(allow.map(|allow| (header::ALLOW, allow)));
    }
    response.headers_mut().insert(REQUEST_ID, id.0);
    headers::protect(response.headers_mut(), gate.secure);
    if gate.leave.is_draining() {
        // Whoever keeps the connection for its next request takes another one, to another registry.
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    seen.answered(&response);
    response
}
