//! What is said of each sort of fault, and where it is said to be.

use mesh_contract::{Contract, Expectation};
use serde_json::{Value, json};

use super::{refusal, sample};

/// The sample on many lines, with one text in it replaced.
fn with(found: &str, instead: &str) -> String {
    let text = serde_json::to_string_pretty(&sample::full()).unwrap();
    assert_eq!(text.matches(found).count(), 1, "{found} stands once in the sample:\n{text}");
    text.replace(found, instead)
}

/// Where a text stands in another, as `line:column`.
fn place(text: &str, found: &str) -> String {
    let at = text.find(found).unwrap();
    let line_start = text[..at].rfind('\n').map_or(0, |feed| feed + 1);
    format!("{}:{}", text[..at].matches('\n').count() + 1, at - line_start + 1)
}

#[track_caller]
fn check(text: &str, at: &str, said: &str) {
    assert_eq!(refusal(text), format!("{} {said}", place(text, at)));
}

#[test]
fn a_faulty_value_is_told_where_it_begins() {
    let text = with("\"99.9%\"", "\"most\"");
    let said = refusal(&text);
    assert!(said.starts_with(&format!("{} /levels/availability ", place(&text, "\"most\""))), "{said}");
}

#[test]
fn a_faulty_member_that_stands_last_is_told_where_it_stands() {
    let text = "{\n  \"mesh\": 1,\n  \"address\": 7\n\n}\n";
    assert_eq!(refusal(text), "3:14 /address invalid type: integer `7`, expected a string");
    let text = r#"{"mesh": 1, "x-a": {
        "b": 1,
        "c": 9007199254740993
    }
}"#;
    check(
        text,
        "9007199254740993",
        "/x-a/c the number 9007199254740993 does not survive a 64-bit float; write it as text, or choose one that does",
    );
}

#[test]
fn a_byte_order_mark_is_named() {
    let text = format!("\u{feff}{}", sample::full());
    assert_eq!(refusal(&text), "1:1  it starts with a byte order mark; save it as UTF-8 without one");
}

#[test]
fn a_misspelled_member_is_told_before_the_one_that_is_missing() {
    check(
        &with("\"address\": \"sales.orders\"", "\"adress\": \"sales.orders\""),
        "\"adress\"",
        "/adress unknown member `adress`; did you mean `address`?",
    );
    check(
        &with("\"owner\"", "\"owners\""),
        "\"owners\"",
        "/domain/owners unknown member `owners`; did you mean `owner`?",
    );
    check(
        &with("\"emits\"", "\"emit\""),
        "\"emit\"",
        "/schemas/emit unknown member `emit`; did you mean `emits`?",
    );
    check(
        &with("\"sharedWith\"", "\"shared_with\""),
        "\"shared_with\"",
        "/service/shared_with unknown member `shared_with`; did you mean `sharedWith`?",
    );
}

#[test]
fn a_missing_member_is_told_where_its_object_begins() {
    let text = with("\"owner\": \"sales@example.com\",", "");
    assert_eq!(
        refusal(&text),
        format!("{} /domain missing field `owner`", object_place(&text, "\"domain\": "))
    );
}

fn object_place(text: &str, name: &str) -> String {
    let member = place(text, name);
    let (line, column) = member.split_once(':').unwrap();
    format!("{line}:{}", column.parse::<usize>().unwrap() + name.len())
}

#[test]
fn a_member_that_nothing_reads_is_refused_in_every_object_of_the_format() {
    for pointer in sample::objects() {
        let mut contract = sample::full();
        contract.pointer_mut(pointer).unwrap()["colour"] = json!("red");
        let said = refusal(&contract.to_string());
        assert!(said.contains(&format!(" {pointer}/colour unknown member `colour`; remove it")), "{said}");
    }
}

