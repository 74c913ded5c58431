//! Settings: who is heard first, and everything that is wrong told at once.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use mesh_registry::Config;
use mesh_registry::config::{Finding, LogFormat, Origin, Place, Sources, probe};

/// A file of settings that goes away with it.
fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("written");
    file
}

fn environment(pairs: &[(&str, &str)]) -> Vec<(OsString, OsString)> {
    pairs.iter().map(|(name, value)| (OsString::from(name), OsString::from(value))).collect()
}

fn findings(text: &str, pairs: &[(&str, &str)]) -> Vec<Finding> {
    let file = file(text);
    let sources = Sources::new().file(Some(file.path().to_owned())).environment(environment(pairs));
    sources.load().map(|loaded| loaded.settings).expect_err("something is wrong")
}

#[test]
fn without_anything_the_defaults_are_in_force() {
    let loaded = Sources::new().load().expect("settings");
    let default = Config::default();
    assert_eq!(
        (loaded.config.listen, &loaded.config.data, loaded.config.limits),
        (default.listen, &default.data, default.limits)
    );
    assert!(loaded.settings.iter().all(|setting| setting.from == Origin::Default));
}

#[test]
fn the_command_line_is_heard_before_the_environment_and_that_before_the_file() {
    let file = file(
        "listen = \"127.0.0.1:1\"\ndata = \"/from/file\"\n[limits]\nrequests = 1_0\nbody = \"64KiB\"\ngrace = \"2m\"\n\
         [log]\nformat = \"json\"\n[traces]\nsample = 1\n[metrics]\nenabled = false\n",
    );
    let pairs = [
        ("MESH_REGISTRY_LISTEN", "127.0.0.1:2"),
        ("MESH_REGISTRY_LIMITS_REQUESTS", "20"),
        ("MESH_REGISTRY_LIMITS_GRACE", ""),
        ("MESH_LOG", "warn,mesh_registry=debug"),
    ];
    let loaded = Sources::new()
        .file(Some(file.path().to_owned()))
        .environment(environment(&pairs))
        .flag("listen", Some("127.0.0.1:3"))
        .flag("store", None::<OsString>)
        .load()
        .expect("settings");
    let config = &loaded.config;
    assert_eq!(config.listen.port(), 3);
    assert_eq!(config.data, PathBuf::from("/from/file"));
    assert_eq!((config.limits.requests, config.limits.body), (20, 64 * 1024));
    assert_eq!(config.limits.grace, Duration::from_secs(120), "an empty variable says nothing");
    assert_eq!(
        (config.log.format, config.log.filter.as_str()),
        (LogFormat::Json, "warn,mesh_registry=debug")
    );
    assert!(!config.metrics.enabled);
    let from = |name: &str| loaded.settings.iter().find(|it| it.setting == name).expect(name).from;
    assert_eq!(from("listen"), Origin::Flag);
    assert_eq!(from("limits.requests"), Origin::Environment);
    assert_eq!(from("log.filter"), Origin::Environment);
    assert_eq!(from("limits.body"), Origin::File);
    assert_eq!(from("limits.cache"), Origin::Default);
}

#[test]
fn everything_that_is_wrong_is_told_at_once_with_its_place_and_what_to_write() {
    let found = findings(
        "lisen = \"127.0.0.1:0\"\nlimits = 3\n\n[limit]\nrequests = 5\n[log]\nformat = \"xml\"\nfilter = true\n\
         [drain]\ndelay = \"2 hours\"\n[pool]\nconnections = 0\n[metrics]\nrequests = 7\n[elsewhere]\nx = 1\n",
        &[("MESH_REGISTRY_LIMITS_BODY", "1TiB"), ("MESH_REGISTRY_TRACES_SAMPLE", "2")],
    );
    let told: Vec<String> = found
        .iter()
        .map(|finding| match &finding.place {
            Place::Line { line, column, .. } => format!("{line}:{column} {}; {}", finding.what, finding.next),
            place => format!("{place} {}; {}", finding.what, finding.next),
        })
        .collect();
    for expected in [
        "1:1 there is no setting `lisen`; did you mean `listen`?",
        "2:10 `limits` holds settings and is none itself; write its settings below `[limits]`",
        "4:2 there is no setting `limit`; did you mean `limits`?",
        "7:10 this is no value of `log.format`; write `text` or `json`, e.g. `format = \"text\"`",
        "8:10 `log.filter` is no `true` or `false`; write a level",
        "10:9 this is no value of `drain.delay`; write a length of time from 0s to 1h, e.g. `delay = \"0s\"`",
        "12:15 this is no value of `pool.connections`; write a whole number from 1 to 1000, e.g. `connections = 16`",
        "14:1 there is no setting `metrics.requests`; did you mean `limits.requests`?",
        "15:2 there is no setting `elsewhere`; take it away",
        "MESH_REGISTRY_LIMITS_BODY this is no value of `limits.body`; write a size from 1KiB to 1GiB, e.g. `2MiB`",
        "MESH_REGISTRY_TRACES_SAMPLE this is no value of `traces.sample`; write a number from 0 to 1, e.g. `1.0`",
    ] {
        assert!(told.iter().any(|told| told.starts_with(expected)), "{expected}\nin {told:#?}");
    }
    assert_eq!(told.len(), 11, "{told:#?}");
}

