//! Readers in any language, what runs where, and whether something may be deployed: the three verbs against a registry.

use std::path::Path;

use serde_json::json;

use crate::command::{mesh, run};
use crate::town::Town;

fn write_schema(folder: &Path, name: &str, kind: &str) {
    let schema = json!({
        "type": "object", "properties": { "order_id": { "type": kind } }, "required": ["order_id"],
    });
    std::fs::write(folder.join(name), schema.to_string()).expect("a schema");
}

#[test]
fn a_version_goes_where_readers_in_any_language_take_it() {
    let town = Town::new();
    write_schema(town.folder.path(), "takes.json", "integer");
    write_schema(town.folder.path(), "refuses.json", "string");
    let registered = town
        .mesh("expect --schema takes.json --consumer billing --consumer-version 2.1 --product sales.orders@* --format json")
        .with(0)
        .json();
    assert_eq!((&registered["fields"], &registered["pending"]), (&json!(["/order_id"]), &json!(false)));
    town.mesh("deployed billing 2.1 --to production").with(0);
    let version = registered_version(&town);
    let asked = format!("can-i-deploy sales.orders@{version} --to production");
    assert!(town.mesh(&asked).with(0).stdout.contains("yes"));

    town.mesh(
        "expect --schema refuses.json --consumer billing --consumer-version 2.2 --product sales.orders@*",
    )
    .with(0);
    town.mesh("deployed billing 2.2 --to production").with(0);
    let told = town.mesh(&asked).with(1).stdout;
    for part in ["billing 2.2", "/order_id", "no"] {
        assert!(told.contains(part), "`{part}` is missing in\n{told}");
    }
    let answer = town.mesh(&format!("{asked} --format json")).with(1).json();
    assert_eq!((&answer["answer"], &answer["pairs"][0]["consumerVersion"]), (&json!("no"), &json!("2.2")));

    town.mesh("deployed billing 2.2 --to production --undo").with(0);
    town.mesh("deployed billing 2.2 --to production --undo").with(2).says(&["not recorded"]);
    let asked = town.mesh("can-i-deploy billing@2.1 --to production").with(2);
    assert_eq!(
        (asked.stdout.matches("no version of `sales.orders`").count(), asked.stderr.as_str()),
        (1, ""),
        "{asked:?}"
    );
    assert!(asked.stdout.starts_with("unknown: ") && asked.stdout.contains("mesh deployed"), "{asked:?}");
    town.mesh(&format!("deployed sales.orders {version} --to production")).with(0);
    town.mesh("can-i-deploy billing@2.1 --to production").with(0);
    town.mesh("expect --remove --consumer billing --product sales.orders --consumer-version 2.1").with(0);
    let asked = town.mesh("can-i-deploy billing@2.1 --to production").with(2).stdout;
    assert!(asked.contains("mesh expect"), "{asked}");
}

