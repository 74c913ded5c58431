//! The other checker. Like ours, it is given documents; what it prepares of them belongs to the answer.

#[path = "../../pairs.rs"]
mod pairs;

use jsoncompat::{Role, SchemaDocument, check_compat};
use pairs::{median, parse, tell};
use serde_json::Value;

fn judge(sub: &Value, sup: &Value) -> Option<bool> {
    let (sub, sup) = (SchemaDocument::from_json(sub).ok()?, SchemaDocument::from_json(sup).ok()?);
    // Whether all that the new writer writes is read by the old reader: `sub` within `sup`.
    check_compat(&sup, &sub, Role::Serializer).ok()
}

fn main() {
    // 10,000 fields take it minutes.
    for pair in pairs::pairs().into_iter().filter(|pair| !pair.name.ends_with(" 10000")) {
        let (sub, sup) = (parse(&pair.sub), parse(&pair.sup));
        let answer = match judge(&sub, &sup) {
            Some(true) => "contained",
            Some(false) => "not proved",
            None => "an error",
        };
        let parsed = median(|| judge(&sub, &sup));
        let whole = median(|| judge(&parse(&pair.sub), &parse(&pair.sup)));
        tell("jsoncompat", &pair, parsed, whole, answer);
    }
}
