//! How people and programs come in: whether they are asked who they are, and how long a browser is remembered.

use std::time::Duration;

use axum::http::{HeaderValue, header};

use super::sign_in::Throttle;
use crate::config::{Access, AccessMode};

/// The name of the cookie of a session. Browsers take one of this prefix only over HTTPS, from this very host, for every path.
const SECURE: &str = "__Host-mesh-session";
/// The name where the registry is not reached over HTTPS, which is on this machine alone.
const PLAIN: &str = "mesh-session";

/// What is set of it.
#[derive(Debug)]
pub(crate) struct Doors {
    mode: AccessMode,
    session: Duration,
    secure: bool,
    /// How often signing in may fail.
    pub(super) throttle: Throttle,
}

impl Doors {
    /// As set, for a registry that others know at an address, and that speaks TLS itself or not.
    pub(crate) fn new(access: &Access, source: &str, tls: bool) -> Self {
        let secure = tls || source.starts_with("https:");
        Self { mode: access.mode, session: access.session, secure, throttle: Throttle::default() }
    }

    /// Whether nobody is asked.
    pub(super) fn are_open(&self) -> bool {
        self.mode == AccessMode::Open
    }

    /// How long somebody stays signed in.
    pub(super) fn session(&self) -> Duration {
        self.session
    }

    fn name(&self) -> &'static str {
        if self.secure { SECURE } else { PLAIN }
    }

    /// The cookie that a browser shows among others, if it shows exactly one of its name.
    pub(super) fn cookie<'h>(&self, headers: &'h axum::http::HeaderMap) -> Option<&'h str> {
        let pairs = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = pairs.flat_map(|list| list.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let mut ours = pairs.filter(|(name, _)| *name == self.name()).map(|(_, value)| value);
        // Two of one name were not both set here, and which one is cannot be told.
        ours.next().filter(|_| ours.next().is_none())
    }

    /// What makes a browser keep a cookie for so many seconds, or forget it after none. No script sees it, and no other site's
    /// page sends it along with what changes something.
    pub(super) fn set_cookie(&self, value: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.secure { "; Secure" } else { "" };
        let name = self.name();
        let text = format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(text).ok()
    }
}
