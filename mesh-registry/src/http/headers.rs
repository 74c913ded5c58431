//! What goes with every answer, so that a browser does with it what was meant and nothing else.

use axum::http::{HeaderMap, HeaderName, HeaderValue, header};

/// What holds for every answer, whatever it is.
const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What holds unless an answer has its own: one that is no page loads nothing, and may not be framed.
const ELSE: [(HeaderName, &str); 3] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Over TLS a browser is told to come by no other way for a year.
const SECURE: (HeaderName, &str) = (header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");

/// Puts them on an answer.
pub(super) fn protect(headers: &mut HeaderMap, secure: bool) {
    for (name, value) in ALWAYS.into_iter().chain(secure.then_some(SECURE)) {
        headers.insert(name, HeaderValue::from_static(value));
    }
    for (name, value) in ELSE {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use axum::body::Body;
    use axum::http::{Method, Request, Response};
    use hyper::service::Service as _;
    use hyper_util::service::TowerToHyperService;

    use super::*;
    use crate::config::Access;
    use crate::config::Limits;
    use crate::http::{AppState, Doors, Feed, page_routes, router, routes};
    use crate::leave::Leave;
    use crate::metrics::Metrics;
    use crate::service::{Newest, Registry};
    use crate::store::SystemClock;
    use crate::store::sqlite::SqliteStore;

    struct Served {
        router: TowerToHyperService<axum::Router>,
        _phase: tokio::sync::watch::Sender<crate::leave::Phase>,
        _folder: tempfile::TempDir,
    }

    impl Served {
        fn new(secure: bool) -> Self {
            let folder = tempfile::tempdir().expect("a folder");
            let store = SqliteStore::open(folder.path(), Arc::new(SystemClock)).expect("a store");
            let (phase, leave) = Leave::new();
            let state = AppState {
                registry: Registry::new(Arc::new(store), 1 << 20),
                feed: Feed::new(10, "/registry", Newest::default(), leave.clone()),
                leave,
                ready: Duration::from_secs(2),
                metrics: Some(Arc::new(Metrics::new())),
                access: Arc::new(Doors::new(&Access::open(), "/registry", secure)),
                callers: None,
                secure,
            };
            let router = TowerToHyperService::new(router(state, Limits::default()));
            Self { router, _phase: phase, _folder: folder }
        }

        async fn ask(&self, method: &str, path: &str, accept: &str) -> Response<Body> {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let request =
                Request::builder().method(method).uri(path).header("accept", accept).body(Body::empty());
            self.router.call(request.expect("a request")).await.expect("an answer")
        }
    }

    fn check(response: &Response<Body>, what: &str) {
        let headers = response.headers();
        let value = |name: &str| {
            let mut all = headers.get_all(name).iter();
            let value = all.next().unwrap_or_else(|| panic!("{name} of {what}: {headers:?}"));
            assert!(all.next().is_none(), "{name} of {what} twice");
            value.to_str().expect("text").to_owned()
        };
        let policy = value("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
            "{what}: {policy}"
        );
        assert!(
            !policy.contains("unsafe") && !policy.contains('*') && !policy.contains("data:"),
            "{what}: {policy}"
        );
        assert!(
            policy.starts_with("default-src 'none';") || policy.starts_with("default-src 'self';"),
            "{what}"
        );
        for (name, expected) in ALWAYS {
            assert_eq!(value(name.as_str()), expected, "{what}");
        }
        assert!(["no-referrer", "same-origin"].contains(&&value("referrer-policy")[..]), "{what}");
        assert!(value("permissions-policy").contains("camera=()"), "{what}");
        assert!(headers.contains_key("x-request-id"), "{what}");
        assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"), "{what}");
    }

    /// Every route there is, as the router has it: one that is added is asked too. And what is no route.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_answer_of_every_route_is_protected() {
        let served = Served::new(false);
        let all: Vec<_> = routes().into_iter().chain(page_routes()).collect();
        let operations = all.iter().flat_map(super::super::route::Route::operations);
        let mut asked: Vec<(String, String)> = operations
            .map(|(method, path, _)| {
                let path: Vec<_> =
                    path.split('/').map(|part| if part.starts_with('{') { "a.b" } else { part }).collect();
                (method, path.join("/"))
            })
            .collect();
        assert!(asked.len() > 40, "{}", asked.len());
        for (method, path) in [
            ("get", "/nowhere"),
            ("patch", "/"),
            ("head", "/"),
            ("options", "/api/v1/products"),
            ("get", "/search?x=1"),
        ] {
            asked.push((method.to_owned(), path.to_owned()));
        }
        for asset in ["style.css", "page.js"] {
            asked.push(("get".to_owned(), format!("/assets/none/{asset}")));
        }
        for (method, path) in asked {
            for accept in ["*/*", "text/html", "text/event-stream"] {
                let response = served.ask(&method, &path, accept).await;
                check(&response, &format!("{method} {path} {accept} {}", response.status()));
                assert!(!response.headers().contains_key("strict-transport-security"), "in plain text");
            }
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn over_tls_a_browser_is_told_to_stay_there() {
        let served = Served::new(true);
        for path in ["/", "/nowhere", "/health/live"] {
            let response = served.ask("get", path, "text/html").await;
            check(&response, path);
            assert_eq!(response.headers()["strict-transport-security"], "max-age=31536000");
        }
    }
}
