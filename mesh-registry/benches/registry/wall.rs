//! What the second wall between tenants costs a read from PostgreSQL, beside the same store without it, in turns of one run.

use std::sync::Arc;
use std::time::{Duration, Instant};

use mesh_registry::store::conformance::sample_commit;
use mesh_registry::store::postgres::PostgresStore;
use mesh_registry::store::{ProductQuery, Store as _, TenantId};

use crate::ROUNDS;
use crate::database::Database;
use crate::figures::{median, spread};

const TURN: Duration = Duration::from_millis(700);
const READERS: usize = 8;

/// Reads per second of some callers, who ask for tenants in turn.
async fn turn(
    store: &Arc<PostgresStore>,
    tenants: &[TenantId],
    list: bool,
    times: &mut Vec<Duration>,
) -> f64 {
    let started = Instant::now();
    let readers = (0..READERS).map(|reader| {
        let (store, tenants) = (Arc::clone(store), tenants.to_vec());
        tokio::spawn(async move {
            let mut own = Vec::new();
            while started.elapsed() < TURN {
                let tenant = &tenants[(own.len() + reader) % tenants.len()];
                let begun = Instant::now();
                if list {
                    let query = ProductQuery { limit: 50, ..ProductQuery::default() };
                    assert_eq!(store.products(tenant, &query).await.expect("products").len(), 50);
                } else {
                    let address = format!("sales.p{}", own.len() % 100).parse().expect("an address");
                    assert_eq!(store.history(tenant, &address).await.expect("a history").revision, 1);
                }
                own.push(begun.elapsed());
            }
            own
        })
    });
    let mut count = 0;
    for reader in readers.collect::<Vec<_>>() {
        let mut own = reader.await.expect("no panic");
        count += own.len();
        times.append(&mut own);
    }
    count as f64 / started.elapsed().as_secs_f64()
}

pub(crate) fn wall(runtime: &tokio::runtime::Runtime) {
    let Some(database) = runtime.block_on(Database::make()) else { return };
    let tenants: Vec<TenantId> =
        (0..8).map(|number| format!("tenant-{number}").parse().expect("a tenant")).collect();
    let open = |wall: &str| {
        let url = format!("{}{wall}", database.text()).parse().expect("a URL");
        Arc::new(runtime.block_on(PostgresStore::open(&url, None)).expect("a store"))
    };
    let (walled, bare) = (open(""), open("wall=none"));
    runtime.block_on(async {
        for tenant in &tenants {
            for number in 0..100 {
                let commit = sample_commit(&format!("sales.p{number}"), "1.0.0", 0, "One.");
                walled.commit(tenant, commit).await.expect("committed");
            }
        }
        database.connect().await.batch_execute("ANALYZE").await.expect("analyzed");
    });
    for (what, list) in [("a history", false), ("a page of 50 products", true)] {
        let sides = [
            ("without the wall, one tenant", &bare, &tenants[..1]),
            ("behind the wall, one tenant", &walled, &tenants[..1]),
            ("without the wall, eight tenants in turn", &bare, &tenants[..]),
            ("behind the wall, eight tenants in turn", &walled, &tenants[..]),
        ];
        let mut figures = vec![Vec::new(); sides.len()];
        let mut times = vec![Vec::new(); sides.len()];
        for _ in 0..ROUNDS {
            for (((_, store, tenants), figures), times) in sides.iter().zip(&mut figures).zip(&mut times) {
                figures.push(runtime.block_on(turn(store, tenants, list, times)));
            }
        }
        println!("reading {what} from PostgreSQL, {READERS} callers:");
        let medians: Vec<f64> = figures.into_iter().map(median).collect();
        for (((name, ..), figure), times) in sides.iter().zip(&medians).zip(times) {
            println!(
                "  {name:<40} {figure:>9.0}/s  {:.2} of without  {}",
                figure / medians[0],
                spread(times)
            );
        }
    }
    drop((walled, bare));
}
