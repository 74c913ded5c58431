//! The addresses of pages and of their JSON twins, and what may become a link at all.

use std::fmt::Write as _;

use mesh_contract::{Address, ContractVersion, DomainName};

/// The page of what goes away, and who still reads it.
pub const DEPRECATIONS: &str = "/deprecations";

/// Where people sign in.
pub const SIGN_IN: &str = "/sign-in";

/// Where people sign out.
pub const SIGN_OUT: &str = "/sign-out";

/// Who did what.
pub const AUDIT: &str = "/audit";

/// Who one is, and one's tokens.
pub const ACCOUNT: &str = "/account";
/// The page of who asks to read what, and what came of it.
pub const AGREEMENTS: &str = "/agreements";
/// The page of what is asked of every product.
pub const POLICIES: &str = "/policies";

/// The page of a product's newest version.
pub fn product(address: &Address) -> String {
    format!("/products/{address}")
}

/// The page of one version of a product.
pub fn product_version(address: &Address, version: &ContractVersion) -> String {
    format!("/products/{address}/{version}")
}

/// The page of a domain.
pub fn domain(name: &DomainName) -> String {
    format!("/domains/{name}")
}

/// The page of a search, each part given as name and value; empty values are left out.
pub fn search(parts: &[(&str, &str)]) -> String {
    let mut url = String::from("/search");
    for (name, value) in parts.iter().filter(|(_, value)| !value.is_empty()) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(name);
        url.push('=');
        url.push_str(&encode(value));
    }
    url
}

/// Percent-encodes everything but what RFC 3986 leaves unreserved.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The id of an element for a name that may hold anything: letters, digits, `-` and `_` stay, the rest is spelled out, so
/// that two names never share an id and a fragment needs no encoding.
pub fn anchor(name: &str) -> String {
    let mut id = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '-' || character == '_' {
            id.push(character);
        } else {
            let _ = write!(id, ".{:x}.", u32::from(character));
        }
    }
    id
}

/// The text as a web address to link to, if it is one: `http` or `https`, printable ASCII, and nothing that a shell or
/// an attribute would read otherwise. Everything else stays text.
pub fn web(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let plain = rest.bytes().all(|byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>' | b'$')
    });
    (plain && !rest.is_empty() && !rest.starts_with('/')).then_some(text)
}

/// The text as a `mailto:` link, if it looks like one address.
pub fn mail(text: &str) -> Option<String> {
    let (local, host) = text.split_once('@')?;
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'))
    };
    (plain(local) && plain(host)).then(|| format!("mailto:{}@{host}", encode(local)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_that_need_no_quoting_become_links() {
        for good in ["http://127.0.0.1:4100", "https://a.example/x?y=z&w=1"] {
            assert_eq!(web(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "http://",
            "http:///x",
            "https://a\nb",
            "http://a'$(id)'",
            "#channel",
            "HTTP://A",
        ] {
            assert_eq!(web(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_a_single_mail_address_becomes_a_mailto() {
        assert_eq!(mail("a.b+c@d.example").as_deref(), Some("mailto:a.b%2Bc@d.example"));
        for bad in ["team", "a@b?bcc=evil@c", "a@b,c@d", "@b", "a@", "a b@c"] {
            assert_eq!(mail(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_search_keeps_its_words_through_the_address() {
        assert_eq!(
            search(&[("q", "tracks & prices"), ("domain", ""), ("kind", "aggregate")]),
            "/search?q=tracks%20%26%20prices&kind=aggregate"
        );
        assert_eq!(search(&[("q", "")]), "/search");
    }

    #[test]
    fn names_that_differ_get_ids_that_differ() {
        assert_ne!(anchor("a b"), anchor("a.b"));
        assert_ne!(anchor("a b"), anchor("a\u{a0}b"));
        assert!(!anchor("ü \"x\"").contains(|c: char| c.is_whitespace() || c == '"'));
    }
}
