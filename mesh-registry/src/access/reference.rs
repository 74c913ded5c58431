//! The page of permissions, held against the table.

use std::fmt::Write as _;

use mesh_contract::wire::Role;

use super::{PERMISSIONS, Permission, Who};

fn page() -> String {
    let mut page = String::from(
        "# Who may do what\n\n\
         Made from the table in `mesh-registry/src/access/permission.rs`, which the registry asks at every request. A role of a domain\n\
         counts in that domain alone. Everybody means whoever the registry knows, in their own tenant. What stands under\n\
         \"action\" is what a token can be bounded to (`mesh token make --action publish`).\n\n\
         An open registry (`access.mode = \"open\"`, on one machine alone) asks nobody, and lets everybody do everything.\n\n\
         | action | anyone | everybody |",
    );
    for role in Role::ALL {
        write!(page, " {role} |").expect("text takes text");
    }
    page.push_str(" what |\n|---|---|---|");
    page.push_str(&"---|".repeat(Role::ALL.len()));
    page.push_str("---|\n");
    for Permission { name, about, who, .. } in &PERMISSIONS {
        let mark = |yes: bool| if yes { "yes" } else { "" };
        let (anyone, everybody) = (*who == Who::Anyone, matches!(who, Who::Anyone | Who::Everybody));
        write!(page, "| `{name}` | {} | {} |", mark(anyone), mark(everybody)).expect("text takes text");
        for role in Role::ALL {
            let may = everybody || matches!(who, Who::Roles(roles) if roles.contains(&role));
            write!(page, " {} |", mark(may)).expect("text takes text");
        }
        writeln!(page, " {about} |").expect("text takes text");
    }
    page
}

#[test]
fn the_page_of_permissions_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/permissions.md");
    if std::env::var_os("MESH_UPDATE").is_some() {
        std::fs::write(&path, page()).expect("the page is written");
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        there == page(),
        "docs/permissions.md is not what the table says; run the test with MESH_UPDATE=1"
    );
}
