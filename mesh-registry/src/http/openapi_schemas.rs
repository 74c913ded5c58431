//! The schemas of the API's bodies.

use mesh_contract::{PortKind, ProductKind, Stability};
use serde_json::{Value, json};

use super::openapi::problem_types;

/// Every schema by name.
pub(super) fn schemas() -> Value {
    let mut schemas = json!({
        "Name": {
            "type": "string", "maxLength": 63, "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            "description": "A name in kebab-case.",
        },
        "Address": {
            "type": "string", "maxLength": 127,
            "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*\\.[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            "description": "Where a product is found: domain and name, `sales.orders`.",
        },
        "ConsumerName": {
            "type": "string", "maxLength": 127,
            "pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*(\\.[a-z][a-z0-9]*(-[a-z0-9]+)*)?$",
            "description": "A named reader: a domain, a product of one, or an application.",
        },
        "Version": {
            "type": "string", "pattern": "^(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*)){2}(-[0-9A-Za-z.-]+)?$",
            "description": "A semantic version without build metadata.",
        },
        "Requirement": { "type": "string", "minLength": 1, "description": "Which versions will do, in cargo's notation." },
        "Digest": {
            "type": "string", "pattern": "^sha256:[0-9a-f]{64}$",
            "description": "The SHA-256 of canonical JSON (RFC 8785).",
        },
        "ProductKind": { "enum": ProductKind::WORDS },
        "Stability": { "enum": Stability::WORDS },
        "PortKind": { "enum": PortKind::WORDS },
        "Pointers": {
            "type": "array", "items": { "type": "string" },
            "description": "JSON pointers of fields; `*` stands for each item of a list or value of a map.",
        },
        "Contract": {
            "type": "object", "required": ["mesh", "address", "version"],
            "properties": {
                "mesh": { "const": mesh_contract::FORMAT, "description": "The version of the document's format." },
                "address": { "$ref": "#/components/schemas/Address" },
                "version": { "$ref": "#/components/schemas/Version" },
            },
            "description": "What a data product promises at one version: schemas, meaning, quality, service levels, terms.",
        },
        "Document": { "type": "object", "required": ["openapi"] },
        "Problem": {
            "type": "object", "required": ["type", "title", "status"],
            "properties": {
                "type": { "enum": problem_types(), "description": "A stable name of the sort of problem." },
                "title": { "type": "string" },
                "status": { "type": "integer" },
                "detail": { "type": "string", "description": "What happened, where, and what to do next." },
                "pointer": { "type": "string", "description": "Where in the document that was sent." },
                "request_id": { "type": "string", "description": "The request's id in the registry's log." },
                "findings": {
                    "type": "array",
                    "items": { "anyOf": [
                        { "$ref": "#/components/schemas/Finding" }, { "$ref": "#/components/schemas/Obstacle" },
                    ] },
                    "description": "What a judgement found, the gravest first; or what stands in the way.",
                },
            },
        },
    });
    let more = super::openapi_lifecycle::schemas()
        .into_iter()
        .chain(super::openapi_feed::bodies())
        .chain(super::openapi_identities::schemas())
        .chain(super::openapi_agreements::schemas())
        .chain(super::openapi_policies::schemas());
    for (name, schema) in bodies().into_iter().chain(more) {
        schemas[name] = schema;
    }
    for (name, item) in [
        ("ProductPage", "ProductSummary"),
        ("VersionPage", "VersionSummary"),
        ("ConsumerPage", "RegisteredConsumer"),
        ("DomainPage", "DomainSummary"),
        ("DeploymentPage", "Deployment"),
        ("DeployedPage", "Deployed"),
        ("CampaignPage", "Campaign"),
        ("AgreementPage", "Agreement"),
        ("WebhookPage", "Webhook"),
        ("FailedEventPage", "FailedEvent"),
        ("TokenPage", "TokenSummary"),
        ("AuditPage", "AuditBatch"),
        ("MemberPage", "Member"),
    ] {
        schemas[name] = json!({
            "type": "object", "required": ["items"],
            "properties": {
                "items": { "type": "array", "items": reference(item) },
                "next": { "type": "string", "description": "What to send as `after`; absent on the last page." },
            },
        });
    }
    schemas
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An object: members with their schemas, those that may be absent behind.
pub(super) fn object(required: &[(&str, Value)], optional: &[(&str, Value)]) -> Value {
    let names: Vec<_> = required.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<_, _> =
        required.iter().chain(optional).map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "required": names, "properties": properties })
}

/// Members added to another object.
fn with(base: &str, members: Value) -> Value {
    json!({ "allOf": [reference(base), members] })
}

