//! The API's own description, OpenAPI 3.1. Written by hand, for the bodies belong to a crate that knows nothing of schemas,
//! and kept honest by tests: every route stands here and nothing else does, real answers are valid under the schemas, and
//! the document is a snapshot in `openapi.json`.

use std::sync::LazyLock;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::AppState;
use super::problem::KINDS;
use super::route::Route;
use crate::access::Action;

pub(super) fn routes() -> Vec<Route> {
    vec![Route::at("/api/v1/openapi.json").get(Action::Greet, show)]
}

/// Describes the registry as it is: an open one asks nobody for anything to be known by.
async fn show(State(state): State<AppState>) -> impl IntoResponse {
    static CLOSED: LazyLock<Bytes> = LazyLock::new(|| text(document()).into());
    static OPEN: LazyLock<Bytes> =
        LazyLock::new(|| text(super::openapi_identities::opened(document())).into());
    let text = if state.access.are_open() { OPEN.clone() } else { CLOSED.clone() };
    ([(header::CONTENT_TYPE, "application/json")], text)
}

/// A document as it stands in its file.
fn text(document: Value) -> String {
    format!("{document:#}\n")
}

fn document() -> Value {
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "The registry of the mesh",
            "version": "1",
            "description": "Where data products are announced and found. Every refusal is a problem (RFC 9457) with a stable \
                `type`, and its `detail` says what to do next. Lists come in pages: send `next` as `after`. Publishing, \
                registering and announcing are idempotent, so a request whose answer was lost may be sent again.",
            "license": { "name": "Apache-2.0 OR MIT", "identifier": "Apache-2.0 OR MIT" },
        },
        "paths": paths(),
        "components": {
            "securitySchemes": super::openapi_identities::security(),
            "schemas": super::openapi_schemas::schemas(),
            "responses": { "Problem": {
                "description": "What was refused, where, and what to do next.",
                "headers": { "x-request-id": { "schema": { "type": "string" }, "description": "The request's id in the registry's log." } },
                "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
            } },
        },
    })
}

/// One operation: what it is called, what it does, what it takes, and what it answers besides problems.
pub(super) struct Operation {
    pub(super) method: &'static str,
    pub(super) path: &'static str,
    pub(super) id: &'static str,
    pub(super) summary: &'static str,
    pub(super) query: &'static [(&'static str, &'static str)],
    pub(super) body: Option<&'static str>,
    pub(super) answers: &'static [(&'static str, &'static str, &'static str)],
}

pub(super) const WINDOW: [(&str, &str); 2] =
    [("limit", "How many items, 1 to 200; 50 unless said."), ("after", "`next` of the page before.")];

pub(super) const fn get(
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    query: &'static [(&'static str, &'static str)],
    answers: &'static [(&'static str, &'static str, &'static str)],
) -> Operation {
    Operation { method: "get", path, id, summary, query, body: None, answers }
}

const NONE: &str = "";

