//! Names of things in the mesh, checked when they are made.
//!
//! All of them are kebab-case: lower-case ASCII letters and digits in words joined by single hyphens, starting with a
//! letter, 63 bytes at most, so that a name is also a host label, a file name and a part of a URL as it stands.

use std::fmt;
use std::str::FromStr;

/// The longest name, in bytes: that of a DNS label.
pub const MAX_LENGTH: usize = 63;

/// Why a text is not a name. The message says what to write instead where that can be told.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing was written.
    Empty {
        /// What the name is for, with its article: `a domain name`.
        what: &'static str,
        /// A good name of that sort.
        example: &'static str,
    },
    /// Longer than [`MAX_LENGTH`] bytes.
    TooLong {
        /// What the name is for, with its article.
        what: &'static str,
        /// What was written.
        text: String,
        /// Its length in bytes.
        length: usize,
    },
    /// Not kebab-case.
    NotKebab {
        /// What the name is for, with its article.
        what: &'static str,
        /// What was written.
        text: String,
        /// The nearest name that would do.
        suggestion: String,
    },
    /// An address without exactly one dot.
    NotAnAddress {
        /// What was written.
        text: String,
    },
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty { what, example } => {
                write!(f, "{what} is empty; write a kebab-case name, e.g. `{example}`")
            }
            Self::TooLong { what, text, length } => {
                write!(f, "`{text}` is {length} bytes long; {what} has {MAX_LENGTH} at most")
            }
            Self::NotKebab { what, text, suggestion } => {
                write!(f, "`{text}` is not {what}: names are kebab-case; write `{suggestion}`")
            }
            Self::NotAnAddress { text } => write!(
                f,
                "`{text}` is not an address; write domain and product with a dot between, e.g. `sales.orders`"
            ),
        }
    }
}

impl std::error::Error for NameError {}

fn is_kebab(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// The nearest kebab-case name to a text: words split at case changes, blanks and punctuation. Empty when nothing of it
/// can stand in a name.
pub fn to_kebab(text: &str) -> String {
    let mut name = String::with_capacity(text.len() + 4);
    let mut previous_lower = false;
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            if character.is_ascii_uppercase() && previous_lower {
                name.push('-');
            }
            previous_lower = !character.is_ascii_uppercase();
            name.push(character.to_ascii_lowercase());
        } else if !name.is_empty() && !name.ends_with('-') {
            name.push('-');
            previous_lower = false;
        }
    }
    let name = name.trim_start_matches(|first: char| first.is_ascii_digit() || first == '-');
    let mut name = name.trim_end_matches('-').to_owned();
    name.truncate(MAX_LENGTH);
    name.trim_end_matches('-').to_owned()
}

fn check(text: &str, what: &'static str, example: &'static str) -> Result<(), NameError> {
    if text.is_empty() {
        return Err(NameError::Empty { what, example });
    }
    if text.len() > MAX_LENGTH {
        return Err(NameError::TooLong { what, text: text.to_owned(), length: text.len() });
    }
    if !is_kebab(text) {
        let near = to_kebab(text);
        let suggestion = if near.is_empty() { example.to_owned() } else { near };
        return Err(NameError::NotKebab { what, text: text.to_owned(), suggestion });
    }
    Ok(())
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident, $what:literal, $example:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Checks a text and makes it a name.
            ///
            /// # Errors
            /// When the text is empty, too long or not kebab-case.
            pub fn new(text: &str) -> Result<Self, NameError> {
                check(text, $what, $example)?;
                Ok(Self(text.to_owned()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        #[cfg(feature = "model")]
        crate::text_serde::text_serde!($name);
    )*};
}

names! {
    /// A real-world subject area with one owning team: `sales`.
    DomainName, "a domain name", "sales";
    /// A set of functionality inside a domain: `orders`.
    ServiceName, "a service name", "orders";
    /// The second half of an [`Address`], unique in its domain: `orders`.
    ProductName, "a product name", "orders";
    /// One way to read a product: `records`.
    PortName, "a port name", "records";
    /// Where a deployment runs: `production`.
    EnvironmentName, "an environment name", "production";
}

/// Where a data product is found: domain and product, `sales.orders`. It survives a move to another service.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    domain: DomainName,
    product: ProductName,
}

impl Address {
    /// The address of a product in a domain.
    pub fn new(domain: DomainName, product: ProductName) -> Self {
        Self { domain, product }
    }

    /// The domain that owns the product.
    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The product's name in its domain.
    pub fn product(&self) -> &ProductName {
        &self.product
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}", self.domain, self.product))
    }
}

impl FromStr for Address {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.split_once('.') {
            Some((domain, product)) if !product.contains('.') => {
                Ok(Self { domain: domain.parse()?, product: product.parse()? })
            }
            _ => Err(NameError::NotAnAddress { text: text.to_owned() }),
        }
    }
}

/// A named reader: a domain (`accounting`), a product of one (`accounting.receivables`) or an application (`price-page`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConsumerName(String);

impl ConsumerName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&DomainName> for ConsumerName {
    fn from(domain: &DomainName) -> Self {
        Self(domain.as_str().to_owned())
    }
}

impl From<&Address> for ConsumerName {
    fn from(address: &Address) -> Self {
        Self(address.to_string())
    }
}

impl fmt::Display for ConsumerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ConsumerName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let (what, example) = ("a consumer name", "price-page");
        match text.split_once('.') {
            Some((domain, product)) => {
                check(domain, what, example)?;
                check(product, what, example)?;
            }
            None => check(text, what, example)?,
        }
        Ok(Self(text.to_owned()))
    }
}

#[cfg(feature = "model")]
crate::text_serde::text_serde!(Address);
#[cfg(feature = "model")]
crate::text_serde::text_serde!(ConsumerName);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kebab_case_names_are_taken_as_they_stand() {
        for text in ["a", "sales", "order-lines", "v2", "a1-b2-c3"] {
            assert_eq!(DomainName::new(text).map(|name| name.to_string()), Ok(text.to_owned()));
        }
    }

    #[test]
    fn what_is_not_kebab_case_is_refused_with_the_nearest_name() {
        for (text, suggestion) in [
            ("Sales", "sales"),
            ("orderLines", "order-lines"),
            ("order_lines", "order-lines"),
            ("HTTPServer", "httpserver"),
            ("2nd", "nd"),
            ("-a", "a"),
            ("a--b", "a-b"),
            ("für alle", "f-r-alle"),
            ("日本", "sales"),
        ] {
            let error = DomainName::new(text).expect_err(text);
            assert!(
                matches!(&error, NameError::NotKebab { suggestion: s, .. } if s == suggestion),
                "{text}: {error}"
            );
            assert!(suggestion.parse::<DomainName>().is_ok());
        }
    }

    #[test]
    fn a_name_is_no_longer_than_a_host_label() {
        assert!(DomainName::new(&"a".repeat(63)).is_ok());
        assert!(matches!(DomainName::new(&"a".repeat(64)), Err(NameError::TooLong { length: 64, .. })));
    }

    #[test]
    fn an_address_has_exactly_one_dot() {
        assert_eq!("sales.orders".parse::<Address>().map(|a| a.to_string()), Ok("sales.orders".to_owned()));
        for text in ["sales", "a.b.c", "", "."] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_consumer_is_a_domain_a_product_or_an_application() {
        for text in ["accounting", "accounting.receivables", "price-page"] {
            assert!(text.parse::<ConsumerName>().is_ok());
        }
        assert!("a.b.c".parse::<ConsumerName>().is_err());
    }
}
