//! The matrix of permissions: every route, asked by everybody there is. What is expected stands here once more, so that a slip
//! in the table of permissions is seen; a route without a row fails.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, StatusCode, header};
use mesh_contract::wire::{Holding, Role, TokenScope};
use tower::ServiceExt as _;

use super::{AppState, Doors, Feed, Route, page_routes, router, routes};
use crate::access::Action;
use crate::config::{Access, Limits};
use crate::leave::Leave;
use crate::service::{Newest, Publication, Registry};
use crate::store::sqlite::SqliteStore;
use crate::store::{ManualClock, Membership, Stage, Store, TenantId};

/// Everybody there is, each by a letter.
const WHO: [(char, &str); 9] = [
    ('n', "nobody"),
    ('w', "somebody whose token was revoked"),
    ('x', "the administrator of another tenant, who is owner of a domain of the same name there"),
    ('c', "a maintainer of the domain that reads"),
    ('r', "a reader of the domain"),
    ('m', "a maintainer of the domain"),
    ('o', "the owner of the domain"),
    ('a', "an administrator"),
    ('u', "an auditor"),
];

const ANYONE: &str = "nwxcrmoau";
const KNOWN: &str = "xcrmoau";

/// Every route with those whom it lets through. Whoever is of another tenant is let through where they may do this in their
/// own; what they then see is checked apart.
const ROWS: &[(&str, &str, &str)] = &[
    ("get", "/api/v1/products", KNOWN),
    ("get", "/api/v1/products/{address}", KNOWN),
    ("get", "/api/v1/products/{address}/versions", KNOWN),
    ("get", "/api/v1/products/{address}/versions/{version}", KNOWN),
    ("put", "/api/v1/products/{address}/versions/{version}", "xmo"),
    ("get", "/api/v1/products/{address}/resolve", KNOWN),
    ("get", "/api/v1/contracts/{digest}", KNOWN),
    ("get", "/api/v1/domains", KNOWN),
    ("get", "/api/v1/domains/{domain}", KNOWN),
    ("get", "/api/v1/deployments", KNOWN),
    ("put", "/api/v1/deployments/{instance}", "xmo"),
    ("delete", "/api/v1/deployments/{instance}", "xcmo"),
    ("get", "/api/v1/products/{address}/deployments", KNOWN),
    ("get", "/api/v1/consumers/{consumer}", KNOWN),
    ("put", "/api/v1/consumers/{consumer}/expectations/{address}", "c"),
    ("delete", "/api/v1/consumers/{consumer}/expectations/{address}", "c"),
    ("get", "/api/v1/products/{address}/consumers", KNOWN),
    ("get", "/api/v1/products/{address}/lineage", KNOWN),
    ("get", "/api/v1/environments/{environment}/deployed", KNOWN),
    ("put", "/api/v1/environments/{environment}/deployed/{subject}/{release}", "xmo"),
    ("delete", "/api/v1/environments/{environment}/deployed/{subject}/{release}", "xmo"),
    ("get", "/api/v1/environments/{environment}/can-deploy/{subject}/{release}", KNOWN),
    ("put", "/api/v1/products/{address}/yanks/{version}", "xmo"),
    ("delete", "/api/v1/products/{address}/yanks/{version}", "xmo"),
    ("get", "/api/v1/products/{address}/deprecations/{scope}", KNOWN),
    ("put", "/api/v1/products/{address}/deprecations/{scope}", "xmo"),
    ("delete", "/api/v1/products/{address}/deprecations/{scope}", "xmo"),
    ("put", "/api/v1/products/{address}/retirements/{scope}", "xmo"),
    ("delete", "/api/v1/products/{address}/retirements/{scope}", "xmo"),
    ("put", "/api/v1/products/{address}/lines/{line}/current", "xmo"),
    ("get", "/api/v1/deprecations", KNOWN),
    ("get", "/api/v1/domains/{domain}/owner", KNOWN),
    ("put", "/api/v1/domains/{domain}/owner/offer", "xo"),
    ("delete", "/api/v1/domains/{domain}/owner/offer", "xo"),
    ("put", "/api/v1/domains/{domain}/owner/acceptance", "xo"),
    ("get", "/api/v1/events", KNOWN),
    ("get", "/api/v1/webhooks", "xa"),
    ("get", "/api/v1/webhooks/{webhook}", "xa"),
    ("put", "/api/v1/webhooks/{webhook}", "xa"),
    ("delete", "/api/v1/webhooks/{webhook}", "xa"),
    ("get", "/api/v1/webhooks/{webhook}/failed", "xa"),
    ("post", "/api/v1/webhooks/{webhook}/failed/resend", "xa"),
    ("post", "/api/v1/webhooks/{webhook}/failed/{sequence}/resend", "xa"),
    ("get", "/api/v1/policies", KNOWN),
    ("put", "/api/v1/policies", "xa"),
    ("get", "/api/v1/policies/history", KNOWN),
    ("get", "/api/v1/policies/findings", KNOWN),
    ("post", "/api/v1/policies/test", "xa"),
    ("get", "/policies", KNOWN),
    ("get", "/api/v1/products/{address}/agreements", "xcrmo"),
    ("post", "/api/v1/products/{address}/agreements", "xcmo"),
    ("get", "/api/v1/agreements", "xcrmo"),
    ("get", "/api/v1/agreements/{agreement}", "xcrmo"),
    ("post", "/api/v1/agreements/{agreement}/acceptance", "xo"),
    ("post", "/api/v1/agreements/{agreement}/refusal", "xo"),
    ("post", "/api/v1/agreements/{agreement}/revocation", "xo"),
    ("post", "/api/v1/agreements/{agreement}/withdrawal", "xcmo"),
    ("get", "/api/v1/agreements/{agreement}/grant", "xcrmo"),
    ("get", "/api/v1/domains/{domain}/trust", "xmo"),
    // Whose instance it is, is asked once the body is read.
    ("put", "/api/v1/deployments/{instance}/reads", "xcmo"),
    ("post", "/api/v1/signing-keys", "xa"),
    ("get", "/agreements", "xcrmo"),
    ("post", "/products/{address}/agreements", "xcmo"),
    ("post", "/agreements/{agreement}/acceptance", "xo"),
    ("post", "/agreements/{agreement}/refusal", "xo"),
    ("post", "/agreements/{agreement}/revocation", "xo"),
    ("post", "/agreements/{agreement}/withdrawal", "xcmo"),
    ("get", "/api/v1/audit/batches", "u"),
    ("get", "/audit", "u"),
    ("get", "/api/v1/whoami", KNOWN),
    ("get", "/api/v1/tokens", KNOWN),
    ("post", "/api/v1/tokens", KNOWN),
    ("delete", "/api/v1/tokens/{token}", KNOWN),
    ("get", "/api/v1/domains/{domain}/members", KNOWN),
    ("put", "/api/v1/domains/{domain}/members/{role}/{principal}", "xoa"),
    ("delete", "/api/v1/domains/{domain}/members/{role}/{principal}", "xoa"),
    ("get", "/api/v1/platform/members", KNOWN),
    ("put", "/api/v1/platform/members/{role}/{principal}", "xa"),
    ("delete", "/api/v1/platform/members/{role}/{principal}", "xa"),
    ("get", "/api/v1/openapi.json", ANYONE),
    ("get", "/health/live", ANYONE),
    ("get", "/health/ready", ANYONE),
    // Counters are of the process, so whoever runs one tenant of several must not read them.
    ("get", "/metrics", "a"),
    ("get", "/", KNOWN),
    ("get", "/search", KNOWN),
    ("get", "/search/results", KNOWN),
    ("get", "/deprecations", KNOWN),
    ("get", "/domains", KNOWN),
    ("get", "/domains/{domain}", KNOWN),
    ("get", "/products/{address}", KNOWN),
    ("get", "/products/{address}/{version}", KNOWN),
    ("get", "/assets/{digest}/{name}", ANYONE),
    ("get", "/sign-in", ANYONE),
    ("post", "/sign-in", ANYONE),
    ("post", "/sign-out", ANYONE),
    ("get", "/account", KNOWN),
    ("post", "/account", KNOWN),
];