#[test]
fn a_file_that_is_no_toml_or_not_there_is_told() {
    let found = findings("[limits\nrequests = 5", &[]);
    assert!(found.iter().all(|finding| finding.what.starts_with("this is no TOML")), "{found:?}");
    assert!(matches!(found[0].place, Place::Line { line: 1, .. }), "{found:?}");
    let missing = Sources::new().file(Some("/nowhere/registry.toml".into())).load().expect_err("no file");
    assert!(
        missing[0].to_string().contains("/nowhere/registry.toml: the file cannot be read"),
        "{missing:?}"
    );
}

#[test]
fn no_finding_and_no_setting_tells_a_password() {
    let secret = "hunter2";
    let broken = format!("store = \"postgres://mesh:{secret}@db/mesh\nx = ");
    let other =
        format!("store = \"mysql://mesh:{secret}@db/mesh\"\n[traces]\nendpoint = \"http://a:{secret}@b\"");
    for text in [&broken, &other] {
        let found = findings(text, &[]);
        assert!(!format!("{found:?}").contains(secret), "{found:?}");
    }
    let url = format!("postgres://mesh:{secret}@db/mesh?password={secret}");
    let sources = Sources::new().environment(environment(&[("MESH_STORE", &url)]));
    #[cfg(feature = "postgres")]
    {
        let loaded = sources.load().expect("settings");
        assert_eq!(loaded.config.store.as_ref().map(|url| url.secret()), Some(url.as_str()));
        let shown = format!("{loaded:?} {}", serde_json::to_string(&loaded.settings).expect("JSON"));
        assert!(!shown.contains(secret) && shown.contains("postgres://db/mesh"), "{shown}");
    }
    #[cfg(not(feature = "postgres"))]
    assert!(format!("{:?}", sources.load()).contains("feature `postgres`"));
}

#[cfg(feature = "postgres")]
#[test]
fn a_folder_that_is_asked_for_where_a_store_is_set_is_told_unless_the_store_is_heard_before() {
    let url = ("MESH_STORE", "postgres://db/mesh");
    let one = Sources::new().environment(environment(&[url])).flag("data", Some("/var/lib/mesh"));
    let found = one.load().expect_err("both");
    assert!(found[0].to_string().contains("`data` (flag) and `store` (environment)"), "{found:?}");
    let file = file("data = \"/var/lib/mesh\"");
    let other = Sources::new().environment(environment(&[url])).file(Some(file.path().to_owned()));
    assert!(other.load().is_ok());
}

#[test]
fn two_names_of_one_setting_must_agree_and_a_variable_that_is_nearly_ours_is_told() {
    let pairs = [("MESH_LOG", "info"), ("MESH_REGISTRY_LOG_FILTER", "debug")];
    let found = Sources::new().environment(environment(&pairs)).load().expect_err("two answers");
    assert!(found[0].to_string().contains("unset `MESH_LOG`"), "{found:?}");
    let pairs = [
        ("MESH_REGISTRY_LISTN", "x"),
        ("MESH_REGISTRY_TOKEN", "secret"),
        ("MESH_REGISTRY_PORT_7474_TCP", "tcp://10.0.0.1:7474"),
    ];
    let loaded = Sources::new().environment(environment(&pairs)).load().expect("settings");
    let told: Vec<String> = loaded.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["MESH_REGISTRY_LISTN: this variable sets nothing; did you mean `MESH_REGISTRY_LISTEN`?"]
    );
}

#[cfg(not(feature = "traces"))]
#[test]
fn traces_in_a_build_without_them_are_told() {
    let found = findings("[traces]\nendpoint = \"http://127.0.0.1:4318/v1/traces\"", &[]);
    assert!(found[0].next.contains("feature `traces`"), "{found:?}");
}

#[tokio::test]
async fn a_probe_tells_of_a_taken_address_and_of_a_folder_that_is_no_registrys() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a listener");
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::new(folder.path().join("registry"));
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    assert_eq!(probe(&config).await, [], "nothing is in the way of a new registry");
    assert!(!config.data.exists(), "and nothing was made");
    std::fs::create_dir(&config.data).expect("a folder");
    std::fs::write(config.data.join("registry.lock"), "").expect("a file");
    std::fs::write(
        config.data.join("registry.db"),
        "no database, but long enough to be looked at ".repeat(30),
    )
    .expect("a file");
    config.listen = taken.local_addr().expect("an address");
    let told: Vec<String> = probe(&config).await.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("something listens on"), "{told:?}");
    assert!(told[1].contains("is not the database of a registry"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_tells_of_a_folder_that_a_registry_serves() {
    let world = crate::world::World::start().await;
    let mut config = Config::new(world.folder.path());
    config.access = mesh_registry::config::Access::open();
    config.listen.set_port(0);
    let told = probe(&config).await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].to_string().contains("a registry runs on"), "{told:?}");
}

#[cfg(feature = "postgres")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_probe_looks_into_a_database_and_makes_nothing_there() {
    let Some(database) = crate::database::Database::make().await else { return };
    let mut config = Config::default();
    config.listen.set_port(0);
    config.store = Some(database.url());
    for _ in 0..2 {
        assert_eq!(probe(&config).await, [], "it is empty, and stays so");
    }
    config.store = Some("postgres://nobody@127.0.0.1:1/none".parse().expect("a store"));
    let told = probe(&config).await;
    assert!(told[0].to_string().contains("cannot connect to"), "{told:?}");
}