const OPERATIONS: &[Operation] = &[
    get(
        "/api/v1/products",
        "product_list",
        "Products by address, or, with `q`, by how well they fit.",
        &[
            (
                "q",
                "Words that begin words of the address, the description, the fields, the tags or the owner.",
            ),
            ("domain", "Only those of this domain."),
            ("kind", "Only those of this kind."),
            WINDOW[0],
            WINDOW[1],
        ],
        &[("200", "ProductPage", "A page of products.")],
    ),
    get(
        "/api/v1/products/{address}",
        "product_show",
        "A product with its versions.",
        &[],
        &[("200", "ProductDetail", "The product.")],
    ),
    get(
        "/api/v1/products/{address}/versions",
        "version_list",
        "The versions of a product, the highest first.",
        &WINDOW,
        &[("200", "VersionPage", "A page of versions.")],
    ),
    get(
        "/api/v1/products/{address}/versions/{version}",
        "version_show",
        "The contract of a version.",
        &[],
        &[
            (
                "200",
                "Contract",
                "The contract in canonical JSON (RFC 8785); its SHA-256 is its digest and its entity tag.",
            ),
            ("304", NONE, "The caller has it already."),
        ],
    ),
    Operation {
        method: "put",
        path: "/api/v1/products/{address}/versions/{version}",
        id: "version_publish",
        summary: "Publishes a version. A released version never changes; a draft may be replaced. It is judged against every released version and every expectation in force: a release that is not proved safe is refused as `judgement` with findings, a draft is told. Waivers and claims about words travel beside the contract.",
        query: &[("draft", "`true` for a draft: named readers may bind and comment, nothing serves it yet.")],
        body: Some("Publication"),
        answers: &[
            ("201", "Published", "It is published and synced to disk."),
            ("200", "Published", "It stood there already with the same content."),
        ],
    },
    get(
        "/api/v1/products/{address}/resolve",
        "product_resolve",
        "The highest version that satisfies a requirement, and where it is served now.",
        &[
            ("requirement", "Which versions will do, in cargo's notation: `^1.2`."),
            ("environment", "Only deployments in this environment."),
            ("drafts", "`true` to take a draft where nothing released will do."),
        ],
        &[("200", "Resolution", "The version and its deployments.")],
    ),
    get(
        "/api/v1/products/{address}/consumers",
        "product_consumers",
        "Who reads a product, and exactly what each relies on.",
        &WINDOW,
        &[("200", "ConsumerPage", "A page of registered readers.")],
    ),
    get(
        "/api/v1/products/{address}/lineage",
        "product_lineage",
        "What a product is made from and what is made from it.",
        &[("depth", "How many steps up and down, 1 to 10; 3 unless said.")],
        &[("200", "Lineage", "The products around it.")],
    ),
    get(
        "/api/v1/products/{address}/deployments",
        "product_deployments",
        "Where a product is served.",
        &[
            ("environment", "Only those in this environment."),
            ("live", "`true` for those whose lease runs, `false` for those whose lease has run out."),
            WINDOW[0],
            WINDOW[1],
        ],
        &[("200", "DeploymentPage", "A page of deployments.")],
    ),
    get(
        "/api/v1/contracts/{digest}",
        "contract_show",
        "A contract by what it says. It never changes and may be kept for ever.",
        &[],
        &[
            (
                "200",
                "Contract",
                "The contract in canonical JSON (RFC 8785); its SHA-256 is its digest and its entity tag.",
            ),
            ("304", NONE, "The caller has it already."),
        ],
    ),
    get(
        "/api/v1/domains",
        "domain_list",
        "Domains by name.",
        &WINDOW,
        &[("200", "DomainPage", "A page of domains.")],
    ),
    get(
        "/api/v1/domains/{domain}",
        "domain_show",
        "A domain with its services.",
        &[],
        &[("200", "DomainSummary", "The domain.")],
    ),
    get(
        "/api/v1/deployments",
        "deployment_list",
        "Deployments by instance.",
        &[
            ("domain", "Only those of this domain."),
            ("environment", "Only those in this environment."),
            ("live", "`true` for those whose lease runs, `false` for those whose lease has run out."),
            WINDOW[0],
            WINDOW[1],
        ],
        &[("200", "DeploymentPage", "A page of deployments.")],
    ),
    Operation {
        method: "put",
        path: "/api/v1/deployments/{instance}",
        id: "deployment_announce",
        summary: "Announces an instance or renews its lease. A later epoch replaces an earlier one, which is refused from then on.",
        query: &[],
        body: Some("Announcement"),
        answers: &[("200", "Lease", "The lease; renew it at a third of its length.")],
    },
    Operation {
        method: "delete",
        path: "/api/v1/deployments/{instance}",
        id: "deployment_withdraw",
        summary: "Ends the lease of an instance that stops.",
        query: &[("epoch", "The epoch that the instance announced itself with.")],
        body: None,
        answers: &[("204", NONE, "No lease runs.")],
    },
    get(
        "/api/v1/consumers/{consumer}",
        "consumer_show",
        "Everything that a reader relies on.",
        &WINDOW,
        &[("200", "ConsumerPage", "A page of what it relies on.")],
    ),
    Operation {
        method: "put",
        path: "/api/v1/consumers/{consumer}/expectations/{address}",
        id: "expectation_register",
        summary: "Registers what a reader relies on, one for each of its versions, environments and purposes. Without an environment it is the reader's main line. The product need not be published yet.",
        query: &[],
        body: Some("Expectation"),
        answers: &[("200", "RegisteredConsumer", "It is registered.")],
    },
    Operation {
        method: "delete",
        path: "/api/v1/consumers/{consumer}/expectations/{address}",
        id: "expectation_forget",
        summary: "Forgets what a reader relies on.",
        query: &[
            ("consumerVersion", "Only of this version of the reader."),
            ("environment", "Only in this environment."),
            ("purpose", "Only for this purpose."),
        ],
        body: None,
        answers: &[("204", NONE, "It is forgotten.")],
    },
    get(
        "/api/v1/environments/{environment}/deployed",
        "deployed_list",
        "What pipelines say runs in an environment, by product or reader.",
        &WINDOW,
        &[("200", "DeployedPage", "A page of what runs there.")],
    ),
    Operation {
        method: "put",
        path: "/api/v1/environments/{environment}/deployed/{subject}/{release}",
        id: "deployed_record",
        summary: "Records that a product or a reader runs in an environment, in place of another version of its line: majors of a product run side by side.",
        query: &[],
        body: None,
        answers: &[("200", "Deployed", "It is recorded.")],
    },
    Operation {
        method: "delete",
        path: "/api/v1/environments/{environment}/deployed/{subject}/{release}",
        id: "deployed_forget",
        summary: "Takes back that a product or a reader runs in an environment.",
        query: &[],
        body: None,
        answers: &[("204", NONE, "It is not recorded any more.")],
    },
    get(
        "/api/v1/environments/{environment}/can-deploy/{subject}/{release}",
        "can_deploy",
        "Whether a version may be deployed: whether every reader that runs there takes it, and whether it takes what runs there.",
        &[],
        &[("200", "CanDeploy", "The answer, every pair that was judged, and what is missing.")],
    ),
    get(
        "/api/v1/events",
        "event_list",
        "What has happened, in order, each as a CloudEvent 1.0. With `Accept: text/event-stream` as Server-Sent Events, which go on until the client leaves; `Last-Event-ID` says where it left off.",
        &[
            (
                "after",
                "The position to go on from: `next` of a page or the id of an event, or `latest` for what happens from now on. Everything unless said.",
            ),
            WINDOW[0],
            ("address", "Only events about this product."),
            ("kind", "Only events of this type."),
        ],
        &[(
            "200",
            "EventPage",
            "A page of events, or a stream. A page may hold fewer than asked for, or none, while there are more: the end is where `next` is what was sent as `after`.",
        )],
    ),
    get(
        "/api/v1/webhooks",
        "webhook_list",
        "Webhooks by name, without their secrets.",
        &WINDOW,
        &[("200", "WebhookPage", "A page of webhooks.")],
    ),
    get(
        "/api/v1/webhooks/{webhook}",
        "webhook_show",
        "A webhook and how deliveries to it go.",
        &[],
        &[("200", "Webhook", "The webhook.")],
    ),
    Operation {
        method: "put",
        path: "/api/v1/webhooks/{webhook}",
        id: "webhook_put",
        summary: "Sets a webhook: events that happen from now on are sent to its address, in order and at least once, signed after Standard Webhooks. A new secret signs beside the one before it for a day.",
        query: &[],
        body: Some("WebhookRequest"),
        answers: &[(
            "200",
            "Webhook",
            "It is set. Where the registry has made the secret, this is the one time that it is shown.",
        )],
    },
    Operation {
        method: "delete",
        path: "/api/v1/webhooks/{webhook}",
        id: "webhook_remove",
        summary: "Forgets a webhook, and with it what could not be delivered.",
        query: &[],
        body: None,
        answers: &[("204", NONE, "There is none any more.")],
    },
    get(
        "/api/v1/webhooks/{webhook}/failed",
        "webhook_failed",
        "What could not be delivered, the earliest first.",
        &WINDOW,
        &[("200", "FailedEventPage", "A page of events.")],
    ),
    Operation {
        method: "post",
        path: "/api/v1/webhooks/{webhook}/failed/resend",
        id: "webhook_resend_all",
        summary: "Sends everything again that could not be delivered. What is delivered leaves the list.",
        query: &[],
        body: None,
        answers: &[("200", "Resending", "How many events those are.")],
    },
    Operation {
        method: "post",
        path: "/api/v1/webhooks/{webhook}/failed/{sequence}/resend",
        id: "webhook_resend",
        summary: "Sends one event again that could not be delivered.",
        query: &[],
        body: None,
        answers: &[("200", "Resending", "One.")],
    },
    get("/api/v1/openapi.json", "openapi", "This document.", &[], &[("200", "Document", "OpenAPI 3.1.")]),
    get("/health/live", "health_live", "Whether the process answers.", &[], &[("204", NONE, "It does.")]),
    get(
        "/health/ready",
        "health_ready",
        "Whether the store answers as well, and the registry is not about to stop.",
        &[],
        &[("204", NONE, "Requests may come.")],
    ),
    get(
        "/metrics",
        "metrics",
        "What is counted, in OpenMetrics' text format. Unknown where it is told on an address of its own or not at all.",
        &[],
        &[("200", NONE, "The counters.")],
    ),
];