/// What stands in the contract that is published, and must be read by nobody of another tenant.
const SECRET: &str = "Written by an order desk nobody else knows of.";

/// What somebody is, and in which domain.
type Held = &'static [(Role, Option<&'static str>)];

struct Town {
    state: AppState,
    tokens: Vec<(char, Option<String>)>,
    _folder: tempfile::TempDir,
}

fn address() -> &'static str {
    "sales.orders"
}

impl Town {
    async fn found() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::default());
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path(), clock as _).expect("a store"));
        let registry = Registry::new(Arc::clone(&store), 1 << 20);
        publish(&registry).await;
        let mut tokens = vec![('n', None)];
        let (home, away) = (TenantId::default(), "other".parse::<TenantId>().expect("a tenant"));
        let roles: [(char, &TenantId, Held); 8] = [
            ('w', &home, &[(Role::Administrator, None)]),
            ('x', &away, &[(Role::Administrator, None), (Role::Owner, Some("sales"))]),
            ('c', &home, &[(Role::Maintainer, Some("accounting"))]),
            ('r', &home, &[(Role::Reader, Some("sales"))]),
            ('m', &home, &[(Role::Maintainer, Some("sales"))]),
            ('o', &home, &[(Role::Owner, Some("sales"))]),
            ('a', &home, &[(Role::Administrator, None)]),
            ('u', &home, &[(Role::Auditor, None)]),
        ];
        for (letter, tenant, holdings) in roles {
            let principal = format!("{letter}@example.com");
            for (role, domain) in holdings {
                let domain = domain.map(|name| name.parse().expect("a domain"));
                let member = Membership {
                    principal: principal.clone(),
                    holding: Holding { role: *role, domain },
                    by: "the test".to_owned(),
                    since: store.now(),
                };
                store.put_member(tenant, member, None).await.expect("it is kept");
            }
            let token = registry.token_of(tenant, &principal, TokenScope::default()).await;
            tokens.push((letter, Some(token)));
        }
        let state = AppState {
            registry,
            feed: Feed::new(1, "/registry", Newest::default(), Leave::new().1),
            leave: Leave::new().1,
            access: Arc::new(Doors::new(&Access::default(), "/registry", false)),
            ready: std::time::Duration::from_secs(2),
            metrics: Some(Arc::new(crate::metrics::Metrics::new())),
            secure: false,
            callers: None,
        };
        Self { state, tokens, _folder: folder }
    }

    async fn ask(&self, method: &str, path: &str, token: Option<&str>) -> (StatusCode, String) {
        let body = match (method, path.contains("/deployments/")) {
            ("put", true) => ANNOUNCEMENT,
            _ => "",
        };
        let mut request = Request::builder()
            .method(Method::from_bytes(method.to_uppercase().as_bytes()).expect("a method"))
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header(
                header::CONTENT_TYPE,
                if path.starts_with("/api") {
                    "application/json"
                } else {
                    "application/x-www-form-urlencoded"
                },
            );
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let router = router(self.state.clone(), Limits::default());
        let response = router.oneshot(request).await.expect("an answer");
        let status = response.status();
        let bytes = to_bytes(response.into_body(), 1 << 22).await.expect("a body");
        (status, String::from_utf8_lossy(&bytes).into_owned())
    }
}

