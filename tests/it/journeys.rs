//! What a domain engineer and a consumer do from day to day, with the command alone.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command::{Ended, mesh, run};
use crate::processes::eventually;
use crate::running::{Running, leashed, records_url};
use crate::{http, workspace};

/// A registry of its own for one test.
pub(crate) fn registry(folder: &Path) -> Running {
    Running::start(leashed(folder).args([
        "registry",
        "serve",
        "--open",
        "--listen",
        "127.0.0.1:0",
        "--format",
        "json",
    ]))
}

/// Copies what the command reads of the sales domain: `publish` writes into the folder.
fn sales() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    workspace::copy(&workspace::root().join("domains/sales/contracts"), &folder.path().join("contracts"));
    fs::write(folder.path().join("mesh.toml"), "").expect("a file");
    folder
}

fn publish(folder: &Path, registry: &str, words: &[&str]) -> Ended {
    let fixed = ["publish", "--no-verify", "--format", "json", "--registry", registry];
    run(mesh(folder).args(fixed).args(words))
}

/// Publishes the contracts of sales by a token.
pub(crate) fn publish_sales_by(registry: &str, token: &str) -> Ended {
    let folder = sales();
    let fixed = ["publish", "--no-verify", "--format", "json", "--registry", registry];
    run(mesh(folder.path()).args(fixed).env("MESH_REGISTRY_TOKEN", token))
}

/// Publishes the contracts of sales, and gives their number.
pub(crate) fn publish_sales(registry: &str) -> usize {
    let outcomes = publish(sales().path(), registry, &[]).with(0).json();
    outcomes.as_array().expect("a list").len()
}

/// Writes a later version of `sales.products` beside the first, with a change.
fn next_version(sales: &Path, version: &str, change: impl FnOnce(&mut Value)) {
    let folder = sales.join("contracts/products");
    let text = fs::read_to_string(folder.join("1.0.0.json")).expect("a contract").replace("1.0.0", version);
    let mut contract: Value = serde_json::from_str(&text).expect("JSON");
    change(&mut contract);
    fs::write(folder.join(format!("{version}.json")), serde_json::to_string_pretty(&contract).expect("JSON"))
        .expect("a file");
}

/// Adds a field that is always there.
fn add_label(contract: &mut Value) {
    let field = json!({ "name": "label", "type": "string", "description": "Who published it." });
    contract["types"]["Track"]["fields"].as_array_mut().expect("fields").push(field);
    for side in ["emits", "accepts"] {
        let schema = &mut contract["schemas"][side];
        schema["properties"]["label"] = json!({ "type": "string", "description": "Who published it." });
    }
    contract["schemas"]["emits"]["required"].as_array_mut().expect("names").push("label".into());
}

/// Makes a title optional, which whoever reads it relies on.
fn lose_title(contract: &mut Value) {
    let names = contract["schemas"]["emits"]["required"].as_array_mut().expect("names");
    names.retain(|name| name != "title");
}

/// A domain crate that was never built.
fn consumer() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    };
    write("Cargo.toml", "[package]\nname = \"shop\"\n\n[dependencies]\nserde = \"1\"\n");
    write("mesh.toml", "");
    write("src/lib.rs", "//! A shop.\n");
    folder
}

#[test]
fn publishing_again_changes_nothing_and_what_was_published_is_frozen() {
    let sales = sales();
    let registry = registry(sales.path());
    let url = registry.registry();
    let state = |ended: &Ended| {
        let outcomes = ended.json();
        let states = outcomes.as_array().expect("a list").iter().map(|outcome| outcome["state"].to_string());
        states.collect::<Vec<_>>()
    };
    let first = publish(sales.path(), &url, &[]).with(0);
    assert_eq!(state(&first), ["\"published\""; 4]);
    let page = first.json()[0]["page"].as_str().expect("a page").to_owned();
    assert!(http::get(&page).contains("sales.customers"), "{page}");
    let lock = fs::read_to_string(sales.path().join("mesh.lock")).expect("a lock");
    assert_eq!(lock.matches("[[released]]").count(), 4);

    let again = publish(sales.path(), &url, &[]).with(0);
    assert_eq!(state(&again), ["\"up-to-date\""; 4]);

    let path = sales.path().join("contracts/products/1.0.0.json");
    let changed =
        fs::read_to_string(&path).expect("a contract").replace("Price of one copy.", "Price of a copy.");
    fs::write(&path, changed).expect("a file");
    let refused = publish(sales.path(), &url, &[]).with(1).json();
    let problem = &refused
        .as_array()
        .expect("a list")
        .iter()
        .find(|it| it["state"] == "refused")
        .expect("a refusal")["problem"];
    assert!(
        problem["detail"].as_str().is_some_and(|text| text.contains("published version never changes")),
        "{problem}"
    );
    let told = run(mesh(sales.path()).args(["check", "--format", "json", "--registry", &url])).with(1).json();
    let files = told["files"].as_array().expect("a list");
    let rules: Vec<_> = files.iter().map(|finding| finding["rule"].clone()).collect();
    assert_eq!(rules, ["frozen-version-changed", "published-version-changed"]);
}

