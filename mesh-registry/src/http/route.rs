//! A route that remembers what it takes, so that the documentation can be held against it.

use axum::Router;
use axum::handler::Handler;
use axum::routing::MethodRouter;

use super::AppState;

/// One path and what it takes.
pub(super) struct Route {
    path: &'static str,
    methods: Vec<&'static str>,
    handlers: MethodRouter<AppState>,
}

impl Route {
    pub(super) fn at(path: &'static str) -> Self {
        Self { path, methods: Vec::new(), handlers: MethodRouter::new() }
    }

    pub(super) fn get<H: Handler<T, AppState>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("get");
        self.handlers = self.handlers.get(handler);
        self
    }

    pub(super) fn put<H: Handler<T, AppState>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("put");
        self.handlers = self.handlers.put(handler);
        self
    }

    pub(super) fn post<H: Handler<T, AppState>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("post");
        self.handlers = self.handlers.post(handler);
        self
    }

    pub(super) fn delete<H: Handler<T, AppState>, T: 'static>(mut self, handler: H) -> Self {
        self.methods.push("delete");
        self.handlers = self.handlers.delete(handler);
        self
    }

    pub(super) fn add_to(self, router: Router<AppState>) -> Router<AppState> {
        router.route(self.path, self.handlers)
    }

    /// Each operation as method and path.
    #[cfg(test)]
    pub(super) fn operations(&self) -> impl Iterator<Item = (String, String)> {
        self.methods.iter().map(|method| ((*method).to_owned(), self.path.to_owned()))
    }
}
