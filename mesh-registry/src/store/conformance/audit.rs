//! The chain of decisions.

use mesh_contract::wire::{AuditBatch, AuditRecord, Outcome};

use super::*;

fn record(principal: &str) -> AuditRecord {
    AuditRecord {
        at: "2027-01-31T10:00:00.000Z".to_owned(),
        principal: principal.to_owned(),
        means: "token 3f9c".to_owned(),
        action: "publish".to_owned(),
        domain: Some(parse("sales")),
        request: "PUT /api/v1/products/sales.orders/versions/1.0.0".to_owned(),
        outcome: Outcome::Refused,
        // Every sign that a text can have.
        reason: Some("\u{0} \\u0000 \"quoted\" \u{1f980}\n".to_owned()),
        status: 403,
        request_id: None,
        count: 1,
    }
}

#[track_caller]
fn holds(chain: &[AuditBatch]) {
    let mut before = None;
    for batch in chain {
        assert_eq!(batch.verify(before), Ok(()));
        before = Some((batch.number, batch.seal));
    }
}

/// A promise; see its name.
pub async fn those_who_seal_at_once_make_one_chain(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let sealing = (0..16).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { done(store.seal(&tenant(), vec![record(&format!("who-{number}"))]).await) })
    });
    for sealed in sealing.collect::<Vec<_>>() {
        sealed.await.expect("no panic");
    }
    let chain = done(store.audit_batches(&tenant(), 0, 100).await);
    assert_eq!(chain.len(), 16);
    holds(&chain);
    assert_eq!(chain[3].records[0].reason, record("").reason, "as it was sealed");
    assert_eq!(done(store.audit_batches(&tenant(), 10, 4).await), chain[10..14]);
    let latest = done(store.latest_audit_batches(&tenant(), None, 2).await);
    assert_eq!(latest, [chain[15].clone(), chain[14].clone()]);
    assert_eq!(done(store.latest_audit_batches(&tenant(), Some(2), 9).await), chain[..1]);
}

/// A promise; see its name.
pub async fn each_tenant_has_a_chain_of_its_own(store: Arc<dyn Store>, _: Arc<ManualClock>) {
    let other = parse::<TenantId>("other");
    done(store.seal(&tenant(), vec![record("ana")]).await);
    done(store.seal(&other, vec![record("ben")]).await);
    done(store.seal(&tenant(), vec![record("zoe")]).await);
    for (tenant, count) in [(tenant(), 2), (other, 1)] {
        let chain = done(store.audit_batches(&tenant, 0, 100).await);
        assert_eq!(chain.len(), count);
        holds(&chain);
    }
}
