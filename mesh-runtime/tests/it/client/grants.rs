//! Readers that find their grant by themselves.

use std::sync::atomic::Ordering;

use mesh_runtime::client::{ClientConfig, ClientError, Read, Token};
use mesh_runtime::host::RunningHost;
use mesh_runtime::model::wire::{AccessTerms, Agreement, AgreementState, IssuedGrant};

use super::{CountedSale, client, sold};
use crate::host::fake_registry::{FakeRegistry, Memory, client_config};
use crate::host::grants::{claims, granted, key, now, trust, until};
use crate::host::shop::{Stock, open, sale};

/// An accepted agreement, with its grant.
fn agreement(revision: u64, purpose: &str, environment: &str, ends: u64) -> (Agreement, IssuedGrant) {
    let terms = AccessTerms { fields: vec![String::new()], until: "2030-01-01".parse().unwrap(), rows: None };
    let id = format!("{purpose}-{environment}-{revision}");
    let mut claims = claims("shop.sales", &[""]);
    claims.jti = format!("{id}.1");
    claims.exp = ends;
    claims.environment = environment.parse().unwrap();
    let agreement = Agreement {
        id: id.clone(),
        revision: 1,
        address: "shop.sales".parse().unwrap(),
        consumer: "accounting".parse().unwrap(),
        purpose: purpose.to_owned(),
        environment: environment.parse().unwrap(),
        state: AgreementState::Accepted,
        asked: terms.clone(),
        agreed: Some(terms),
        asked_by: "ana@accounting.example".to_owned(),
        asked_at: "2026-01-01T00:00:00Z".to_owned(),
        decided_by: None,
        decided_at: None,
        reason: None,
    };
    let day = mesh_runtime::model::Day::from_unix_days(ends / 86_400);
    let rest = ends % 86_400;
    let expires_at = format!("{day}T{:02}:{:02}:{:02}Z", rest / 3_600, rest / 60 % 60, rest % 60);
    (agreement, IssuedGrant { agreement: id, grant: key().sign(&claims), expires_at })
}

/// A shop that asks for grants, with a registry that has agreed.
async fn shop(memory: &Memory) -> (FakeRegistry, RunningHost) {
    memory.trusts(Some(trust()));
    let registry = FakeRegistry::start(memory).await;
    let host = open(&Stock::of(vec![sale(1), sale(2)]), granted(registry.address())).await;
    let grant = key().sign(&claims("shop.sales", &[""]));
    until(&host, "/products/sales/records", &grant, 200).await;
    (registry, host)
}

fn accounting(registry: std::net::SocketAddr) -> ClientConfig {
    let mut config = client_config(registry);
    config.consumer = Some("accounting".parse().unwrap());
    config
}

async fn read(config: ClientConfig) -> Result<Read<CountedSale>, ClientError> {
    client(config).product::<CountedSale>().await?.read_all().await
}

#[tokio::test]
async fn a_reader_gets_its_grant_by_itself_and_keeps_it_for_the_time_without_a_registry() {
    let memory = Memory::default();
    let (registry, _host) = shop(&memory).await;
    let (other, wrong) = agreement(1, "curiosity", "development", now() + 9_000);
    memory.agree(other, wrong);
    let (other, wrong) = agreement(2, "counting", "production", now() + 9_000);
    memory.agree(other, wrong);
    let cache = tempfile::tempdir().unwrap();
    let mut config = accounting(registry.address());
    config.cache = Some(cache.path().to_owned());
    config.page_records = 1;

    let refused = read(config.clone()).await.unwrap_err();
    assert_eq!(refused.problem().unwrap().kind, "urn:mesh:problem:grant-needed", "{refused}");
    assert!(refused.to_string().contains("mesh request shop.sales"), "{refused}");
    assert_eq!(memory.granted.load(Ordering::Relaxed), 0, "no agreement is of this purpose and place");

    let (agreed, grant) = agreement(3, "counting", "development", now() + 9_000);
    memory.agree(agreed, grant);
    assert_eq!(read(config.clone()).await.unwrap().records, [sold(1), sold(2)]);
    assert_eq!(memory.granted.load(Ordering::Relaxed), 1, "once for all pages");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(cache.path().join("grants.json")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "a grant is for its reader alone");
    }

    registry.kill().await;
    assert_eq!(read(config.clone()).await.unwrap().records.len(), 2, "a new process, and no registry");
    assert_eq!(memory.granted.load(Ordering::Relaxed), 1);
}

#[tokio::test]
async fn a_grant_is_fetched_anew_before_it_ends_and_when_a_port_takes_it_no_more() {
    let memory = Memory::default();
    let (registry, host) = shop(&memory).await;
    let reader = client(accounting(registry.address()));
    let read = async || reader.product::<CountedSale>().await?.read_all().await;
    let (agreed, grant) = agreement(1, "counting", "development", now() + 9_000);
    let revoked = grant.grant.clone();
    memory.agree(agreed, grant);
    assert_eq!(read().await.unwrap().records.len(), 2);
    assert_eq!(read().await.unwrap().records.len(), 2);
    assert_eq!(memory.granted.load(Ordering::Relaxed), 1, "it is held");

    // The owner takes it back and agrees anew.
    memory.disagree();
    memory.revoke("counting-development-1.1");
    until(&host, "/products/sales/records", &revoked, 401).await;
    let refused = read().await.unwrap_err();
    assert!(refused.to_string().contains("revoked"), "{refused}");
    let (agreed, grant) = agreement(2, "counting", "development", now() + 9_000);
    memory.agree(agreed, grant);
    assert_eq!(read().await.unwrap().records.len(), 2);
    assert_eq!(memory.granted.load(Ordering::Relaxed), 2);
}

#[tokio::test]
async fn a_token_that_was_given_wins_over_a_grant_and_a_grant_that_was_given_over_one_that_is_found() {
    let memory = Memory::default();
    let (registry, _host) = shop(&memory).await;
    let (agreed, grant) = agreement(1, "counting", "development", now() + 9_000);
    let text = grant.grant.clone();
    memory.agree(agreed, grant);
    let mut config = accounting(registry.address());
    config.grant = Some(Token::new("not.a.grant"));
    let refused = read(config.clone()).await.unwrap_err();
    assert!(refused.to_string().contains("no grant that counts"), "{refused}");
    config.tokens.insert("shop".parse().unwrap(), Token::new("let-me-see"));
    assert_eq!(read(config.clone()).await.unwrap().records.len(), 2);
    config.tokens.clear();
    config.grant = Some(Token::new(&text));
    assert_eq!(read(config).await.unwrap().records.len(), 2);
    assert_eq!(memory.granted.load(Ordering::Relaxed), 0);
}
