//! Kinds of values: how each is read from a text, how it is shown, and what to write for it. What is secret is never shown.

use std::ffi::OsStr;
use std::fmt;
use std::marker::PhantomData;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use mesh_contract::Span;

use super::size;
use crate::store_url::StoreUrl;

/// How TOML writes a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In quotes.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// `true` or `false`.
    Switch,
}

/// A kind of values.
pub(super) trait Kind: Send + Sync + 'static {
    type Value: Clone + 'static;
    const FORM: Form = Form::Text;

    /// What is expected, as the object of `write`: `a size from 1KiB to 1GiB`.
    fn expects(&self) -> String;
    /// A value to show where there is none.
    fn example(&self) -> &'static str {
        ""
    }
    /// Reads a value; nothing else is said of one that is none than what is expected.
    fn read(&self, text: &str) -> Option<Self::Value>;
    /// As [`Kind::read`], for kinds whose values need not be Unicode.
    fn read_os(&self, text: &OsStr) -> Option<Self::Value> {
        self.read(text.to_str()?)
    }
    /// The value as it is written, without what is secret of it; `None` when it is not set.
    fn show(&self, value: &Self::Value) -> Option<String>;
}

/// An address to listen on.
pub(super) struct Address;

impl Kind for Address {
    type Value = SocketAddr;

    fn expects(&self) -> String {
        "an IP address and a port".to_owned()
    }

    fn example(&self) -> &'static str {
        "127.0.0.1:9474"
    }

    fn read(&self, text: &str) -> Option<SocketAddr> {
        text.parse().ok()
    }

    fn show(&self, value: &SocketAddr) -> Option<String> {
        Some(value.to_string())
    }
}

/// A folder.
pub(super) struct Folder;

impl Kind for Folder {
    type Value = PathBuf;

    fn expects(&self) -> String {
        "the path of a folder".to_owned()
    }

    fn read(&self, text: &str) -> Option<PathBuf> {
        self.read_os(OsStr::new(text))
    }

    fn read_os(&self, text: &OsStr) -> Option<PathBuf> {
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn show(&self, value: &PathBuf) -> Option<String> {
        Some(value.display().to_string())
    }
}

/// A file.
pub(super) struct File;

impl Kind for File {
    type Value = PathBuf;

    fn expects(&self) -> String {
        "the path of a file".to_owned()
    }

    fn example(&self) -> &'static str {
        "/etc/mesh/registry.pem"
    }

    fn read(&self, text: &str) -> Option<PathBuf> {
        self.read_os(OsStr::new(text))
    }

    fn read_os(&self, text: &OsStr) -> Option<PathBuf> {
        (!text.is_empty()).then(|| PathBuf::from(text))
    }

    fn show(&self, value: &PathBuf) -> Option<String> {
        Some(value.display().to_string())
    }
}

/// Where a store that is not embedded is found. Its password is never shown.
pub(super) struct Store;

impl Kind for Store {
    type Value = StoreUrl;

    fn expects(&self) -> String {
        "the URL of a PostgreSQL database".to_owned()
    }

    fn example(&self) -> &'static str {
        "postgres://mesh@db.example/mesh"
    }

    fn read(&self, text: &str) -> Option<StoreUrl> {
        text.parse().ok()
    }

    fn show(&self, value: &StoreUrl) -> Option<String> {
        Some(value.to_string())
    }
}

/// Something that need not be set.
pub(super) struct Maybe<K>(pub(super) K);

impl<K: Kind> Kind for Maybe<K> {
    type Value = Option<K::Value>;
    const FORM: Form = K::FORM;

    fn expects(&self) -> String {
        self.0.expects()
    }

    fn example(&self) -> &'static str {
        self.0.example()
    }

    fn read(&self, text: &str) -> Option<Self::Value> {
        self.0.read(text).map(Some)
    }

    fn read_os(&self, text: &OsStr) -> Option<Self::Value> {
        self.0.read_os(text).map(Some)
    }

    fn show(&self, value: &Self::Value) -> Option<String> {
        value.as_ref().and_then(|value| self.0.show(value))
    }
}

