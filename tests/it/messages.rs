//! What the command says when something is not as it should be: what happened, where, and what to do next.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use crate::command::{mesh, run};
use crate::workspace;

/// An address where nobody listens: the port of discarded packets.
const NOBODY: &str = "http://127.0.0.1:9";

fn empty() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn a_verb_that_does_not_exist_is_answered_with_the_nearest_one() {
    run(mesh(empty().path()).arg("serach")).with(2).says(&["unrecognized subcommand 'serach'", "'search'"]);
}

#[test]
fn an_address_without_a_domain_is_told_how_to_write_one() {
    run(mesh(empty().path()).args(["info", "orders"]))
        .with(2)
        .says(&["`orders` is not an address; write domain and product with a dot between"]);
}

#[test]
fn a_silent_registry_is_told_of_once_for_all_domains() {
    let folder = empty();
    fs::write(folder.path().join("Cargo.toml"), "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\n")
        .expect("a file");
    for domain in ["accounting", "sales"] {
        let place = folder.path().join(domain);
        workspace::copy(
            &workspace::root().join("domains").join(domain).join("contracts"),
            &place.join("contracts"),
        );
        fs::create_dir(place.join("src")).expect("a folder");
        fs::write(place.join("src/lib.rs"), "").expect("a file");
        fs::write(place.join("Cargo.toml"), format!("[package]\nname = \"{domain}\"\n")).expect("a file");
        fs::write(place.join("mesh.toml"), "").expect("a file");
    }
    let told = run(mesh(folder.path()).args(["check", "--registry", NOBODY])).stderr;
    assert_eq!(told.matches("no registry answers").count(), 1, "{told}");
}

#[test]
fn who_starts_a_crate_is_told_where_the_mesh_comes_from() {
    let note = "the mesh crates are taken from their release";
    let folder = empty();
    run(mesh(folder.path()).args(["new", "domain", "logistics", "--standalone"]))
        .with(0)
        .says(&[note, "--path", "--git"]);
    let git = ["new", "domain", "billing", "--standalone", "--git", "https://mesh.example/mesh"];
    let told = run(mesh(folder.path()).args(git)).with(0);
    assert!(!told.stderr.contains(note), "{told:?}");
    let shop = folder.path().join("shop");
    fs::create_dir_all(shop.join("src")).expect("a folder");
    fs::write(shop.join("Cargo.toml"), "[package]\nname = \"shop\"\n\n[workspace]\n").expect("a file");
    fs::write(shop.join("src/lib.rs"), "//! A shop.\n").expect("a file");
    run(mesh(&shop).arg("init")).with(0).says(&[note]);
}

#[test]
fn without_a_registry_the_command_says_how_to_get_one() {
    for words in [
        &["search", "x"][..],
        &["info", "sales.orders"],
        &["read", "sales.orders"],
        &["tree", "sales.orders"],
    ] {
        run(mesh(empty().path()).args(words).args(["--registry", NOBODY])).with(2).says(&[
            "no registry answers at http://127.0.0.1:9",
            "Connection refused",
            "next: start one with `mesh registry serve`, or name another with `--registry` or MESH_REGISTRY",
        ]);
    }
}

#[test]
fn the_registry_comes_from_the_command_line_then_the_environment_then_mesh_toml() {
    let folder = empty();
    fs::write(folder.path().join("mesh.toml"), "registry = \"http://127.0.0.1:1\"\n").expect("a file");
    let search = || {
        let mut command = mesh(folder.path());
        command.arg("search");
        command
    };
    run(&mut search()).with(2).says(&["no registry answers at http://127.0.0.1:1\n"]);
    run(search().env("MESH_REGISTRY", "http://127.0.0.1:2")).with(2).says(&["at http://127.0.0.1:2\n"]);
    run(search().env("MESH_REGISTRY", "http://127.0.0.1:2").args(["--registry", NOBODY]))
        .with(2)
        .says(&["at http://127.0.0.1:9\n"]);
    run(search().args(["--registry", "localhost"]))
        .with(2)
        .says(&["`localhost` (from `--registry` or MESH_REGISTRY) is no address"]);
}

