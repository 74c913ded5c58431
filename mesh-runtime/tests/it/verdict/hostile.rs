//! Contracts come from anywhere: what they say must not pass for what the verdict says.

use mesh_contract::judgement::Policy;
use mesh_runtime::verdict::{Location, MARKER, Report, Source, github, json, markdown, plain, sarif, text};
use serde_json::json;

use super::{contract, report};

/// Moves the cursor, ends lines, makes commands, tables, markup, calls for people and links.
const HOSTILE: &str =
    "a\u{1b}[2J\n::error::x%0A|b|`c`<img src=x>@all #1 [l](http://x){0}```\u{202e}-- **d**\r\n# e";

/// A report with that text wherever text goes.
fn hostile() -> Report {
    let old = [contract("1.2.0", |_| ())];
    let new = contract("1.3.0", |it| {
        it["terms"] = HOSTILE.into();
        it["types"]["Order"]["fields"].as_array_mut().expect("fields").push(json!({
            "name": HOSTILE, "type": "string", "description": HOSTILE
        }));
        it["schemas"]["accepts"]["properties"][HOSTILE] = json!({ "type": "string" });
        it["schemas"]["accepts"]["required"].as_array_mut().expect("names").push(HOSTILE.into());
    });
    let mut report = report(&old, &new, &[], &Policy::default());
    for item in &mut report.changes[0].findings {
        item.message = format!("{} {HOSTILE}", item.message);
        item.locations = vec![Location::file(HOSTILE, Source::Rust)];
        for instead in &mut item.instead {
            instead.title = HOSTILE.to_owned();
            instead.code = HOSTILE.to_owned();
        }
    }
    assert!(report.items().any(|it| it.place.as_ref().is_some_and(|it| it.pointer().contains("::error"))));
    assert!(
        report.items().any(|it| it.level == mesh_runtime::verdict::Level::Error && !it.instead.is_empty())
    );
    report
}

#[test]
fn on_a_terminal_nothing_moves_and_no_line_is_made_up() {
    let told = text(&hostile(), &plain);
    assert!(told.chars().all(|it| it == '\n' || !it.is_control()) && !told.contains('\u{202e}'), "{told}");
    assert!(told.lines().all(|line| !line.starts_with("::")), "{told}");
}

#[test]
fn no_workflow_command_is_made_up() {
    let told = github(&hostile());
    let commands: Vec<&str> = told.lines().filter(|line| line.contains("::")).collect();
    for command in &commands {
        let rest = command.strip_prefix("::").expect("commands stand at the start of a line");
        let (properties, data) = rest.split_once("::").expect("properties, then data");
        assert!(["error ", "notice "].iter().any(|word| properties.starts_with(word)), "{command}");
        let (_, properties) = properties.split_once(' ').expect("a word");
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').expect("a name and a value");
            assert!(["file", "title"].contains(&name) && !value.contains(':'), "{command}");
        }
        assert!(!data.replace("%0A", "").replace("%25", "").contains('%'), "{command}");
    }
    assert_eq!(commands.len(), hostile().items().count());
}

#[test]
fn in_a_comment_nothing_is_markup() {
    let told = markdown(&hostile());
    let mut outside = String::new();
    let mut fence: Option<&str> = None;
    for line in told.lines() {
        match fence {
            Some(open) if line == open => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => {
                fence = Some(line.trim_end_matches(|it: char| it.is_alphanumeric()));
            }
            None => outside.push_str(&format!("{line}\n")),
        }
    }
    assert_eq!(fence, None, "a block of code is not closed:\n{told}");
    for made_up in ["<img", "@all", "[l]", "http:", "**d**", "\n# e", "|b|", "::error"] {
        assert!(!outside.contains(made_up), "`{made_up}` stands in\n{outside}");
    }
    let table: Vec<&str> = outside.lines().filter(|line| line.starts_with('|')).collect();
    assert!(table.len() > 2 && table.iter().all(|row| row.matches('|').count() == 5), "{outside}");
    assert_eq!(told.matches(MARKER).count(), 1);
    let (opened, closed) = (outside.matches("<details>").count(), outside.matches("</details>").count());
    assert!(opened > 0 && opened == closed, "{outside}");
}

#[test]
fn in_a_sarif_message_nothing_is_an_argument_or_a_link() {
    let log = sarif(&hostile());
    for result in log["runs"][0]["results"].as_array().expect("results") {
        let message = result["message"]["text"].as_str().expect("a message");
        assert!(message.contains("{{0}}") && !message.contains("[l]("), "{message}");
        let uri = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        let allowed = |it: char| it.is_ascii_alphanumeric() || "-._~/%".contains(it);
        assert!(uri.as_str().is_some_and(|uri| uri.chars().all(allowed)), "{uri}");
    }
}

#[test]
fn for_programs_the_text_is_as_it_was() {
    let told = json(&hostile());
    let messages = told["changes"][0]["findings"].as_array().expect("findings");
    assert!(messages.iter().all(|it| it["message"].as_str().is_some_and(|it| it.ends_with(HOSTILE))));
}

#[test]
fn a_comment_stays_below_what_code_hosts_take() {
    let mut report = hostile();
    let findings = &mut report.changes[0].findings;
    let many: Vec<_> = std::iter::repeat_with(|| findings[0].clone()).take(2_000).collect();
    findings.extend(many);
    let told = markdown(&report);
    assert!(told.len() < 65_536 && told.contains("more findings"), "{}", told.len());
}