const ANNOUNCEMENT: &str = r#"{"domain":"sales","environment":"production","baseUrl":"http://127.0.0.1:4100","epoch":1,
    "leaseSeconds":30,"runtime":"0.1.0","health":"healthy","products":[]}"#;

async fn publish(registry: &Registry) {
    let fixture = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/contracts/sales.orders@1.0.0.json");
    let text = std::fs::read_to_string(fixture).expect("a fixture");
    let mut contract: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    contract["description"] = SECRET.into();
    let publication = Publication {
        address: address().parse().expect("an address"),
        version: "1.0.0".parse().expect("a version"),
        stage: Stage::Released,
        document: contract.to_string().into(),
        request_id: None,
    };
    registry.publish(&TenantId::default(), publication).await.expect("it is published");
}

fn filled(path: &str) -> String {
    path.replace("{address}", address())
        .replace("{version}", "1.0.0")
        .replace("{digest}", &mesh_contract::Digest::of_bytes(b"nothing").to_string())
        .replace("{domain}", "sales")
        .replace("{instance}", "sales-1")
        .replace("{consumer}", "accounting.receivables")
        .replace("{environment}", "production")
        .replace("{subject}", "sales.orders")
        .replace("{release}", "1.0.0")
        .replace("{scope}", "1")
        .replace("{line}", "1")
        .replace("{webhook}", "chat-room")
        .replace("{sequence}", "1")
        .replace("{agreement}", &"0".repeat(32))
        .replace("{token}", "00")
        .replace("{role}", "reader")
        .replace("{principal}", "zoe@example.com")
        .replace("{name}", "style.css")
}

