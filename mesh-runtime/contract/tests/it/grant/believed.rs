//! A good grant is believed for as long as it counts, and keys are as RFC 8037 has them.

use mesh_contract::grant::{CLOCK_SKEW, GrantError, SigningKey, verify};

use super::{NOW, base64url, claims, decoded, key, trust};

/// The key of RFC 8037, appendix A.1.
fn key_of_rfc_8037() -> SigningKey {
    SigningKey::from_bytes(&decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")).unwrap()
}

#[test]
fn what_was_signed_is_what_is_believed() {
    let mut all = claims();
    assert_eq!(verify(&key().sign(&all), &trust(), NOW), Ok(all.clone()));
    all.rows = Some("Acme \"AG\" · 東京".to_owned());
    all.fields = vec![String::new()];
    assert_eq!(verify(&key().sign(&all), &trust(), NOW), Ok(all));
}

#[test]
fn a_public_key_and_its_name_are_those_of_the_standards() {
    let public = key_of_rfc_8037().public();
    assert_eq!(public.x, "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
    // The thumbprint of appendix A.3.
    assert_eq!(public.kid, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    assert_eq!((public.kty.as_str(), public.crv.as_str()), ("OKP", "Ed25519"));
}

#[test]
fn a_grant_has_the_header_that_other_readers_of_json_web_tokens_expect() {
    let key = key_of_rfc_8037();
    let text = key.sign(&claims());
    let header = decoded(text.split('.').next().unwrap());
    let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
    assert_eq!(
        header,
        serde_json::json!({
            "alg": "EdDSA", "typ": "JWT", "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
        })
    );
    let claimed: serde_json::Value =
        serde_json::from_slice(&decoded(text.split('.').nth(1).unwrap())).unwrap();
    assert_eq!(claimed["aud"], "sales.orders");
    assert!(claimed.get("rows").is_none(), "{claimed}");
}

#[test]
fn it_counts_from_its_beginning_to_its_end() {
    let all = claims();
    let text = key().sign(&all);
    let at = |now| verify(&text, &trust(), now).map(|_| ());
    assert_eq!(at(all.nbf - CLOCK_SKEW - 1), Err(GrantError::NotYet));
    assert_eq!(at(all.nbf - CLOCK_SKEW), Ok(()), "clocks differ");
    assert_eq!(at(all.exp - 1), Ok(()));
    assert_eq!(at(all.exp), Err(GrantError::Ended), "the end has no slack");
    assert_eq!(at(u64::MAX), Err(GrantError::Ended));
    assert_eq!(at(0), Err(GrantError::NotYet));
}

#[test]
fn a_revoked_grant_counts_no_more_and_one_agreed_on_anew_does() {
    let mut trust = trust();
    trust.revoked = vec!["another.1".to_owned(), claims().jti];
    assert_eq!(verify(&key().sign(&claims()), &trust, NOW), Err(GrantError::Revoked));
    let mut anew = claims();
    anew.jti = "k3v9.3".to_owned();
    assert_eq!(verify(&key().sign(&anew), &trust, NOW), Ok(anew));
}

#[test]
fn a_registry_that_changes_its_key_is_believed_with_both_until_the_old_one_goes() {
    let next = SigningKey::generate([8; 32]);
    let (old_text, next_text) = (key().sign(&claims()), next.sign(&claims()));
    let mut trust = trust();
    assert_eq!(verify(&next_text, &trust, NOW), Err(GrantError::UnknownKey));
    trust.keys.push(next.public());
    assert!(verify(&old_text, &trust, NOW).is_ok() && verify(&next_text, &trust, NOW).is_ok());
    trust.keys.remove(0);
    assert_eq!(verify(&old_text, &trust, NOW), Err(GrantError::UnknownKey));
    trust.keys.clear();
    assert_eq!(verify(&next_text, &trust, NOW), Err(GrantError::UnknownKey), "no trust, no belief");
}

#[test]
fn a_key_is_kept_as_32_bytes_and_never_shown() {
    let kept = key().to_bytes();
    assert_eq!(SigningKey::from_bytes(&kept).unwrap().public(), key().public());
    assert_eq!(SigningKey::from_bytes(&kept[1..]).unwrap_err().length, 31);
    let shown = format!("{:?}", key());
    assert_eq!(shown, format!("SigningKey({:?})", key().public().kid));
    assert!(!shown.contains(&base64url(kept)));
}
