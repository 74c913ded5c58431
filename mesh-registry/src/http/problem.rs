//! Problems: how every refusal is told over HTTP (RFC 9457). The only place that knows which status an error has.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use axum::response::IntoResponse;
use mesh_contract::wire::Problem;

use crate::access::Denied;
use crate::service::ServiceError;
use crate::store::StoreError;

/// A sort of problem: the last part of its `type`, its title and its status. They never change their meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) status: StatusCode,
}

macro_rules! kinds {
    ($($constant:ident = $name:literal, $title:literal, $status:ident;)*) => {
        $(pub(crate) const $constant: Kind = Kind { name: $name, title: $title, status: StatusCode::$status };)*
        /// Every sort of problem.
        pub(crate) const KINDS: &[Kind] = &[$($constant),*];
    };
}

kinds! {
    UNKNOWN_PATH = "unknown-path", "there is nothing at this path", NOT_FOUND;
    METHOD_NOT_ALLOWED = "method-not-allowed", "the path does not take this method", METHOD_NOT_ALLOWED;
    MALFORMED_REQUEST = "malformed-request", "the request's address cannot be read", BAD_REQUEST;
    UNFINISHED_BODY = "unfinished-body", "the request's body did not arrive as a whole", BAD_REQUEST;
    BODY_TOO_LARGE = "body-too-large", "the request's body is too large", PAYLOAD_TOO_LARGE;
    UNSUPPORTED_MEDIA_TYPE = "unsupported-media-type", "the body is not of a type that is read here", UNSUPPORTED_MEDIA_TYPE;
    MALFORMED_DOCUMENT = "malformed-document", "the document cannot be read", UNPROCESSABLE_ENTITY;
    DOCUMENT_MISMATCH = "document-mismatch", "the document is about something else", UNPROCESSABLE_ENTITY;
    INVALID_DOCUMENT = "invalid-document", "the document breaks a rule", UNPROCESSABLE_ENTITY;
    UNAUTHENTICATED = "unauthenticated", "the registry does not know who asks", UNAUTHORIZED;
    FORBIDDEN = "forbidden", "who asks may not do this", FORBIDDEN;
    UNKNOWN_PRODUCT = "unknown-product", "there is no such product", NOT_FOUND;
    UNKNOWN_VERSION = "unknown-version", "there is no such version", NOT_FOUND;
    UNKNOWN_DIGEST = "unknown-digest", "there is no such contract", NOT_FOUND;
    UNKNOWN_DOMAIN = "unknown-domain", "there is no such domain", NOT_FOUND;
    UNKNOWN_EXPECTATION = "unknown-expectation", "there is no such expectation", NOT_FOUND;
    UNKNOWN_DEPLOYMENT = "unknown-deployment", "it is not recorded to run there", NOT_FOUND;
    UNKNOWN_AGREEMENT = "unknown-agreement", "there is no such agreement", NOT_FOUND;
    UNKNOWN_INSTANCE = "unknown-instance", "no such instance has announced itself", NOT_FOUND;
    CROSS_SITE = "cross-site", "the form was sent from another site", FORBIDDEN;
    UNKNOWN_WEBHOOK = "unknown-webhook", "there is no such webhook", NOT_FOUND;
    UNKNOWN_TOKEN = "unknown-token", "there is no such token", NOT_FOUND;
    UNKNOWN_MEMBER = "unknown-member", "nobody of this name is this", NOT_FOUND;
    UNKNOWN_EVENT = "unknown-event", "the event is not in the list", NOT_FOUND;
    NO_VERSION_MATCHES = "no-version-matches", "no version satisfies the requirement", NOT_FOUND;
    UNKNOWN_LINE = "unknown-line", "there is no such line of versions", NOT_FOUND;
    NOT_DEPRECATED = "not-deprecated", "it is not deprecated", NOT_FOUND;
    RETIRED = "retired", "what satisfies the requirement is retired", GONE;
    LINE_RETIRED = "line-retired", "the line of versions is retired", CONFLICT;
    WRONG_STATE = "wrong-state", "it has not come to where this can be done", CONFLICT;
    IN_THE_WAY = "in-the-way", "somebody would be hurt", CONFLICT;
    NOT_OWNER = "not-owner", "somebody else owns the domain", CONFLICT;
    NOT_OFFERED = "not-offered", "the domain was not offered to this side", CONFLICT;
    JUDGEMENT = "judgement", "the change is not proved safe", UNPROCESSABLE_ENTITY;
    POLICY = "policy", "a policy refuses it", UNPROCESSABLE_ENTITY;
    CURSOR_GONE = "cursor-gone", "the feed does not reach so far", GONE;
    VERSION_EXISTS = "version-exists", "the version stands with other content", CONFLICT;
    STALE_EPOCH = "stale-epoch", "a later start of the instance has announced itself", CONFLICT;
    TOO_MANY_REQUESTS = "too-many-requests", "whoever asks is at a limit", TOO_MANY_REQUESTS;
    BUSY = "busy", "the registry is busy", SERVICE_UNAVAILABLE;
    FULL = "full", "the registry takes no more of these", SERVICE_UNAVAILABLE;
    NO_SPACE = "no-space", "the registry's disk is full", INSUFFICIENT_STORAGE;
    UNAVAILABLE = "unavailable", "the registry cannot do its work", SERVICE_UNAVAILABLE;
    INTERNAL = "internal", "the registry has failed", INTERNAL_SERVER_ERROR;
}

