//! Where a store that is not embedded is found.

use std::fmt;
use std::str::FromStr;

/// A text that names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("this names no store; write `postgres://user@host/database`")]
pub struct StoreUrlError;

/// The URL of a PostgreSQL database. It may hold a password, so only [`StoreUrl::secret`] tells all of it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl(String);

impl StoreUrl {
    /// The whole URL, with the password if it has one.
    pub fn secret(&self) -> &str {
        &self.0
    }
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        let known = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if known { Ok(Self(text.to_owned())) } else { Err(StoreUrlError) }
    }
}

impl fmt::Display for StoreUrl {
    /// Without user, password and parameters.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.0.split_once("://").unwrap_or(("postgres", ""));
        let rest = rest.split_once('?').map_or(rest, |(place, _)| place);
        // A password may hold an `@` that nobody escaped; a host never does.
        let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
        write!(f, "{scheme}://{place}")
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_not_shown() {
        for text in [
            "postgres://mesh:secret@db:5432/mesh",
            "postgresql://mesh:sec@ret@db:5432/mesh?password=secret",
            "postgres://db:5432/mesh?password=secret&user=a@b",
        ] {
            let url: StoreUrl = text.parse().expect("a store");
            let shown = format!("{url} {url:?}");
            assert!(!shown.contains("secret") && !shown.contains("ret@"), "{shown}");
            assert!(shown.contains("db:5432/mesh"), "{shown}");
        }
    }

    #[test]
    fn only_what_names_a_store_is_one() {
        for text in ["", "mesh", "mysql://db/mesh", "/var/lib/mesh", "host=db"] {
            assert_eq!(text.parse::<StoreUrl>(), Err(StoreUrlError), "{text}");
        }
    }
}
