//! `mesh check`, `mesh waive` and what they share: a change in a domain's files, and who is told of it how.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ended, mesh, run};
use crate::workspace;
use crate::workspace::copy;

/// The sales domain with its sources, its first versions released.
fn sales() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let from = workspace::root().join("domains/sales");
    for name in ["contracts", "src"] {
        copy(&from.join(name), &folder.path().join(name));
    }
    fs::write(folder.path().join("mesh.toml"), "# ours\nenvironment = \"test\"\n").expect("a file");
    let mut lock = "version = 1\n".to_owned();
    for product in ["customers", "invoices", "orders", "products"] {
        let text = fs::read_to_string(folder.path().join(format!("contracts/{product}/1.0.0.json")));
        let contract = mesh_contract::Contract::read(&text.expect("a file")).expect("a contract");
        let digest = contract.digest().expect("a digest");
        lock.push_str(&format!(
            "\n[[released]]\naddress = \"sales.{product}\"\nversion = \"1.0.0\"\ndigest = \"{digest}\"\n"
        ));
    }
    fs::write(folder.path().join("mesh.lock"), lock).expect("a file");
    folder
}

/// Writes version 1.1.0 of a product, changed.
fn change(sales: &Path, product: &str, edit: impl FnOnce(&mut Value)) {
    let folder = sales.join("contracts").join(product);
    let text = fs::read_to_string(folder.join("1.0.0.json")).expect("a contract").replace("1.0.0", "1.1.0");
    let mut contract: Value = serde_json::from_str(&text).expect("JSON");
    edit(&mut contract);
    let contract = mesh_contract::Contract::read(&contract.to_string()).expect("a contract");
    fs::write(folder.join("1.1.0.json"), contract.to_pretty()).expect("a file");
}

fn field<'c>(contract: &'c mut Value, of: &str, name: &str) -> &'c mut Value {
    let fields = contract["types"][of]["fields"].as_array_mut().expect("fields");
    fields.iter_mut().find(|field| field["name"] == name).expect("the field")
}

/// Totals in another unit, and customers' addresses no longer always there.
fn in_euros(contract: &mut Value) {
    field(contract, "Order", "total")["unit"] = "EUR".into();
}

fn other_words(contract: &mut Value) {
    field(contract, "Order", "total")["description"] = "What is left to pay, discounts taken off.".into();
}

fn check(sales: &Path, words: &[&str]) -> Ended {
    run(mesh(sales).args(["check", "--offline", "--today", "2026-06-01"]).args(words))
}

#[test]
fn a_break_is_told_at_the_line_of_the_field_in_rust_and_in_the_contract() {
    let sales = sales();
    check(sales.path(), &[]).with(0);
    change(sales.path(), "orders", in_euros);
    let told = check(sales.path(), &["--message-format", "json"]).with(1).json();
    let finding = &told["changes"][0]["findings"][0];
    assert_eq!(finding["rule"], "unit-changed");
    let line_of = |file: &str, text: &str, behind: &str| {
        let source = fs::read_to_string(sales.path().join(file)).expect("a file");
        let from = source.lines().position(|line| line.contains(behind)).expect("what stands before it");
        source.lines().skip(from).position(|line| line.contains(text)).expect("the line") + from + 1
    };
    let rust = line_of("src/products/order.rs", "pub total:", "pub struct Order ");
    assert_eq!(
        finding["locations"][0],
        json!({ "file": "src/products/order.rs", "line": rust, "column": 5, "source": "rust" })
    );
    let at = &finding["locations"][1];
    assert_eq!((&at["file"], &at["source"]), (&json!("contracts/orders/1.1.0.json"), &json!("contract")));
    let name = line_of("contracts/orders/1.1.0.json", "\"name\": \"total\"", "\"types\"");
    assert_eq!(at["line"], name - 1, "the object begins on the line before its name");
    let text = check(sales.path(), &[]).with(1).stdout;
    assert!(text.contains(&format!(" --> src/products/order.rs:{rust}:5\n")), "{text}");
    assert!(text.contains("this change needs a major step (2.0.0); 1.1.0 makes a minor one"), "{text}");
}

#[test]
fn every_form_tells_the_same_break() {
    let sales = sales();
    fs::create_dir(sales.path().join(".git")).expect("a folder");
    change(sales.path(), "orders", in_euros);
    let form = |form: &str| check(sales.path(), &["--message-format", form]).with(1).stdout;
    let log: Value = serde_json::from_str(&form("sarif")).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("unit-changed"), &json!("error")));
    assert!(form("github").starts_with("::error file=src/products/order.rs,line="), "{}", form("github"));
    assert!(form("markdown").starts_with("<!-- mesh check -->\n"), "{}", form("markdown"));
    for name in ["text", "json"] {
        assert!(form(name).contains("unit-changed"), "{}", form(name));
    }
}

