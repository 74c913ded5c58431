//! Everything that is known to have worked against readers of JSON Web Tokens somewhere.

use hmac::{KeyInit as _, Mac as _};
use mesh_contract::grant::{GrantError, MAX_LENGTH, SigningKey, verify};
use mesh_contract::wire::PublicKey;
use serde_json::{Value, json};

use super::{NOW, base64url, claims, decoded, key, trust};

/// A grant with this header and these claims, signed by this key whatever they say.
fn signed(header: &Value, claims: &Value, key: &SigningKey) -> String {
    sign_text(&header.to_string(), &claims.to_string(), key)
}

/// The same from texts, which need not be JSON. The library signs only what is right, so this signs by another way: with the
/// bytes of its key.
fn sign_text(header: &str, claims: &str, key: &SigningKey) -> String {
    use ed25519_dalek::Signer as _;
    let text = format!("{}.{}", base64url(header), base64url(claims));
    let signature = ed25519_dalek::SigningKey::from_bytes(&key.to_bytes()).sign(text.as_bytes());
    format!("{text}.{}", base64url(signature.to_bytes()))
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "JWT", "kid": key().public().kid })
}

fn body() -> Value {
    serde_json::to_value(claims()).unwrap()
}

fn refused(text: &str) -> GrantError {
    verify(text, &trust(), NOW).expect_err(text)
}

#[test]
fn the_other_way_of_signing_makes_what_the_library_makes() {
    assert!(verify(&signed(&header(), &body(), &key()), &trust(), NOW).is_ok());
}

#[test]
fn no_algorithm_but_one_is_taken() {
    let text = |alg: &str, signature: &str| {
        let mut header = header();
        header["alg"] = alg.into();
        format!("{}.{}.{signature}", base64url(header.to_string()), base64url(body().to_string()))
    };
    for alg in ["none", "None", "NONE", "", "eddsa", "Ed25519", "RS256", "ES256"] {
        assert_eq!(refused(&text(alg, "")), GrantError::Algorithm, "{alg}");
        assert_eq!(refused(&text(alg, &base64url([0; 64]))), GrantError::Algorithm, "{alg}");
    }
    assert!(matches!(refused(&text("EdDSA", "")), GrantError::Malformed(_)));
    assert_eq!(refused(&text("EdDSA", &base64url([0; 64]))), GrantError::Signature);
}

#[test]
fn the_public_key_is_no_shared_secret() {
    let public = key().public();
    let mut header = header();
    header["alg"] = "HS256".into();
    let text = format!("{}.{}", base64url(header.to_string()), base64url(body().to_string()));
    let jwk = serde_json::to_vec(&public).unwrap();
    for secret in [decoded(&public.x), public.x.clone().into_bytes(), jwk] {
        let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&secret).unwrap();
        mac.update(text.as_bytes());
        let mac = mac.finalize().into_bytes();
        assert_eq!(refused(&format!("{text}.{}", base64url(mac))), GrantError::Algorithm);
        // Nor where it says that it is EdDSA, at the length of a signature.
        let honest = format!("{}.{}", base64url(self::header().to_string()), base64url(body().to_string()));
        let twice = [mac.as_slice(), mac.as_slice()].concat();
        assert_eq!(refused(&format!("{honest}.{}", base64url(twice))), GrantError::Signature);
    }
}

#[test]
fn a_header_brings_no_key_of_its_own() {
    let thief = SigningKey::generate([9; 32]);
    // Under the name of the registry's key.
    assert_eq!(refused(&signed(&header(), &body(), &thief)), GrantError::Signature);
    // Under its own.
    let mut own = header();
    own["kid"] = thief.public().kid.into();
    assert_eq!(refused(&signed(&own, &body(), &thief)), GrantError::UnknownKey);
    for (name, value) in [
        ("jwk", json!(thief.public())),
        ("jku", json!("https://thief.example/keys")),
        ("x5u", json!("https://thief.example/keys")),
        ("crit", json!(["exp"])),
        ("b64", json!(false)),
        ("cty", json!("JWT")),
        ("zip", json!("DEF")),
    ] {
        let mut more = header();
        more[name] = value;
        for key in [&thief, &key()] {
            assert!(matches!(refused(&signed(&more, &body(), key)), GrantError::Malformed(_)), "{name}");
        }
    }
}

