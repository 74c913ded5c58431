//! Agreements and grants, as the API's description tells them.

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

const AGREEMENT: &[(&str, &str, &str)] = &[("200", "Agreement", "The agreement as it stands now.")];
const PAGE: &[(&str, &str, &str)] = &[("200", "AgreementPage", "A page of agreements.")];
const CONSUMER: (&str, &str) = ("consumer", "Only those of this consumer.");
const STATE: (&str, &str) = ("state", "Only those that have come so far.");

pub(super) const OPERATIONS: &[Operation] = &[
    get(
        "/api/v1/products/{address}/agreements",
        "agreement_list_of_product",
        "The agreements on reading a product of which the caller may see a side, those asked for last first.",
        &[CONSUMER, STATE, WINDOW[0], WINDOW[1]],
        PAGE,
    ),
    act(
        "post",
        "/api/v1/products/{address}/agreements",
        "access_ask",
        "Asks to read a product. The same question again is the same question. While one is in force, another one renews it.",
        Some("AskAccess"),
        &[
            ("201", "Agreement", "It was asked."),
            ("200", "Agreement", "It was asked or agreed on before, and stands."),
        ],
    ),
    get(
        "/api/v1/agreements",
        "agreement_list",
        "The agreements of which the caller may see a side, those asked for last first.",
        &[("product", "Only those about this product."), CONSUMER, STATE, WINDOW[0], WINDOW[1]],
        PAGE,
    ),
    get("/api/v1/agreements/{agreement}", "agreement_show", "An agreement.", &[], AGREEMENT),
    act(
        "post",
        "/api/v1/agreements/{agreement}/acceptance",
        "access_accept",
        "Lets the consumer read what it asked for, or less; later on, less than before. Grants of before count no more where it is less.",
        Some("AcceptAccess"),
        AGREEMENT,
    ),
    act(
        "post",
        "/api/v1/agreements/{agreement}/refusal",
        "access_refuse",
        "Says no to what was asked, with a reason.",
        Some("EndAccess"),
        AGREEMENT,
    ),
    act(
        "post",
        "/api/v1/agreements/{agreement}/revocation",
        "access_revoke",
        "Ends what was agreed on, with a reason. Its grants count no more; every port hears of it within its lease.",
        Some("EndAccess"),
        AGREEMENT,
    ),
    act(
        "post",
        "/api/v1/agreements/{agreement}/withdrawal",
        "access_withdraw",
        "Takes a question back, or gives up what was agreed on.",
        Some("EndAccess"),
        AGREEMENT,
    ),
    get(
        "/api/v1/agreements/{agreement}/grant",
        "grant_show",
        "The grant of an agreement that is in force, for the consumer's side: a JSON Web Signature that ports believe without asking.",
        &[],
        &[("200", "IssuedGrant", "The grant.")],
    ),
    get(
        "/api/v1/domains/{domain}/trust",
        "trust_show",
        "What the ports of a domain need to believe grants: the registry's public keys, and the grants that count no more.",
        &[],
        &[("200", "Trust", "What to believe."), ("304", "", "The caller has it.")],
    ),
    act(
        "put",
        "/api/v1/deployments/{instance}/reads",
        "reads_tell",
        "Tells who has read through an instance since it told last. Whoever was seen to read and has registered nothing counts in every judgement by what it read.",
        Some("Reads"),
        &[("204", "", "It is noted.")],
    ),
    act(
        "post",
        "/api/v1/signing-keys",
        "signing_key_make",
        "Makes a key that signs grants from now on. The one before is believed until the last grant under it has ended.",
        None,
        &[("201", "PublicKey", "The new key's public half.")],
    ),
];

/// The schemas of the bodies.
pub(super) fn schemas() -> Vec<(&'static str, Value)> {
    let text = json!({ "type": "string" });
    let count = json!({ "type": "integer", "minimum": 0 });
    let time = json!({ "type": "string", "format": "date-time" });
    let reason = json!({ "type": "string", "minLength": 1, "maxLength": 1000, "description": "Why." });
    let purpose = json!({ "type": "string", "minLength": 1, "maxLength": 200, "description": "What for." });
    let id = json!({ "type": "string", "pattern": "^[0-9a-f]{32}$" });
    let pointers = json!({
        "type": "array", "items": { "type": "string" },
        "description": "JSON pointers of fields, each with everything in it; `*` stands for each item, the empty pointer for the whole record.",
    });
    let list = |item: Value| json!({ "type": "array", "items": item });
    // Bodies are read strictly: a member that nobody knows is refused.
    let strict = |mut schema: Value| {
        schema["additionalProperties"] = false.into();
        schema
    };
    let terms = reference("AccessTerms");
    let sides =
        [("consumer", reference("ConsumerName")), ("purpose", purpose), ("environment", reference("Name"))];
    let [consumer, for_what, environment] = sides.clone();
    vec![
        (
            "AgreementState",
            json!({ "enum": ["asked", "accepted", "refused", "withdrawn", "revoked", "ended"] }),
        ),
        (
            "AccessTerms",
            strict(object(
                &[("fields", pointers.clone()), ("until", json!({ "type": "string", "format": "date" }))],
                &[(
                    "rows",
                    json!({ "type": "string", "maxLength": 200, "description": "Whose rows, where a field tells several customers apart." }),
                )],
            )),
        ),
        (
            "AskAccess",
            strict(object(
                &[consumer.clone(), for_what.clone(), environment.clone(), ("terms", terms.clone())],
                &[],
            )),
        ),
        ("AcceptAccess", strict(object(&[], &[("terms", terms.clone()), ("reason", reason.clone())]))),
        ("EndAccess", strict(object(&[], &[("reason", reason)]))),
        (
            "Agreement",
            object(
                &[
                    ("id", id.clone()),
                    ("revision", count.clone()),
                    ("address", reference("Address")),
                    consumer.clone(),
                    for_what,
                    environment,
                    ("state", reference("AgreementState")),
                    ("asked", terms.clone()),
                    ("askedBy", text.clone()),
                    ("askedAt", time.clone()),
                ],
                &[
                    ("agreed", terms),
                    ("decidedBy", text.clone()),
                    ("decidedAt", time.clone()),
                    ("reason", text.clone()),
                ],
            ),
        ),
        (
            "IssuedGrant",
            object(&[("agreement", id), ("grant", text.clone()), ("expiresAt", time.clone())], &[]),
        ),
        (
            "PublicKey",
            object(
                &[
                    ("kty", json!({ "const": "OKP" })),
                    ("crv", json!({ "const": "Ed25519" })),
                    ("kid", text.clone()),
                    ("x", text.clone()),
                ],
                &[],
            ),
        ),
        (
            "Trust",
            object(
                &[
                    ("issuer", text.clone()),
                    ("tenant", text.clone()),
                    ("keys", list(reference("PublicKey"))),
                    ("revoked", list(text.clone())),
                ],
                &[],
            ),
        ),
        (
            "ObservedReader",
            strict(object(
                &[
                    consumer,
                    ("agreement", text),
                    ("address", reference("Address")),
                    ("version", reference("Version")),
                    ("fields", pointers),
                    ("answered", count.clone()),
                    ("refused", count.clone()),
                    ("lastAt", time),
                ],
                &[],
            )),
        ),
        ("Reads", strict(object(&[("epoch", count), ("readers", list(reference("ObservedReader")))], &[]))),
    ]
}
