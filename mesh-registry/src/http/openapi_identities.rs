//! Who is who and what they may do, as the API's description tells it.

use mesh_contract::wire::Role;
use serde_json::{Map, Value, json};

use super::openapi::{Operation, WINDOW, get};
use super::openapi_schemas::{object, reference};
use super::route::Route;
use crate::access::{PERMISSIONS, Who};

const fn act(
    method: &'static str,
    path: &'static str,
    id: &'static str,
    summary: &'static str,
    body: Option<&'static str>,
    answers: &'static [(&'static str, &'static str, &'static str)],
) -> Operation {
    Operation { method, path, id, summary, query: &[], body, answers }
}

const DONE: &[(&str, &str, &str)] = &[("204", "", "It is so.")];
const MEMBERS: &[(&str, &str, &str)] = &[("200", "MemberPage", "All of them on one page.")];

pub(super) const OPERATIONS: &[Operation] = &[
    get(
        "/api/v1/whoami",
        "identity_show",
        "Who the registry takes the asker for.",
        &[],
        &[("200", "WhoAmI", "Who one is.")],
    ),
    get(
        "/api/v1/tokens",
        "token_list",
        "One's own tokens, or those of another principal that one manages: an owner those of the domain's machines, an administrator everybody's.",
        &[("principal", "Whose; one's own unless said."), WINDOW[0], WINDOW[1]],
        &[("200", "TokenPage", "A page of tokens, without their secrets.")],
    ),
    act(
        "post",
        "/api/v1/tokens",
        "token_make",
        "Makes a token, which may do what its principal may, or less. Its text is shown this once. Asked twice, it makes two.",
        Some("MakeToken"),
        &[("201", "MadeToken", "The token.")],
    ),
    act(
        "delete",
        "/api/v1/tokens/{token}",
        "token_revoke",
        "Revokes a token, and whatever was signed in by it. It changes nothing more from now on, and reads nothing more within a second, on every replica.",
        None,
        DONE,
    ),
    get(
        "/api/v1/domains/{domain}/members",
        "member_list",
        "Who works for a domain, and as what.",
        &[],
        MEMBERS,
    ),
    act(
        "put",
        "/api/v1/domains/{domain}/members/{role}/{principal}",
        "member_add",
        "Lets somebody work for a domain.",
        None,
        DONE,
    ),
    act(
        "delete",
        "/api/v1/domains/{domain}/members/{role}/{principal}",
        "member_remove",
        "Takes back that somebody works for a domain as this.",
        None,
        DONE,
    ),
    get(
        "/api/v1/platform/members",
        "platform_member_list",
        "Who runs and who audits the platform.",
        &[],
        MEMBERS,
    ),
    act(
        "put",
        "/api/v1/platform/members/{role}/{principal}",
        "platform_member_add",
        "Lets somebody run or audit the platform.",
        None,
        DONE,
    ),
    act(
        "delete",
        "/api/v1/platform/members/{role}/{principal}",
        "platform_member_remove",
        "Takes back that somebody runs or audits the platform. The last administrator stays.",
        None,
        DONE,
    ),
    get(
        "/api/v1/audit/batches",
        "audit_list",
        "Every decision, sealed in batches by a chain of digests, in their order.",
        &WINDOW,
        &[("200", "AuditPage", "A page of batches.")],
    ),
];

/// What each operation needs: the name of the permission, and that somebody must be known unless anyone may.
pub(super) fn needs(routes: &[Route], paths: &mut Map<String, Value>) {
    for (method, path, need) in routes.iter().flat_map(Route::operations) {
        let Some(operation) = paths.get_mut(&path).and_then(|entry| entry.get_mut(&method)) else { continue };
        let permission = need.action.permission();
        operation["x-permission"] = permission.name.into();
        if permission.who != Who::Anyone {
            operation["security"] = json!([{ "token": [] }]);
        }
    }
}

