//! `mesh policy` and `mesh check`: the checkout and the registry say the same of the same products.

use std::fs;
use std::path::Path;

use mesh_policy::starters;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ended, mesh, run};
use crate::serving::Serving;
use crate::workspace::{copy, root};

/// A domain with its contracts and sources, none of them released yet.
fn domain(name: &str) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let from = root().join("domains").join(name);
    for part in ["contracts", "src"] {
        copy(&from.join(part), &folder.path().join(part));
    }
    let lock = fs::read_to_string(from.join("mesh.lock")).unwrap_or_else(|_| "version = 1\n".to_owned());
    fs::write(folder.path().join("mesh.lock"), lock).expect("a file");
    fs::write(folder.path().join("mesh.toml"), "environment = \"test\"\n").expect("a file");
    folder
}

fn tell(folder: &Path, registry: &Serving, words: &[&str]) -> Ended {
    run(mesh(folder).args(words).args(["--registry", &registry.url()]))
}

/// The starters, one more that everything breaks, and one that lets a product be.
fn document() -> String {
    format!(
        "{}\n[[policy]]\nid = \"tagged\"\ntitle = \"Every product is tagged\"\nwhy = \"To find it.\"\n\
         applies = [\"product\"]\nmust = '\"tagged\" in product.tags'\nmessage = \"it is not tagged\"\n\
         fix = \"tag it\"\n\n[[policy.exempt]]\naddress = \"accounting.payroll\"\nreason = \"it is moved\"\n\
         until = \"2999-01-01\"\n",
        starters::document()
    )
}

/// What policies found of a product in a checkout, word for word.
fn in_checkout(told: &Value, about: &str) -> String {
    let found = told["files"].as_array().expect("findings").iter();
    let of = found.filter(|it| it["about"] == about && it.get("policy").is_some());
    Value::Array(of.map(|it| it["policy"].clone()).collect()).to_string()
}

#[test]
fn the_checkout_and_the_registry_say_the_same_word_for_word() {
    let registry = Serving::start(&[]);
    let (sales, accounting, checkout) = (domain("sales"), domain("accounting"), domain("accounting"));
    for folder in [&sales, &accounting] {
        tell(folder.path(), &registry, &["publish", "--no-verify"]).with(0);
    }
    let until = ["deprecate", "sales.orders@1", "--until", "2990-06-30"];
    tell(sales.path(), &registry, &until).with(0);
    let file = checkout.path().join("ours.toml");
    fs::write(&file, document()).expect("a file");
    tell(checkout.path(), &registry, &["policy", "set", "ours.toml"]).with(0).says_out(&["revision 1"]);
    let check = ["check", "--message-format", "json"];
    let before = tell(checkout.path(), &registry, &check).with(0);
    assert!(!before.stdout.contains("\"policy\""), "nothing is committed: {}", before.stdout);
    before.says(&["not what the registry holds products to (revision 1)", "mesh policy pull"]);
    tell(checkout.path(), &registry, &["policy", "pull"]).with(0).says_out(&["mesh.policies.toml"]);
    assert_eq!(fs::read_to_string(checkout.path().join("mesh.policies.toml")).expect("it"), document());

    let told = tell(checkout.path(), &registry, &check).with(1);
    assert!(!told.stderr.contains("policy pull"), "it is the newest: {}", told.stderr);
    let told = told.json();
    let trial =
        tell(checkout.path(), &registry, &["policy", "test", "ours.toml", "--format", "json"]).with(1);
    let trial = trial.json();
    let mut rules = Vec::new();
    for product in ["invoices", "payroll", "receivables"] {
        let address = format!("accounting.{product}");
        let products = trial["findings"].as_array().expect("products");
        let in_registry = products.iter().find(|it| it["address"] == *address).expect("it breaks something");
        let in_registry = &in_registry["findings"];
        assert_eq!(in_checkout(&told, &format!("{address} 1.0.0")), in_registry.to_string());
        let found = in_registry.as_array().expect("findings").iter();
        rules.extend(found.map(|it| format!("{product} {} {}", it["rule"], it["outcome"]).replace('"', "")));
    }
    for expected in [
        "invoices tagged broken",
        "payroll tagged waived",
        "invoices no-deprecated-inputs broken",
        "receivables product-promises-freshness broken",
    ] {
        assert!(rules.contains(&expected.to_owned()), "`{expected}` is missing in {rules:#?}");
    }

    // The same when the next version is published: refused, for what the check says of it.
    let next = |folder: &Path| {
        let of = folder.join("contracts/invoices");
        let text = fs::read_to_string(of.join("1.0.0.json")).expect("a contract").replace("1.0.0", "1.1.0");
        let mut contract: Value = serde_json::from_str(&text).expect("JSON");
        contract["inputs"][0]["requirement"] = "^1".into();
        let contract = mesh_contract::Contract::read(&contract.to_string()).expect("a contract");
        fs::write(of.join("1.1.0.json"), contract.to_pretty()).expect("a file");
    };
    next(accounting.path());
    fs::copy(checkout.path().join("mesh.policies.toml"), accounting.path().join("mesh.policies.toml"))
        .expect("a copy");
    let told = tell(accounting.path(), &registry, &check).with(1).json();
    let sent = ["publish", "--no-verify", "--format", "json"];
    let outcomes = tell(accounting.path(), &registry, &sent).with(1).json();
    let mut outcomes = outcomes.as_array().expect("outcomes").iter();
    let refused = outcomes.find(|it| it["version"] == "1.1.0").expect("it was sent");
    assert_eq!(refused["problem"]["type"], "urn:mesh:problem:policy", "{refused}");
    let found = &refused["problem"]["findings"];
    assert_eq!(in_checkout(&told, "accounting.invoices 1.1.0"), found.to_string());
}

