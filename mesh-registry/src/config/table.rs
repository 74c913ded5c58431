//! The table of settings. A new setting is a member of [`Config`] and one entry here.

use std::ffi::OsStr;
use std::sync::LazyLock;

use super::Config;
use super::kind::{
    Address, Count, File, Filter, Folder, Form, Format, Fraction, Http, Kind, Maybe, Mode, Size, Store,
    Switch, Time, Uri,
};

const KIB: u64 = 1 << 10;
const GIB: u64 = 1 << 30;
const HOUR: u64 = 60 * 60;

/// Every setting, in the order in which people read of them; those of one section follow each other.
pub(super) static SETTINGS: LazyLock<Vec<Setting>> = LazyLock::new(|| {
    vec![
        setting("listen", Address, |it| &mut it.listen, "Where to listen; port 0 takes any that is free."),
        setting(
            "data",
            Folder,
            |it| &mut it.data,
            "The folder of the embedded store; made when it is not there. Unused when `store` is set.",
        ),
        setting(
            "store",
            Maybe(Store),
            |it| &mut it.store,
            "A PostgreSQL database in place of the folder, which any number of registries may serve. Give one with a \
             password by the environment.",
        )
        .also("MESH_STORE"),
        setting(
            "access.mode",
            Mode,
            |it| &mut it.access.mode,
            "Whether the registry asks who somebody is. `open` lets everybody do everything, and is refused unless it listens \
             on this machine alone.",
        ),
        setting(
            "access.administrator",
            Maybe(File),
            |it| &mut it.access.administrator,
            "Where the first start of a closed registry puts the token of the administrator that it makes, for this user's \
             eyes alone; `administrator.token` in the data folder unless set.",
        ),
        setting(
            "access.session",
            Time(60..=30 * 24 * HOUR),
            |it| &mut it.access.session,
            "How long somebody stays signed in on the pages.",
        ),
        setting(
            "pool.connections",
            Count(1..=1_000),
            |it| &mut it.pool,
            "How many connections to PostgreSQL this process opens at most. The server's `max_connections` must suffice for \
             all processes.",
        ),
        setting(
            "tls.certificate",
            Maybe(File),
            |it| &mut it.tls.certificate,
            "The certificate to answer with over TLS, in PEM: the server's own first, those that lead to an authority behind it. Read \
             again when it changes.",
        ),
        setting(
            "tls.key",
            Maybe(File),
            |it| &mut it.tls.key,
            "Its key, in PEM. Others on the machine must not be able to read it.",
        ),
        setting(
            "limits.body",
            Size::within(KIB..=GIB),
            |it| &mut it.limits.body,
            "The longest body of a request.",
        ),
        setting(
            "limits.head",
            Time(1..=HOUR),
            |it| &mut it.limits.head,
            "How long the head of a request may take to arrive, and how long a connection may wait for its next request.",
        ),
        setting(
            "limits.stalled",
            Time(1..=HOUR),
            |it| &mut it.limits.stalled,
            "How long an answer may wait for its reader to take some more of it.",
        ),
        setting(
            "limits.request",
            Time(1..=HOUR),
            |it| &mut it.limits.request,
            "How long a request may take, waiting for its turn included.",
        ),
        setting(
            "limits.requests",
            Count(1..=100_000),
            |it| &mut it.limits.requests,
            "How many requests are worked on at once; more wait for their turn, which tenants have one after another.",
        ),
        setting(
            "limits.tenant_requests",
            Count(1..=100_000),
            |it| &mut it.limits.tenant_requests,
            "How many requests of one tenant are worked on at once; more wait and hold up nobody else.",
        ),
        setting(
            "limits.principal_requests",
            Count(1..=100_000),
            |it| &mut it.limits.principal_requests,
            "How many requests of one principal are worked on at once.",
        ),
        setting(
            "limits.waiting",
            Count(1..=100_000),
            |it| &mut it.limits.waiting,
            "How many requests of one principal wait for their turn at once; more are refused with 429.",
        ),
        setting(
            "limits.tenant_rate",
            Count(0..=1_000_000),
            |it| &mut it.limits.tenant_rate,
            "How many requests a second are taken of a tenant; 0 for any number. Who is ahead waits up to a second, who is \
             further ahead is refused with 429.",
        ),
        setting(
            "limits.tenant_burst",
            Count(1..=1_000_000),
            |it| &mut it.limits.tenant_burst,
            "How many requests a tenant may send at once after a pause.",
        ),
        setting(
            "limits.principal_rate",
            Count(0..=1_000_000),
            |it| &mut it.limits.principal_rate,
            "How many requests a second are taken of one principal: a person, or a machine's tokens together; 0 for any number.",
        ),
        setting(
            "limits.principal_burst",
            Count(1..=1_000_000),
            |it| &mut it.limits.principal_burst,
            "How many requests a principal may send at once after a pause.",
        ),
        setting(
            "limits.connections",
            Count(1..=1_000_000),
            |it| &mut it.limits.connections,
            "How many connections are open at once; more wait to be accepted.",
        ),
        setting(
            "limits.streams",
            Count(0..=1_000_000),
            |it| &mut it.limits.streams,
            "How many clients follow the feed as a stream at once, each on a connection of its own; more are refused.",
        ),
        setting(
            "limits.grace",
            Time(0..=HOUR),
            |it| &mut it.limits.grace,
            "How long requests under way may take once the registry stops. What is not done then is cut off.",
        ),
        setting(
            "limits.cache",
            Size::within(0..=64 * GIB),
            |it| &mut it.limits.cache,
            "How much of published contracts is kept in memory.",
        ),
        setting(
            "events.source",
            Uri,
            |it| &mut it.source,
            "What events say that they come from: the address at which others know this registry, or a relative one.",
        ),
        setting(
            "webhooks.allow_private",
            Switch,
            |it| &mut it.webhooks.allow_private,
            "Whether webhooks may lead to addresses inside this network: loopback, private, link-local and the like.",
        ),
        setting(
            "webhooks.attempts",
            Count(1..=100),
            |it| &mut it.webhooks.attempts,
            "How often an event is tried before it goes to the list of those that could not be delivered.",
        ),
        setting(
            "webhooks.first_delay",
            Time(1..=HOUR),
            |it| &mut it.webhooks.first_delay,
            "How long it takes to the second try; to each after it thrice as long as to the one before.",
        ),
        setting(
            "webhooks.longest_delay",
            Time(1..=24 * HOUR),
            |it| &mut it.webhooks.longest_delay,
            "How long it takes to the next try at most.",
        ),
        setting("webhooks.time", Time(1..=300), |it| &mut it.webhooks.time, "How long a try may take."),
        setting(
            "webhooks.claim",
            Time(5..=HOUR),
            |it| &mut it.webhooks.claim,
            "How long a process that has died keeps a webhook from the others.",
        ),
        setting(
            "webhooks.at_once",
            Count(1..=1_000),
            |it| &mut it.webhooks.at_once,
            "To how many webhooks is delivered at once.",
        ),
        setting(
            "drain.delay",
            Time(0..=HOUR),
            |it| &mut it.drain.delay,
            "How long the registry serves on after `/health/ready` says 503, so that balancers notice before it stops. \
             Behind one, longer than the balancer takes to notice.",
        ),
        setting(
            "health.bound",
            Time(1..=60),
            |it| &mut it.ready,
            "How long the store may take to answer before `/health/ready` says 503.",
        ),
        setting(
            "log.format",
            Format,
            |it| &mut it.log.format,
            "How the log on standard error is written: for people or as JSON lines.",
        ),
        setting(
            "log.filter",
            Filter,
            |it| &mut it.log.filter,
            "Which lines are written; `info` has one for each request.",
        )
        .also("MESH_LOG"),
        setting("metrics.enabled", Switch, |it| &mut it.metrics.enabled, "Whether `/metrics` is answered."),
        setting(
            "metrics.listen",
            Maybe(Address),
            |it| &mut it.metrics.listen,
            "An address of its own for `/metrics`; then it is not answered where everything else is.",
        ),
        setting(
            "traces.endpoint",
            Maybe(Http),
            |it| &mut it.traces.endpoint,
            "Where traces are sent by OTLP over HTTP. Needs a build with the feature `traces`.",
        ),
        setting(
            "traces.sample",
            Fraction,
            |it| &mut it.traces.sample,
            "Which part of the traces that begin here is sent. One that a caller began is sent if the caller's `traceparent` \
             says so.",
        ),
    ]
});