/// Every operation.
fn operations() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .chain(super::openapi_lifecycle::OPERATIONS)
        .chain(super::openapi_identities::OPERATIONS)
        .chain(super::openapi_agreements::OPERATIONS)
        .chain(super::openapi_policies::OPERATIONS)
}

/// What stands between braces in a path.
const NAMES: [(&str, &str); 17] = [
    ("token", "The name of a token, which is no secret."),
    ("role", "What somebody is: `maintainer`."),
    ("principal", "A person by their address, or a machine as `domain/name`."),
    ("agreement", "The name of an agreement: 32 hexadecimal digits."),
    ("webhook", "The name of a webhook, in kebab-case."),
    ("sequence", "The number of an event."),
    ("address", "The product: domain and name, `sales.orders`."),
    ("version", "A semantic version: `1.2.0`."),
    ("line", "A line of versions: `1`, or below one `0.3`."),
    ("scope", "A version, or a line of versions: `1.2.0` or `1`."),
    ("digest", "The digest of a contract: `sha256:` and 64 hexadecimal digits."),
    ("domain", "The name of a domain: `sales`."),
    ("environment", "Where something runs: `production`."),
    ("subject", "A product by its address, or a reader by its name."),
    (
        "release",
        "The version of the product or reader: 1 to 100 letters, digits and signs other than `/?#%`.",
    ),
    ("instance", "The instance's own name: up to 200 letters, digits and any of `-_.:@`."),
    ("consumer", "The reader: a domain, a product of one, or an application."),
];

