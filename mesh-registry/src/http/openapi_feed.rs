//! The schemas of events, and of whom the registry tells of them.

use mesh_contract::wire::CloudEvent;
use serde_json::{Value, json};

use super::openapi_schemas::{object, reference};
use crate::store::EventKind;

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        (
            "WebhookRequest",
            object(
                &[("url", json!({ "type": "string", "description": "Where events are sent." }))],
                &[
                    (
                        "kinds",
                        json!({ "type": "array", "items": { "type": "string" }, "description": "Only these types; none means all." }),
                    ),
                    (
                        "addresses",
                        json!({ "type": "array", "items": reference("Address"), "description": "Only about these products, and those of `domains`." }),
                    ),
                    (
                        "domains",
                        json!({ "type": "array", "items": reference("Name"), "description": "Only about products of these domains, and `addresses`." }),
                    ),
                    (
                        "secret",
                        json!({ "type": "string", "description": "`whsec_` and 24 to 64 bytes in base64. Without it, it stays or is made." }),
                    ),
                ],
            ),
        ),
        (
            "Webhook",
            object(
                &[
                    ("name", reference("Name")),
                    ("url", json!({ "type": "string" })),
                    ("kinds", json!({ "type": "array", "items": { "type": "string" } })),
                    ("addresses", json!({ "type": "array", "items": reference("Address") })),
                    ("domains", json!({ "type": "array", "items": reference("Name") })),
                    (
                        "cursor",
                        json!({ "type": "string", "description": "Events up to here were delivered, have failed, or are not for it." }),
                    ),
                    (
                        "attempts",
                        json!({ "type": "integer", "minimum": 0, "description": "How often the next event was tried." }),
                    ),
                    (
                        "disabled",
                        json!({ "type": "boolean", "description": "Whether the other side has answered 410 Gone. Setting it anew takes this back." }),
                    ),
                ],
                &[
                    ("nextAttemptAt", json!({ "type": "string", "format": "date-time" })),
                    ("deliveredAt", json!({ "type": "string", "format": "date-time" })),
                    ("lastError", json!({ "type": "string" })),
                    ("lastErrorAt", json!({ "type": "string", "format": "date-time" })),
                    (
                        "secret",
                        json!({ "type": "string", "description": "In the answer to the request that had it made, and never again." }),
                    ),
                ],
            ),
        ),
        (
            "FailedEvent",
            object(
                &[
                    ("sequence", json!({ "type": "integer", "minimum": 0 })),
                    ("error", json!({ "type": "string" })),
                    ("attempts", json!({ "type": "integer", "minimum": 0 })),
                    ("failedAt", json!({ "type": "string", "format": "date-time" })),
                    (
                        "again",
                        json!({ "type": "boolean", "description": "Whether it is about to be sent again." }),
                    ),
                ],
                &[],
            ),
        ),
        ("Resending", object(&[("events", json!({ "type": "integer", "minimum": 0 }))], &[])),
        (
            "CloudEvent",
            object(
                &[
                    ("specversion", json!({ "const": CloudEvent::VERSION })),
                    ("id", json!({ "type": "string", "description": "Its number in the feed." })),
                    ("source", json!({ "type": "string", "format": "uri-reference" })),
                    (
                        "type",
                        json!({
                            "type": "string", "examples": EventKind::ALL.iter().map(EventKind::as_str).collect::<Vec<_>>(),
                            "description": "What sort of thing happened. There may be more sorts with any release.",
                        }),
                    ),
                    ("subject", json!({ "type": "string", "description": "What it happened to." })),
                    ("time", json!({ "type": "string", "format": "date-time" })),
                    ("datacontenttype", json!({ "const": "application/json" })),
                    (
                        "sequence",
                        json!({
                            "type": "string", "pattern": "^[0-9]{20}$",
                            "description": "Its place in the feed, so that texts compare as the events came.",
                        }),
                    ),
                    (
                        "data",
                        json!({ "type": "object", "description": "What more there is to tell, by its type." }),
                    ),
                ],
                &[],
            ),
        ),
        (
            "EventPage",
            object(
                &[
                    ("items", json!({ "type": "array", "items": reference("CloudEvent") })),
                    (
                        "next",
                        json!({ "type": "string", "description": "What to send as `after` to go on, now or later." }),
                    ),
                ],
                &[],
            ),
        ),
    ]
}