fn bodies() -> Vec<(&'static str, Value)> {
    let (text, flag, count) = (
        json!({ "type": "string" }),
        json!({ "type": "boolean" }),
        json!({ "type": "integer", "minimum": 0 }),
    );
    let time = json!({ "type": "string", "format": "date-time" });
    let list = |item: Value| json!({ "type": "array", "items": item });
    let pointers = reference("Pointers");
    let (address, version, digest, name) =
        (reference("Address"), reference("Version"), reference("Digest"), reference("Name"));
    let summary = object(
        &[
            ("address", address.clone()),
            ("version", version.clone()),
            ("description", text.clone()),
            ("kind", reference("ProductKind")),
            ("service", name.clone()),
            ("owner", text.clone()),
            ("stability", reference("Stability")),
            ("tags", list(text.clone())),
            ("ports", list(reference("PortKind"))),
            ("draft", flag.clone()),
            ("deprecated", flag.clone()),
            ("live", count.clone()),
            ("consumers", count.clone()),
        ],
        &[],
    );
    let version_summary = object(
        &[
            ("version", version.clone()),
            ("digest", digest.clone()),
            ("promise", digest.clone()),
            ("publishedAt", time.clone()),
            ("draft", flag.clone()),
            ("state", reference("VersionState")),
        ],
        &[
            ("deprecated", reference("Deprecated")),
            ("yanked", reference("Withheld")),
            ("heldBack", reference("Withheld")),
            ("retired", reference("Retired")),
        ],
    );
    let port = object(&[("name", name.clone()), ("kind", reference("PortKind")), ("url", text.clone())], &[]);
    let served = object(
        &[
            ("address", address.clone()),
            ("version", version.clone()),
            ("digest", digest.clone()),
            ("ports", list(reference("ServedPort"))),
        ],
        &[("records", count.clone())],
    );
    let announcement = object(
        &[
            ("domain", name.clone()),
            ("environment", name.clone()),
            (
                "baseUrl",
                json!({ "type": "string", "pattern": "^https?://", "description": "Where its ports start from." }),
            ),
            ("epoch", count.clone()),
            ("leaseSeconds", json!({ "type": "integer", "minimum": 1, "maximum": 3600 })),
            ("runtime", text.clone()),
            ("health", json!({ "enum": ["healthy", "degraded"] })),
            ("products", list(reference("ServedProduct"))),
        ],
        &[],
    );
    let expectation = object(
        &[
            ("mesh", json!({ "const": mesh_contract::FORMAT })),
            ("consumer", reference("ConsumerName")),
            ("address", address.clone()),
            ("requirement", reference("Requirement")),
            ("schema", json!({ "type": ["object", "boolean"], "description": "What the reader takes." })),
        ],
        &[
            ("consumerVersion", text.clone()),
            ("environment", name.clone()),
            ("purpose", json!({ "type": "string", "maxLength": 200 })),
            ("fields", pointers.clone()),
        ],
    );
    let deployed = object(
        &[
            ("subject", reference("ConsumerName")),
            ("version", text.clone()),
            ("environment", name.clone()),
            ("recordedAt", time.clone()),
        ],
        &[],
    );
    let pair_finding =
        object(&[("rule", text.clone()), ("pointer", text.clone()), ("message", text.clone())], &[]);
    let pair = object(
        &[
            ("consumer", reference("ConsumerName")),
            ("product", address.clone()),
            ("productVersion", version.clone()),
            ("verdict", json!({ "enum": ["compatible", "unproven", "broken"] })),
        ],
        &[
            ("consumerVersion", text.clone()),
            ("purpose", text.clone()),
            ("findings", list(reference("PairFinding"))),
        ],
    );
    let can_deploy = object(
        &[
            ("subject", reference("ConsumerName")),
            ("version", text.clone()),
            ("environment", name.clone()),
            ("answer", json!({ "enum": ["yes", "no", "unknown"] })),
            ("judge", count.clone()),
            ("pairs", list(reference("ReaderPair"))),
        ],
        &[("missing", list(text.clone()))],
    );
    let service = object(
        &[
            ("name", name.clone()),
            ("description", text.clone()),
            ("owner", name.clone()),
            ("sharedWith", list(name.clone())),
        ],
        &[],
    );
    let domain = object(
        &[
            ("name", name.clone()),
            ("description", text.clone()),
            ("owner", text.clone()),
            ("services", list(reference("ServiceSummary"))),
            ("products", count.clone()),
        ],
        &[("contact", text.clone())],
    );
    let node = object(&[("address", address.clone())], &[("version", version.clone())]);
    let edge = object(
        &[("source", address.clone()), ("target", reference("ConsumerName")), ("fields", pointers)],
        &[],
    );
    vec![
        ("ProductSummary", summary),
        ("VersionSummary", version_summary),
        (
            "ProductDetail",
            with(
                "ProductSummary",
                object(
                    &[
                        ("versions", list(reference("VersionSummary"))),
                        ("lines", list(reference("LineSummary"))),
                    ],
                    &[],
                ),
            ),
        ),
        (
            "Published",
            with(
                "VersionSummary",
                object(
                    &[("address", address.clone()), ("created", flag.clone())],
                    &[("judgement", reference("Judgement")), ("policies", list(reference("PolicyFinding")))],
                ),
            ),
        ),
        (
            "Resolution",
            object(
                &[
                    ("address", address.clone()),
                    ("requirement", reference("Requirement")),
                    ("version", version),
                    ("digest", digest),
                    ("deployments", list(reference("Deployment"))),
                ],
                &[("deprecated", reference("Deprecated")), ("yanked", reference("Withheld"))],
            ),
        ),
        ("ServedPort", port),
        ("ServedProduct", served),
        ("Announcement", announcement),
        (
            "Deployment",
            with(
                "Announcement",
                object(&[("instance", text.clone()), ("seenAt", time.clone()), ("live", flag)], &[]),
            ),
        ),
        ("Lease", object(&[("instance", text), ("leaseSeconds", count)], &[])),
        ("Expectation", expectation),
        (
            "RegisteredConsumer",
            with(
                "Expectation",
                object(
                    &[
                        ("registeredAt", time),
                        (
                            "pending",
                            json!({
                                "type": "boolean", "description": "Whether no published version meets it yet.",
                            }),
                        ),
                    ],
                    &[(
                        "observed",
                        json!({
                            "type": "boolean",
                            "description": "Whether it was seen to read this and has registered nothing.",
                        }),
                    )],
                ),
            ),
        ),
        (
            "Publication",
            json!({ "anyOf": [
                reference("Contract"),
                object(&[("contract", reference("Contract"))], &[
                    ("unread", json!({ "enum": ["stays", "may-go"], "description": "Whether a field may go that no registered reader names." })),
                    ("waivers", list(reference("Waiver"))), ("meaning", list(reference("Claim"))),
                ]),
            ] }),
        ),
        (
            "Waiver",
            object(
                &[
                    (
                        "finding",
                        json!({ "type": "string", "description": "The fingerprint of the finding." }),
                    ),
                    ("product", reference("Address")),
                    ("owner", json!({ "type": "string", "description": "Who answers for it." })),
                    ("reason", json!({ "type": "string" })),
                    (
                        "until",
                        json!({ "type": "string", "format": "date", "description": "The last day on which it holds." }),
                    ),
                ],
                &[],
            ),
        ),
        (
            "Claim",
            object(
                &[
                    ("product", reference("Address")),
                    ("version", reference("Version")),
                    (
                        "says",
                        json!({ "enum": ["same", "changed"], "description": "Whether words mean what they meant." }),
                    ),
                ],
                &[(
                    "field",
                    json!({ "type": "string", "description": "The place of the finding; absent for all of the version." }),
                )],
            ),
        ),
        (
            "Judgement",
            object(
                &[
                    ("judge", json!({ "type": "integer", "description": "The version of the rules." })),
                    ("address", reference("Address")),
                    ("version", reference("Version")),
                    ("verdict", json!({ "enum": ["compatible", "waived", "unproven", "broken"] })),
                    ("required", reference("Step")),
                    ("made", reference("Step")),
                    ("findings", list(reference("Finding"))),
                ],
                &[("base", reference("Version"))],
            ),
        ),
        ("Step", json!({ "enum": ["none", "patch", "minor", "major"] })),
        (
            "Finding",
            object(
                &[
                    ("rule", json!({ "type": "string", "description": "`mesh explain` tells more." })),
                    ("standing", json!({ "type": "object", "required": ["is"] })),
                    ("step", reference("Step")),
                    ("message", json!({ "type": "string" })),
                    ("fingerprint", json!({ "type": "string", "description": "What a waiver names." })),
                ],
                &[],
            ),
        ),
        ("Deployed", deployed),
        ("PairFinding", pair_finding),
        ("ReaderPair", pair),
        ("CanDeploy", can_deploy),
        ("ServiceSummary", service),
        ("DomainSummary", domain),
        ("LineageNode", node),
        ("LineageEdge", edge),
        (
            "Lineage",
            object(
                &[
                    ("root", address),
                    ("nodes", list(reference("LineageNode"))),
                    ("edges", list(reference("LineageEdge"))),
                ],
                &[],
            ),
        ),
    ]
}
