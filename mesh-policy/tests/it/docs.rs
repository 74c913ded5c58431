//! `docs/policies.md` shows the documents and the starters as they are. `MESH_UPDATE=1` writes those parts anew.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use mesh_policy::member::{OBJECTS, Object};
use mesh_policy::{PolicySet, starters};

fn documents() -> String {
    let mut text = String::new();
    for Object { name, about, members } in OBJECTS {
        write!(text, "\n### `{name}`: {about}\n\n| member | is | says |\n|---|---|---|\n").expect("text");
        for member in *members {
            writeln!(text, "| `{}` | {} | {} |", member.name, member.kind.words(), member.about)
                .expect("text");
        }
    }
    text
}

fn policies() -> String {
    let document = starters::document();
    let set = PolicySet::platform(&document).unwrap_or_else(|errors| panic!("{errors}"));
    let mut text = "\n| id | asks | of | when broken |\n|---|---|---|---|\n".to_owned();
    for policy in set.policies() {
        let of: Vec<_> = policy.applies.iter().map(|subject| subject.as_str()).collect();
        let severity = policy.severity.as_str();
        writeln!(text, "| `{}` | {} | {} | {severity} |", policy.id, policy.title, of.join(", "))
            .expect("text");
    }
    text
}

#[test]
fn the_page_shows_what_there_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/policies.md");
    let page = fs::read_to_string(&path).expect("the page");
    let mut new = page.clone();
    for (name, part) in [("documents", documents()), ("starters", policies())] {
        let (open, close) = (format!("<!-- {name} -->\n"), format!("\n<!-- end of {name} -->"));
        let start = new.find(&open).unwrap_or_else(|| panic!("no `{open}`")) + open.len();
        let end = new.find(&close).unwrap_or_else(|| panic!("no `{close}`"));
        new.replace_range(start..end, &part);
    }
    if std::env::var_os("MESH_UPDATE").is_some() {
        fs::write(&path, &new).expect("it is written");
        return;
    }
    assert!(page == new, "docs/policies.md is not as the tables are; run this with MESH_UPDATE=1");
}
