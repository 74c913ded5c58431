//! The feed: every event in order, from a position on, and each as a CloudEvent.

use chrono::SecondsFormat;
use mesh_contract::Address;
use mesh_contract::wire::CloudEvent;

use super::{Registry, ServiceError};
use crate::store::{Event, EventKind, TenantId};

/// So many events are read at once where not all of them are asked for.
const READ: usize = 500;
/// So many are looked through for one answer, in which there may then be none.
const LOOKED_THROUGH: usize = 4_000;

/// Which events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only those about this product.
    pub address: Option<Address>,
    /// Only those of this kind.
    pub kind: Option<EventKind>,
}

impl EventFilter {
    fn takes(&self, event: &Event) -> bool {
        let Self { address, kind } = self;
        address.as_ref().is_none_or(|address| event.address.as_ref() == Some(address))
            && kind.as_ref().is_none_or(|kind| event.kind == *kind)
    }
}

/// Some events, and the position behind what was looked through for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// The events, the earliest first.
    pub events: Vec<Event>,
    /// Where to go on. It is where one came from when nothing has happened since.
    pub next: u64,
}

impl Registry {
    /// The events behind a position.
    ///
    /// # Errors
    /// When the feed does not reach to the position, and when the store does not answer.
    pub async fn events(
        &self,
        tenant: &TenantId,
        after: u64,
        filter: &EventFilter,
        limit: usize,
    ) -> Result<Events, ServiceError> {
        let read = if *filter == EventFilter::default() { limit } else { READ };
        let (mut found, mut next, mut looked) = (Vec::new(), after, 0);
        while found.len() < limit && looked < LOOKED_THROUGH {
            let events = self.store.events(tenant, next, read).await.map_err(ServiceError::Store)?;
            let (count, more) = (events.len(), events.len() == read);
            looked += count;
            for event in events {
                if found.len() == limit {
                    break;
                }
                next = event.sequence;
                if filter.takes(&event) {
                    found.push(event);
                }
            }
            if !more {
                break;
            }
        }
        if looked == 0 && after > 0 {
            let newest = self.newest_event(tenant).await.map_err(ServiceError::Store)?;
            if after > newest {
                return Err(ServiceError::CursorGone { after, newest });
            }
        }
        Ok(Events { events: found, next })
    }

    /// The position behind everything that has happened.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn end_of_feed(&self, tenant: &TenantId) -> Result<u64, ServiceError> {
        self.newest_event(tenant).await.map_err(ServiceError::Store)
    }
}

/// An event as it is sent, from the registry that `source` names.
pub(crate) fn cloud_event(event: Event, source: &str) -> CloudEvent {
    let Event { sequence, kind, subject, address: _, data, at } = event;
    CloudEvent {
        specversion: CloudEvent::VERSION.to_owned(),
        id: sequence.to_string(),
        source: source.to_owned(),
        kind: kind.to_string(),
        subject,
        time: at.to_rfc3339_opts(SecondsFormat::Micros, true),
        datacontenttype: "application/json".to_owned(),
        // Texts are compared letter by letter, so that each is as long as the longest.
        sequence: format!("{sequence:020}"),
        data,
    }
}
