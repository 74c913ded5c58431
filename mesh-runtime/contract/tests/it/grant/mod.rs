//! What a port believes, and what it does not.

mod believed;
mod forged;
mod hostile;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mesh_contract::GrantClaims;
use mesh_contract::grant::SigningKey;
use mesh_contract::wire::Trust;

const NOW: u64 = 1_800_000_000;

fn key() -> SigningKey {
    SigningKey::generate([7; 32])
}

fn claims() -> GrantClaims {
    GrantClaims {
        iss: "https://registry.example".to_owned(),
        sub: "accounting".parse().unwrap(),
        aud: "sales.orders".parse().unwrap(),
        jti: "k3v9.2".to_owned(),
        iat: NOW - 10,
        nbf: NOW - 10,
        exp: NOW + 3600,
        tenant: "main".to_owned(),
        environment: "production".parse().unwrap(),
        purpose: "billing".to_owned(),
        fields: vec!["/email".to_owned(), "/lines/*/track".to_owned()],
        rows: None,
    }
}

/// Believes the key's grants.
fn trust() -> Trust {
    Trust {
        issuer: "https://registry.example".to_owned(),
        tenant: "main".to_owned(),
        keys: vec![key().public()],
        revoked: Vec::new(),
    }
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}
