//! Personal data stays out of every form.

use mesh_contract::judgement::Policy;
use mesh_runtime::verdict::{github, json, markdown, plain, sarif, text};
use serde_json::json;

use super::{contract, report, sides};

#[test]
fn no_form_shows_the_value_of_a_personal_field() {
    let secret = "someone@example.com";
    let old = [contract("1.2.0", |_| ())];
    let new = contract("1.3.0", |it| {
        sides(it, |schema| {
            // Whoever has no address is a number: readers refuse it, and the witness shows a value of this field.
            schema["properties"]["email"] = json!({ "enum": [17_171, [secret]] });
        });
    });
    let report = report(&old, &new, &[], &Policy::default());
    let finding = report.items().find(|it| it.witness.is_some()).expect("a finding with a record");
    let witness = finding.witness.as_ref().expect("a record");
    assert_eq!((witness.guilty.as_str(), &witness.record["email"]), ("/email", &json!("***")));
    let forms = [
        text(&report, &plain),
        json(&report).to_string(),
        sarif(&report).to_string(),
        github(&report),
        markdown(&report),
    ];
    for form in forms {
        assert!(!form.contains(secret) && !form.contains("17171"), "{form}");
        assert!(form.contains("masked"), "{form}");
    }
}