/// One setting.
pub(super) struct Setting {
    /// Its name in the file, with its section: `limits.body`.
    pub(super) name: &'static str,
    /// A sentence or two for people.
    pub(super) about: &'static str,
    /// Another name in the environment, older than the rule for names.
    pub(super) alias: Option<&'static str>,
    field: Box<dyn Field>,
}

/// A member of the settings whose type is not known here.
trait Field: Send + Sync {
    fn form(&self) -> Form;
    fn expects(&self) -> String;
    fn example(&self) -> &'static str;
    fn put(&self, config: &mut Config, text: &OsStr) -> bool;
    fn show(&self, config: &mut Config) -> Option<String>;
}

struct Entry<K: Kind> {
    kind: K,
    at: fn(&mut Config) -> &mut K::Value,
}

impl<K: Kind> Field for Entry<K> {
    fn form(&self) -> Form {
        K::FORM
    }

    fn expects(&self) -> String {
        self.kind.expects()
    }

    fn example(&self) -> &'static str {
        self.kind.example()
    }

    fn put(&self, config: &mut Config, text: &OsStr) -> bool {
        self.kind.read_os(text).map(|value| *(self.at)(config) = value).is_some()
    }

    fn show(&self, config: &mut Config) -> Option<String> {
        self.kind.show((self.at)(config))
    }
}