/// A size in bytes within bounds.
pub(super) struct Size<T>(RangeInclusive<u64>, PhantomData<fn() -> T>);

impl<T> Size<T> {
    pub(super) fn within(bounds: RangeInclusive<u64>) -> Self {
        Self(bounds, PhantomData)
    }
}

impl<T: TryFrom<u64> + TryInto<u64> + Copy + 'static> Kind for Size<T> {
    type Value = T;

    fn expects(&self) -> String {
        format!("a size from {} to {}", size::write(*self.0.start()), size::write(*self.0.end()))
    }

    fn read(&self, text: &str) -> Option<T> {
        let bytes = size::read(text).filter(|bytes| self.0.contains(bytes))?;
        T::try_from(bytes).ok()
    }

    fn show(&self, value: &T) -> Option<String> {
        (*value).try_into().ok().map(size::write)
    }
}

/// A number of things within bounds.
pub(super) struct Count(pub(super) RangeInclusive<usize>);

impl Kind for Count {
    type Value = usize;
    const FORM: Form = Form::Integer;

    fn expects(&self) -> String {
        format!("a whole number from {} to {}", self.0.start(), self.0.end())
    }

    fn read(&self, text: &str) -> Option<usize> {
        text.parse().ok().filter(|count| self.0.contains(count))
    }

    fn show(&self, value: &usize) -> Option<String> {
        Some(value.to_string())
    }
}

/// A length of time in seconds within bounds.
pub(super) struct Time(pub(super) RangeInclusive<u64>);

impl Time {
    /// In the largest unit that it is a whole number of; what has a part of a second, in milliseconds.
    fn write(time: Duration) -> String {
        let seconds = time.as_secs();
        if time.subsec_millis() > 0 {
            return format!("{}ms", time.as_millis());
        }
        let units = [("d", 86_400), ("h", 3_600), ("m", 60)];
        let fits = |(_, unit): &&(&str, u64)| seconds >= *unit && seconds.is_multiple_of(*unit);
        let (name, unit) = units.iter().find(fits).copied().unwrap_or(("s", 1));
        format!("{}{name}", seconds / unit)
    }
}

impl Kind for Time {
    type Value = Duration;

    fn expects(&self) -> String {
        let [least, most] = [self.0.start(), self.0.end()].map(|it| Self::write(Duration::from_secs(*it)));
        format!("a length of time from {least} to {most}")
    }

    fn read(&self, text: &str) -> Option<Duration> {
        // A promise of no time is none, so the contract's word for spans has no zero.
        let time = if text == "0s" { Duration::ZERO } else { text.parse::<Span>().ok()?.as_duration() };
        self.0.contains(&time.as_secs()).then_some(time)
    }

    fn show(&self, value: &Duration) -> Option<String> {
        Some(Self::write(*value))
    }
}

/// A reference to a place, whole or relative.
pub(super) struct Uri;

impl Kind for Uri {
    type Value = String;

    fn expects(&self) -> String {
        "a URI, or a part of one that begins with `/`".to_owned()
    }

    fn example(&self) -> &'static str {
        "https://registry.example"
    }

    fn read(&self, text: &str) -> Option<String> {
        let plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        let whole = || url::Url::parse(text).is_ok();
        (plain && (text.starts_with('/') || whole())).then(|| text.to_owned())
    }

    fn show(&self, value: &String) -> Option<String> {
        Some(value.clone())
    }
}

/// Yes or no.
pub(super) struct Switch;

impl Kind for Switch {
    type Value = bool;
    const FORM: Form = Form::Switch;

    fn expects(&self) -> String {
        "`true` or `false`".to_owned()
    }

    fn read(&self, text: &str) -> Option<bool> {
        text.parse().ok()
    }

    fn show(&self, value: &bool) -> Option<String> {
        Some(value.to_string())
    }
}

/// A part of a whole.
pub(super) struct Fraction;

