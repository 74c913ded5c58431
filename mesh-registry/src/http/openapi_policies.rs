//! Policies, as the API's description tells them.

use serde_json::{Value, json};

use super::openapi::{Operation, WINDOW, get};
use super::openapi_schemas::{object, reference};

const POLICIES: &[(&str, &str, &str)] = &[("200", "Policies", "The policies that hold.")];
const TRIAL: &[(&str, &str, &str)] = &[("200", "PoliciesTrial", "What was found.")];

pub(super) const OPERATIONS: &[Operation] = &[
    get(
        "/api/v1/policies",
        "policies_show",
        "What the platform asks of every product. Revision 0 and an empty document where nobody has set anything.",
        &[],
        POLICIES,
    ),
    Operation {
        method: "put",
        path: "/api/v1/policies",
        id: "policies_set",
        summary: "Sets policies in place of those of the revision that is named. Publishes are held to them from now on; what is published stays.",
        query: &[],
        body: Some("SetPolicies"),
        answers: POLICIES,
    },
    get(
        "/api/v1/policies/history",
        "policies_history",
        "Who has set policies, and when, the last first.",
        &WINDOW,
        &[("200", "PoliciesRevisionPage", "A page of them.")],
    ),
    Operation {
        method: "post",
        path: "/api/v1/policies/test",
        id: "policies_test",
        summary: "Tries policies over every product, at the version that it shows, and sets nothing.",
        query: &[],
        body: Some("TryPolicies"),
        answers: TRIAL,
    },
    get(
        "/api/v1/policies/findings",
        "policies_findings",
        "What the policies that hold find in every product now.",
        &[],
        TRIAL,
    ),
];

pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let time = json!({ "type": "string", "format": "date-time" });
    let list = |of: Value| json!({ "type": "array", "items": of });
    let strict = |mut schema: Value| {
        schema["additionalProperties"] = false.into();
        schema
    };
    let finding = object(
        &[
            ("rule", text.clone()),
            ("severity", json!({ "enum": ["refuse", "warn"] })),
            ("outcome", json!({ "enum": ["broken", "undecided", "waived"] })),
            ("subject", text.clone()),
            ("message", text.clone()),
            ("fix", text.clone()),
        ],
        &[("pointer", text.clone()), ("until", json!({ "type": "string", "format": "date" }))],
    );
    let revision = object(
        &[
            ("revision", count.clone()),
            ("digest", reference("Digest")),
            ("setBy", text.clone()),
            ("setAt", time.clone()),
        ],
        &[],
    );
    vec![
        (
            "Policies",
            object(
                &[("revision", count.clone()), ("digest", reference("Digest")), ("document", text.clone())],
                &[("setBy", text.clone()), ("setAt", time)],
            ),
        ),
        ("PoliciesRevision", revision),
        (
            "PoliciesRevisionPage",
            object(&[("items", list(reference("PoliciesRevision")))], &[("next", text.clone())]),
        ),
        ("SetPolicies", strict(object(&[("document", text.clone()), ("revision", count.clone())], &[]))),
        ("TryPolicies", strict(object(&[("document", text)], &[]))),
        ("PolicyFinding", finding),
        (
            "ProductFindings",
            object(
                &[
                    ("address", reference("Address")),
                    ("version", reference("Version")),
                    ("findings", list(reference("PolicyFinding"))),
                ],
                &[],
            ),
        ),
        (
            "PoliciesTrial",
            object(
                &[
                    ("products", count.clone()),
                    ("refused", count),
                    ("findings", list(reference("ProductFindings"))),
                ],
                &[],
            ),
        ),
    ]
}
