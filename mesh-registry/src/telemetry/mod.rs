//! What a registry writes while it runs: its log, and the traces of requests where the build and the settings have them.

#[cfg(not(feature = "traces"))]
mod untraced;

#[cfg(feature = "traces")]
mod traces;

use std::io;

use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Registry};

use crate::config::{Config, LogFormat};

#[cfg(feature = "traces")]
pub(crate) use traces::{answered, request_span};
#[cfg(not(feature = "traces"))]
pub(crate) use untraced::{answered, request_span};

/// Why nothing can be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TelemetryError {
    /// The filter of the log cannot be read.
    #[error(
        "`{filter}` is no filter of the log; write a level as `info`, or several as `warn,mesh_registry=debug`"
    )]
    Filter {
        /// The filter.
        filter: String,
        /// Why.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Something else in this process writes a log already.
    #[error("this process writes a log already; start the registry's before any other")]
    Taken(#[source] tracing_subscriber::util::TryInitError),
    /// This build sends no traces.
    #[error("this build sends no traces; build it with the feature `traces`, or leave `traces.endpoint` out")]
    NoTraces,
    /// Traces cannot be sent.
    #[cfg(feature = "traces")]
    #[error("traces cannot be sent to {endpoint}; look at `traces.endpoint`")]
    Traces {
        /// Where.
        endpoint: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A log that is written, and traces that are sent. What is still to be sent is sent when it ends.
#[derive(Debug)]
#[must_use = "what is still to be sent is lost when this goes away at once"]
pub struct Telemetry {
    #[cfg(feature = "traces")]
    traces: Option<traces::Traces>,
}

/// Begins to write what the settings ask for, for the whole process. To be called outside of any asynchronous run time.
///
/// # Errors
/// When the settings ask for what cannot be done, or something else writes a log in this process.
pub fn start(config: &Config) -> Result<Telemetry, TelemetryError> {
    let filter = EnvFilter::try_new(&config.log.filter)
        .map_err(|source| TelemetryError::Filter { filter: config.log.filter.clone(), source })?;
    let lines = match config.log.format {
        LogFormat::Text => tracing_subscriber::fmt::layer().with_writer(io::stderr).boxed(),
        // The request's id stands in its span, so it is in every line of the request.
        LogFormat::Json => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(true)
            .with_writer(io::stderr)
            .boxed(),
    };
    let subscriber = Registry::default().with(lines.with_filter(filter));
    #[cfg(not(feature = "traces"))]
    {
        if config.traces.endpoint.is_some() {
            return Err(TelemetryError::NoTraces);
        }
        subscriber.try_init().map_err(TelemetryError::Taken)?;
        Ok(Telemetry {})
    }
    #[cfg(feature = "traces")]
    {
        let traces = traces::Traces::begin(&config.traces)?;
        let layer = traces.as_ref().map(traces::Traces::layer);
        subscriber.with(layer).try_init().map_err(TelemetryError::Taken)?;
        Ok(Telemetry { traces })
    }
}

impl Telemetry {
    /// Sends what is still to be sent.
    pub fn finish(self) {
        #[cfg(feature = "traces")]
        if let Some(traces) = self.traces {
            traces.finish();
        }
    }
}
