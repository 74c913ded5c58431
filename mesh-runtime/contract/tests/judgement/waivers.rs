//! Waivers and claims: who took what upon themselves, for how long, and what words mean.

use mesh_contract::judgement::{BUDGET, Claim, Policy, Says, Standing, Step, Verdict, Waiver, judge, rules};

use crate::change::{contract, only};

fn policy(finding: &str, today: &str) -> Policy {
    let waiver = Waiver {
        finding: finding.to_owned(),
        product: "shop.orders".parse().expect("an address"),
        owner: "ann@example.com".to_owned(),
        reason: "the only reader moved".to_owned(),
        until: "2026-12-31".parse().expect("a day"),
    };
    Policy { waivers: vec![waiver], today: Some(today.parse().expect("a day")), ..Policy::default() }
}

#[test]
fn a_waived_finding_is_told_and_does_not_count_until_the_waiver_expires() {
    let (old, new) = rules::find("unit-changed").expect("the rule").example.contracts();
    let fingerprint = judge(std::slice::from_ref(&old), &new, &[], &Policy::default(), BUDGET).findings[0]
        .fingerprint
        .clone();
    let in_time = judge(std::slice::from_ref(&old), &new, &[], &policy(&fingerprint, "2026-12-31"), BUDGET);
    assert_eq!(in_time.verdict, Verdict::Waived);
    assert!(
        matches!(&in_time.findings[0].standing, Standing::Waived { owner, .. } if owner == "ann@example.com")
    );
    let late = judge(&[old], &new, &[], &policy(&fingerprint, "2027-01-01"), BUDGET);
    assert_eq!(late.verdict, Verdict::Broken);
    assert_eq!(only(&late, "waiver-expired").standing, Standing::Refused);
}

#[test]
fn a_fingerprint_is_the_same_at_the_next_version_and_another_one_for_another_change() {
    let unit = |version: &str, unit: &str| {
        contract(version, |document| {
            let fields = document["types"]["Order"]["fields"].as_array_mut().expect("a list");
            fields.iter_mut().find(|field| field["name"] == "total").expect("the field")["unit"] =
                unit.into();
        })
    };
    let fingerprint = |new| {
        judge(&[contract("1.2.0", |_| ())], &new, &[], &Policy::default(), BUDGET).findings[0]
            .fingerprint
            .clone()
    };
    assert_eq!(fingerprint(unit("1.3.0", "USD")), fingerprint(unit("1.3.1", "USD")));
    assert_ne!(fingerprint(unit("1.3.0", "USD")), fingerprint(unit("1.3.0", "GBP")));
}

#[test]
fn the_author_says_what_changed_words_mean() {
    let (old, mut new) = rules::find("meaning-changed").expect("the rule").example.contracts();
    let judged = |new: &mesh_contract::Contract, says: Option<Says>, field: Option<&str>| {
        let claims = says.map(|says| Claim {
            product: new.address.clone(),
            version: new.version.clone(),
            field: field.map(str::to_owned),
            says,
        });
        let policy = Policy { meaning: claims.into_iter().collect(), ..Policy::default() };
        judge(std::slice::from_ref(&old), new, &[], &policy, BUDGET)
    };
    assert_eq!(judged(&new, None, None).verdict, Verdict::Unproven);
    let changed = judged(&new, Some(Says::Changed), Some("/total"));
    assert_eq!((changed.verdict, changed.required), (Verdict::Broken, Step::Major));
    assert_eq!(judged(&new, Some(Says::Same), Some("/note")).verdict, Verdict::Unproven);
    new.version = Step::Patch.from(&old.version);
    let same = judged(&new, Some(Says::Same), None);
    assert_eq!((same.verdict, same.required), (Verdict::Compatible, Step::Patch));
}
