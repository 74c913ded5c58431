//! Asking to read another domain's product, and deciding it, with the command.

use std::time::{SystemTime, UNIX_EPOCH};

use mesh_contract::Day;
use serde_json::json;

use crate::command::{Ended, mesh, run};
use crate::town::Town;
use crate::workspace;

/// A day that is so many days ahead.
fn ahead(days: u64) -> Day {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    Day::from_unix_days(now / (24 * 60 * 60) + days)
}

#[track_caller]
fn in_accounting(town: &Town, line: &str) -> Ended {
    let folder = workspace::root().join("domains/accounting");
    run(mesh(&folder).args(line.split_whitespace()).args(["--registry", &town.registry.registry()]))
}

#[test]
fn access_is_asked_for_decided_and_ended_by_one_command_each() {
    let town = Town::new();
    let (later, sooner) = (ahead(60), ahead(30));
    let ask = format!("request sales.orders --purpose Research --until {later} --as bi");
    town.mesh(&ask).with(2).says(&["which fields", "--fields", "--all"]);
    town.mesh(&format!("{ask} --fields order_idd")).with(2).says(&["no field `/order_idd`", "`/order_id`"]);
    town.mesh(&ask.replace("sales.orders", "sales.ordres").replace("--as bi", "--as bi --all"))
        .with(2)
        .says(&["did you mean `sales.orders`?"]);
    let asked = town.mesh(&format!("{ask} --fields order_id,lines --format json")).with(0).json();
    assert_eq!(
        (&asked["state"], &asked["asked"]["fields"]),
        (&json!("asked"), &json!(["/lines", "/order_id"]))
    );
    let id = asked["id"].as_str().expect("an id");
    town.mesh("access list --state asked").with(0).says_out(&[id, "bi", "sales.orders", "production"]);
    town.mesh("access list --state dreamt").with(2).says(&["asked, accepted"]);
    town.mesh(&format!("access grant {id}")).with(2).says(&["only while it is accepted"]);

    town.mesh(&format!("access accept {id} --fields order_id,total")).with(2).says(&["`/total` was not"]);
    town.mesh(&format!("access accept {id} --fields order_id --until {sooner} --reason ids-will-do"))
        .with(0)
        .says_out(&["accepted", "/order_id", &sooner.to_string(), "asked for", "ids-will-do"]);
    let grant = town.mesh(&format!("access grant {id}")).with(0).stdout;
    assert_eq!(grant.trim().split('.').count(), 3, "{grant}");
    town.mesh(&format!("access refuse {id} --reason no")).with(2).says(&["mesh access revoke"]);
    town.mesh(&format!("access revoke {id} --reason it-is-over"))
        .with(0)
        .says_out(&["revoked", "it-is-over"]);
    town.mesh(&format!("access show {id}")).with(0).says_out(&["revoked", "bi"]);
    town.mesh("access show nothing").with(2).says(&["no agreement `nothing`", "mesh access list"]);

    let again = town.mesh(&format!("{ask} --all --format json")).with(0).json();
    let id = again["id"].as_str().expect("an id");
    town.mesh(&format!("access withdraw {id}")).with(0).says_out(&["withdrawn", "every field"]);
}

#[test]
fn a_domain_asks_for_what_its_own_contracts_say_it_reads() {
    let town = Town::new();
    let until = ahead(60);
    let ask = format!("request sales.INPUT --purpose Books --until {until} --format json");
    let asked = in_accounting(&town, &ask.replace("INPUT", "invoices")).with(0).json();
    assert_eq!(asked["consumer"], "accounting");
    let fields = asked["asked"]["fields"].as_array().expect("fields");
    assert!(!fields.is_empty() && fields.iter().all(|field| field.as_str() != Some("")), "{asked}");
    in_accounting(&town, &ask.replace("INPUT", "playlists")).with(2);
}
