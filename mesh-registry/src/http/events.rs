//! The feed over HTTP: as pages, or as a stream of Server-Sent Events that goes on where a client left off.
//!
//! A stream holds no events. It reads a page when the connection can take one, waits for the process's follower when there
//! is nothing to read, and says every now and then where it stands, so that a client whose filter lets nothing through
//! starts from there again.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream;
use mesh_contract::Address;
use mesh_contract::wire::EventPage;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::AppState;
use super::extract::{Query, Tenant, WindowQuery};
use super::problem::{self, Refusal};
use super::route::Route;
use crate::access::Action;
use crate::leave::Leave;
use crate::service::{EventFilter, Events, Newest, Registry, ServiceError, cloud_event};
use crate::store::{EventKind, TenantId};

/// So many events are sent at once.
const PAGE: usize = 100;
/// A stream on which nothing happens says so this often, before anything between here and there takes it for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a client waits before it connects again, in milliseconds.
const RETRY: u32 = 2_000;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::at("/api/v1/events").get(Action::Browse, list)]
}

/// What streams share with the process. A clone is the same.
#[derive(Debug, Clone)]
pub(crate) struct Feed {
    places: Arc<Semaphore>,
    most: usize,
    source: Arc<str>,
    newest: Newest,
    leave: Leave,
}

impl Feed {
    /// A feed of events from `source`, with room for so many streams. They follow `newest` until the registry stops.
    pub(crate) fn new(streams: usize, source: &str, newest: Newest, leave: Leave) -> Self {
        Self {
            places: Arc::new(Semaphore::new(streams)),
            most: streams,
            source: source.into(),
            newest,
            leave,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    after: Option<String>,
    limit: Option<String>,
    address: Option<Address>,
    kind: Option<String>,
}

async fn list(
    State(state): State<AppState>,
    Tenant(tenant): Tenant,
    headers: HeaderMap,
    Query(query): Query<EventsQuery>,
) -> Result<Response, Refusal> {
    let AppState { registry, feed, .. } = state;
    let EventsQuery { after, limit, address, kind } = query;
    let filter = EventFilter { address, kind: kind.map(|text| EventKind::from(&text[..])) };
    let window = WindowQuery { limit, after: None }.window()?;
    let streamed = wants_stream(&headers);
    // A client that connects again repeats the address that it began with, and says beside it how far it came.
    let resumed = headers.get("last-event-id").filter(|id| streamed && !id.is_empty());
    let after = match resumed {
        Some(id) => Some(String::from_utf8_lossy(id.as_bytes()).into_owned()),
        None => after,
    };
    let after = match after.as_deref() {
        None => 0,
        Some("latest" | "now") => registry.end_of_feed(&tenant).await?,
        Some(text) => text.parse().map_err(|_| no_position(text))?,
    };
    if !streamed {
        let Events { events, next } = registry.events(&tenant, after, &filter, window.limit()).await?;
        let items = events.into_iter().map(|event| cloud_event(event, &feed.source)).collect();
        let page = EventPage { items, next: next.to_string() };
        return Ok(
            ([(header::CACHE_CONTROL, "no-store"), (header::VARY, "accept")], Json(page)).into_response()
        );
    }
    let Ok(place) = Arc::clone(&feed.places).try_acquire_owned() else {
        let detail = format!(
            "the registry sends {} streams of events and takes no more; ask for pages of `/api/v1/events` with `after`, or \
             try again when somebody has left",
            feed.most
        );
        return Err(Refusal::new(problem::FULL, detail));
    };
    let Feed { source, newest, leave, .. } = feed;
    let newest = newest.of(&tenant).subscribe();
    let mut streaming =
        Streaming { registry, tenant, filter, source, newest, leave, position: after, _place: place };
    // What is refused is refused before anything is sent.
    let first = streaming.read().await?;
    let hello = format!("retry: {RETRY}\n{}{}", standing(after), first.unwrap_or_default());
    let rest = stream::unfold(streaming, |mut streaming| async move {
        Some((Ok::<_, std::convert::Infallible>(streaming.next().await?), streaming))
    });
    let body = stream::once(async { Ok(Bytes::from(hello)) });
    let mut response = Response::new(Body::from_stream(stream::StreamExt::chain(body, rest)));
    let fixed = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "accept"),
        // Proxies that gather answers before they pass them on are told not to.
        (header::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    for (name, value) in fixed {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    Ok(response)
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let named = |value: &HeaderValue| {
        value.to_str().unwrap_or_default().split(',').any(|item| {
            let media = item.split(';').next().unwrap_or_default().trim();
            media.eq_ignore_ascii_case("text/event-stream")
        })
    };
    headers.get_all(header::ACCEPT).iter().any(named)
}

fn no_position(text: &str) -> Refusal {
    let detail = format!(
        "`{}` is no position in the feed; send the `next` of a page or the id of an event, `latest` for what happens from \
         now on, or nothing for everything",
        super::shown(text)
    );
    Refusal::new(problem::MALFORMED_REQUEST, detail)
}

/// A stream that a client holds.
struct Streaming {
    registry: Registry,
    tenant: TenantId,
    filter: EventFilter,
    source: Arc<str>,
    newest: watch::Receiver<u64>,
    leave: Leave,
    /// Everything up to here was sent or is not asked for.
    position: u64,
    _place: OwnedSemaphorePermit,
}

impl Streaming {
    /// What is sent next. Nothing more when the registry stops, or when its store does not answer: the client connects again,
    /// here or to another replica.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.leave.is_stopping() {
                return None;
            }
            match self.read().await {
                Ok(Some(events)) => return Some(events.into()),
                Ok(None) => {}
                Err(_) => return None,
            }
            let position = self.position;
            tokio::select! {
                biased;
                () = self.leave.stopping() => return None,
                moved = self.newest.wait_for(|newest| *newest > position) => {
                    moved.ok()?;
                }
                () = tokio::time::sleep(HEARTBEAT) => return Some(standing(position).into()),
            }
        }
    }

    /// Reads on as far as the next events that are asked for, or to the end.
    async fn read(&mut self) -> Result<Option<String>, ServiceError> {
        loop {
            let before = self.position;
            let Events { events, next } =
                self.registry.events(&self.tenant, before, &self.filter, PAGE).await?;
            self.position = next;
            if !events.is_empty() {
                return Ok(Some(events.into_iter().map(|event| self.written(event)).collect()));
            }
            if next == before {
                return Ok(None);
            }
        }
    }

    fn written(&self, event: crate::store::Event) -> String {
        let event = cloud_event(event, &self.source);
        // JSON has no line ends but those that are put into it for people.
        let text = serde_json::to_string(&event).unwrap_or_default();
        format!("id: {}\nevent: {}\ndata: {text}\n\n", event.id, event.kind)
    }
}

/// A comment that also moves the client's position. It is no event, for it has no data.
fn standing(position: u64) -> String {
    format!(": here\nid: {position}\n\n")
}
