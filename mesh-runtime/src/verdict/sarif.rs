//! SARIF 2.1.0: what code hosts and editors read findings from.

use mesh_contract::judgement::{Standing, rules};
use serde_json::{Map, Value, json};

use super::escape::one_line;
use super::file_rules::FILE_RULES;
use super::place::Location;
use super::report::{Item, Level, Report};

/// Where the format is described.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The name under which a fingerprint is kept; a number for the way in which it is made.
const FINGERPRINT: &str = "meshFinding/v1";

/// The report as a SARIF log. Files are relative to the folder that the report is made in.
pub fn sarif(report: &Report) -> Value {
    let rules = rules();
    let results: Vec<Value> = report.items().map(|item| result(item, &rules)).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "mesh",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

/// Every rule, so that a host can show the help of one that found nothing this time.
fn rules() -> Vec<Value> {
    let rule = |id: &str, sentence: &str, explanation: &str| {
        json!({
            "id": id,
            "shortDescription": { "text": format!("{sentence}.") },
            "fullDescription": { "text": explanation },
            "help": { "text": explanation, "markdown": explanation },
        })
    };
    let of_judgement = rules::ALL.iter().map(|it| {
        let mut rule = rule(it.id, it.sentence, it.explanation);
        let example = format!(
            "{}\n\nBefore:\n\n```rust\n{}\n```\n\nAfter:\n\n```rust\n{}\n```\n",
            it.explanation, it.example.before, it.example.after
        );
        rule["help"]["markdown"] = example.into();
        rule["properties"] = json!({ "step": it.step });
        rule
    });
    of_judgement.chain(FILE_RULES.iter().map(|it| rule(it.id, it.sentence, it.explanation))).collect()
}

fn result(item: &Item, rules: &[Value]) -> Value {
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), item.rule.clone().into());
    if let Some(index) = rules.iter().position(|rule| rule["id"] == item.rule.as_str()) {
        result.insert("ruleIndex".to_owned(), index.into());
    }
    let level = match item.level {
        Level::Error => "error",
        Level::Unproven => "warning",
        Level::Note => "note",
    };
    result.insert("level".to_owned(), level.into());
    result.insert("message".to_owned(), json!({ "text": message(item) }));
    let (first, others) = match item.locations.split_first() {
        Some((first, others)) => (Some(first), others),
        None => (None, &[][..]),
    };
    let mut location = first.map_or_else(|| json!({}), physical);
    let pointer = item.place.as_ref().map(|place| place.pointer()).filter(|pointer| !pointer.is_empty());
    let name = format!("{}{}", item.about, pointer.map(|it| format!("#{it}")).unwrap_or_default());
    location["logicalLocations"] = json!([{ "fullyQualifiedName": name }]);
    result.insert("locations".to_owned(), json!([location]));
    if !others.is_empty() {
        result.insert("relatedLocations".to_owned(), others.iter().map(physical).collect());
    }
    if let Some(fingerprint) = &item.fingerprint {
        result.insert("partialFingerprints".to_owned(), json!({ FINGERPRINT: fingerprint }));
    }
    if let Some(Standing::Waived { .. }) = item.standing {
        let why = item.excuse().unwrap_or_default();
        let waiver = json!([{ "kind": "external", "status": "accepted", "justification": why }]);
        result.insert("suppressions".to_owned(), waiver);
    }
    let told = [
        ("step", item.step.map(|step| json!(step))),
        ("standing", item.standing.as_ref().map(|standing| json!(standing))),
        ("witness", item.witness.as_ref().map(|witness| json!(witness))),
        ("readers", (!item.readers.is_empty()).then(|| json!(item.readers))),
        ("instead", (!item.instead.is_empty()).then(|| json!(item.instead))),
    ];
    let told: Map<String, Value> =
        told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    if !told.is_empty() {
        result.insert("properties".to_owned(), told.into());
    }
    Value::Object(result)
}

/// What happened, whom it hurts and what to do. In messages braces stand for arguments, so real ones are doubled; a bracket
/// before a parenthesis makes a link, so it is taken for what it is.
fn message(item: &Item) -> String {
    let mut text = format!("{}.", item.message);
    let hurts = if item.level == Level::Unproven { "May hurt" } else { "Hurts" };
    for (word, what) in [("Unproven", item.doubt().map(str::to_owned)), (hurts, item.hurts())] {
        if let Some(what) = what {
            text.push_str(&format!(" {word}: {what}."));
        }
    }
    if let Some(instead) = item.instead.first() {
        text.push_str(&format!(" Instead: {}.", instead.title));
    }
    let text = one_line(&text).replace('{', "{{").replace('}', "}}");
    if text.contains("](") { text.replace('[', "\\[").replace(']', "\\]") } else { text }
}

fn physical(location: &Location) -> Value {
    let mut physical = json!({
        "physicalLocation": { "artifactLocation": { "uri": uri(&location.file), "uriBaseId": "%SRCROOT%" } }
    });
    if let Some(line) = location.line {
        let mut region = json!({ "startLine": line });
        if let Some(column) = location.column {
            region["startColumn"] = column.into();
        }
        physical["physicalLocation"]["region"] = region;
    }
    physical
}

/// A relative path as a reference of a URI.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}
