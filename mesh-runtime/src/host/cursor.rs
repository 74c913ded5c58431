//! A position as the text that a reader carries from page to page.
//!
//! It names a place in the order and nothing of the server's, so it stays right when records come and go and when the
//! host restarts. A check ties it to its product and finds texts that were mangled on the way; it keeps no secret.
//!
//! A reader whose grant does not name the key gets its position sealed, and only a sealed one is taken from it: it can neither
//! read a key there nor make up cursors to find out between which two keys a record stands.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use mesh_contract::Digest;
use serde_json::Value;

use super::position::{KeyPart, Position, Secret};

/// The first byte of each cursor: the version of its format.
const FORMAT: u8 = 1;
/// The first byte of one that is sealed.
const SEALED: u8 = 2;
const CHECK: usize = 12;

/// Why a text is no place to go on from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadCursor {
    /// No cursor of this product.
    Mangled,
    /// A hidden position of a host that has restarted since.
    Expired,
}

/// Whether its reader may know what a cursor says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Open,
    Sealed,
}

/// Writes a position of a product; `scope` is what the cursor is good for.
pub(crate) fn write(position: &Position, scope: &str, secret: &Secret, form: Form) -> String {
    let payload = match position {
        Position::Open(parts) => Value::from(parts.iter().map(KeyPart::to_value).collect::<Vec<_>>()),
        Position::Hidden(digest, number) => {
            serde_json::json!({ "s": secret.name(), "h": digest, "n": number })
        }
    };
    let payload = payload.to_string();
    if form == Form::Sealed {
        let mut bytes = vec![SEALED];
        bytes.extend_from_slice(secret.name().as_bytes());
        bytes.extend_from_slice(&secret.seal(scope, payload.as_bytes()));
        return URL_SAFE_NO_PAD.encode(bytes);
    }
    let mut bytes = vec![FORMAT];
    bytes.extend_from_slice(check(scope, payload.as_bytes()).as_bytes());
    bytes.extend_from_slice(payload.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a position of a product.
pub(crate) fn read(text: &str, scope: &str, secret: &Secret, form: Form) -> Result<Position, BadCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor::Mangled)?;
    let (head, rest) = bytes.split_at_checked(1 + CHECK).ok_or(BadCursor::Mangled)?;
    let unsealed;
    let payload = match (form, head[0]) {
        (Form::Open, FORMAT) if head[1..] == *check(scope, rest).as_bytes() => rest,
        (Form::Sealed, SEALED) if head[1..] != *secret.name().as_bytes() => return Err(BadCursor::Expired),
        (Form::Sealed, SEALED) => {
            unsealed = secret.unseal(scope, rest).ok_or(BadCursor::Mangled)?;
            &unsealed
        }
        _ => return Err(BadCursor::Mangled),
    };
    match serde_json::from_slice(payload).map_err(|_| BadCursor::Mangled)? {
        Value::Array(parts) => Ok(Position::Open(parts.iter().map(KeyPart::of).collect())),
        Value::Object(members) => {
            let text = |name: &str| members.get(name).and_then(Value::as_str);
            let digest =
                text("h").and_then(|digest| digest.parse::<Digest>().ok()).ok_or(BadCursor::Mangled)?;
            let number =
                members.get("n").and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok());
            let number = number.ok_or(BadCursor::Mangled)?;
            if text("s") == Some(&secret.name()) {
                Ok(Position::Hidden(digest, number))
            } else {
                Err(BadCursor::Expired)
            }
        }
        _ => Err(BadCursor::Mangled),
    }
}

fn check(scope: &str, payload: &[u8]) -> String {
    let mut text = scope.as_bytes().to_vec();
    text.push(b'\n');
    text.extend_from_slice(payload);
    Digest::of_bytes(&text).short()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn positions(secret: &Secret) -> Vec<Position> {
        let key = |value: Value| Position::Open(vec![KeyPart::of(&value), KeyPart::of(&json!("ü/\"\n"))]);
        vec![
            key(json!(0)),
            key(json!(u64::MAX)),
            key(json!(i64::MIN)),
            key(json!(1.5)),
            key(json!(true)),
            key(json!("2026-01-01")),
            key(json!({ "b": [1, null], "a": {} })),
            Position::Hidden(secret.hide(b"somebody"), 7),
        ]
    }

    fn both_forms(secret: &Secret) -> Vec<(Position, Form)> {
        let forms = |position: Position| [(position.clone(), Form::Open), (position, Form::Sealed)];
        positions(secret).into_iter().flat_map(forms).collect()
    }

    #[test]
    fn a_position_reads_back_as_itself() {
        let secret = Secret::of_token("a");
        for (position, form) in both_forms(&secret) {
            let text = write(&position, "sales.orders", &secret, form);
            assert_eq!(read(&text, "sales.orders", &secret, form), Ok(position));
        }
    }

    #[test]
    fn no_change_of_a_single_character_goes_unnoticed() {
        let secret = Secret::of_token("a");
        for (position, form) in both_forms(&secret) {
            let text = write(&position, "sales.orders", &secret, form);
            for index in 0..text.len() {
                let mut changed = text.clone().into_bytes();
                changed[index] = if changed[index] == b'A' { b'B' } else { b'A' };
                let changed = String::from_utf8(changed).unwrap();
                assert!(read(&changed, "sales.orders", &secret, form).is_err(), "{changed}");
                assert!(read(&text[..index], "sales.orders", &secret, form).is_err());
            }
        }
    }

    #[test]
    fn a_cursor_is_good_for_its_product_only() {
        let secret = Secret::of_token("a");
        for (position, form) in both_forms(&secret) {
            let text = write(&position, "sales.orders", &secret, form);
            assert_eq!(read(&text, "sales.customers", &secret, form), Err(BadCursor::Mangled));
        }
    }

    #[test]
    fn a_hidden_position_says_when_its_secret_is_gone() {
        let (before, after) = (Secret::of_token("a"), Secret::of_token("b"));
        for form in [Form::Open, Form::Sealed] {
            let text =
                write(&Position::Hidden(before.hide(b"somebody"), 0), "sales.customers", &before, form);
            assert_eq!(read(&text, "sales.customers", &after, form), Err(BadCursor::Expired));
        }
    }

    #[test]
    fn a_sealed_cursor_tells_nothing_and_cannot_be_made_up() {
        let secret = Secret::of_token("a");
        for position in positions(&secret) {
            let open = write(&position, "sales.orders", &secret, Form::Open);
            let sealed = write(&position, "sales.orders", &secret, Form::Sealed);
            assert_eq!(read(&open, "sales.orders", &secret, Form::Sealed), Err(BadCursor::Mangled));
            assert_eq!(read(&sealed, "sales.orders", &secret, Form::Open), Err(BadCursor::Mangled));
            if let Position::Hidden(..) = position {
                // What it says besides the name of the secret, which every cursor tells, is hidden once already.
                continue;
            }
            let payload = URL_SAFE_NO_PAD.decode(&open).unwrap()[1 + CHECK..].to_vec();
            let bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            for window in payload.windows(4) {
                assert!(!bytes.windows(4).any(|sealed| sealed == window), "{position:?}");
            }
        }
    }
}