#[test]
fn a_draft_is_found_as_one_and_becomes_a_release() {
    let sales = sales();
    let registry = registry(sales.path());
    let url = registry.registry();
    publish(sales.path(), &url, &["--draft"]).with(0);
    assert!(!sales.path().join("mesh.lock").exists(), "a draft freezes nothing");
    let draft = || {
        let found =
            run(mesh(sales.path()).args(["search", "catalogue", "--format", "json", "--registry", &url]));
        found.with(0).json()[0]["draft"].clone()
    };
    assert_eq!(draft(), true);
    publish(sales.path(), &url, &[]).with(0);
    assert_eq!(draft(), false);
}

#[test]
fn check_and_diff_tell_a_new_field_from_a_lost_one_without_compiling() {
    let sales = sales();
    next_version(sales.path(), "1.1.0", add_label);
    let diff = run(mesh(sales.path()).args(["diff", "--format", "json"])).with(1).json();
    assert_eq!(diff[0]["changes"], json!([{ "place": "/label", "after": "string" }]));
    assert_eq!(diff[0]["readers"], json!({ "answer": "compatible" }));

    next_version(sales.path(), "1.2.0", lose_title);
    let told = run(mesh(sales.path()).args(["check", "--offline", "--format", "json"])).with(1).json();
    let change = told["changes"].as_array().expect("changes").iter().find(|it| it["version"] == "1.2.0");
    let change = change.unwrap_or_else(|| panic!("no candidate: {told:#}"));
    assert_eq!(
        (&change["base"], &change["verdict"], &change["next"]),
        (&json!("1.1.0"), &json!("broken"), &json!("2.0.0"))
    );
    let lost =
        change["findings"].as_array().expect("findings").iter().find(|it| it["place"]["field"] == "/title");
    let lost = lost.unwrap_or_else(|| panic!("title is lost: {told:#}"));
    assert_eq!(
        (&lost["rule"], &lost["witness"]["guilty"]),
        (&json!("field-made-optional"), &json!("/title"))
    );
}

#[test]
fn add_writes_the_contract_the_pin_and_the_type_and_remove_takes_them_back() {
    let shop = consumer();
    let registry = registry(shop.path());
    let url = registry.registry();
    publish_sales(&url);
    let add = |words: &[&str]| run(mesh(shop.path()).args(["add", "--registry", &url]).args(words));

    // Nobody new binds to what is yanked, and of what goes away it is said.
    let act = |words: &[&str]| run(mesh(shop.path()).args(words).args(["--registry", &url])).with(0);
    act(&["yank", "sales.orders@1.0.0", "--reason", "totals leave out VAT"]);
    add(&["sales.orders@^1", "--fields", "order_id"]).with(2).says(&["yanked", "totals leave out VAT"]);
    act(&["yank", "sales.orders@1.0.0", "--undo"]);
    act(&["deprecate", "sales.orders@1", "--until", "2999-06-30"]);

    let told = add(&["sales.orders@^1", "--fields", "order_id,total,lines.track_id", "--purpose", "billing"])
        .with(0)
        .says(&["stays only until 2999-06-30"]);

    for line in ["pub mod sales_orders;", "needs: [sales_orders::Order]", "cargo add rust_decimal"] {
        assert!(told.stdout.contains(line), "`{line}` is missing in\n{}", told.stdout);
    }
    let lock = fs::read_to_string(shop.path().join("mesh.lock")).expect("a lock");
    assert!(
        lock.contains(
            "address = \"sales.orders\"\nrequirement = \"^1\"\nversion = \"1.0.0\"\ndigest = \"sha256:"
        ),
        "{lock}"
    );
    let committed = shop.path().join("contracts/inputs/sales.orders/1.0.0.json");
    let origin = workspace::root().join("domains/sales/contracts/orders/1.0.0.json");
    assert_eq!(
        fs::read_to_string(&committed).expect("a contract"),
        fs::read_to_string(origin).expect("a contract")
    );
    let path = shop.path().join("src/sales_orders.rs");
    let source = fs::read_to_string(&path).expect("a source");
    for part in [
        "#[consumes(product = \"sales.orders\", version = \"^1\", purpose = \"billing\")]\npub struct Order {",
        "    pub total: rust_decimal::Decimal,\n",
        "    pub lines: Vec<OrderLine>,\n",
        "pub struct OrderLine {",
        "    pub track_id: u32,\n",
    ] {
        assert!(source.contains(part), "`{part}` is missing in\n{source}");
    }
    assert!(
        !source.contains("pub customer_id") && !source.contains("pub quantity"),
        "only what was named is read:\n{source}"
    );

    add(&["sales.orders@^1", "--fields", "order_id,total,lines.track_id", "--purpose", "billing"]).with(0);
    fs::write(&path, format!("{source}// mine\n")).expect("a file");
    add(&["sales.orders@^1"]).with(2).says(&["sales_orders.rs` would be overwritten", "`--force`"]);
    add(&["sales.orders", "--fields", "prize"])
        .with(2)
        .says(&["`prize` is not a field of sales.orders; there are `order_id`"]);
    add(&["sales.orders@^2"]).with(2).says(&["no version of `sales.orders` satisfies `^2`"]);
    add(&["sales.returns"]).with(2).says(&["no product is published at `sales.returns`", "mesh search"]);

    run(mesh(shop.path()).args(["check", "--offline"])).with(0);
    let removed = run(mesh(shop.path()).args(["remove", "sales.orders"])).with(0);
    assert!(removed.stdout.contains("delete src/sales_orders.rs"), "{}", removed.stdout);
    assert!(!committed.exists() && path.exists(), "the type stays, the contract goes");
    run(mesh(shop.path()).args(["remove", "sales.orders"]))
        .with(2)
        .says(&["is not read by", "it reads nothing"]);
}

