//! Whatever a text is, it is refused without a panic, unless it is the very grant.

use std::sync::LazyLock;

use mesh_contract::grant::verify;
use proptest::prelude::*;

use super::{NOW, claims, key, trust};

static GOOD: LazyLock<String> = LazyLock::new(|| key().sign(&claims()));

#[test]
fn no_letter_can_be_changed_left_out_or_doubled() {
    let good = GOOD.as_bytes();
    for place in 0..good.len() {
        for letter in [b'A', b'.', b'=', 0, good[place] ^ 1, good[place] ^ 0x20] {
            let mut changed = good.to_vec();
            changed[place] = letter;
            let Ok(changed) = String::from_utf8(changed) else { continue };
            assert_eq!(verify(&changed, &trust(), NOW).is_ok(), changed == *GOOD, "{place}: {letter}");
        }
        assert!(verify(&GOOD[..place], &trust(), NOW).is_err(), "the first {place}");
        assert!(verify(&GOOD[place + 1..], &trust(), NOW).is_err(), "without the first {place} and one");
        let doubled = format!("{}{}", &GOOD[..=place], &GOOD[place..]);
        assert!(verify(&doubled, &trust(), NOW).is_err(), "{place} doubled");
    }
}

#[test]
fn parts_of_two_grants_make_no_third() {
    let mut more = claims();
    more.fields.push("/total".to_owned());
    let more = key().sign(&more);
    let (one, other): (Vec<&str>, Vec<&str>) = (GOOD.split('.').collect(), more.split('.').collect());
    for mixed in [[one[0], one[1], other[2]], [one[0], other[1], one[2]], [other[0], one[1], other[2]]] {
        assert!(verify(&mixed.join("."), &trust(), NOW).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_at_all_is_refused(text in ".{0,200}") {
        prop_assert!(verify(&text, &trust(), NOW).is_err());
    }

    #[test]
    fn any_three_parts_are_refused(parts in proptest::collection::vec("[A-Za-z0-9_-]{0,120}", 3)) {
        prop_assert!(verify(&parts.join("."), &trust(), NOW).is_err());
    }

    #[test]
    fn any_part_put_in_place_of_ours_is_refused(which in 0_usize..3, bytes in proptest::collection::vec(any::<u8>(), 0..90)) {
        let mut parts: Vec<String> = GOOD.split('.').map(str::to_owned).collect();
        parts[which] = super::base64url(bytes);
        prop_assert!(verify(&parts.join("."), &trust(), NOW).is_err());
    }

    #[test]
    fn any_other_key_is_refused(seed in any::<[u8; 32]>()) {
        prop_assume!(seed != [7; 32]);
        let text = mesh_contract::grant::SigningKey::generate(seed).sign(&claims());
        prop_assert!(verify(&text, &trust(), NOW).is_err());
    }

    #[test]
    fn any_claims_come_back_as_they_were_signed(
        purpose in ".{0,60}", fields in proptest::collection::vec(".{0,20}", 0..6), rows in proptest::option::of(".{0,20}"),
    ) {
        let claims = mesh_contract::GrantClaims { purpose, fields, rows, ..claims() };
        prop_assert_eq!(verify(&key().sign(&claims), &trust(), NOW), Ok(claims));
    }
}