/// A refusal. It becomes a body at the edge, where the request's id is known.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    kind: Kind,
    detail: String,
    pointer: Option<String>,
    findings: Vec<serde_json::Value>,
    /// In how many seconds to ask again.
    after: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), pointer: None, findings: Vec::new(), after: None }
    }

    /// The name of its kind.
    pub(crate) fn kind(&self) -> &'static str {
        self.kind.name
    }

    /// What it says.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// As it is, to be asked again in so many seconds.
    pub(crate) fn after(self, seconds: u64) -> Self {
        Self { after: Some(seconds), ..self }
    }

    fn at(self, pointer: impl Into<String>) -> Self {
        let pointer = pointer.into();
        Self { pointer: (!pointer.is_empty()).then_some(pointer), ..self }
    }

    /// The refusal as it is sent: as JSON, or as whatever `page` makes of it.
    pub(crate) fn render(
        self,
        request_id: &str,
        page: Option<fn(&Problem) -> Response<Body>>,
    ) -> Response<Body> {
        let Self { kind, detail, pointer, findings, after } = self;
        let problem = Problem {
            kind: format!("urn:mesh:problem:{}", kind.name),
            title: kind.title.to_owned(),
            status: kind.status.as_u16(),
            detail,
            pointer,
            request_id: Some(request_id.to_owned()),
            findings,
        };
        let mut response = match page {
            Some(page) => page(&problem),
            None => {
                let body = serde_json::to_vec(&problem).unwrap_or_default();
                let mut response = Response::new(Body::from(body));
                let json = HeaderValue::from_static("application/problem+json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
                response
            }
        };
        *response.status_mut() = kind.status;
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept"));
        if kind.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"mesh\""));
        }
        let after = after.or((kind.status == StatusCode::SERVICE_UNAVAILABLE).then_some(1));
        if let Some(seconds) = after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> axum::response::Response {
        let mut response = self.kind.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        let text = denied.to_string();
        match denied {
            Denied::Unknown { .. } => Self::new(UNAUTHENTICATED, text),
            Denied::Forbidden { .. } | Denied::OutOfScope { .. } => Self::new(FORBIDDEN, text),
        }
    }
}