#[test]
fn add_works_from_a_file_without_any_registry() {
    let shop = consumer();
    let file = workspace::root().join("domains/sales/contracts/customers/1.0.0.json");
    let file = file.to_str().expect("UTF-8");
    run(mesh(shop.path()).args([
        "add",
        "sales.customers",
        "--file",
        file,
        "--name",
        "Buyer",
        "--fields",
        "customer_id",
    ]))
    .with(0);
    let source = fs::read_to_string(shop.path().join("src/sales_customers.rs")).expect("a source");
    assert!(source.contains("version = \"^1.0.0\"") && source.contains("pub struct Buyer {"), "{source}");
    run(mesh(shop.path()).args(["add", "sales.orders", "--file", file]))
        .with(2)
        .says(&["is the contract of `sales.customers`"]);
}

#[test]
fn update_moves_pins_within_their_requirement_and_tells_what_a_reader_loses() {
    let (shop, sales) = (consumer(), sales());
    let registry = registry(shop.path());
    let url = registry.registry();
    publish(sales.path(), &url, &[]).with(0);
    run(mesh(shop.path()).args(["add", "sales.products@^1", "--fields", "title", "--registry", &url]))
        .with(0);
    let update = |words: &[&str]| {
        run(mesh(shop.path()).args(["update", "--format", "json", "--registry", &url]).args(words))
    };
    assert_eq!(update(&[]).with(0).json()["inputs"][0]["to"], "1.0.0");

    next_version(sales.path(), "1.1.0", add_label);
    publish(sales.path(), &url, &[]).with(0);
    let lock = || fs::read_to_string(shop.path().join("mesh.lock")).expect("a lock");
    let before = lock();
    let moved = update(&["--dry-run"]).with(0).json();
    assert_eq!((moved["inputs"][0]["to"].as_str(), lock()), (Some("1.1.0"), before));
    let moved = update(&[]).with(0).json();
    assert_eq!(moved["inputs"][0]["readable"], json!({ "answer": "compatible" }));
    assert!(lock().contains("version = \"1.1.0\""), "{}", lock());
    let inputs = shop.path().join("contracts/inputs/sales.products");
    assert!(inputs.join("1.1.0.json").exists() && !inputs.join("1.0.0.json").exists());

    next_version(sales.path(), "1.2.0", |contract| {
        add_label(contract);
        lose_title(contract);
    });
    // The registry refuses what breaks readers within a line, until somebody takes it upon themselves.
    let refused = publish(sales.path(), &url, &[]).with(1).json();
    waive(sales.path(), &refused);
    publish(sales.path(), &url, &[]).with(0);
    let moved = update(&["sales.products"]).with(1).json();
    assert_eq!(moved["inputs"][0]["readable"]["answer"], "broken");
    assert_eq!(moved["inputs"][0]["readable"]["witness"].get("title"), None);
    update(&["sales.orders"]).with(2).says(&["`sales.orders` is not read by", "mesh add sales.orders"]);
}

