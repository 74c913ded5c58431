//! The second wall between tenants: PostgreSQL shows a process the rows of one tenant alone, whatever its statements forget.

use mesh_registry::store::conformance::sample_commit;
use mesh_registry::store::postgres::{OpenError, PostgresStore};
use mesh_registry::store::{Store as _, TenantId, TenantStore as _};
use tokio_postgres::Client;

use crate::database::Database;

fn tenant(name: &str) -> TenantId {
    name.parse().expect("a tenant")
}

/// A store in which two tenants have the same product.
async fn filled(database: &Database) -> PostgresStore {
    let store = PostgresStore::open(&database.url(), None).await.expect("a store");
    for name in ["acme", "zeta"] {
        let commit = sample_commit("sales.orders", "1.0.0", 0, name);
        store.commit(&tenant(name), commit).await.expect("committed");
    }
    store
}

/// A session as the store's own: behind the wall, for a tenant.
async fn walled(database: &Database, name: &str) -> Client {
    let client = database.connect().await;
    client
        .batch_execute(&format!("SET ROLE mesh_tenant; SET mesh.tenant = '{name}'"))
        .await
        .expect("a session behind the wall");
    client
}

async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.expect("a count").get(0)
}

/// Every table that has a tenant, as whoever owns them sees it.
async fn tables(client: &Client) -> Vec<String> {
    let rows = client
        .query(
            "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
             WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attname = 'tenant'
             ORDER BY 1",
            &[],
        )
        .await
        .expect("tables");
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn every_table_with_a_tenant_is_behind_the_wall() {
    let Some(database) = Database::make().await else { return };
    drop(filled(&database).await);
    let client = database.connect().await;
    let all = tables(&client).await;
    assert!(all.len() > 15 && all.contains(&"product".to_owned()), "{all:?}");
    for table in all {
        let row = client
            .query_one(
                "SELECT c.relrowsecurity,
                        coalesce((SELECT string_agg(p.polname || p.polpermissive || p.polcmd::text
                                || pg_get_expr(p.polqual, c.oid) || pg_get_expr(p.polwithcheck, c.oid), ';')
                            FROM pg_policy p WHERE p.polrelid = c.oid), ''),
                        c.relowner <> (SELECT oid FROM pg_roles WHERE rolname = 'mesh_tenant')
                 FROM pg_class c WHERE c.oid = $1::text::regclass",
                &[&table],
            )
            .await
            .expect("the table");
        assert!(
            row.get::<_, bool>(0),
            "`{table}` needs `SELECT mesh_isolate('{table}')` in the step that makes it"
        );
        let shown = "(tenant = current_setting('mesh.tenant'::text, true))";
        assert_eq!(row.get::<_, String>(1), format!("mesh_tenanttrue*{shown}{shown}"), "{table}");
        assert!(row.get::<_, bool>(2), "whoever owns `{table}` is past the wall");
    }
    // A table that was forgotten is found: the queries above do tell one.
    client.batch_execute("CREATE TABLE forgotten (tenant text)").await.expect("a table");
    assert!(tables(&client).await.contains(&"forgotten".to_owned()));
    assert_eq!(
        count(&client, "SELECT count(*) FROM pg_policy WHERE polrelid = 'forgotten'::regclass").await,
        0
    );
}

#[tokio::test]
async fn the_role_that_serves_cannot_go_round_the_wall() {
    let Some(database) = Database::make().await else { return };
    let store = filled(&database).await;
    let client = database.connect().await;
    let row = client
        .query_one(
            "SELECT rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb FROM pg_roles
             WHERE rolname = 'mesh_tenant'",
            &[],
        )
        .await
        .expect("the role");
    assert!(!row.get::<_, bool>(0));
    let walled = walled(&database, "acme").await;
    for denied in [
        "ALTER TABLE product DISABLE ROW LEVEL SECURITY",
        "DROP POLICY mesh_tenant ON product",
        "SELECT * FROM mesh_migration",
        "SELECT * FROM feed",
        "CREATE TABLE mine (a text)",
        "TRUNCATE product",
    ] {
        let error = walled.batch_execute(denied).await.expect_err(denied);
        assert_eq!(error.code().expect("a code").code(), "42501", "{denied}");
    }
    // The sessions of the store are behind it.
    store.ready().await.expect("it answers");
    let served =
        "SELECT count(*) FROM pg_proc WHERE prosecdef AND pronamespace = current_schema()::regnamespace
        AND (proconfig IS NULL OR proacl::text LIKE '%{=X/%')";
    assert_eq!(count(&client, served).await, 0, "what is done as the owner is for the role alone");
}

#[tokio::test]
async fn a_statement_that_forgot_the_tenant_finds_nothing_of_another() {
    let Some(database) = Database::make().await else { return };
    let store = filled(&database).await;
    let (acme, zeta) = (tenant("acme"), tenant("zeta"));
    store.events(&acme, 0, 10).await.expect("events have their numbers");
    assert!(store.add_tenant(&zeta).await.expect("made"));
    let owner = database.connect().await;
    let session = walled(&database, "acme").await;
    let mut more = 0;
    for table in tables(&owner).await {
        let all = count(&owner, &format!("SELECT count(*) FROM {table}")).await;
        let own = count(&owner, &format!("SELECT count(*) FROM {table} WHERE tenant = 'acme'")).await;
        assert_eq!(count(&session, &format!("SELECT count(*) FROM {table}")).await, own, "{table}");
        more += i32::from(all > own);
    }
    assert!(more >= 8, "other tenants have rows in most tables: {more}");
    let changed = session.execute("UPDATE product SET owner = 'me'", &[]).await.expect("changed");
    assert_eq!(changed, 1);
    assert_eq!(session.execute("DELETE FROM version", &[]).await.expect("deleted"), 1);
    let error = session
        .execute("INSERT INTO domain (tenant, name, description, owner) VALUES ('zeta', 'a', '', '')", &[])
        .await
        .expect_err("a row of another tenant");
    assert_eq!(error.code().expect("a code").code(), "42501");
    let moved = session.execute("UPDATE product SET tenant = 'zeta'", &[]).await.expect_err("moved");
    assert_eq!(moved.code().expect("a code").code(), "42501");
    // The ways past the wall that look into an index look for one tenant as well.
    let (found, weights) =
        ("SELECT count(*) FROM mesh_found('''orders'':*', '{0.1,0.3,0.5,1}')", "sales.orders");
    assert_eq!(count(&session, found).await, 1);
    assert_eq!(count(&session, &format!("SELECT count(*) FROM mesh_serving('{weights}')")).await, 0);
    session.batch_execute("RESET mesh.tenant").await.expect("reset");
    assert_eq!(count(&session, "SELECT count(*) FROM product").await, 0, "of no tenant there is nothing");
    assert_eq!(count(&session, found).await, 0);
    let zeta_has =
        store.history(&zeta, &"sales.orders".parse().expect("an address")).await.expect("a history");
    assert_eq!(zeta_has.versions.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_are_told_whom_they_serve_however_tenants_take_turns() {
    let Some(database) = Database::make().await else { return };
    let store = std::sync::Arc::new(
        PostgresStore::open_with(&database.url(), None, 3).await.expect("a store with few sessions"),
    );
    let address: mesh_contract::Address = "sales.orders".parse().expect("an address");
    let names = ["acme", "zeta", "default", "other"];
    let work = (0..12).map(|worker| {
        let (store, address) = (std::sync::Arc::clone(&store), address.clone());
        tokio::spawn(async move {
            for round in 0..25 {
                let name = names[(worker + round) % names.len()];
                let own = tenant(name);
                let history = store.history(&own, &address).await.expect("a history");
                let version = format!("1.{}.0", history.revision);
                // Some read and leave before the answer, as callers do.
                let hasty = store.history(&own, &address);
                drop(tokio::time::timeout(std::time::Duration::from_micros(200), hasty).await);
                let commit = sample_commit("sales.orders", &version, history.revision, name);
                if let Ok(done) = store.commit(&own, commit).await {
                    assert_eq!(done.version.to_string(), version);
                }
                for version in store.history(&own, &address).await.expect("a history").versions {
                    let document = format!("{{\"content\":\"{name}\"}}");
                    assert_eq!(version.digest, mesh_contract::Digest::of_bytes(document.as_bytes()));
                }
            }
        })
    });
    for worker in work.collect::<Vec<_>>() {
        worker.await.expect("no panic");
    }
    let counted = database.connect().await;
    let tenants = count(&counted, "SELECT count(DISTINCT tenant) FROM version").await;
    assert_eq!(tenants, 4, "all of them have written");
    let mixed = "SELECT count(*) FROM (SELECT tenant FROM version GROUP BY tenant HAVING count(DISTINCT digest) > 1) m";
    assert_eq!(count(&counted, mixed).await, 0);
}

/// A user of the database who may do nothing but what an owner may.
struct User {
    database: Database,
    name: String,
}

impl User {
    async fn make(database: Database) -> Self {
        let name = format!("mesh_test_{:016x}", fastrand::u64(..));
        let client = database.connect().await;
        client
            .batch_execute(&format!(
                "CREATE ROLE {name} LOGIN PASSWORD 'plain'; GRANT ALL ON SCHEMA public TO {name}"
            ))
            .await
            .expect("a user");
        Self { database, name }
    }

    fn url(&self, parameters: &str) -> mesh_registry::StoreUrl {
        let text = self.database.text();
        let (_, place) = text.split_once('@').expect("a user");
        let place = place.trim_end_matches('?');
        format!("postgres://{}:plain@{place}?{parameters}", self.name).parse().expect("a URL")
    }

    async fn gone(self) {
        let client = self.database.connect().await;
        let gone = format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", self.name);
        client.batch_execute(&gone).await.expect("the user goes");
    }
}

#[tokio::test]
async fn whoever_may_not_work_as_the_role_is_told_what_to_have_done() {
    let Some(database) = Database::make().await else { return };
    // The role is there for all databases of the server.
    drop(filled(&database).await);
    drop(database);
    let Some(database) = Database::make().await else { return };
    let user = User::make(database).await;
    let error = PostgresStore::open(&user.url(""), None).await.expect_err("no wall");
    assert!(matches!(error, OpenError::NoWall { .. }), "{error:?}");
    for words in ["GRANT mesh_tenant TO", "wall=none"] {
        assert!(error.to_string().contains(words), "{error}");
    }
    let client = user.database.connect().await;
    assert_eq!(count(&client, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").await, 0);
    let open = PostgresStore::open(&user.url("wall=none"), None).await.expect("it was told to go without");
    open.commit(&tenant("acme"), sample_commit("a.b", "1.0.0", 0, "One.")).await.expect("committed");
    drop(open);
    // Once an administrator has done so, the wall is there, also around what was written before.
    client.batch_execute(&format!("GRANT mesh_tenant TO {}", user.name)).await.expect("granted");
    let store = PostgresStore::open(&user.url(""), None).await.expect("a store");
    let address = "a.b".parse().expect("an address");
    assert_eq!(store.history(&tenant("acme"), &address).await.expect("a history").versions.len(), 1);
    assert_eq!(store.history(&tenant("zeta"), &address).await.expect("a history").versions.len(), 0);
    assert_eq!(store.events(&tenant("acme"), 0, 10).await.expect("events").len(), 1);
    drop(store);
    user.gone().await;
}