impl From<ServiceError> for Refusal {
    fn from(error: ServiceError) -> Self {
        let text = error.to_string();
        match error {
            ServiceError::Denied(denied) => denied.into(),
            ServiceError::UnknownProduct { .. } => Self::new(UNKNOWN_PRODUCT, text),
            ServiceError::NotTheTeam { .. } => Self::new(FORBIDDEN, text),
            ServiceError::UnknownToken { .. } => Self::new(UNKNOWN_TOKEN, text),
            ServiceError::UnknownMember { .. } => Self::new(UNKNOWN_MEMBER, text),
            ServiceError::UnknownVersion { .. } => Self::new(UNKNOWN_VERSION, text),
            ServiceError::UnknownDigest { .. } => Self::new(UNKNOWN_DIGEST, text),
            ServiceError::UnknownDomain { .. } => Self::new(UNKNOWN_DOMAIN, text),
            ServiceError::UnknownExpectation => Self::new(UNKNOWN_EXPECTATION, text),
            ServiceError::UnknownDeployment { .. } => Self::new(UNKNOWN_DEPLOYMENT, text),
            ServiceError::NoVersionMatches { .. } => Self::new(NO_VERSION_MATCHES, text),
            ServiceError::UnknownLine { .. } => Self::new(UNKNOWN_LINE, text),
            ServiceError::NotDeprecated { .. } => Self::new(NOT_DEPRECATED, text),
            ServiceError::Retired { .. } => Self::new(RETIRED, text),
            ServiceError::LineRetired { .. } => Self::new(LINE_RETIRED, text).at("/version"),
            ServiceError::WrongState { .. } => Self::new(WRONG_STATE, text),
            ServiceError::InTheWay { in_the_way, .. } => {
                let findings =
                    in_the_way.into_iter().map(|message| serde_json::json!({ "message": message }));
                Self { findings: findings.collect(), ..Self::new(IN_THE_WAY, text) }
            }
            ServiceError::NotOwner { .. } => Self::new(NOT_OWNER, text),
            ServiceError::NotOffered { .. } => Self::new(NOT_OFFERED, text),
            ServiceError::Malformed(error) => Self::new(MALFORMED_DOCUMENT, text).at(error.pointer),
            ServiceError::NotText { .. } => Self::new(MALFORMED_DOCUMENT, text),
            ServiceError::Mismatch { pointer, .. } => Self::new(DOCUMENT_MISMATCH, text).at(pointer),
            ServiceError::Invalid { pointer, .. } => Self::new(INVALID_DOCUMENT, text).at(pointer),
            ServiceError::InvalidQuery { .. } => Self::new(MALFORMED_REQUEST, text),
            ServiceError::VersionExists { .. } => Self::new(VERSION_EXISTS, text).at("/version"),
            ServiceError::Judged { judgement } => {
                let findings = judgement.findings.iter().map(serde_json::to_value);
                Self { findings: findings.filter_map(Result::ok).collect(), ..Self::new(JUDGEMENT, text) }
            }
            ServiceError::Policy { findings, .. } => {
                let findings = findings.iter().map(serde_json::to_value).filter_map(Result::ok);
                Self { findings: findings.collect(), ..Self::new(POLICY, text) }
            }
            ServiceError::PolicyMistakes { errors } => {
                let findings = errors
                    .0
                    .iter()
                    .map(|error| serde_json::json!({ "line": error.line, "message": error.message }));
                Self { findings: findings.collect(), ..Self::new(INVALID_DOCUMENT, text).at("/document") }
            }
            ServiceError::StaleEpoch { .. } => Self::new(STALE_EPOCH, text).at("/epoch"),
            ServiceError::UnknownAgreement { .. } => Self::new(UNKNOWN_AGREEMENT, text),
            ServiceError::UnknownInstance { .. } => Self::new(UNKNOWN_INSTANCE, text),
            ServiceError::UnknownWebhook { .. } => Self::new(UNKNOWN_WEBHOOK, text),
            ServiceError::UnknownFailed { .. } => Self::new(UNKNOWN_EVENT, text),
            ServiceError::CursorGone { .. } => Self::new(CURSOR_GONE, text),
            ServiceError::Busy { .. } => Self::new(BUSY, text),
            ServiceError::Full { .. } => Self::new(FULL, text),
            ServiceError::Store(StoreError::NoSpace) => {
                tracing::error!(
                    "the store's disk is full; make room, and the registry goes on without a restart"
                );
                let detail = "the registry's disk is full, and nothing was kept of this request; tell whoever runs it to \
                    make room, and send it again. Reading goes on meanwhile";
                Self::new(NO_SPACE, detail)
            }
            ServiceError::Store(source) => {
                // What the store says is for whoever runs the registry, not for the caller.
                tracing::error!(error = &source as &dyn std::error::Error, "the store failed: {source}");
                Self::new(UNAVAILABLE, text)
            }
        }
    }
}