#[test]
fn a_version_is_yanked_rolled_back_deprecated_and_retired_by_one_command_each() {
    let town = Town::new();
    let of = |version: &str| {
        let url = format!(
            "{}/api/v1/products/sales.orders/versions/{}",
            town.registry.registry(),
            registered_version(&town)
        );
        let mut contract = crate::http::json(&url);
        contract["version"] = version.into();
        let path = format!("{}/api/v1/products/sales.orders/versions/{version}", town.registry.registry());
        crate::http::put(&path, &contract);
    };
    of("1.1.0");
    of("2.0.0");
    town.mesh("yank sales.orders@2.0.0 --reason wrong-totals").with(0).says_out(&["yanked", "2.0.0"]);
    town.mesh("info sales.orders").with(0).says_out(&["sales.orders 1.1.0", "2.0.0 (yanked)"]);
    town.mesh("yank sales.orders@2.0.0 --undo").with(0).says_out(&["offered again"]);
    town.mesh("rollback sales.orders --to 1.0.0").with(0).says_out(&["1 comes to 1.0.0", "held back: 1.1.0"]);
    town.mesh("info sales.orders@^1").with(0).says_out(&["1.1.0 (held back)", "1 comes to 1.0.0"]);
    town.mesh("rollback sales.orders --to 1.1.0").with(0);

    write_schema(town.folder.path(), "takes.json", "integer");
    town.mesh("expect --schema takes.json --consumer billing --consumer-version 1 --product sales.orders@^1")
        .with(0);
    town.mesh("deployed billing 1 --to production").with(0);
    town.mesh("deprecate --status").with(0).says_out(&["Nothing is deprecated"]);
    town.mesh("deprecate sales.orders@1 --until 2999-06-30 --successor 2.0.0").with(0).says_out(&[
        "stays until 2999-06-30",
        "use 2.0.0",
        "billing",
        "taken as it is",
        "In the way",
    ]);
    town.mesh("deprecate sales.orders@1 --status").with(1);
    town.mesh("deprecate --status").with(0).says_out(&["sales.orders", "2999-06-30"]);
    town.mesh("retire sales.orders@1").with(2).says(&[
        "cannot be retired",
        "stays until 2999-06-30",
        "`billing` 1 runs in production",
        "--override",
    ]);
    town.mesh("retire sales.orders@1 --override").with(2).says(&["--reason"]);
    town.mesh("retire sales.orders@1 --override --reason it-must-go")
        .with(0)
        .says_out(&["retired", "overridden"]);
    town.mesh("info sales.orders@^1").with(0).says_out(&["1.1.0 (retired)"]);
    town.mesh("retire sales.orders@1 --undo").with(0).says_out(&["promised again"]);
    town.mesh("deprecate sales.orders@1 --undo").with(0).says_out(&["stays"]);
    town.mesh("yank sales.ordres@1.0.0").with(2).says(&["did you mean `sales.orders`?"]);
    town.mesh("yank sales.orders").with(2).says(&["sales.orders@1.2.0"]);
}

#[test]
fn a_domain_changes_hands_with_a_word_from_each_side() {
    let town = Town::new();
    town.mesh("owner show sales").with(0).says_out(&["sales-data@chinook.example"]);
    town.mesh("owner offer sales --to shop@example.com")
        .with(0)
        .says_out(&["offered to shop@example.com", "mesh owner accept sales --as shop@example.com"]);
    town.mesh("owner accept sales --as somebody@example.com").with(2).says(&["offered to shop@example.com"]);
    town.mesh("owner accept sales --as shop@example.com").with(0).says_out(&["owned by shop@example.com"]);
    town.mesh("owner withdraw sales").with(0);
}

#[test]
fn what_nobody_knows_is_not_recorded_to_run_anywhere() {
    let town = Town::new();
    town.mesh("deployed sales.ordres 1.0.0 --to production").with(2).says(&[
        "sales.ordres",
        "did you mean `sales.orders`?",
        "mesh expect",
    ]);
    write_schema(town.folder.path(), "takes.json", "integer");
    town.mesh("expect --schema takes.json --consumer billing --product sales.orders@*").with(0);
    town.mesh("deployed biling 7 --to production").with(2).says(&["did you mean `billing`?"]);
    let told = town.mesh("deployed warehouse 7 --to production").with(2);
    assert!(!told.stderr.contains("did you mean"), "{}", told.stderr);
    let url = format!("{}/api/v1/environments/production/deployed", town.registry.registry());
    assert_eq!(crate::http::json(&url)["items"], json!([]));
    town.mesh("deployed warehouse 7 --to production --unregistered").with(0);
    town.mesh("deployed warehouse 7 --to production --undo").with(0);
}

#[test]
fn a_product_that_nobody_published_is_answered_with_the_nearest_one() {
    let town = Town::new();
    town.mesh("info sales.ordres").with(2).says(&["sales.ordres", "did you mean `sales.orders`?"]);
    town.mesh("info weather.forecasts").with(2).says(&["no product is published", "mesh search"]);
}

fn registered_version(town: &Town) -> String {
    let product = crate::http::json(&format!("{}/api/v1/products/sales.orders", town.registry.registry()));
    product["version"].as_str().expect("a version").to_owned()
}

#[test]
fn what_is_no_schema_is_refused_before_anything_is_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("wrong.json"), r#"{"type": "number or so"}"#).expect("a file");
    let ended = run(mesh(folder.path()).args([
        "expect",
        "--schema",
        "wrong.json",
        "--consumer",
        "billing",
        "--product",
        "sales.orders@^1",
        "--registry",
        "http://127.0.0.1:9",
    ]));
    ended.with(2).says(&["not a JSON Schema", "wrong.json"]);
}
