//! The committed files of a domain.

use mesh_runtime::files::{Lock, LockedInput, Released, Settings};
use mesh_runtime::model::Digest;

use crate::folder::Folder;
use crate::testing::shop;

fn input(address: &str, version: &str) -> LockedInput {
    LockedInput {
        address: address.parse().expect("an address"),
        requirement: "^1".parse().expect("a requirement"),
        version: version.parse().expect("a version"),
        digest: Digest::of_bytes(address.as_bytes()),
    }
}

#[test]
fn a_lock_is_written_sorted_and_reads_back() {
    let mut lock = Lock::default();
    lock.pin(input("sales.tracks", "1.2.0"));
    lock.pin(input("sales.orders", "1.0.0"));
    lock.pin(input("sales.orders", "1.1.0"));
    lock.freeze(Released {
        address: "books.entries".parse().expect("an address"),
        version: "1.0.0".parse().expect("a version"),
        digest: Digest::of_bytes(b""),
        retired: false,
    });
    let text = lock.to_text();
    let digest = |text: &str| Digest::of_bytes(text.as_bytes());
    assert_eq!(
        text,
        format!(
            "# Written by `mesh`. It pins what the domain reads and freezes what it released; commit it.\n\
             version = 1\n\n\
             [[input]]\naddress = \"sales.orders\"\nrequirement = \"^1\"\nversion = \"1.1.0\"\ndigest = \"{}\"\n\n\
             [[input]]\naddress = \"sales.tracks\"\nrequirement = \"^1\"\nversion = \"1.2.0\"\ndigest = \"{}\"\n\n\
             [[released]]\naddress = \"books.entries\"\nversion = \"1.0.0\"\ndigest = \"{}\"\n",
            digest("sales.orders"),
            digest("sales.tracks"),
            digest("")
        )
    );
    assert_eq!(Lock::from_text(&text).expect("a lock"), lock);
}

#[test]
fn what_is_wrong_with_a_lock_is_told_with_its_line() {
    let digest = Digest::of_bytes(b"");
    for (text, line, saying) in [
        ("version = 2\n", 1, "use a release of the mesh that reads it"),
        ("version = 1\nnonsense = 1\n", 2, "unknown field `nonsense`"),
        ("version = 1\n[[input]]\naddress = \"Sales\"\n", 3, "is not an address"),
        ("version = 1\n[[released]]\nversion = \"1.x\"\n", 3, "is not a semantic version"),
        ("version = 1\nversion = 1\n", 2, "duplicate"),
        ("", 1, "missing field `version`"),
    ] {
        let problem = Lock::from_text(text).expect_err(text).to_string();
        assert!(
            problem.starts_with(&format!("line {line}: ")) && problem.contains(saying),
            "{text}: {problem}"
        );
    }
    let twice =
        format!("[[released]]\naddress = \"a.b\"\nversion = \"1.0.0\"\ndigest = \"{digest}\"\n").repeat(2);
    let problem = Lock::from_text(&format!("version = 1\n{twice}")).expect_err("twice").to_string();
    assert_eq!(problem, "line 7: `a.b` 1.0.0 is released twice; keep one");
}

#[test]
fn settings_are_read_strictly() {
    let text = "registry = \"http://127.0.0.1:7474/\"\nenvironment = \"production\"\n";
    let settings = Settings::from_text(text).expect("settings");
    assert_eq!(settings.registry.as_deref(), Some("http://127.0.0.1:7474"));
    assert_eq!(settings.environment.map(|it| it.to_string()).as_deref(), Some("production"));
    assert_eq!(Settings::from_text("").expect("nothing is required"), Settings::default());
    let marked =
        Settings::from_text(&format!("\u{feff}{text}")).expect("TOML may start with a byte order mark");
    assert_eq!(marked, Settings::from_text(text).expect("settings"));
    for (text, saying) in [
        ("registery = \"http://a\"", "line 1: unknown field `registery`"),
        ("\nregistry = \"localhost\"", "line 2: `localhost` is not the address of a registry"),
        ("environment = \"Prod\"", "write `prod`"),
        ("registry = 1", "line 1: "),
    ] {
        let problem = Settings::from_text(text).expect_err(text).to_string();
        assert!(problem.contains(saying), "{problem}");
    }
}

