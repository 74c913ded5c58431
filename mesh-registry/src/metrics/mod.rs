//! What a registry counts while it runs, told in OpenMetrics' text format. No label holds a name that somebody else made up,
//! so there are never more series than the code has words.

#[cfg(feature = "postgres")]
mod pool;
mod process;

use std::borrow::Cow;
use std::time::Instant;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

#[cfg(feature = "postgres")]
pub(crate) use pool::{Pool, Status as PoolStatus};

/// The media type of what [`Metrics::text`] gives.
pub(crate) const MEDIA_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds in seconds: a read from memory takes a tenth of a millisecond, a judgement at worst seconds.
const BOUNDS: [f64; 13] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5, 1.0, 5.0, 30.0];

type Labels<const N: usize> = [(&'static str, &'static str); N];
type Requests = [(&'static str, Cow<'static, str>); 3];
type Durations<S> = Family<S, Histogram, fn() -> Histogram>;

/// The counters of one registry.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    requests: Durations<Requests>,
    /// Requests that wait for their turn.
    pub(crate) waiting: Gauge,
    /// Requests that are worked on.
    pub(crate) under_way: Gauge,
    /// Connections that are open.
    pub(crate) connections: Gauge,
    /// Connections that were accepted.
    pub(crate) accepted: Counter,
    publishes: Family<Labels<2>, Counter>,
    /// Commits that found that the product had moved on.
    pub(crate) rounds_lost: Counter,
    judgements: Durations<Labels<1>>,
    store: Durations<Labels<2>>,
    /// Contracts in memory.
    pub(crate) contracts: Memory,
    /// What publishing remembers of products.
    pub(crate) lines: Memory,
    /// Judgements of what is published.
    pub(crate) judged: Memory,
    /// Answers whether one reader takes what one version emits.
    pub(crate) verdicts: Memory,
}

/// How often something was found in memory.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    hits: Counter,
    misses: Counter,
}

impl Memory {
    fn of(family: &Family<Labels<2>, Counter>, name: &'static str) -> Self {
        let counter = |result| family.get_or_create_owned(&[("cache", name), ("result", result)]);
        Self { hits: counter("hit"), misses: counter("miss") }
    }

    /// Counts a look, and gives what was found.
    pub(crate) fn look<T>(&self, found: Option<T>) -> Option<T> {
        if found.is_some() { &self.hits } else { &self.misses }.inc();
        found
    }
}

/// Counts one for as long as it lives.
#[derive(Debug)]
pub(crate) struct Presence(Gauge);

impl Presence {
    pub(crate) fn of(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.dec();
    }
}

fn durations<S: Clone + std::hash::Hash + Eq>() -> Durations<S> {
    Family::new_with_constructor(|| Histogram::new(BOUNDS))
}

impl Metrics {
    /// Counters at zero.
    pub(crate) fn new() -> Self {
        let mut all = Registry::default();
        let registry = all.sub_registry_with_prefix("mesh");
        let caches = Family::<Labels<2>, Counter>::default();
        let metrics = Self {
            requests: durations(),
            waiting: Gauge::default(),
            under_way: Gauge::default(),
            connections: Gauge::default(),
            accepted: Counter::default(),
            publishes: Family::default(),
            rounds_lost: Counter::default(),
            judgements: durations(),
            store: durations(),
            contracts: Memory::of(&caches, "contracts"),
            lines: Memory::of(&caches, "lines"),
            judged: Memory::of(&caches, "judgements"),
            verdicts: Memory::of(&caches, "verdicts"),
            registry: Registry::default(),
        };
        let build = [("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "What this registry was built from", Info::new(build));
        registry.register(
            "http_request_duration_seconds",
            "Time from a request's head to its answer's head, by route, method and class of status; `gone` when the caller left before",
            metrics.requests.clone(),
        );
        registry.register(
            "http_requests_waiting",
            "Requests that wait for their turn (limits.requests)",
            metrics.waiting.clone(),
        );
        registry.register(
            "http_requests_under_way",
            "Requests that are worked on",
            metrics.under_way.clone(),
        );
        registry.register(
            "http_connections_open",
            "Connections that are open (limits.connections)",
            metrics.connections.clone(),
        );
        registry.register(
            "http_connections_accepted",
            "Connections that were accepted",
            metrics.accepted.clone(),
        );
        registry.register(
            "publishes",
            "Publishes by outcome: created, stands (the same content stood there), or refused with the kind of problem",
            metrics.publishes.clone(),
        );
        registry.register(
            "publish_rounds_lost",
            "Commits that lost to another publisher of the same product and were decided anew",
            metrics.rounds_lost.clone(),
        );
        registry.register(
            "judgement_duration_seconds",
            "Time of the judge for one publish, by verdict; what was remembered is not in it",
            metrics.judgements.clone(),
        );
        registry.register("cache_requests", "Looks into memory, by cache and result", caches);
        registry.register(
            "store_operation_duration_seconds",
            "Time of the store, by method and result: ok, refused (what the caller relied on does not hold), failed",
            metrics.store.clone(),
        );
        all.register_collector(Box::new(process::Process));
        Self { registry: all, ..metrics }
    }

    /// Tells of a pool of connections as well.
    #[cfg(feature = "postgres")]
    pub(crate) fn watch(&mut self, pool: Pool) {
        self.registry.register_collector(Box::new(pool));
    }

    /// Everything as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::with_capacity(32 * 1024);
        // Writing to a string does not fail.
        let _ = prometheus_client::encoding::text::encode(&mut text, &self.registry);
        text
    }

    /// Notes a request. `status` is its class.
    pub(crate) fn request(&self, route: &str, method: &'static str, status: &'static str, started: Instant) {
        let labels =
            [("route", route.to_owned().into()), ("method", method.into()), ("status", status.into())];
        self.requests.get_or_create(&labels).observe(started.elapsed().as_secs_f64());
    }

    /// Notes what came of a publish; `kind` is that of the problem, if it was refused.
    pub(crate) fn publish(&self, outcome: &'static str, kind: &'static str) {
        self.publishes.get_or_create(&[("outcome", outcome), ("kind", kind)]).inc();
    }

    /// Notes a judgement.
    pub(crate) fn judgement(&self, verdict: &'static str, started: Instant) {
        self.judgements.get_or_create(&[("verdict", verdict)]).observe(started.elapsed().as_secs_f64());
    }

    /// Notes an operation of the store.
    pub(crate) fn operation(&self, method: &'static str, result: &'static str, started: Instant) {
        let labels = [("method", method), ("result", result)];
        self.store.get_or_create(&labels).observe(started.elapsed().as_secs_f64());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_counted_at_first_and_presence_ends() {
        let metrics = Metrics::new();
        drop(Presence::of(&metrics.waiting));
        let here = Presence::of(&metrics.under_way);
        let text = metrics.text();
        assert!(text.contains("\nmesh_http_requests_waiting 0\n"), "{text}");
        assert!(text.contains("\nmesh_http_requests_under_way 1\n"), "{text}");
        assert!(text.ends_with("# EOF\n"), "{text}");
        drop(here);
    }
}
