//! Lets a request in when it is its caller's turn: at the pace that its tenant and its principal have, and fairly among all who wait.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::extract::nobody_asked;
use super::pace::{Early, Limit, PATIENCE, Paces, Rate};
use super::problem::{self, Refusal};
use super::turns::{Most, Place, TooMany, Turns, Whose};
use crate::access::Identity;
use crate::config::Limits;
use crate::metrics::{Metrics, Presence};

/// What is answered out of turn: whoever asks how the registry is must hear it when it has too much to do as well.
const UNBOUNDED: [&str; 3] = ["/health/live", "/health/ready", "/metrics"];

/// Where everybody waits. A clone is the same place.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    paces: Arc<Paces>,
    turns: Arc<Turns>,
    metrics: Arc<Metrics>,
}

impl Admission {
    pub(super) fn new(limits: Limits, metrics: Arc<Metrics>) -> Self {
        let Limits { requests, tenant_requests, principal_requests, waiting, .. } = limits;
        let most =
            Most { all: requests, of_tenant: tenant_requests, of_principal: principal_requests, waiting };
        let of_tenant = Rate { per_second: limits.tenant_rate, burst: limits.tenant_burst };
        let of_principal = Rate { per_second: limits.principal_rate, burst: limits.principal_burst };
        Self { paces: Arc::new(Paces::new(of_tenant, of_principal)), turns: Turns::new(most), metrics }
    }
}

/// Goes behind whatever finds out who asks.
pub(super) async fn admit(State(admission): State<Admission>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    if route.is_some_and(|route| UNBOUNDED.contains(&route)) {
        return next.run(request).await;
    }
    let Some(identity) = request.extensions().get::<Identity>() else {
        return nobody_asked().into_response();
    };
    let whose = Whose { tenant: identity.tenant().clone(), principal: identity.principal().into() };
    match admission.paces.take(&whose, Instant::now()) {
        Ok(wait) if wait.is_zero() => {}
        Ok(wait) => {
            let _waiting = Presence::of(&admission.metrics.waiting);
            tokio::time::sleep(wait).await;
        }
        Err(early) => return too_early(early, &whose).into_response(),
    }
    let turn = match admission.turns.ask(&whose) {
        Ok(Place::Turn(turn)) => Some(turn),
        Ok(Place::Waiting(place)) => {
            let _waiting = Presence::of(&admission.metrics.waiting);
            place.turn().await
        }
        Err(TooMany) => return too_many(&whose).into_response(),
    };
    let Some(_turn) = turn else {
        let detail = "the registry has lost the place of this request in its queue; send it again";
        return Refusal::new(problem::INTERNAL, detail).into_response();
    };
    let _under_way = Presence::of(&admission.metrics.under_way);
    next.run(request).await
}

fn too_early(early: Early, whose: &Whose) -> Refusal {
    let Early { limit, rate: Rate { per_second, burst }, after } = early;
    let (who, setting) = match limit {
        Limit::Principal => (format!("`{}`", whose.principal), "limits.principal_rate"),
        Limit::Tenant => (format!("the organisation `{}`", whose.tenant), "limits.tenant_rate"),
    };
    let seconds = after.as_secs_f64().ceil() as u64;
    let detail = format!(
        "{who} may send {per_second} requests a second and {burst} at once (`{setting}`), and is more than {} second ahead; send \
         this one again in {seconds} seconds",
        PATIENCE.as_secs()
    );
    Refusal::new(problem::TOO_MANY_REQUESTS, detail).after(seconds)
}

fn too_many(whose: &Whose) -> Refusal {
    let detail = format!(
        "as many requests of `{}` wait for their turn already as may (`limits.waiting`); send fewer at once, and this one again \
         when some have been answered",
        whose.principal
    );
    Refusal::new(problem::TOO_MANY_REQUESTS, detail).after(1)
}