/// The description of a registry that asks nobody who they are.
pub(super) fn opened(mut document: Value) -> Value {
    if let Some(components) = document["components"].as_object_mut() {
        components.remove("securitySchemes");
    }
    let paths = document["paths"].as_object_mut().into_iter().flat_map(Map::values_mut);
    let operations = paths.filter_map(Value::as_object_mut).flat_map(Map::values_mut);
    for operation in operations.filter_map(Value::as_object_mut) {
        operation.remove("security");
    }
    document
}

/// How somebody is known.
pub(super) fn security() -> Value {
    json!({ "token": {
        "type": "http", "scheme": "bearer",
        "description": "A token of `mesh token make`. An open registry asks for none.",
    } })
}

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = json!({ "type": "string" });
    let time = json!({ "type": "string", "format": "date-time" });
    let list = |item: Value| json!({ "type": "array", "items": item });
    let principal = json!({
        "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^\\S+$",
        "description": "A person by their address, or a machine as `domain/name`.",
    });
    let mut scope = object(
        &[],
        &[
            ("domains", list(reference("Name"))),
            ("actions", list(json!({ "enum": PERMISSIONS.iter().map(|it| it.name).collect::<Vec<_>>() }))),
            ("environments", list(reference("Name"))),
        ],
    );
    scope["additionalProperties"] = false.into();
    scope["description"] = "What a token may be used for; a part that is empty bounds nothing.".into();
    let mut make = object(
        &[
            ("label", json!({ "type": "string", "minLength": 1, "maxLength": 100 })),
            ("days", json!({ "type": "integer", "minimum": 1, "maximum": 400 })),
        ],
        &[("principal", principal.clone()), ("scope", reference("TokenScope"))],
    );
    make["additionalProperties"] = false.into();
    let summary = [
        ("id", text.clone()),
        ("label", text.clone()),
        ("principal", principal.clone()),
        ("scope", reference("TokenScope")),
        ("madeBy", text.clone()),
        ("madeAt", time.clone()),
        ("expiresAt", time.clone()),
    ];
    let made: Vec<_> = [("token", text.clone())].into_iter().chain(summary.clone()).collect();
    let used = [("usedAt", time.clone())];
    vec![
        (
            "AuditRecord",
            object(
                &[
                    ("at", time.clone()),
                    ("principal", text.clone()),
                    ("means", text.clone()),
                    ("action", text.clone()),
                    ("request", text.clone()),
                    ("outcome", json!({ "enum": ["allowed", "refused"] })),
                    ("status", json!({ "type": "integer" })),
                    ("count", json!({ "type": "integer", "minimum": 1 })),
                ],
                &[("domain", reference("Name")), ("reason", text.clone()), ("requestId", text.clone())],
            ),
        ),
        (
            "AuditBatch",
            object(
                &[
                    ("tenant", reference("Name")),
                    ("number", json!({ "type": "integer", "minimum": 1 })),
                    ("sealedAt", time.clone()),
                    ("records", list(reference("AuditRecord"))),
                    ("seal", reference("Digest")),
                ],
                &[("previous", reference("Digest"))],
            ),
        ),
        ("Role", json!({ "enum": Role::ALL.map(Role::as_str) })),
        ("Principal", principal.clone()),
        ("TokenScope", scope),
        ("MakeToken", make),
        ("TokenSummary", object(&summary, &used)),
        ("MadeToken", object(&made, &used)),
        ("Holding", object(&[("role", reference("Role"))], &[("domain", reference("Name"))])),
        (
            "Member",
            object(
                &[
                    ("principal", reference("Principal")),
                    ("role", reference("Role")),
                    ("by", text.clone()),
                    ("since", time),
                ],
                &[("domain", reference("Name"))],
            ),
        ),
        (
            "WhoAmI",
            object(
                &[
                    ("closed", json!({ "type": "boolean" })),
                    ("tenant", reference("Name")),
                    ("roles", list(reference("Holding"))),
                    ("scope", reference("TokenScope")),
                ],
                &[("principal", text)],
            ),
        ),
    ]
}