/// The schema of a parameter, by its name.
fn parameter_schema(name: &str) -> Value {
    match name {
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": 200, "default": 50 }),
        "depth" => json!({ "type": "integer", "minimum": 1, "maximum": 10, "default": 3 }),
        "epoch" | "sequence" => json!({ "type": "integer", "minimum": 0 }),
        "release" => {
            json!({ "type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$", "not": { "pattern": "[/?#%]" } })
        }
        "requirement" => json!({ "$ref": "#/components/schemas/Requirement" }),
        "draft" | "drafts" => json!({ "type": "boolean", "default": false }),
        "role" => json!({ "$ref": "#/components/schemas/Role" }),
        "principal" => json!({ "$ref": "#/components/schemas/Principal" }),
        "live" => json!({ "type": "boolean" }),
        "state" => json!({ "$ref": "#/components/schemas/AgreementState" }),
        "address" | "version" | "digest" | "line" | "scope" | "domain" | "consumer" | "subject"
        | "environment" | "kind" => {
            let mut schema = name.to_owned();
            schema[..1].make_ascii_uppercase();
            let reference = match name {
                "domain" | "environment" => "Name".to_owned(),
                "kind" => "ProductKind".to_owned(),
                "consumer" | "subject" => "ConsumerName".to_owned(),
                _ => schema,
            };
            json!({ "$ref": format!("#/components/schemas/{reference}") })
        }
        _ => json!({ "type": "string" }),
    }
}