fn every_route() -> Vec<(String, String)> {
    let all = routes().into_iter().chain(page_routes()).collect::<Vec<_>>();
    all.iter().flat_map(Route::operations).map(|(method, path, _)| (method, path)).collect()
}

#[test]
fn every_route_has_a_row() {
    let routes: BTreeSet<_> = every_route().into_iter().collect();
    let rows: BTreeSet<_> =
        ROWS.iter().map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned())).collect();
    assert_eq!(routes, rows);
    assert_eq!(rows.len(), ROWS.len(), "a route has one row");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_lets_through_exactly_whom_it_should() {
    let town = Town::found().await;
    let revoked = town.tokens.iter().find(|(letter, _)| *letter == 'w').and_then(|(_, token)| token.clone());
    town.state.registry.forget_token(&revoked.expect("a token")).await;
    let mut slips = Vec::new();
    for (method, path, expected) in ROWS {
        for (letter, token) in &town.tokens {
            let path = filled(path);
            assert!(!path.contains('{'), "{path}: say what stands for the name");
            let (status, body) = town.ask(method, &path, token.as_deref()).await;
            let through = !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
                // The page where somebody signs in answers a wrong token so; everybody may try.
                || (path == "/sign-in" && status == StatusCode::UNAUTHORIZED)
                || status == StatusCode::TOO_MANY_REQUESTS;
            if through != expected.contains(*letter) {
                let who = WHO.iter().find(|(known, _)| known == letter).expect("somebody").1;
                slips.push(format!("{method} {path} as {who}: {status}"));
            }
            let known = matches!(letter, 'n' | 'w');
            if !through {
                assert_eq!(
                    status == StatusCode::UNAUTHORIZED,
                    known,
                    "{method} {path} as {letter}: {status}"
                );
            }
            if matches!(letter, 'n' | 'w' | 'x') {
                assert!(!body.contains(SECRET), "{method} {path} as {letter} tells: {body}");
            }
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {path} as {letter}: {body}");
        }
    }
    assert!(slips.is_empty(), "{slips:#?}");
}

#[tokio::test]
async fn a_page_sends_whom_it_does_not_know_to_sign_in() {
    let town = Town::found().await;
    let request =
        Request::get("/products/sales.orders?x=1").header(header::ACCEPT, "text/html").body(Body::empty());
    let router = router(town.state.clone(), Limits::default());
    let response = router.oneshot(request.expect("a request")).await.expect("an answer");
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    assert_eq!(response.headers()[header::LOCATION], "/sign-in?next=%2Fproducts%2Fsales.orders%3Fx%3D1");
}

#[test]
fn what_anyone_may_do_is_little() {
    let all = routes().into_iter().chain(page_routes()).collect::<Vec<_>>();
    let open: BTreeSet<_> = all
        .iter()
        .flat_map(Route::operations)
        .filter(|(.., need)| matches!(need.action, Action::Greet | Action::SignIn))
        .map(|(method, path, _)| format!("{method} {path}"))
        .collect();
    let expected = [
        "get /api/v1/openapi.json",
        "get /assets/{digest}/{name}",
        "get /health/live",
        "get /health/ready",
        "get /sign-in",
        "post /sign-in",
        "post /sign-out",
    ];
    assert_eq!(open.iter().map(String::as_str).collect::<Vec<_>>(), expected);
}