#[test]
fn a_mistake_in_mesh_toml_is_told_with_its_line() {
    let folder = empty();
    fs::write(folder.path().join("mesh.toml"), "\nregister = \"x\"\n").expect("a file");
    run(mesh(folder.path()).arg("search")).with(2).says(&["mesh.toml: line 2", "register"]);
}

#[test]
fn outside_a_domain_crate_the_command_says_how_to_make_one() {
    let folder = empty();
    for words in
        [&["check"][..], &["contract"], &["publish"], &["add", "sales.orders"], &["update"], &["dev"]]
    {
        run(mesh(folder.path()).args(words))
            .with(2)
            .says(&["is in no domain crate and in no workspace", "mesh new domain NAME"]);
    }
    run(mesh(folder.path()).arg("init")).with(2).says(&["there is no Cargo.toml in", "mesh new domain NAME"]);
}

#[test]
fn a_crate_that_becomes_a_domain_loses_nothing() {
    let folder = empty();
    for (name, text) in [
        ("Cargo.toml", "[package]\nname = \"shop\"\nedition = \"2024\"\n\n[workspace]\n"),
        ("src/lib.rs", "//! A shop.\n"),
        ("tests/contract.rs", "// Mine.\n"),
    ] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    run(mesh(folder.path()).arg("init")).with(2).says(&[
        "tests/contract.rs` would be overwritten",
        "move what stands there out of the way; nothing was written",
    ]);
    assert!(!folder.path().join("mesh.toml").exists());
    fs::remove_file(folder.path().join("tests/contract.rs")).expect("removed");
    let told = run(mesh(folder.path()).arg("init")).with(0).stdout;
    assert!(told.contains("changed Cargo.toml\nchanged src/lib.rs\n"), "{told}");
    assert!(told.contains("created tests/contract.rs\n"), "{told}");
}

#[test]
fn a_port_that_is_taken_is_told_before_anything_is_built() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("its address").port().to_string();
    let ended = run(mesh(workspace::root()).args(["demo", "--port", &port])).with(2);
    assert!(!ended.stderr.contains("Building"), "{}", ended.stderr);
    ended.says(&[&format!("port {port} is taken"), "leave the option out to get one that is free"]);
    let ended = run(mesh(empty().path()).args([
        "registry",
        "serve",
        "--open",
        "--listen",
        &format!("127.0.0.1:{port}"),
    ]));
    ended.with(2).says(&["something listens on", "choose another port"]);
}

#[test]
fn a_store_that_cannot_be_used_is_told_without_its_password() {
    let folder = empty();
    let store = |url: &str| {
        let serve = ["registry", "serve", "--open", "--listen", "127.0.0.1:0", "--store", url];
        run(mesh(folder.path()).args(serve)).with(2)
    };
    let ended = store("postgres://mesh:secret@127.0.0.1:1/mesh")
        .says(&["cannot connect to `postgres://127.0.0.1:1/mesh`", "see that the server runs"]);
    assert!(!ended.stderr.contains("secret"), "{}", ended.stderr);
    store("postgres://127.0.0.1:1/mesh?sslmode=prefer").says(&["`sslmode=prefer`", "write `verify-full`"]);
    store("mysql://127.0.0.1/mesh").says(&["write `postgres://user@host/database`"]);
    run(mesh(folder.path()).args(["registry", "migrate", "--to", "postgres://127.0.0.1:1/mesh"]))
        .with(2)
        .says(&["there is no database at", "name the registry's data folder"]);
}

#[test]
fn a_second_registry_on_the_same_data_is_refused() {
    let folder = empty();
    let serve =
        ["registry", "serve", "--open", "--listen", "127.0.0.1:0", "--data", "store", "--format", "json"];
    let _first = crate::running::Running::start(crate::running::leashed(folder.path()).args(serve));
    run(mesh(folder.path()).args(serve))
        .with(2)
        .says(&["a registry runs on `store` already", "choose another data folder"]);
}