#[test]
fn a_waived_finding_counts_again_when_the_waiver_is_over() {
    let sales = sales();
    change(sales.path(), "orders", in_euros);
    let told = check(sales.path(), &["--format", "json"]).with(1).json();
    let fingerprint = told["changes"][0]["findings"][0]["fingerprint"].as_str().expect("a text").to_owned();
    let waive = |fingerprint: &str, until: &str| {
        let words =
            ["waive", fingerprint, "--owner", "ann@example.com", "--reason", "one reader, told", "--until"];
        run(mesh(sales.path()).args(words).args([until, "--offline", "--today", "2026-06-01"]))
    };
    waive("0000000000000000", "2026-07-01").with(2).says(&["no finding has the fingerprint", &fingerprint]);
    waive(&fingerprint, "2026-05-31").with(2).says(&["2026-05-31 is over"]);
    waive(&fingerprint, "someday").with(2).says(&["is not a day"]);
    waive(&fingerprint, "2026-07-01").with(0);
    waive(&fingerprint, "2026-06-30").with(0);
    let settings = fs::read_to_string(sales.path().join("mesh.toml")).expect("a file");
    assert!(settings.starts_with("# ours\nenvironment = \"test\"\n"), "{settings}");
    assert_eq!((settings.matches("[[waiver]]").count(), settings.matches("2026-06-30").count()), (1, 1));

    let told = check(sales.path(), &[]).with(0).stdout;
    assert!(told.contains("waived by ann@example.com until 2026-06-30"), "{told}");
    let late = ["check", "--offline", "--today", "2026-07-01", "--format", "json"];
    let told = run(mesh(sales.path()).args(late)).with(1).json();
    let rules: Vec<&Value> =
        told["changes"][0]["findings"].as_array().expect("findings").iter().map(|it| &it["rule"]).collect();
    assert_eq!(rules, ["unit-changed", "waiver-expired"]);
    let at = &told["changes"][0]["findings"][1]["locations"][0];
    assert_eq!((&at["file"], &at["line"]), (&json!("mesh.toml"), &json!(9)), "{settings}");
}

#[test]
fn the_author_says_what_words_mean() {
    let sales = sales();
    change(sales.path(), "orders", other_words);
    let told = check(sales.path(), &[]).with(1).stdout;
    assert!(
        told.contains("unproven[meaning-changed]") && told.contains("mesh contract --meaning same"),
        "{told}"
    );
    let say = |words: &[&str]| run(mesh(sales.path()).args(["contract", "--meaning"]).args(words));
    say(&["same", "--field", "/lines"]).with(2).says(&["no words that changed wait for an answer"]);
    let said = say(&["changed", "--field", "/total"]).with(0).stdout;
    assert_eq!(said, "sales.orders 1.1.0 `/total` means something else\n");
    let told = check(sales.path(), &[]).with(1).stdout;
    assert!(told.contains("error[meaning-changed]") && told.contains("(2.0.0)"), "{told}");
    let path = sales.path().join("mesh.toml");
    let settings = fs::read_to_string(&path).expect("a file");
    fs::write(&path, settings.replace("says = \"changed\"", "says = \"same\"")).expect("a file");
    check(sales.path(), &[]).with(0);
}

#[test]
fn committed_readers_are_named() {
    let sales = sales();
    change(sales.path(), "orders", |contract| {
        let names = contract["schemas"]["emits"]["required"].as_array_mut().expect("names");
        names.retain(|name| name != "total");
    });
    let readers = sales.path().join("contracts/readers/orders");
    fs::create_dir_all(&readers).expect("a folder");
    let reader = json!({
        "mesh": 1, "consumer": "accounting", "address": "sales.orders", "requirement": "^1",
        "fields": ["/total"], "schema": { "required": ["total"] }
    });
    fs::write(readers.join("accounting.json"), reader.to_string()).expect("a file");
    let told = check(sales.path(), &[]).with(1).stdout;
    assert!(told.contains("hurts: accounting (reads /total)"), "{told}");
}

#[test]
fn readers_that_only_the_registry_knows_are_judged_and_told_of() {
    let sales = sales();
    let registry = crate::journeys::registry(sales.path());
    let url = registry.registry();
    crate::journeys::publish_sales(&url);
    let schema = json!({ "properties": { "total": { "type": "string" } }, "required": ["total"] });
    fs::write(sales.path().join("takes.json"), schema.to_string()).expect("a schema");
    let asked = |words: &[&str]| run(mesh(sales.path()).args(words).args(["--registry", &url]));
    asked(&["expect", "--schema", "takes.json", "--consumer", "billing", "--product", "sales.orders@^1"])
        .with(0);
    change(sales.path(), "orders", |contract| {
        let names = contract["schemas"]["emits"]["required"].as_array_mut().expect("names");
        names.retain(|name| name != "total");
    });
    let today = ["--today", "2026-06-01"];
    let checked = asked(&["check", today[0], today[1]]).with(1);
    assert!(checked.stdout.contains("hurts: billing (reads /total)"), "{checked:?}");
    checked.says(&["1 reader is not in contracts/readers; run `mesh update`"]);
    asked(&["publish"]).with(1).says(&["hurts: billing (reads /total)", "nothing was published"]);

    asked(&["update"]).with(0);
    let checked = asked(&["check", today[0], today[1]]).with(1);
    assert!(!checked.stderr.contains("contracts/readers"), "{checked:?}");
    let told = check(sales.path(), &[]).with(1).stdout;
    assert!(told.contains("hurts: billing (reads /total)"), "{told}");
}

