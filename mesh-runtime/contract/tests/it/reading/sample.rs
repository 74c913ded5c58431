//! A contract that has every member there is.

use serde_json::{Value, json};

/// Each object that may be extended has one member of its own.
pub(crate) fn full() -> Value {
    let field = json!({
        "name": "order_id", "type": {"decimal": {"precision": 18, "scale": 2}}, "description": "Number.", "optional": true,
        "nullable": true, "key": true, "unit": "EUR", "term": "order", "pii": "email", "classification": "confidential",
        "deprecated": "use another", "references": "shop.carts/id", "min": "0", "max": "9.5", "examples": [1.5, "a/b"],
        "x-field": [1]
    });
    let schema = json!({
        "$defs": {"Line": {"type": "object", "properties": {"a/b~c": {"const": 0.25}}}},
        "type": "object", "minProperties": 1, "maximum": 1e21, "multipleOf": 0.01, "enum": [null, true, "\u{1F600}", -7]
    });
    json!({
        "mesh": 1, "address": "sales.orders", "version": "1.2.0", "description": "Orders.\n\nAll of them.",
        "kind": "source-aligned", "stability": "stable",
        "domain": {"name": "sales", "description": "Selling.", "owner": "sales@example.com", "contact": "chat", "x-d": 1},
        "service": {"name": "orders", "description": "Takes orders.", "sharedWith": ["accounting"], "x-s": {"a": null}},
        "purpose": "billing", "terms": "inside the house", "tags": ["a", "b"],
        "deprecated": {"date": "2030-01-01", "successor": "sales.purchases"},
        "levels": {"freshness": "15m", "latency": "30s", "availability": "99.9%", "retention": "7y"},
        "key": ["order_id"],
        "ports": [{"name": "records", "kind": "records", "options": {"format": "ndjson"}, "x-p": "kept"}],
        "inputs": [
            {"address": "shop.carts", "requirement": "^1", "purpose": "all", "fields": ["/id"], "x-i": false}
        ],
        "root": "Order",
        "types": {
            "Order": {"description": "One.", "fields": [field, {"name": "line", "type": {"type": "Line"}}], "x-t": 0},
            "Line": {"tagging": {"adjacent": {"tag": "t", "content": "c"}}, "extensible": true, "variants": [
                {"name": "one", "description": "First.", "catchAll": true, "holds": ["string", {"list": "uint8"}], "x-v": 1},
                {"name": "two", "fields": [{"name": "n", "type": {"map": "json"}}]}
            ]},
            "Amount": {"newtype": {"type": "float64"}}
        },
        "schemas": {"emits": schema, "accepts": true},
        "examples": [{"order_id": 0.5, "nested": [[1, 2], {}]}],
        "x-note": {"kept": true}
    })
}

/// The pointers of every object of the format in the sample; what is inside schemas, examples and extensions is none.
pub(crate) fn objects() -> Vec<&'static str> {
    vec![
        "",
        "/domain",
        "/service",
        "/deprecated",
        "/levels",
        "/ports/0",
        "/inputs/0",
        "/schemas",
        "/types/Order",
        "/types/Order/fields/0",
        "/types/Order/fields/1",
        "/types/Line",
        "/types/Line/variants/0",
        "/types/Line/variants/1",
        "/types/Line/variants/1/fields/0",
        "/types/Amount",
        "/types/Amount/newtype",
    ]
}
