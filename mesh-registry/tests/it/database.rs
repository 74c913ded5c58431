//! A PostgreSQL database of its own for each test, on the server that `MESH_TEST_POSTGRES` names. Without the variable the
//! tests that need one pass, and say once that they did nothing.

use std::io::Write as _;
use std::sync::Once;

use mesh_registry::StoreUrl;
use tokio_postgres::{Client, NoTls};

/// The variable: the URL of a database in which others may be made, e.g. `postgres://postgres@127.0.0.1:5432/test`.
const SERVER: &str = "MESH_TEST_POSTGRES";

/// A new, empty database, which goes away with this, also when the test panics.
#[derive(Debug)]
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// Makes one, if there is a server.
    pub(crate) async fn make() -> Option<Self> {
        static TOLD: Once = Once::new();
        let Ok(server) = std::env::var(SERVER) else {
            // Past the harness, which keeps what a test that passes says.
            TOLD.call_once(|| {
                drop(writeln!(std::io::stderr(), "{SERVER} is not set: PostgreSQL is left out"));
            });
            return None;
        };
        let name = format!("mesh_test_{:016x}", fastrand::u64(..));
        let client = connect(&server).await;
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .await
            .expect("a database");
        Some(Self { server, name })
    }

    pub(crate) fn text(&self) -> String {
        let (place, parameters) = self.server.split_once('?').unwrap_or((&self.server, ""));
        let (server, _) = place.rsplit_once('/').expect("the URL names a database");
        format!("{server}/{}?{parameters}", self.name)
    }

    pub(crate) fn url(&self) -> StoreUrl {
        self.text().parse().expect("a URL")
    }

    /// A connection past the store.
    pub(crate) async fn connect(&self) -> Client {
        connect(&self.text()).await
    }

    /// Ends every session of the database but this one, as a restart of the server does.
    pub(crate) async fn cut_connections(&self) {
        let client = connect(&self.server).await;
        client
            .execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                &[&self.name],
            )
            .await
            .expect("sessions end");
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, statement) =
            (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // On a thread of its own, for the test's run time may be on its way out.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                connect(&server).await.batch_execute(&statement).await.map_err(std::io::Error::other)
            })
        });
        if !matches!(dropped.join(), Ok(Ok(()))) && !std::thread::panicking() {
            panic!("the database {} is left behind", self.name);
        }
    }
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap_or_else(|error| {
        panic!("{SERVER} names a server that does not answer: {error:?}");
    });
    tokio::spawn(connection);
    client
}