#[test]
fn a_backup_is_taken_while_a_registry_serves_and_comes_back_into_an_empty_folder() {
    let folder = empty();
    let serve =
        ["registry", "serve", "--open", "--listen", "127.0.0.1:0", "--data", "store", "--format", "json"];
    let first = crate::running::Running::start(crate::running::leashed(folder.path()).args(serve));
    let published = crate::journeys::publish_sales(&first.registry());
    run(mesh(folder.path()).args(["registry", "backup", "--data", "store", "copy.db"])).with(0);
    run(mesh(folder.path()).args(["registry", "backup", "--data", "store", "copy.db"]))
        .with(2)
        .says(&["`copy.db` exists already"]);
    run(mesh(folder.path()).args(["registry", "restore", "--data", "other", "copy.db"])).with(0);
    run(mesh(folder.path()).args(["registry", "restore", "--data", "other", "copy.db"]))
        .with(2)
        .says(&["`--force`"]);
    let serve =
        ["registry", "serve", "--open", "--listen", "127.0.0.1:0", "--data", "other", "--format", "json"];
    let second = crate::running::Running::start(crate::running::leashed(folder.path()).args(serve));
    let found =
        run(mesh(folder.path()).args(["search", "--format", "json", "--registry", &second.registry()]))
            .with(0)
            .json();
    assert_eq!(found.as_array().map(Vec::len), Some(published));
}

#[test]
fn whoever_stops_reading_is_not_shouted_at() {
    let mut child = mesh(sales())
        .args(["check", "--offline", "--quiet"])
        .args(["--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("its end");
    assert_eq!((String::from_utf8_lossy(&output.stderr).as_ref(), output.status.code()), ("", Some(0)));
}

#[test]
fn every_verb_explains_itself() {
    let help = run(mesh(empty().path()).arg("--help")).with(0).stdout;
    let commands = help
        .split("Commands:")
        .nth(1)
        .and_then(|rest| rest.split("Options:").next())
        .expect("a list of verbs");
    let verbs: Vec<&str> = commands
        .lines()
        .filter_map(|line| {
            line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split_whitespace().next()
        })
        .collect();
    assert!(verbs.len() >= 15, "{verbs:?}");
    for verb in verbs {
        let help = run(mesh(empty().path()).args([verb, "--help"])).with(0).stdout;
        let what = help.lines().next().unwrap_or_default();
        assert!(what.len() > 20 && !what.ends_with('.'), "`{verb}` says `{what}`");
        let shows = help.contains("Example") || help.contains("Commands:");
        assert!(shows, "`{verb} --help` shows no example");
    }
}

#[test]
fn colours_are_kept_from_whoever_does_not_want_them() {
    let coloured = |change: &dyn Fn(&mut std::process::Command)| {
        let folder = empty();
        let mut command = mesh(folder.path());
        command.args(["info", "sales.orders", "--registry", NOBODY]);
        change(&mut command);
        run(&mut command).stderr.contains('\u{1b}')
    };
    assert!(!coloured(&|_| ()), "no terminal");
    assert!(coloured(&|command| {
        command.arg("--color=always");
    }));
    assert!(!coloured(&|command| {
        command.env("CLICOLOR_FORCE", "1").arg("--color=never");
    }));
    assert!(!coloured(&|command| {
        command.env("NO_COLOR", "1");
    }));
}

/// The folder of sales, as a place to call the command in.
fn sales() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/domains/sales"))
}

#[test]
fn the_check_of_the_examples_finds_nothing_and_asks_nobody() {
    let findings = run(mesh(sales()).args(["check", "--offline", "--format", "json"])).with(0).json();
    assert_eq!((&findings["clean"], &findings["files"]), (&serde_json::json!(true), &serde_json::json!([])));
    run(mesh(sales()).args(["check", "--registry", NOBODY]))
        .with(0)
        .says(&["not compared with what is published"]);
}
