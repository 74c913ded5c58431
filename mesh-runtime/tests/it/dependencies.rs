//! A domain that only has contracts pays for nothing else: no HTTP, no async run time, no database.

use std::collections::BTreeSet;
use std::process::Command;

/// What nobody gets who did not ask for it.
const UNASKED: &[&str] = &[
    "async-std",
    "axum",
    "backon",
    "clap",
    "futures",
    "futures-core",
    "futures-util",
    "h2",
    "http",
    "http-body",
    "hyper",
    "hyper-util",
    "libsqlite3-sys",
    "mio",
    "openssl",
    "postgres-types",
    "reqwest",
    "ring",
    "rusqlite",
    "rustls",
    "smol",
    "socket2",
    "sqlx",
    "tokio",
    "tokio-postgres",
    "tower",
    "tower-http",
    "tracing",
    "tracing-subscriber",
    "url",
];

/// Every package that a build with these features compiles, build scripts and macros included, each in a line of its own.
fn tree(format: &str, features: &str) -> String {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--manifest-path", manifest, "-p", "mesh-runtime"])
        .args(["--edges", "normal,build", "--prefix", "none", "--format", format, "--no-default-features"])
        .args(["--features", features])
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("names are text")
}

/// The names of the same.
fn packages(features: &str) -> BTreeSet<String> {
    tree("{p}", features).lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn a_contracts_only_domain_compiles_little_that_serde_and_schemars_do_not() {
    let of_serde_and_schemars = [
        "dyn-clone",
        "itoa",
        "memchr",
        "proc-macro2",
        "quote",
        "ref-cast",
        "ref-cast-impl",
        "schemars",
        "schemars_derive",
        "serde",
        "serde_core",
        "serde_derive",
        "serde_derive_internals",
        "serde_json",
        "syn",
        "unicode-ident",
        "zmij",
    ];
    let more = packages("").into_iter().filter(|name| !of_serde_and_schemars.contains(&name.as_str()));
    let more: Vec<_> = more.filter(|name| !name.is_empty()).collect();
    // Whatever is added here costs every domain that is built from nothing: `benches/compile-time/cold` tells how much.
    assert_eq!(more, ["mesh-contract", "mesh-macros", "mesh-runtime", "regex-lite", "semver"]);
    let features = tree("{p} {f}", "");
    let syn: BTreeSet<_> = features.lines().filter(|line| line.starts_with("syn ")).collect();
    assert!(
        !syn.is_empty() && syn.iter().all(|line| !line.contains("full")),
        "serde and schemars do without `full`, with which syn takes half as long again: {syn:?}"
    );
}

#[test]
fn a_contracts_only_domain_pulls_no_http_no_async_and_no_database() {
    for features in ["", "chrono,decimal,uuid"] {
        let packages = packages(features);
        assert!(packages.contains("mesh-contract") && packages.contains("schemars"), "{packages:?}");
        let unasked: Vec<_> = UNASKED.iter().filter(|name| packages.contains(**name)).collect();
        assert!(unasked.is_empty(), "with the features `{features}` a domain pulls {unasked:?}");
    }
}

#[test]
fn a_client_pulls_no_server_and_neither_pulls_a_database() {
    let client = packages("client");
    assert!(client.contains("reqwest"), "the guard sees what it guards: {client:?}");
    for server in ["axum", "clap", "tracing-subscriber", "rustls", "ring"] {
        assert!(!client.contains(server), "a client pulls {server}");
    }
    let host = packages("host,tls");
    assert!(host.contains("axum") && host.contains("ring"));
    for name in ["rusqlite", "libsqlite3-sys", "aws-lc-sys", "aws-lc-rs", "openssl", "mesh-registry"] {
        assert!(!host.contains(name), "a host pulls {name}");
    }
}