#[test]
fn files_that_are_not_as_they_should_be_are_told_in_every_form() {
    let sales = sales();
    let path = sales.path().join("contracts/products/1.0.0.json");
    let text = fs::read_to_string(&path).expect("a contract");
    fs::write(&path, text.replace("Price of one copy.", "Price of a copy.")).expect("a file");
    let input = "\n[[input]]\naddress = \"crm.leads\"\nrequirement = \"^1\"\nversion = \"1.0.0\"\ndigest = \"sha256:0000000000000000000000000000000000000000000000000000000000000000\"\n";
    let lock = sales.path().join("mesh.lock");
    let text = fs::read_to_string(&lock).expect("a lock") + input;
    fs::write(&lock, text).expect("a file");
    let told = check(sales.path(), &["--format", "json"]).with(1).json();
    let rules: Vec<&Value> =
        told["files"].as_array().expect("a list").iter().map(|finding| &finding["rule"]).collect();
    assert_eq!(rules, ["frozen-version-changed", "input-missing"]);
    let told = check(sales.path(), &["--message-format", "github"]).with(1).stdout;
    assert!(told.contains("::error file=contracts/products/1.0.0.json,title="), "{told}");
}

#[test]
fn retained_records_are_run_over_what_the_new_contract_accepts() {
    let sales = sales();
    change(sales.path(), "customers", |contract| {
        contract["schemas"]["accepts"]["required"].as_array_mut().expect("names").push("email".into());
        contract["schemas"]["accepts"]["properties"]["email"] = json!({ "type": "string", "maxLength": 5 });
    });
    let contract =
        fs::read_to_string(sales.path().join("contracts/customers/1.1.0.json")).expect("a contract");
    let contract = mesh_contract::Contract::read(&contract).expect("a contract");
    let personal = contract.personal_fields();
    assert!(personal.contains(&"/email".to_owned()), "{personal:?}");
    let good = contract.examples.first().cloned().unwrap_or_else(|| json!({}));
    let record = |email: Value| {
        let mut record = good.clone();
        record["email"] = email;
        format!("{record}\n")
    };
    let secret = "somebody@example.com";
    let data = sales.path().join("customers.ndjson");
    let lines = [record("a@b.c".into()), record(secret.into()), "\n".to_owned(), record(secret.into())];
    fs::write(&data, lines.concat()).expect("a file");
    let against = |words: &[&str]| {
        check(
            sales.path(),
            &[&["--product", "customers", "--against-data", "customers.ndjson"], words].concat(),
        )
    };
    let told = against(&[]).with(1);
    assert!(
        told.stdout.contains("2 of 3 records would break; 2 of them at `/email`, by `maxLength`"),
        "{told:?}"
    );
    assert!(told.stdout.contains(" --> customers.ndjson:2\n") && told.stdout.contains("***"), "{told:?}");
    for form in ["text", "json", "sarif", "github", "markdown"] {
        let told = against(&["--message-format", form]).with(1).stdout;
        assert!(!told.contains(secret) && told.contains("records-refused"), "{told}");
    }
    check(sales.path(), &["--against-data", "customers.ndjson"])
        .with(2)
        .says(&["several products", "--product"]);

    let mut child = mesh(sales.path())
        .args(["check", "--product", "customers", "--against-data", "-", "--message-format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    child.stdin.take().expect("a pipe").write_all(b"no json\n").expect("it is read");
    let told = Ended::from(child.wait_with_output().expect("its end")).with(1).json();
    assert_eq!(told["files"][0]["rule"], "records-unreadable");
}

#[test]
fn nothing_is_published_that_hurts_somebody() {
    let sales = sales();
    let registry = crate::journeys::registry(sales.path());
    let url = registry.registry();
    change(sales.path(), "orders", in_euros);
    let told = run(mesh(sales.path()).args(["publish", "--format", "json", "--registry", &url])).with(1);
    assert_eq!(told.json(), json!([]));
    told.says(&["error[unit-changed]", "nothing was published"]);
    let found =
        run(mesh(sales.path()).args(["search", "--format", "json", "--registry", &url])).with(1).json();
    assert_eq!(found, json!([]));
}
