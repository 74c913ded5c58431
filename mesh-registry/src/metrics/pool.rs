//! What a pool of connections says of itself when it is asked.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;

/// A pool, as far as it is counted.
pub(crate) struct Pool(Box<dyn Fn() -> Status + Send + Sync>);

/// A pool at one moment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Status {
    pub(crate) most: usize,
    pub(crate) open: usize,
    pub(crate) idle: usize,
    pub(crate) waiting: usize,
}

impl Pool {
    pub(crate) fn new(status: impl Fn() -> Status + Send + Sync + 'static) -> Self {
        Self(Box::new(status))
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pool").field(&(self.0)()).finish()
    }
}

impl Collector for Pool {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Status { most, open, idle, waiting } = (self.0)();
        for (name, help, value) in [
            (
                "mesh_store_pool_connections_most",
                "Connections to PostgreSQL at most (pool.connections)",
                most,
            ),
            ("mesh_store_pool_connections_open", "Connections to PostgreSQL that are open", open),
            ("mesh_store_pool_connections_idle", "Connections to PostgreSQL that nobody uses", idle),
            ("mesh_store_pool_waiting", "Operations that wait for a connection to PostgreSQL", waiting),
        ] {
            let gauge = ConstGauge::new(i64::try_from(value).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)?;
        }
        Ok(())
    }
}