#[test]
fn what_a_type_or_a_tagging_does_not_know_is_refused() {
    for (found, instead, pointer) in [
        ("\"scale\": 2", "\"scale\": 2, \"base\": 10", "/types/Order/fields/0/type/decimal"),
        ("\"tag\": \"t\"", "\"tag\": \"t\", \"flag\": 1", "/types/Line/tagging/adjacent"),
    ] {
        let said = refusal(&with(found, instead));
        assert!(said.contains(&format!(" {pointer}")) && said.contains("unknown member"), "{said}");
    }
}

#[test]
fn the_reader_knows_every_member_that_is_written() {
    // Each member of the sample is read and written again, so none of them is missing from the types; and each is known to
    // the table of members, or the misspelling beside it would not be what is told first.
    let sample = sample::full();
    let read = Contract::read(&sample.to_string()).unwrap();
    assert_eq!(read.to_value(), sample);
    for pointer in sample::objects() {
        let names: Vec<String> =
            sample.pointer(pointer).unwrap().as_object().unwrap().keys().cloned().collect();
        for name in names.iter().filter(|name| !name.starts_with("x-")) {
            let mut contract = sample.clone();
            let object = contract.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
            let value = object.remove(name).unwrap();
            object.insert(format!("{name}q"), value);
            let said = refusal(&contract.to_string());
            let meant = format!(" {pointer}/{name}q unknown member `{name}q`; did you mean `{name}`?");
            assert!(said.ends_with(&meant), "{said}");
        }
    }
}

#[test]
fn a_list_does_not_stand_for_an_object() {
    for (pointer, list) in [
        ("/schemas", json!([true, true])),
        ("/levels", json!([])),
        ("/deprecated", json!(["2030-01-01"])),
        ("/types/Order/fields/0/type/decimal", json!([18, 2])),
        ("/types/Line/tagging/adjacent", json!(["t", "c"])),
        ("", json!([1])),
        ("", json!([2])),
    ] {
        let mut contract = sample::full();
        *contract.pointer_mut(pointer).unwrap() = list;
        let said = refusal(&contract.to_string());
        assert!(said.ends_with(&format!(" {pointer} a list stands where an object belongs")), "{said}");
    }
}

#[test]
fn a_repeated_member_is_told_where_it_stands_again() {
    let text = "{\n  \"mesh\": 1,\n  \"x-a\": [{\"b\": 1,\n    \"\\u0062\": 2}]\n}";
    assert_eq!(refusal(text), "4:5 /x-a/0/b the member `b` stands here a second time");
    let text = with("\"purpose\": \"billing\"", "\"purpose\": \"billing\", \"mesh\": 1");
    let said = refusal(&text);
    assert!(said.ends_with(" /mesh the member `mesh` stands here a second time"), "{said}");
}

#[test]
fn what_nests_too_deep_is_told_where_it_does() {
    let nested = |levels: usize| {
        with("\"kept\": true", &format!("\"kept\": {}1{}", "[".repeat(levels), "]".repeat(levels)))
    };
    assert!(Contract::read(&nested(98)).is_ok(), "98 lists inside two objects are 100 levels");
    for levels in [99, 127, 100_000] {
        let text = nested(levels);
        let said = refusal(&text);
        assert!(
            said.contains(" /x-note/kept/0/0/0/0/") && said.ends_with("nested deeper than 100 levels"),
            "{said}"
        );
        let line = text.lines().position(|line| line.contains("\"kept\": [")).unwrap() + 1;
        assert!(said.starts_with(&format!("{line}:")), "{said}");
    }
    let open = "[".repeat(1_000_000);
    assert!(refusal(&open).ends_with("nested deeper than 100 levels"));
}

