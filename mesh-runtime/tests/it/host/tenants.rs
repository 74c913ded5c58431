//! A product that several customers share: each reads its own rows, and learns nothing of the others'.

use mesh_runtime::Manifest;
use mesh_runtime::host::{Host, RunningHost};
use mesh_runtime::prelude::*;
use serde_json::json;

use super::fake_registry::{FakeRegistry, Heard, Memory};
use super::grants::{ask, claims, granted, key, trust, until};
use super::shop::Shop;
use super::{get, soon, walk_as};

/// One parcel of some customer's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Store, name = "parcels", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct Parcel {
    /// The number on the parcel.
    #[field(key)]
    number: u64,
    /// Whose it is.
    #[field(tenant)]
    customer: String,
    /// How heavy it is.
    #[field(unit = "g")]
    weight: u32,
}

/// Parcel `number` of 30: every tenth is of acme, the others of other customers.
fn parcel(number: u64) -> Parcel {
    let customer = if number % 10 == 3 { "acme".to_owned() } else { format!("other-{number}") };
    Parcel { number, customer, weight: 1_000 + u32::try_from(number).unwrap() }
}

const PARCELS: &str = "/products/parcels/records";

async fn store(memory: &Memory) -> (FakeRegistry, RunningHost) {
    memory.trusts(Some(trust()));
    let registry = FakeRegistry::start(memory).await;
    let manifest = Manifest::builder::<Shop>("shop", env!("CARGO_MANIFEST_DIR")).offer::<Parcel>().build();
    let host = Host::new(manifest)
        .records(|_| std::future::ready(Ok((0..30).map(parcel).collect::<Vec<_>>())))
        .start(granted(registry.address()))
        .await
        .unwrap();
    soon("loading", host.loaded()).await;
    until(&host, PARCELS, &grant(&[""], Some("acme")), 200).await;
    (registry, host)
}

fn grant(fields: &[&str], rows: Option<&str>) -> String {
    let mut claims = claims("shop.parcels", fields);
    claims.rows = rows.map(str::to_owned);
    key().sign(&claims)
}

#[tokio::test]
async fn a_customer_sees_its_own_rows_and_the_owner_sees_all() {
    let memory = Memory::default();
    let (_registry, host) = store(&memory).await;
    let own = walk_as(&host, PARCELS, Some(&grant(&[""], Some("acme")))).await;
    assert_eq!(own.iter().map(|it| it["number"].as_u64().unwrap()).collect::<Vec<_>>(), [3, 13, 23]);
    let weights = walk_as(&host, PARCELS, Some(&grant(&["/weight"], Some("acme")))).await;
    assert_eq!(weights, [json!({ "weight": 1_003 }), json!({ "weight": 1_013 }), json!({ "weight": 1_023 })]);
    for nobody in ["nobody", "", "ACME", "acme ", "*", "other"] {
        let none = ask(&host, PARCELS, Some(&grant(&[""], Some(nobody)))).await;
        assert_eq!((none.lines().len(), none.next()), (0, None), "{nobody}");
    }
    let answer = ask(&host, PARCELS, Some(&grant(&[""], None))).await;
    let detail = answer.problem(403, "outside-grant");
    assert!(detail.contains("told apart by `customer`") && detail.contains("--rows"), "{detail}");
    assert_eq!(walk_as(&host, PARCELS, Some("let-me-see")).await.len(), 30);
}

#[tokio::test]
async fn neither_pages_nor_cursors_nor_counts_tell_of_others_rows() {
    let memory = Memory::default();
    let (_registry, host) = store(&memory).await;
    let own = grant(&["/number"], Some("acme"));
    let page = ask(&host, &format!("{PARCELS}?limit=2"), Some(&own)).await;
    assert_eq!(page.lines().len(), 2, "others' rows take no place in a page");
    let next = page.next().unwrap();
    let page = ask(&host, &next, Some(&own)).await;
    assert_eq!((page.lines().len(), page.next()), (1, None), "others' rows are no reason to go on");
    // A place that another customer was given leads on among one's own rows only.
    let other = ask(&host, &format!("{PARCELS}?limit=17"), Some("let-me-see")).await.next().unwrap();
    let page = ask(&host, &other, Some(&own)).await;
    assert_eq!(page.lines(), [json!({ "number": 23 })]);

    for path in ["/.well-known/mesh", "/health/ready"] {
        let products = get(&host, path).await.json()["products"].clone();
        assert_eq!(products[0]["records"], json!(null), "{path}: {products}");
    }
    let heard = memory.hears(0, "an announcement", |heard| matches!(heard, Heard::Announced { .. })).await;
    let Heard::Announced { announcement, .. } = heard else { panic!() };
    assert_eq!(announcement.products[0].records, None);
}
