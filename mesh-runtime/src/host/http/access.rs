//! Who may see personal data.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use mesh_contract::Digest;
use subtle::ConstantTimeEq;

use crate::client::Token;
use crate::host::snapshot::Sight;

/// The owner's token, kept as its digest so that tokens of every length compare in the same time.
#[derive(Clone)]
pub(crate) struct Access(Option<String>);

/// What a request's token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presented {
    Nothing,
    Wrong,
    Right,
}

impl Access {
    pub(crate) fn of(token: Option<&Token>) -> Self {
        Self(token.filter(|token| !token.is_empty()).map(|token| digest(token.expose())))
    }

    pub(crate) fn presented(&self, headers: &HeaderMap) -> Presented {
        let Some(value) = headers.get(AUTHORIZATION) else { return Presented::Nothing };
        let token = value.to_str().ok().and_then(|value| value.split_once(' '));
        let token =
            token.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")).map(|(_, token)| token.trim());
        match (&self.0, token) {
            (Some(own), Some(token)) if bool::from(own.as_bytes().ct_eq(digest(token).as_bytes())) => {
                Presented::Right
            }
            _ => Presented::Wrong,
        }
    }
}

impl Presented {
    pub(crate) fn sight(self) -> Sight {
        match self {
            Self::Right => Sight::Clear,
            Self::Nothing | Self::Wrong => Sight::Masked,
        }
    }

    /// What would show more: sent with masked records (RFC 9110 allows it with any status).
    pub(crate) fn challenge(self) -> Option<&'static str> {
        match self {
            Self::Right => None,
            Self::Nothing => Some("Bearer realm=\"personal data\""),
            Self::Wrong => Some("Bearer realm=\"personal data\", error=\"invalid_token\""),
        }
    }
}

fn digest(token: &str) -> String {
    Digest::of_bytes(token.as_bytes()).to_string()
}