/// Waives in `mesh.toml` whatever a registry objected to.
fn waive(sales: &Path, outcomes: &Value) {
    let problems =
        outcomes.as_array().expect("a list").iter().filter(|outcome| outcome["state"] == "refused");
    let findings = problems.flat_map(|outcome| outcome["problem"]["findings"].as_array().expect("findings"));
    let objections =
        findings.filter(|it| ["refused", "unproven"].map(Value::from).contains(&it["standing"]["is"]));
    let path = sales.join("mesh.toml");
    let mut settings = fs::read_to_string(&path).unwrap_or_default();
    for finding in objections {
        settings.push_str(&format!(
            "\n[[waiver]]\nfinding = {}\nproduct = \"sales.products\"\nowner = \"sales@example.com\"\n\
             reason = \"a test of what readers are told\"\nuntil = \"2999-12-31\"\n",
            finding["fingerprint"]
        ));
    }
    fs::write(path, settings).expect("the settings");
}

/// Runs cargo in a new crate with what this workspace has built already.
fn cargo(folder: &Path, words: &[&str]) -> String {
    let mut command = workspace::cargo();
    command.current_dir(folder).args(words).env("CARGO_TARGET_DIR", workspace::target());
    workspace::succeed(&mut command)
}

/// Prepares a folder for new crates: same settings as this workspace, so that dependencies are built once.
fn new_crates() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let settings =
        "[profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n";
    fs::create_dir(folder.path().join(".cargo")).expect("a folder");
    fs::write(folder.path().join(".cargo/config.toml"), settings).expect("a file");
    folder
}

#[test]
fn a_new_domain_passes_its_tests_at_once_and_is_published_served_and_bound_to_another() {
    let place = new_crates();
    let checkout = workspace::root().to_str().expect("UTF-8");
    let new = ["new", "domain", "logistics", "--product", "shipments", "--standalone", "--path", checkout];
    run(mesh(place.path()).args(new)).with(0);
    run(mesh(place.path()).args(new)).with(0);
    let folder = place.path().join("logistics");
    fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock");
    let named = cargo(&folder, &["test"]);
    for test in ["contract is current", "what is written is within emits", "emits is within accepts"] {
        assert!(named.contains(&format!("test logistics.shipments@0.1.0::{test}")), "{named}");
    }

    let registry = registry(place.path());
    let url = registry.registry();
    let in_logistics = || {
        let mut command = mesh(&folder);
        command.env("CARGO_TARGET_DIR", workspace::target()).env("MESH_REGISTRY", &url);
        command
    };
    let published = run(in_logistics().args(["publish", "--format", "json"])).with(0).json();
    let page = http::get(published[0]["page"].as_str().expect("a page"));
    for wanted in [
        "logistics.shipments",
        "The day from which on it is known.",
        "decimal(12, 2)",
        "logistics-team@example.com",
    ] {
        assert!(page.contains(wanted), "`{wanted}` is missing on the page");
    }
    let unchanged = run(in_logistics().args(["contract", "--format", "json"])).with(0).json();
    assert_eq!(unchanged[0]["what"], "unchanged");

    publish_sales(&url);
    run(in_logistics().args(["add", "sales.orders", "--fields", "order_id,customer_id,total,lines"])).with(0);
    run(in_logistics().args(["add", "sales.products", "--name", "Parcel"])).with(0);
    let library = folder.join("src/lib.rs");
    let text = fs::read_to_string(&library).expect("a library");
    for part in [
        "needs: [sales_orders::Order, sales_products::Parcel]",
        "pub mod sales_orders;\npub mod sales_products;\npub mod shipments;\n",
    ] {
        assert!(text.contains(part), "`{part}` is missing in\n{text}");
    }
    let named = cargo(&folder, &["test", "--test", "contract"]);
    for test in [
        "Order<-sales.orders ^1.0.0::what is read is promised",
        "Parcel<-sales.products ^1.0.0::input is pinned",
    ] {
        assert!(named.contains(&format!("test {test}")), "{named}");
    }

    let dev = Running::start(
        leashed(&folder)
            .env("CARGO_TARGET_DIR", workspace::target())
            .args(["dev", "--port", "0", "--format", "json"]),
    );
    let records = http::records(&dev.records_url("logistics.shipments"), None);
    assert_eq!(
        records[0],
        json!({ "id": 1, "name": "The first", "known_since": "2026-01-01", "price": "12.50" })
    );
    eventually("the registry forgets what no longer runs", std::time::Duration::from_secs(30), {
        let url = dev.registry();
        dev.end(rustix::process::Signal::INT);
        move || records_url(&url, "logistics.shipments").is_none()
    });
}