#[test]
fn a_header_says_all_that_it_should_and_once() {
    for name in ["alg", "typ", "kid"] {
        let mut less = header();
        less.as_object_mut().unwrap().remove(name);
        assert!(matches!(refused(&signed(&less, &body(), &key())), GrantError::Malformed(_)), "{name}");
    }
    for typ in ["jwt", "JWS", "at+jwt", ""] {
        let mut other = header();
        other["typ"] = typ.into();
        assert!(matches!(refused(&signed(&other, &body(), &key())), GrantError::Malformed(_)), "{typ}");
    }
    let kid = key().public().kid;
    for text in [
        format!(r#"{{"alg":"none","alg":"EdDSA","typ":"JWT","kid":"{kid}"}}"#),
        format!(r#"{{"alg":"EdDSA","alg":"none","typ":"JWT","kid":"{kid}"}}"#),
        format!(r#"["EdDSA","JWT","{kid}"]"#),
        format!(r#"{{"alg":"EdDSA","typ":"JWT","kid":"{kid}"}} {{}}"#),
        format!("\u{feff}{}", header()),
        "null".to_owned(),
        String::new(),
    ] {
        let text = sign_text(&text, &body().to_string(), &key());
        assert!(matches!(refused(&text), GrantError::Malformed(_)));
    }
}

#[test]
fn claims_are_all_there_and_once_and_no_others() {
    let names: Vec<String> = body().as_object().unwrap().keys().cloned().collect();
    assert_eq!(names.len(), 11, "{names:?}");
    for name in &names {
        let mut less = body();
        less.as_object_mut().unwrap().remove(name);
        assert!(matches!(refused(&signed(&header(), &less, &key())), GrantError::Malformed(_)), "{name}");
        let whole = body().to_string();
        let twice = format!("{},{}:{}}}", &whole[..whole.len() - 1], json!(name), body()[name]);
        let twice = sign_text(&header().to_string(), &twice, &key());
        assert!(matches!(refused(&twice), GrantError::Malformed(_)), "{name} twice");
        for other in [json!(null), json!(-1), json!(1.5), json!({}), json!([1]), json!("…")] {
            let mut wrong = body();
            wrong[name] = other.clone();
            let free = matches!(name.as_str(), "purpose" | "jti") && other.is_string();
            let refused = verify(&signed(&header(), &wrong, &key()), &trust(), NOW).is_err();
            assert_eq!(refused, !free, "{name}: {other}");
        }
    }
    let mut more = body();
    more["admin"] = true.into();
    assert!(matches!(refused(&signed(&header(), &more, &key())), GrantError::Malformed(_)));
    let mut nameless = body();
    nameless["jti"] = "".into();
    assert!(matches!(refused(&signed(&header(), &nameless, &key())), GrantError::Malformed(_)));
}

#[test]
fn another_registry_or_tenant_is_not_believed_though_the_key_is_the_same() {
    let other = |name: &str, value: &str| {
        let mut body = body();
        body[name] = value.into();
        refused(&signed(&header(), &body, &key()))
    };
    assert_eq!(other("iss", "https://registry.example/"), GrantError::Issuer);
    assert_eq!(other("tenant", "Main"), GrantError::Tenant);
    assert_eq!(other("tenant", ""), GrantError::Tenant);
}

#[test]
fn times_that_make_no_sense_never_count() {
    for (nbf, exp) in [(NOW, NOW), (NOW + 30, NOW + 10), (u64::MAX, 0), (u64::MAX, u64::MAX), (0, 0)] {
        let mut body = body();
        (body["nbf"], body["exp"]) = (nbf.into(), exp.into());
        assert!(verify(&signed(&header(), &body, &key()), &trust(), NOW).is_err(), "{nbf} {exp}");
    }
}

#[test]
fn a_text_has_one_spelling() {
    let good = key().sign(&claims());
    for text in [
        format!("{good}="),
        format!("{good}=="),
        format!("{good}."),
        format!(".{good}"),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}\n"),
        good.replace('.', ".."),
        good.replacen('.', "", 1),
        good.to_uppercase(),
        // The last of 86 letters has two bits to spare, which some readers ignore.
        format!("{}{}", &good[..good.len() - 1], flip_spare_bits(&good)),
    ] {
        refused(&text);
    }
    let standard = good.replace('-', "+").replace('_', "/");
    assert_ne!(standard, good, "it has letters in which the two alphabets differ");
    refused(&standard);
}

/// The last letter of a text with its lowest bit turned.
fn flip_spare_bits(text: &str) -> char {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = LETTERS.find(text.chars().last().unwrap()).unwrap();
    LETTERS.chars().nth(place ^ 1).unwrap()
}

#[test]
fn a_text_longer_than_any_grant_is_not_looked_at() {
    let mut long = claims();
    long.purpose = "x".repeat(MAX_LENGTH);
    assert!(matches!(refused(&key().sign(&long)), GrantError::Malformed("it is longer than any grant")));
}

#[test]
fn keys_that_are_none_believe_nothing() {
    let good = key().public();
    let weak = base64url([&[1_u8][..], &[0; 31]].concat());
    for other in [
        PublicKey { kty: "EC".to_owned(), ..good.clone() },
        PublicKey { crv: "Ed448".to_owned(), ..good.clone() },
        PublicKey { x: String::new(), ..good.clone() },
        PublicKey { x: format!("{}=", good.x), ..good.clone() },
        // A number for which the curve has no point.
        PublicKey { x: base64url([&[2_u8][..], &[0; 31]].concat()), ..good.clone() },
    ] {
        let mut trust = trust();
        trust.keys = vec![other];
        assert_eq!(verify(&key().sign(&claims()), &trust, NOW), Err(GrantError::UnknownKey));
    }
    // A point of small order, for which a signature of zeros is right where verifying is not strict.
    let mut trust = trust();
    trust.keys = vec![PublicKey { x: weak.clone(), ..good }];
    let text = format!("{}.{}", base64url(header().to_string()), base64url(body().to_string()));
    let forged = format!("{text}.{}", base64url([decoded(&weak), vec![0; 32]].concat()));
    assert_eq!(verify(&forged, &trust, NOW), Err(GrantError::Signature));
}
