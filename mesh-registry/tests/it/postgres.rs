//! What is true of PostgreSQL alone: several processes serve one database, and it restarts under them.

use std::sync::Arc;
use std::time::Duration;

use mesh_registry::service::Fresh;
use mesh_registry::store::conformance::sample_commit;
use mesh_registry::store::postgres::{OpenError, PostgresStore};
use mesh_registry::store::{CredentialKind, Deployed, Event, EventKind, Store, StoreError, TenantId};

use crate::database::Database;

fn tenant() -> TenantId {
    TenantId::default()
}

async fn open(database: &Database) -> Arc<PostgresStore> {
    Arc::new(PostgresStore::open(&database.url(), None).await.expect("a store"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_registries_that_start_together_the_first_ones_administrator_is_found_in_the_file() {
    let Some(database) = Database::make().await else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("administrator.token");
    let starts = (0..4).map(|_| {
        let mut config = mesh_registry::Config::new(folder.path());
        config.listen.set_port(0);
        config.store = Some(database.url());
        config.access.administrator = Some(file.clone());
        tokio::spawn(mesh_registry::Registry::start(config))
    });
    let mut running = Vec::new();
    for start in starts.collect::<Vec<_>>() {
        running.push(start.await.expect("no panic").expect("a registry"));
    }
    assert_eq!(running.iter().filter(|one| one.first_token().is_some()).count(), 1);
    let token = std::fs::read_to_string(&file).expect("the token");
    for one in &running {
        let known = one.registry().identify(CredentialKind::Token, token.trim(), Fresh::Now).await;
        assert_eq!(known.expect("an answer").expect("it counts").principal(), "administrator");
    }
    let left = std::fs::read_dir(folder.path()).expect("the folder").count();
    assert_eq!(left, 1, "and no other token lies about");
    for one in running {
        one.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_many_that_start_at_once_one_makes_the_schema_and_all_have_it() {
    let Some(database) = Database::make().await else { return };
    let starters: Vec<_> = (0..6)
        .map(|number| {
            let url = database.url();
            tokio::spawn(async move {
                let store = PostgresStore::open(&url, None).await.expect("a store");
                let commit = sample_commit(&format!("sales.p{number}"), "1.0.0", 0, "One.");
                store.commit(&tenant(), commit).await.expect("committed");
            })
        })
        .collect();
    for starter in starters {
        starter.await.expect("no panic");
    }
    let rows = database.connect().await.query("SELECT version FROM mesh_migration ORDER BY 1", &[]).await;
    let versions: Vec<i32> = rows.expect("rows").iter().map(|row| row.get(0)).collect();
    assert_eq!(versions, (1..=i32::try_from(versions.len()).expect("few")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_schema_of_a_later_release_is_lived_with_or_refused_as_it_says() {
    let Some(database) = Database::make().await else { return };
    drop(open(&database).await);
    let client = database.connect().await;
    let later = "INSERT INTO mesh_migration (version, name, checksum, least) VALUES (99, 'more', 'sum', 1)";
    client.batch_execute(later).await.expect("a later step");
    let store = open(&database).await;
    store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "One.")).await.expect("committed");
    client.batch_execute("UPDATE mesh_migration SET least = 99 WHERE version = 99").await.expect("raised");
    let error = PostgresStore::open(&database.url(), None).await.expect_err("a later release");
    assert!(matches!(error, OpenError::LaterRelease { found: 99, least: 99, .. }), "{error:?}");
    assert!(error.to_string().contains("run that release"), "{error}");
}

#[tokio::test]
async fn a_step_that_was_changed_after_its_release_is_refused() {
    let Some(database) = Database::make().await else { return };
    drop(open(&database).await);
    let changed = "UPDATE mesh_migration SET checksum = 'other' WHERE version = 1";
    database.connect().await.batch_execute(changed).await.expect("changed");
    let error = PostgresStore::open(&database.url(), None).await.expect_err("another step");
    assert!(matches!(error, OpenError::Changed { version: 1, .. }), "{error:?}");
}

#[tokio::test]
async fn a_database_of_something_else_is_refused_and_left_alone() {
    let Some(database) = Database::make().await else { return };
    let client = database.connect().await;
    client.batch_execute("CREATE TABLE product (name text)").await.expect("a table");
    let error = PostgresStore::open(&database.url(), None).await.expect_err("no registry's");
    assert!(matches!(error, OpenError::Foreign { .. }), "{error:?}");
    let tables = client.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", &[]).await;
    assert_eq!(tables.expect("tables").len(), 1);
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_without_the_password() {
    let url = "postgres://mesh:secret@127.0.0.1:1/mesh?connect_timeout=1".parse().expect("a URL");
    let error = PostgresStore::open(&url, None).await.expect_err("nobody listens");
    assert!(matches!(error, OpenError::Connect { .. }), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_of_the_database_the_store_goes_on() {
    let Some(database) = Database::make().await else { return };
    let store = open(&database).await;
    // As many connections as the pool holds, so that many are broken at once.
    let writes = (0..32).map(|number| {
        let (store, address) = (Arc::clone(&store), format!("sales.p{number}"));
        tokio::spawn(
            async move { store.commit(&tenant(), sample_commit(&address, "1.0.0", 0, "One.")).await },
        )
    });
    for write in writes.collect::<Vec<_>>() {
        write.await.expect("no panic").expect("committed");
    }
    for round in 0..3_u64 {
        database.cut_connections().await;
        // A write that is cut off may be lost, and says so; the next one finds a connection that is whole.
        store.ready().await.expect("it answers");
        let version = format!("1.{round}.0");
        let commit = sample_commit("sales.orders", &version, round, &version);
        store.commit(&tenant(), commit).await.expect("committed");
        let history = store.history(&tenant(), &"sales.orders".parse().expect("an address")).await;
        assert_eq!(history.expect("a history").revision, round + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_cut_off_is_unavailable_or_whole_and_never_half() {
    let Some(database) = Database::make().await else { return };
    let store = open(&database).await;
    let address: mesh_contract::Address = "sales.orders".parse().expect("an address");
    let cutter = async {
        for _ in 0..10 {
            tokio::time::sleep(Duration::from_millis(15)).await;
            database.cut_connections().await;
        }
    };
    let writer = async {
        let mut acknowledged = Vec::new();
        for number in 0..150_u32 {
            let revision = store.history(&tenant(), &address).await.map_or(0, |history| history.revision);
            let version = format!("1.{number}.0");
            let commit = sample_commit("sales.orders", &version, revision, &version);
            match store.commit(&tenant(), commit).await {
                Ok(done) => acknowledged.push(done.version),
                Err(StoreError::Unavailable(_) | StoreError::Conflict { .. }) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        acknowledged
    };
    let (acknowledged, ()) = tokio::join!(writer, cutter);
    let history = store.history(&tenant(), &address).await.expect("a history");
    assert_eq!(history.revision, history.versions.len() as u64, "a revision for each version");
    for version in &acknowledged {
        assert!(history.versions.iter().any(|it| it.version == *version), "{version} was acknowledged");
    }
    let events = store.events(&tenant(), 0, 1_000).await.expect("events");
    assert_eq!(events.len(), history.versions.len(), "an event for each version");
    let counted = database.connect().await.query_one("SELECT COUNT(*) FROM audit", &[]).await;
    assert_eq!(counted.expect("a count").get::<_, i64>(0), events.len() as i64, "a record for each version");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_serve_one_database_each_sees_what_the_other_has_done() {
    let Some(database) = Database::make().await else { return };
    let (one, other) = (open(&database).await, open(&database).await);
    let (tenant, address) = (tenant(), "sales.orders".parse().expect("an address"));
    for round in 0..20_u64 {
        let version = format!("1.{round}.0");
        let commit =
            |content: &str| sample_commit("sales.orders", &version, round, &format!("{content}{round}"));
        let (first, second) =
            tokio::join!(one.commit(&tenant, commit("one")), other.commit(&tenant, commit("other")));
        let won = match (first, second) {
            (Ok(won), Err(StoreError::Conflict { current }))
            | (Err(StoreError::Conflict { current }), Ok(won)) => {
                assert_eq!(current, round + 1);
                won
            }
            both => panic!("exactly one wins: {both:?}"),
        };
        for store in [&one, &other] {
            let history = store.history(&tenant, &address).await.expect("a history");
            assert_eq!(history.revision, round + 1);
            assert!(history.versions.contains(&won));
        }
    }
    let runs = Deployed {
        subject: "billing".parse().expect("a name"),
        version: "1".to_owned(),
        line: String::new(),
        environment: "production".parse().expect("a name"),
    };
    one.put_deployed(&tenant, runs.clone(), None).await.expect("recorded");
    assert!(other.remove_deployed(&tenant, &runs, None).await.expect("removed"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_seen_an_event_never_sees_an_earlier_one_appear() {
    let Some(database) = Database::make().await else { return };
    let stores = [open(&database).await, open(&database).await];
    let writers: Vec<_> = (0..8)
        .map(|writer: usize| {
            let store = Arc::clone(&stores[writer % 2]);
            tokio::spawn(async move {
                for round in 0..25_u64 {
                    let (address, version) = (format!("sales.p{writer}"), format!("1.{round}.0"));
                    let commit = sample_commit(&address, &version, round, &format!("{writer}.{round}"));
                    store.commit(&tenant(), commit).await.expect("committed");
                }
            })
        })
        .collect();
    let follow = async |store: &PostgresStore| {
        let mut seen: Vec<Event> = Vec::new();
        while seen.len() < 8 * 25 {
            let after = seen.last().map_or(0, |event| event.sequence);
            seen.extend(store.events(&tenant(), after, 7).await.expect("events"));
        }
        seen
    };
    let (first, second) = tokio::join!(follow(&stores[0]), follow(&stores[1]));
    for writer in writers {
        writer.await.expect("no panic");
    }
    let whole = stores[0].events(&tenant(), 0, 1_000).await.expect("events");
    assert_eq!(first, whole, "what was followed is all there is, in the same order");
    assert_eq!(second, whole);
    for writer in 0..8 {
        let address = format!("sales.p{writer}").parse().ok();
        let own = whole.iter().filter(|event| event.address == address);
        let versions: Vec<_> = own.filter_map(|event| event.data["version"].as_str()).collect();
        let written: Vec<_> = (0..25).map(|round| format!("1.{round}.0")).collect();
        assert_eq!(versions, written, "a product's events come in its order");
    }
}

/// Makes a database as the release before left it.
async fn open_as_before(database: &Database) {
    const SCHEMA: &str = include_str!("../../migrations/postgres/0001_registry.sql");
    let client = database.connect().await;
    let checksum = mesh_contract::Digest::of_bytes(SCHEMA.as_bytes());
    let mark = format!(
        "CREATE TABLE mesh_migration (version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
            least integer NOT NULL, applied_at timestamptz NOT NULL DEFAULT now());
         INSERT INTO mesh_migration (version, name, checksum, least) VALUES (1, 'registry', '{checksum}', 1)"
    );
    client.batch_execute(SCHEMA).await.expect("its schema");
    client.batch_execute(&mark).await.expect("its mark");
}

/// What the release before writes of a commit.
const CHANGED: &str = "INSERT INTO change_due (tenant, address, version, digest, stage, at)
    VALUES ('default', $1, $2, 'sha256:01', 'released', '2026-01-02T03:04:05.000006Z')";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_release_before_writes_before_and_after_the_step_is_in_the_feed() {
    let Some(database) = Database::make().await else { return };
    open_as_before(&database).await;
    let mut before = database.connect().await;
    before
        .batch_execute(
            "INSERT INTO change VALUES ('default', 4, 'a.b', '1.0.0', 'sha256:00', 'draft', '2026-01-02T03:04:05Z');
             UPDATE feed SET last = 7",
        )
        .await
        .expect("a change with a number");
    before.execute(CHANGED, &[&"a.b", &"1.1.0"]).await.expect("one that waits");
    // One that is under way while the step is made: the step waits for it.
    let writing = before.transaction().await.expect("a transaction");
    writing.execute(CHANGED, &[&"a.b", &"1.2.0"]).await.expect("written");
    let url = database.url();
    let opening = tokio::spawn(async move { PostgresStore::open(&url, None).await });
    let watcher = database.connect().await;
    let waits = "SELECT EXISTS (SELECT 1 FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
        WHERE c.relname = 'change_due' AND NOT l.granted)";
    while !watcher.query_one(waits, &[]).await.expect("locks").get::<_, bool>(0) {
        tokio::task::yield_now().await;
    }
    writing.commit().await.expect("committed");
    let store = opening.await.expect("no panic").expect("a store");
    // It still serves, and its statement was prepared before.
    before.execute(CHANGED, &[&"a.b", &"1.3.0"]).await.expect("written");
    let commit = sample_commit("sales.orders", "1.0.0", 0, "One.");
    store.commit(&tenant(), commit).await.expect("committed");
    let events = store.events(&tenant(), 0, 100).await.expect("events");
    let told: Vec<_> = events
        .iter()
        .map(|event| format!("{} {} {}", event.sequence, event.subject, event.data["stage"]))
        .collect();
    assert_eq!(
        told,
        [
            "4 a.b@1.0.0 \"draft\"",
            "8 a.b@1.1.0 \"released\"",
            "9 a.b@1.2.0 \"released\"",
            "10 a.b@1.3.0 \"released\"",
            "11 sales.orders@1.0.0 \"released\"",
        ]
    );
    assert!(events.iter().all(|event| event.kind == EventKind::VersionPublished));
    assert_eq!(events[1].data["digest"], "sha256:01");
    assert_eq!(events[1].at.timestamp_micros() % 1_000_000, 6);
    let left = "SELECT (SELECT COUNT(*) FROM change), (SELECT COUNT(*) FROM change_due)";
    let left = before.query_one(left, &[]).await.expect("counts");
    assert_eq!(
        (left.get::<_, i64>(0), left.get::<_, i64>(1)),
        (1, 0),
        "what it reads, and nothing to number"
    );
}

#[tokio::test]
async fn time_is_told_by_the_database() {
    let Some(database) = Database::make().await else { return };
    let store = open(&database).await;
    let client = database.connect().await;
    let shown = async || {
        let row = client.query_one("SELECT clock_timestamp()", &[]).await.expect("the time");
        row.get::<_, chrono::DateTime<chrono::Utc>>(0)
    };
    let before = shown().await;
    let version = store.commit(&tenant(), sample_commit("sales.orders", "1.0.0", 0, "One.")).await;
    let at = version.expect("committed").published_at;
    assert!(before <= at && at <= shown().await);
    assert!((store.now() - shown().await).abs() < chrono::TimeDelta::seconds(5));
}

#[tokio::test]
async fn a_character_that_postgres_does_not_keep_stays_in_the_document_alone() {
    let Some(database) = Database::make().await else { return };
    let store = open(&database).await;
    let mut commit = sample_commit("sales.orders", "1.0.0", 0, "One.");
    if let Some(head) = &mut commit.head {
        head.description = "Be\0fore".to_owned();
        head.fields = "or\0der".to_owned();
        head.tags = vec!["a\0b".to_owned()];
        head.domain.description = "\0".to_owned();
        head.domain.contact = Some("\0".to_owned());
    }
    store.commit(&tenant(), commit.clone()).await.expect("committed");
    let key = mesh_registry::store::ContractKey::Digest(commit.digest);
    assert_eq!(store.contract(&tenant(), &key).await.expect("the contract").document, commit.document);
}
