//! A route that remembers what it takes and who may ask, so that the documentation can be held against it, and none is open
//! by being forgotten.

use axum::Router;
use axum::extract::{FromRequestParts as _, RawPathParams, Request};
use axum::handler::Handler;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::MethodRouter;
use mesh_contract::DomainName;

use super::AppState;
use super::extract::nobody_asked;
use super::pages::wants_page;
use super::problem::Refusal;
use super::sign_in;
use crate::access::{Action, Denied, Identity};

/// What a request needs to be let through: that its caller may do something, in the domain that its path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Need {
    pub(super) action: Action,
    /// The name in the path that tells the domain: what it stands for is a domain, or begins with one and a dot.
    pub(super) of: Option<&'static str>,
}

impl From<Action> for Need {
    /// Of no domain; or of one that the path does not tell, which the handler asks for when it knows.
    fn from(action: Action) -> Self {
        Self { action, of: None }
    }
}

impl Action {
    /// The action in the domain that a name in the path tells.
    pub(super) const fn of(self, name: &'static str) -> Need {
        Need { action: self, of: Some(name) }
    }
}

/// One path and what it takes.
pub(super) struct Route {
    path: &'static str,
    methods: Vec<(&'static str, Need)>,
    handlers: MethodRouter<AppState>,
}

impl Route {
    pub(super) fn at(path: &'static str) -> Self {
        Self { path, methods: Vec::new(), handlers: MethodRouter::new() }
    }

    pub(super) fn get<H: Handler<T, AppState>, T: 'static>(self, need: impl Into<Need>, handler: H) -> Self {
        self.add("get", need.into(), axum::routing::get(handler))
    }

    pub(super) fn put<H: Handler<T, AppState>, T: 'static>(self, need: impl Into<Need>, handler: H) -> Self {
        self.add("put", need.into(), axum::routing::put(handler))
    }

    pub(super) fn post<H: Handler<T, AppState>, T: 'static>(self, need: impl Into<Need>, handler: H) -> Self {
        self.add("post", need.into(), axum::routing::post(handler))
    }

    pub(super) fn delete<H: Handler<T, AppState>, T: 'static>(
        self,
        need: impl Into<Need>,
        handler: H,
    ) -> Self {
        self.add("delete", need.into(), axum::routing::delete(handler))
    }

    fn add(mut self, method: &'static str, need: Need, handler: MethodRouter<AppState>) -> Self {
        let guard = move |request: Request, next: Next| guard(need, request, next);
        self.methods.push((method, need));
        self.handlers = self.handlers.merge(handler.route_layer(axum::middleware::from_fn(guard)));
        self
    }

    pub(super) fn add_to(self, router: Router<AppState>) -> Router<AppState> {
        router.route(self.path, self.handlers)
    }

    /// Each operation as method and path, and what it needs.
    pub(super) fn operations(&self) -> impl Iterator<Item = (String, String, Need)> {
        self.methods.iter().map(|(method, need)| ((*method).to_owned(), self.path.to_owned(), *need))
    }
}

/// Lets a request through whose caller may do what the route is for.
async fn guard(need: Need, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let Some(identity) = parts.extensions.get::<Identity>().cloned() else {
        return nobody_asked().into_response();
    };
    let domain = match need.of {
        None => None,
        // A name that cannot be read is refused by the handler, in words of its own.
        Some(name) => match RawPathParams::from_request_parts(&mut parts, &()).await {
            Ok(names) => names.iter().find(|(key, _)| *key == name).and_then(|(_, text)| domain_of(text)),
            Err(_) => None,
        },
    };
    let mut response = match identity.may(need.action, domain.as_ref()) {
        Ok(()) => next.run(Request::from_parts(parts, body)).await,
        Err(Denied::Unknown { .. }) if wants_page(&parts.method, &parts.headers) => {
            sign_in::first(&parts.uri)
        }
        Err(denied) => Refusal::from(denied).into_response(),
    };
    response.extensions_mut().insert(Asked { action: need.action, domain });
    response
}

/// What a request was about, beside its answer: for the audit.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) action: Action,
    pub(super) domain: Option<DomainName>,
}

/// The domain that a name begins with.
fn domain_of(text: &str) -> Option<DomainName> {
    DomainName::new(text.split('.').next().unwrap_or_default()).ok()
}
