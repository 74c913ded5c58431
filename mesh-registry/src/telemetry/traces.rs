//! Traces of requests, sent to a collector by OTLP over HTTP. A request that comes with a `traceparent` (W3C Trace Context) is a
//! part of its caller's trace.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator as _};
use opentelemetry::trace::{Status, TraceContextExt as _, TracerProvider as _};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use super::TelemetryError;
use crate::config;

/// What the collector knows a registry by.
const SERVICE: &str = "mesh-registry";

/// The traces of this process. They are sent in batches by a thread of their own.
#[derive(Debug)]
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// Begins to send, if the settings name a collector. One that does not answer costs traces and nothing else.
    pub(super) fn begin(settings: &config::Traces) -> Result<Option<Self>, TelemetryError> {
        let Some(endpoint) = &settings.endpoint else { return Ok(None) };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(endpoint.as_str())
            .build()
            .map_err(|source| TelemetryError::Traces {
                endpoint: endpoint.as_str().to_owned(),
                source: source.into(),
            })?;
        let begun_here = Sampler::TraceIdRatioBased(settings.sample);
        let resource = Resource::builder()
            .with_service_name(SERVICE)
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(begun_here)))
            .with_resource(resource)
            .build();
        Ok(Some(Self(provider)))
    }

    /// What turns our own spans into those of a trace, whatever the log shows.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        let ours = filter_fn(|metadata| metadata.is_span() && metadata.target().starts_with("mesh_registry"));
        let tracer = self.0.tracer(SERVICE);
        tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_filter(ours)
    }

    /// Sends what waits to be sent.
    pub(super) fn finish(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the last traces were not sent: {error}"
            );
        }
    }
}

/// The headers that say which trace a request is a part of.
struct Headers<'h>(&'h HeaderMap);

impl Extractor for Headers<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(axum::http::HeaderName::as_str).collect()
    }
}

/// The span of a request: its lines and its part of a trace.
pub(crate) fn request_span(request: &Request, id: &str, route: &str) -> Span {
    let span = tracing::info_span!(
        "request", otel.name = format!("{} {route}", request.method()), otel.kind = "server",
        request_id = id, method = %request.method(), path = request.uri().path(), http.route = route
    );
    let context =
        TraceContextPropagator::new().extract_with_context(&Context::new(), &Headers(request.headers()));
    if context.span().span_context().is_valid()
        && let Err(error) = span.set_parent(context)
    {
        tracing::debug!(error = &error as &dyn std::error::Error, "the trace is not the caller's: {error}");
    }
    span
}

/// Notes in a trace how the request ended.
pub(crate) fn answered(span: &Span, status: StatusCode) {
    span.set_attribute("http.response.status_code", i64::from(status.as_u16()));
    if status.is_server_error() {
        span.set_status(Status::error(status.to_string()));
    }
}