#[test]
fn files_that_are_not_there_are_empty() {
    let folder = Folder::new();
    let files = folder.files();
    assert!(files.contracts().expect("no contracts").is_empty());
    assert!(files.inputs().expect("no inputs").is_empty());
    assert_eq!(files.lock().expect("no lock"), Lock::default());
    assert_eq!(files.settings().expect("no settings"), Settings::default());
}

#[test]
fn contracts_are_written_once_and_read_back_in_order() {
    let folder = Folder::new();
    let files = folder.files();
    let next = shop::next_version::manifest().offers()[0].contract().expect("a contract");
    let first = shop::manifest().offers()[0].contract().expect("a contract");
    assert!(files.write_contract(&next).expect("written"));
    assert!(files.write_contract(&first).expect("written"));
    assert!(!files.write_contract(&first).expect("the same is not written again"));
    assert!(files.write_input(&first).expect("written"));
    let versions: Vec<String> =
        files.contracts().expect("contracts").iter().map(|it| it.contract.version.to_string()).collect();
    assert_eq!(versions, ["1.0.0", "1.1.0"], "inputs are none of the domain's own");
    assert_eq!(files.inputs().expect("inputs").len(), 1);
    assert_eq!(files.contracts().expect("contracts")[0].digest, first.digest().expect("a digest"));
    assert!(files.remove_input(&first.address, &first.version).expect("removed"));
    assert!(!files.remove_input(&first.address, &first.version).expect("there is none"));
    assert!(!folder.has("contracts/inputs/shop.orders"));
}

#[test]
fn a_contract_in_the_place_of_another_is_told() {
    let folder = Folder::new();
    let files = folder.files();
    files.write_contract(&shop::manifest().offers()[0].contract().expect("a contract")).expect("written");
    folder.write("contracts/orders/2.0.0.json", &folder.read("contracts/orders/1.0.0.json"));
    let error = files.contracts().expect_err("misplaced").to_string();
    assert!(error.contains("2.0.0.json") && error.contains("`orders/1.0.0.json`"), "{error}");
}

#[test]
fn readers_are_written_under_their_names_and_those_who_left_are_removed() {
    let folder = Folder::new();
    let files = folder.files();
    let product = "orders".parse().expect("a name");
    let reader = |consumer: &str, environment: Option<&str>, requirement: &str| {
        serde_json::from_value(serde_json::json!({
            "mesh": 1, "consumer": consumer, "environment": environment, "address": "shop.orders",
            "requirement": requirement, "schema": true
        }))
        .expect("an expectation")
    };
    let all =
        [reader("books", Some("production"), "^1"), reader("books", None, "^1"), reader("books", None, "^2")];
    let names = |paths: Vec<std::path::PathBuf>| -> Vec<String> {
        paths.iter().map(|path| path.file_name().expect("a name").to_string_lossy().into_owned()).collect()
    };
    let written = names(files.write_readers(&product, &all).expect("written"));
    assert_eq!(written, ["books.json", "books-2.json", "books@production.json"]);
    assert_eq!(names(files.write_readers(&product, &all).expect("written")), Vec::<String>::new());
    assert_eq!(names(files.write_readers(&product, &all[..2]).expect("written")), ["books-2.json"]);
    assert_eq!(files.readers().expect("readers").len(), 2);
    assert!(files.contracts().expect("contracts").is_empty(), "readers are no contracts");
}

#[test]
fn a_reader_in_the_wrong_place_is_told() {
    let folder = Folder::new();
    let text = r#"{"mesh":1,"consumer":"books","address":"shop.orders","requirement":"^1","schema":true}"#;
    folder.write("contracts/readers/carts/books.json", text);
    let error = folder.files().readers().expect_err("misplaced").to_string();
    assert!(error.contains("belongs into the folder `orders`"), "{error}");
    folder.write("contracts/readers/carts/books.json", "{");
    let error = folder.files().readers().expect_err("no JSON").to_string();
    assert!(error.contains("`mesh update` writes it anew"), "{error}");
}
