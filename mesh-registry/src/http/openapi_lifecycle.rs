//! What becomes of versions and of domains, as the API's description tells it.

use serde_json::{Value, json};

use super::openapi::{Operation, WINDOW, get};
use super::openapi_schemas::{object, reference};

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

const PRODUCT: &[(&str, &str, &str)] = &[("200", "ProductDetail", "The product as it stands now.")];
const OWNERSHIP: &[(&str, &str, &str)] = &[("200", "Ownership", "Who owns it, and to whom it is offered.")];
const CAMPAIGN: &[(&str, &str, &str)] = &[("200", "Campaign", "The campaign.")];

pub(super) const OPERATIONS: &[Operation] = &[
    act(
        "put",
        "/api/v1/products/{address}/yanks/{version}",
        "version_yank",
        "Yanks a version: nobody new is to bind to it. Whoever has bound to it reads on, and a requirement that takes nothing else still resolves to it.",
        Some("Yank"),
        PRODUCT,
    ),
    act(
        "delete",
        "/api/v1/products/{address}/yanks/{version}",
        "version_unyank",
        "Offers a yanked version again.",
        None,
        PRODUCT,
    ),
    get(
        "/api/v1/products/{address}/deprecations/{scope}",
        "campaign_show",
        "Who still reads deprecated versions, what each reader has come to, whether it takes the successor as it is, and what stands in the way of retiring them.",
        &[],
        CAMPAIGN,
    ),
    act(
        "put",
        "/api/v1/products/{address}/deprecations/{scope}",
        "versions_deprecate",
        "Says until when versions stay, and what to use instead. A line takes later versions of it along. Readers are reminded in the feed as the day comes near.",
        Some("Deprecate"),
        CAMPAIGN,
    ),
    act(
        "delete",
        "/api/v1/products/{address}/deprecations/{scope}",
        "versions_undeprecate",
        "Says that deprecated versions stay after all.",
        None,
        PRODUCT,
    ),
    act(
        "put",
        "/api/v1/products/{address}/retirements/{scope}",
        "versions_retire",
        "Retires versions: they are not promised any more, and no requirement resolves to them. Refused as `in-the-way` while a reader that runs somewhere needs them and before the day that readers were told, unless the owner overrides that with a reason, which stays on record.",
        Some("Retire"),
        PRODUCT,
    ),
    act(
        "delete",
        "/api/v1/products/{address}/retirements/{scope}",
        "versions_restore",
        "Promises retired versions again.",
        None,
        PRODUCT,
    ),
    act(
        "put",
        "/api/v1/products/{address}/lines/{line}/current",
        "line_move",
        "Moves the pointer of a line: its requirements resolve to this version from now on, and those above it are held back until the pointer moves on or a later version is released.",
        Some("MoveLine"),
        PRODUCT,
    ),
    get(
        "/api/v1/deprecations",
        "campaign_list",
        "The deprecations that are under way. A page holds those of so many products.",
        &WINDOW,
        &[("200", "CampaignPage", "A page of campaigns.")],
    ),
    get("/api/v1/domains/{domain}/owner", "owner_show", "Who owns a domain.", &[], OWNERSHIP),
    act(
        "put",
        "/api/v1/domains/{domain}/owner/offer",
        "owner_offer",
        "Offers a domain to another team. It changes hands when that team accepts.",
        Some("OfferDomain"),
        OWNERSHIP,
    ),
    act(
        "delete",
        "/api/v1/domains/{domain}/owner/offer",
        "owner_withdraw",
        "Takes an offer back.",
        None,
        OWNERSHIP,
    ),
    act(
        "put",
        "/api/v1/domains/{domain}/owner/acceptance",
        "owner_accept",
        "Accepts a domain that was offered. From then on only the new owner publishes products of it.",
        Some("AcceptDomain"),
        OWNERSHIP,
    ),
];

/// The schemas of the bodies.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let time = json!({ "type": "string", "format": "date-time" });
    let day = json!({ "type": "string", "format": "date" });
    let reason = json!({ "type": "string", "minLength": 1, "maxLength": 1000, "description": "Why." });
    let list = |item: Value| json!({ "type": "array", "items": item });
    let verdict = json!({ "enum": ["compatible", "unproven", "broken"] });
    let successor = json!({
        "type": "string", "description": "What to use instead: a version of the product, or another product.",
    });
    let (address, version) = (reference("Address"), reference("Version"));
    // Bodies are read strictly: a member that nobody knows is refused.
    let strict = |mut schema: Value| {
        schema["additionalProperties"] = false.into();
        schema
    };
    let withheld = object(&[("since", time.clone())], &[("reason", text.clone())]);
    let deprecated = [("since", time.clone()), ("until", day.clone())];
    let told = [("successor", successor.clone()), ("reason", text.clone())];
    vec![
        (
            "Line",
            json!({
                "type": "string", "pattern": "^([1-9][0-9]*|0\\.[1-9][0-9]*|0\\.0\\.(0|[1-9][0-9]*))$",
                "description": "A line of versions: `1`, or below one `0.3` and `0.0.7`.",
            }),
        ),
        ("Scope", json!({ "anyOf": [reference("Line"), reference("Version")] })),
        ("Obstacle", object(&[("message", text.clone())], &[])),
        ("VersionState", json!({ "enum": ["draft", "active", "deprecated", "retired"] })),
        ("Withheld", withheld),
        ("Deprecated", object(&deprecated, &told)),
        (
            "Retired",
            object(
                &[("since", time.clone())],
                &[("reason", text.clone()), ("overridden", list(text.clone()))],
            ),
        ),
        (
            "LineSummary",
            object(
                &[
                    ("line", reference("Line")),
                    ("newest", version.clone()),
                    ("state", reference("VersionState")),
                ],
                &[("current", version.clone())],
            ),
        ),
        ("Yank", strict(object(&[], &[("reason", reason.clone())]))),
        (
            "Deprecate",
            strict(object(&[("until", day)], &[("successor", successor), ("reason", reason.clone())])),
        ),
        (
            "Retire",
            strict(object(
                &[],
                &[("reason", reason.clone()), ("override", json!({ "type": "boolean", "default": false }))],
            )),
        ),
        ("MoveLine", strict(object(&[("version", version.clone())], &[("reason", reason)]))),
        (
            "CampaignReader",
            object(
                &[
                    ("consumer", reference("ConsumerName")),
                    ("requirement", reference("Requirement")),
                    ("environments", list(reference("Name"))),
                    ("state", json!({ "enum": ["deployed", "declared", "moved"] })),
                ],
                &[
                    ("consumerVersion", text.clone()),
                    ("purpose", text.clone()),
                    ("successor", verdict),
                    ("findings", list(json!({ "type": "object" }))),
                ],
            ),
        ),
        (
            "Campaign",
            object(
                &[
                    ("address", address),
                    ("scope", reference("Scope")),
                    ("versions", list(version)),
                    deprecated[0].clone(),
                    deprecated[1].clone(),
                    ("daysLeft", json!({ "type": "integer" })),
                    ("readers", list(reference("CampaignReader"))),
                    ("serving", count),
                    ("inTheWay", list(text.clone())),
                ],
                &told,
            ),
        ),
        (
            "Ownership",
            object(
                &[("domain", reference("Name")), ("owner", text.clone())],
                &[("offered", object(&[("to", text.clone()), ("since", time)], &[]))],
            ),
        ),
        ("OfferDomain", strict(object(&[("from", text.clone()), ("to", text.clone())], &[]))),
        ("AcceptDomain", strict(object(&[("by", text)], &[]))),
    ]
}