impl Kind for Fraction {
    type Value = f64;
    const FORM: Form = Form::Number;

    fn expects(&self) -> String {
        "a number from 0 to 1".to_owned()
    }

    fn read(&self, text: &str) -> Option<f64> {
        text.parse().ok().filter(|part| (0.0..=1.0).contains(part))
    }

    fn show(&self, value: &f64) -> Option<String> {
        Some(format!("{value:?}"))
    }
}

/// For whom the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// JSON lines for programs.
    Json,
}

/// One of the forms of the log.
pub(super) struct Format;

impl Kind for Format {
    type Value = LogFormat;

    fn expects(&self) -> String {
        "`text` or `json`".to_owned()
    }

    fn read(&self, text: &str) -> Option<LogFormat> {
        match text {
            "text" => Some(LogFormat::Text),
            "json" => Some(LogFormat::Json),
            _ => None,
        }
    }

    fn show(&self, value: &LogFormat) -> Option<String> {
        let name = match value {
            LogFormat::Text => "text",
            LogFormat::Json => "json",
        };
        Some(name.to_owned())
    }
}

/// Whether a registry asks who somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessMode {
    /// Everybody may do everything. For this machine alone.
    Open,
    /// Who is not known may do nearly nothing.
    Closed,
}

/// One of the modes of access.
pub(super) struct Mode;

impl Kind for Mode {
    type Value = AccessMode;

    fn expects(&self) -> String {
        "`closed` or `open`".to_owned()
    }

    fn read(&self, text: &str) -> Option<AccessMode> {
        match text {
            "closed" => Some(AccessMode::Closed),
            "open" => Some(AccessMode::Open),
            _ => None,
        }
    }

    fn show(&self, value: &AccessMode) -> Option<String> {
        let name = match value {
            AccessMode::Closed => "closed",
            AccessMode::Open => "open",
        };
        Some(name.to_owned())
    }
}

/// Which lines of the log are written.
pub(super) struct Filter;

impl Kind for Filter {
    type Value = String;

    fn expects(&self) -> String {
        "a level (`error`, `warn`, `info`, `debug`, `trace`), or several as `warn,mesh_registry=debug`"
            .to_owned()
    }

    fn read(&self, text: &str) -> Option<String> {
        // An empty filter is one that lets nothing through, and never what was meant.
        let is_filter = !text.trim().is_empty() && tracing_subscriber::EnvFilter::try_new(text).is_ok();
        is_filter.then(|| text.to_owned())
    }

    fn show(&self, value: &String) -> Option<String> {
        Some(value.clone())
    }
}

/// An address that is sent to over HTTP. It has no user or password, nor anything behind a question mark, so it may be shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint(String);

impl Endpoint {
    /// The whole URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for Endpoint {
    type Err = EndpointError;

    fn from_str(text: &str) -> Result<Self, EndpointError> {
        let rest = text.strip_prefix("http://").or_else(|| text.strip_prefix("https://"));
        let uri: Option<axum::http::Uri> = text.parse().ok();
        let whole = rest.is_some_and(|rest| !rest.contains(['@', '?', '#']))
            && uri.is_some_and(|uri| uri.host().is_some_and(|host| !host.is_empty()));
        if whole { Ok(Self(text.to_owned())) } else { Err(EndpointError) }
    }
}

/// A text that is no such address. It does not tell the text, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is no address to send to; write `http://host:port/path`, without user, password and parameters"
)]
pub struct EndpointError;

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An address that is sent to over HTTP.
pub(super) struct Http;

impl Kind for Http {
    type Value = Endpoint;

    fn expects(&self) -> String {
        "an HTTP address without user, password and parameters".to_owned()
    }

    fn example(&self) -> &'static str {
        "http://127.0.0.1:4318/v1/traces"
    }

    fn read(&self, text: &str) -> Option<Endpoint> {
        text.parse().ok()
    }

    fn show(&self, value: &Endpoint) -> Option<String> {
        Some(value.as_str().to_owned())
    }
}