#[test]
fn a_check_needs_no_registry_and_a_domain_is_held_to_its_own_policies_too() {
    let accounting = domain("accounting");
    let check = |words: &[&str]| {
        let told =
            run(mesh(accounting.path()).args(["check", "--offline", "--message-format", "json"]).args(words));
        let clean = told.status;
        let rules = told.json()["files"].as_array().expect("findings").clone();
        (clean, rules.iter().map(|it| it["rule"].as_str().expect("a rule").to_owned()).collect::<Vec<_>>())
    };
    assert_eq!(check(&[]), (Some(0), vec![]));
    fs::write(accounting.path().join("mesh.policies.toml"), document()).expect("a file");
    let (status, rules) = check(&[]);
    assert_eq!(status, Some(1));
    assert!(rules.contains(&"product-promises-freshness".to_owned()), "{rules:?}");
    let own = document().replace("tagged", "marked").replace("mesh = 1", "mesh = 1\n");
    fs::write(accounting.path().join("policies.toml"), own).expect("a file");
    let (_, stricter) = check(&[]);
    assert_eq!(
        stricter.iter().filter(|rule| !rule.contains('/')).collect::<Vec<_>>(),
        rules.iter().collect::<Vec<_>>()
    );
    assert!(stricter.contains(&"accounting/marked".to_owned()), "{stricter:?}");
    run(mesh(accounting.path()).args(["policy", "explain", "accounting/marked"]))
        .with(0)
        .says_out(&["To find it"]);
    run(mesh(accounting.path()).args(["policy", "explain", "reader-in-region"]))
        .with(0)
        .says_out(&["reader.region in product.regions", "What to do"]);
    // A mistake is told at its line, and is no verdict.
    fs::write(accounting.path().join("policies.toml"), "mesh = 1\n\n[regions]\na = \"b\"\n").expect("a file");
    run(mesh(accounting.path()).args(["check", "--offline"])).with(2).says(&["policies.toml", "line 3"]);
}

#[test]
fn policies_are_tried_set_and_shown() {
    let registry = Serving::start(&[]);
    let sales = domain("sales");
    let policy = |words: &[&str]| {
        let words: Vec<_> = ["policy"].iter().chain(words).copied().collect();
        tell(sales.path(), &registry, &words)
    };
    policy(&["list"]).with(0).says_out(&["asks nothing"]);
    policy(&["pull"]).with(0).says_out(&["asks nothing"]);
    tell(sales.path(), &registry, &["publish", "--no-verify"]).with(0);
    let tried = policy(&["test", "--starters"]).with(1);
    tried.says_out(&[
        "refused sales.products",
        "broken [product-promises-freshness]",
        "4 products looked at, 4 would",
    ]);
    policy(&["list"]).with(0).says_out(&["asks nothing"]);
    policy(&["set", "--starters"]).with(0).says_out(&["revision 1"]).says(&["mesh policy pull"]);
    policy(&["list"]).with(0).says_out(&["personal-data-needs-purpose", "inputs-stay-in-region"]);
    assert_eq!(policy(&["show"]).with(0).stdout, starters::document());
    assert_eq!(policy(&["show", "--starters"]).with(0).stdout, starters::document());
    let shown = policy(&["show", "--format", "json"]).with(0).json();
    assert_eq!(shown["revision"], json!(1));
    // Somebody else was there before.
    fs::write(sales.path().join("mine.toml"), "mesh = 1\n").expect("a file");
    policy(&["set", "mine.toml", "--revision", "0"]).with(2).says(&["at revision 1", "mesh policy show"]);
    // A mistake is found before anything is sent.
    fs::write(sales.path().join("mine.toml"), "mesh = 1\n[[policy]]\nid = 1\n").expect("a file");
    policy(&["set", "mine.toml"]).with(2).says(&["mine.toml", "line 3"]);
    policy(&["explain", "nothing-of-the-sort"]).with(2).says(&["mesh policy list"]);
}
