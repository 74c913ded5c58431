//! What is noted of a request: its line in the log, its span and its time. Neither its headers nor what stands behind the question
//! mark, nor its body: they may hold what nobody should read there.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, HttpBody as _};
use axum::extract::{MatchedPath, Request};
use axum::http::{Method, Response, StatusCode};
use tracing::Span;

use crate::metrics::Metrics;
use crate::telemetry;

/// A request that is under way. One that is dropped without an answer is noted as well: its caller has left.
#[derive(Debug)]
pub(super) struct Seen {
    metrics: Arc<Metrics>,
    route: Option<MatchedPath>,
    method: &'static str,
    started: Instant,
    span: Span,
    answered: bool,
}

impl Seen {
    pub(super) fn begin(metrics: &Arc<Metrics>, request: &Request, id: &str) -> Self {
        let route = request.extensions().get::<MatchedPath>().cloned();
        let span =
            telemetry::request_span(request, id, route.as_ref().map_or(UNMATCHED, MatchedPath::as_str));
        Self {
            metrics: Arc::clone(metrics),
            route,
            method: method(request.method()),
            started: Instant::now(),
            span,
            answered: false,
        }
    }

    /// The template that the path matches, never the path itself.
    pub(super) fn route(&self) -> &str {
        self.route.as_ref().map_or(UNMATCHED, MatchedPath::as_str)
    }

    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn answered(mut self, response: &Response<Body>) {
        self.answered = true;
        let status = response.status();
        self.metrics.request(self.route(), self.method, class(status), self.started);
        telemetry::answered(&self.span, status);
        self.span.in_scope(|| {
            tracing::info!(
                route = self.route(),
                status = status.as_u16(),
                duration_ms = self.milliseconds(),
                bytes = response.body().size_hint().exact(),
                "answered with {status}"
            );
        });
    }

    fn milliseconds(&self) -> f64 {
        self.started.elapsed().as_micros() as f64 / 1_000.0
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        if self.answered {
            return;
        }
        self.metrics.request(self.route(), self.method, "gone", self.started);
        self.span.in_scope(|| {
            tracing::info!(
                route = self.route(),
                duration_ms = self.milliseconds(),
                "the caller left before the answer"
            );
        });
    }
}

/// The route of what matches none.
const UNMATCHED: &str = "unmatched";

/// A method as a word of ours: what callers make up is no label.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::PUT => "PUT",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn class(status: StatusCode) -> &'static str {
    match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    }
}