#[test]
fn a_new_domain_joins_its_workspace_and_never_overwrites() {
    let place = tempfile::tempdir().expect("a folder");
    let root = place.path();
    fs::write(root.join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"tools\"]\n")
        .expect("a file");
    fs::create_dir_all(root.join("tools/src")).expect("a folder");
    fs::write(root.join("tools/Cargo.toml"), "[package]\nname = \"tools\"\n").expect("a file");
    fs::write(root.join("tools/src/lib.rs"), "").expect("a file");
    fs::create_dir(root.join("domains")).expect("a folder");
    run(mesh(&root.join("tools")).args(["new", "domain", "logistics", "--git", "https://mesh.example/mesh"]))
        .with(0);
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("members = [\"tools\", \"domains/logistics\"]"), "{manifest}");
    let workflow = fs::read_to_string(root.join(".github/workflows/logistics.yml")).expect("a workflow");
    assert!(workflow.contains("cargo install --locked --git https://mesh.example/mesh mesh"), "{workflow}");
    assert!(workflow.contains("paths: ['domains/logistics/**', 'Cargo.lock']"), "{workflow}");
    let library = root.join("domains/logistics/src/lib.rs");
    fs::write(&library, "mine").expect("a file");

    run(mesh(root).args(["new", "domain", "logistics"]))
        .with(2)
        .says(&["the workspace has a package `logistics` already"]);
    fs::write(root.join("Cargo.toml"), "[workspace]\nmembers = [\"tools\"]\n").expect("a file");
    run(mesh(root).args(["new", "domain", "logistics"])).with(2).says(&["would be overwritten", "`--force`"]);
    assert_eq!(fs::read_to_string(&library).expect("a library"), "mine");
    run(mesh(root).args(["new", "domain", "Logistics Team"])).with(2).says(&["write `logistics-team`"]);
    run(mesh(root).args(["new", "domain", "test"])).with(2).says(&["`test` cannot be the name of a crate"]);
    run(mesh(root).args(["new", "domain", "x", "--path", "nowhere"]))
        .with(2)
        .says(&["there is no checkout at `nowhere`"]);
}

#[test]
fn an_existing_crate_becomes_a_domain() {
    let place = new_crates();
    let folder = place.path().join("old-shop");
    fs::create_dir_all(folder.join("src")).expect("a folder");
    let manifest = "[package]\nname = \"old-shop\"\nedition = \"2024\"\n\n[dependencies]\n# Ours.\nserde = { version = \"1\", features = [\"derive\"] }\n\n[workspace]\n";
    fs::write(folder.join("Cargo.toml"), manifest).expect("a file");
    fs::write(
        folder.join("src/lib.rs"),
        "//! A shop.\n\n/// What it earns.\npub fn earned() -> u32 {\n    7\n}\n",
    )
    .expect("a file");
    fs::copy(workspace::root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock");
    let checkout = workspace::root().to_str().expect("UTF-8");

    run(mesh(&folder).args(["init", "--path", checkout])).with(0);

    let manifest = fs::read_to_string(folder.join("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("# Ours.\nserde = { version = \"1\", features = [\"derive\"] }"), "{manifest}");
    run(mesh(&folder).arg("contract").env("CARGO_TARGET_DIR", workspace::target())).with(0);
    let named = cargo(&folder, &["test"]);
    assert!(named.contains("test old-shop.items@0.1.0::contract is current"), "{named}");
    run(mesh(&folder).arg("init")).with(2).says(&["is a domain crate already", "mesh new product NAME"]);

    let next = run(mesh(&folder).args(["new", "product", "returns"])).with(0).stdout;
    assert!(next.contains("changed src/data_products/mod.rs") && !next.contains("in domain!"), "{next}");
    assert!(next.contains("Ok(old_shop::data_products::returns::Return::load())"), "{next}");
    let module = fs::read_to_string(folder.join("src/data_products/mod.rs")).expect("a source");
    assert!(module.contains("pub mod returns;"), "{module}");
    assert!(module.contains("offers: [Item, returns::Return]"), "{module}");
    let source = fs::read_to_string(folder.join("src/data_products/returns.rs")).expect("a source");
    assert!(source.contains("pub struct Return {") && source.contains("use super::OldShop;"), "{source}");
}