fn setting<K: Kind>(
    name: &'static str,
    kind: K,
    at: fn(&mut Config) -> &mut K::Value,
    about: &'static str,
) -> Setting {
    Setting { name, about, alias: None, field: Box::new(Entry { kind, at }) }
}

impl Setting {
    fn also(self, alias: &'static str) -> Self {
        Self { alias: Some(alias), ..self }
    }

    /// The setting of a name.
    pub(super) fn named(name: &str) -> Option<&'static Self> {
        SETTINGS.iter().find(|setting| setting.name == name)
    }

    /// Its name in the environment: `MESH_REGISTRY_LIMITS_BODY`.
    pub(super) fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.replace('.', "_").to_uppercase())
    }

    /// The section and the name in it.
    pub(super) fn parts(&self) -> (Option<&'static str>, &'static str) {
        match self.name.rsplit_once('.') {
            Some((section, key)) => (Some(section), key),
            None => (None, self.name),
        }
    }

    pub(super) fn form(&self) -> Form {
        self.field.form()
    }

    /// What to write: `a size from 1KiB to 1GiB, e.g. "2MiB"`.
    pub(super) fn expects(&self) -> String {
        self.field.expects()
    }

    /// Sets it; false when the text is none of its values.
    pub(super) fn put(&self, config: &mut Config, text: &OsStr) -> bool {
        self.field.put(config, text)
    }

    /// Its value without what is secret of it.
    pub(super) fn show(&self, config: &Config) -> Option<String> {
        self.field.show(&mut config.clone())
    }

    /// A text that may be written for it: the default, or an example where there is none.
    pub(super) fn sample(&self) -> String {
        self.show(&Config::default()).unwrap_or_else(|| self.field.example().to_owned())
    }

    /// A text as TOML writes it.
    pub(super) fn literal(&self, text: &str) -> String {
        match self.form() {
            // Debug of a text escapes what a basic string of TOML escapes, in the same way.
            Form::Text => format!("{text:?}"),
            Form::Integer | Form::Number | Form::Switch => text.to_owned(),
        }
    }
}

/// What every name in the environment begins with.
pub(super) const PREFIX: &str = "MESH_REGISTRY_";