#[test]
fn a_number_that_a_double_cannot_hold_is_refused_however_it_is_written() {
    for number in [
        "9007199254740993",
        "-9007199254740993",
        "123456789012345678901234567890",
        "0.10000000000000000555",
        "1e-400",
    ] {
        let text = with("\"minProperties\": 1,", &format!("\"minProperties\": {number},"));
        check(
            &text,
            number,
            &format!(
                "/schemas/emits/minProperties the number {number} does not survive a 64-bit float; write it as text, or choose one that does"
            ),
        );
    }
    let text = with("\"minProperties\": 1,", "\"minProperties\": 1e999,");
    let said = refusal(&text);
    assert!(said.contains(" /schemas/emits/minProperties ") && said.contains("out of range"), "{said}");
    for number in [
        "9007199254740992",
        "100000000000000000000000",
        "0.30000000000000004",
        "5e-324",
        "1.0000000000000000000",
    ] {
        let text = with("\"minProperties\": 1,", &format!("\"minProperties\": {number},"));
        assert!(Contract::read(&text).is_ok(), "{number}");
    }
}

#[test]
fn a_text_that_is_no_json_is_told_where_it_ceases_to_be() {
    for (text, said) in [
        ("", "1:1  EOF while parsing a value"),
        ("\n\n{\"mesh\": 1,\n", "4:1  EOF while parsing a value"),
        ("{\"x-a\": \"\\x\"}", "1:10 /x-a invalid escape"),
        ("{\"x-a\": [1, \"\\ud800\"]}", "1:20 /x-a/1 hex escape"),
        ("{\"mesh\": 1} {}", "1:13  trailing characters"),
    ] {
        let found = refusal(text);
        let (place, rest) = found.split_once(' ').unwrap();
        let (expected_place, expected) = said.split_once(' ').unwrap();
        assert_eq!(place.split(':').next(), expected_place.split(':').next(), "{found}");
        let (pointer, message) = expected.split_once(' ').unwrap();
        assert!(rest.starts_with(&format!("{pointer} ")) && rest.contains(message), "{found}");
    }
}

#[test]
fn a_document_of_a_later_format_is_told_to_be_one_whatever_else_it_holds() {
    let text = with("\"mesh\": 1", "\"mesh\": 2, \"news\": true");
    check(
        &text,
        "2, \"news\"",
        "/mesh the document is in format 2, and this release reads format 1; use a release of the mesh that reads it",
    );
}

#[test]
fn rules_of_the_contract_are_told_at_what_breaks_them() {
    for (found, instead, at, said) in [
        (
            "\"name\": \"sales\"",
            "\"name\": \"shop\"",
            "\"shop\"",
            "/domain/name the address `sales.orders` is not in the domain `shop`",
        ),
        ("\"root\": \"Order\"", "\"root\": \"Odor\"", "\"Odor\"", "/root `Odor` is not described in `types`"),
        (
            "\"accepts\": true",
            "\"accepts\": 1",
            "\"accepts\": 1",
            "/schemas/accepts a JSON Schema is an object or a boolean",
        ),
    ] {
        let text = with(found, instead);
        let found = refusal(&text);
        assert!(found.ends_with(&format!(" {said}")), "{found}");
        assert!(found.starts_with(&format!("{}:", place(&text, at).split(':').next().unwrap())), "{found}");
    }
}

#[test]
fn an_expectation_is_read_as_strictly() {
    let expectation = json!({
        "mesh": 1, "consumer": "billing", "consumerVersion": "2", "environment": "production", "address": "sales.orders",
        "requirement": "^1", "purpose": "billing", "fields": ["/order_id"], "schema": {"type": "object"}
    });
    let read = Expectation::read(&expectation.to_string()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), expectation);
    let names: Vec<&String> = expectation.as_object().unwrap().keys().collect();
    for name in names {
        let mut misspelled: Value = expectation.clone();
        let value = misspelled.as_object_mut().unwrap().remove(name).unwrap();
        misspelled[format!("{name}q")] = value;
        let error = Expectation::read(&misspelled.to_string()).unwrap_err();
        assert_eq!(error.message, format!("unknown member `{name}q`; did you mean `{name}`?"));
        assert_eq!(error.pointer, format!("/{name}q"));
    }
}
