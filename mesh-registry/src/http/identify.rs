//! Finds out who makes a request, before anything is done for it.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::access::Identity;
use crate::config::FindCaller;
use crate::store::TenantId;

/// Notes who asks beside the request, where the guard of its route and its handler find it.
pub(super) async fn identify(
    State(callers): State<Option<FindCaller>>,
    mut request: Request,
    next: Next,
) -> Response {
    let identity = match callers {
        Some(find) => find(request.headers()),
        None => Identity::open(TenantId::default()),
    };
    request.extensions_mut().insert(identity);
    next.run(request).await
}