fn paths() -> Value {
    let mut paths = Map::new();
    for operation in operations() {
        let Operation { method, path, id, summary, query, body, answers } = operation;
        let in_path = NAMES.iter().filter(|(name, _)| path.contains(&format!("{{{name}}}")));
        let parameters: Vec<Value> = in_path
            .map(|parameter| (parameter, "path"))
            .chain(query.iter().map(|parameter| (parameter, "query")))
            .map(|((name, description), place)| {
                json!({
                    "name": name,
                    "in": place,
                    "required": place == "path" || matches!(*name, "requirement" | "epoch"),
                    "description": description,
                    "schema": parameter_schema(name),
                })
            })
            .collect();
        let mut responses = Map::new();
        for (status, schema, description) in *answers {
            responses.insert((*status).to_owned(), answer(schema, description));
        }
        for class in ["4XX", "5XX"] {
            responses.insert(class.to_owned(), json!({ "$ref": "#/components/responses/Problem" }));
        }
        let mut described = json!({
            "operationId": id, "summary": summary, "parameters": parameters, "responses": responses,
        });
        if let Some(schema) = body {
            described["requestBody"] = json!({ "required": true, "content": content(schema) });
        }
        if *path == "/api/v1/events" {
            described["responses"]["200"]["content"]["text/event-stream"] = json!({ "schema": {
                "type": "string", "description": "`id` is the position, `event` the type, `data` the CloudEvent on one line.",
            } });
            // An event is known by its type, which is no kind of a product.
            for parameter in described["parameters"].as_array_mut().into_iter().flatten() {
                if parameter["name"] == "kind" {
                    parameter["schema"] = json!({ "type": "string" });
                }
            }
        }
        let entry = paths.entry((*path).to_owned()).or_insert_with(|| json!({}));
        entry[*method] = described;
    }
    super::openapi_identities::needs(&super::routes(), &mut paths);
    Value::Object(paths)
}

fn answer(schema: &str, description: &str) -> Value {
    if schema == NONE {
        json!({ "description": description })
    } else {
        json!({ "description": description, "content": content(schema) })
    }
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{schema}") } } })
}

/// The `type` of every problem.
pub(super) fn problem_types() -> Vec<String> {
    KINDS.iter().map(|kind| format!("urn:mesh:problem:{}", kind.name)).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else_is() {
        let routes = super::super::routes();
        let served: BTreeSet<_> =
            routes.iter().flat_map(Route::operations).map(|(method, path, _)| (method, path)).collect();
        let described: BTreeSet<_> =
            operations().map(|operation| (operation.method.to_owned(), operation.path.to_owned())).collect();
        assert_eq!(served, described);
    }

    #[test]
    fn every_name_in_a_path_is_described() {
        for Operation { path, .. } in operations() {
            for segment in path.split('/').filter(|segment| segment.starts_with('{')) {
                let name = segment.trim_matches(['{', '}']);
                assert!(NAMES.iter().any(|(known, _)| *known == name), "{path}: {name}");
            }
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        fn references(value: &Value, found: &mut BTreeSet<String>) {
            match value {
                Value::Object(members) => {
                    if let Some(Value::String(reference)) = members.get("$ref") {
                        found.insert(reference.clone());
                    }
                    members.values().for_each(|member| references(member, found));
                }
                Value::Array(items) => items.iter().for_each(|item| references(item, found)),
                _ => {}
            }
        }
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').expect("a local reference");
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        for name in document["components"]["schemas"].as_object().expect("schemas").keys() {
            assert!(found.contains(&format!("#/components/schemas/{name}")), "{name} is used nowhere");
        }
    }

    #[test]
    fn the_document_is_the_snapshot() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        if std::env::var_os("MESH_UPDATE").is_some() {
            std::fs::write(&path, text(document())).expect("the snapshot is written");
        }
        let snapshot = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            snapshot == text(document()),
            "the API's description has changed; look at it with `MESH_UPDATE=1 cargo test -p mesh-registry` and `git diff`"
        );
    }
}
