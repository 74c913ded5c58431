//! The closed word lists of a contract. Each word is written in kebab-case.

use std::fmt;
use std::str::FromStr;

/// A word that its list does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// What the word stands for, with its article: `a kind of product`.
    pub what: &'static str,
    /// What was written.
    pub text: String,
    /// The words there are.
    pub known: &'static [&'static str],
}

impl fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, text, known } = self;
        write!(f, "`{text}` is not {what}; write one of {}", quoted(known))
    }
}

impl std::error::Error for UnknownWord {}

fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

macro_rules! vocabulary {
    ($($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
        }

        impl $name {
            /// Every word of the list, in its order.
            pub const WORDS: &'static [&'static str] = &[$($word),*];

            /// The word as it is written.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }
        }

        impl FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(UnknownWord { what: $what, text: text.to_owned(), known: Self::WORDS }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        #[cfg(feature = "model")]
        crate::text_serde::text_serde!($name);
    )*};
}

vocabulary! {
    /// What a product is made from and for (the data mesh's three archetypes).
    ProductKind, "a kind of product" {
        /// Facts as the operational system that makes them knows them.
        SourceAligned = "source-aligned",
        /// Made from several products, for many uses.
        Aggregate = "aggregate",
        /// Made for one use: a data mart.
        ConsumerAligned = "consumer-aligned",
    }

    /// How far a reader may rely on the shape of a product. Ordered from least to most.
    Stability, "a stability" {
        /// May break with any version.
        Experimental = "experimental",
        /// May break with notice.
        Unstable = "unstable",
        /// Breaks only with a new major version.
        Stable = "stable",
    }

    /// Who may see a field. Ordered from most open to most closed.
    Classification, "a classification" {
        /// Anybody.
        Public = "public",
        /// Anybody in the organisation.
        Internal = "internal",
        /// Whoever was granted it.
        Confidential = "confidential",
        /// Whoever was granted it, named one by one.
        Restricted = "restricted",
    }

    /// What sort of personal data a field holds.
    PersonalData, "a sort of personal data" {
        /// A person's name.
        Name = "name",
        /// An email address.
        Email = "email",
        /// A telephone or fax number.
        Phone = "phone",
        /// A postal address or a part of one.
        Address = "address",
        /// A date of birth or an age.
        BirthDate = "birth-date",
        /// Gender, marital status, nationality and the like.
        Demographic = "demographic",
        /// A number that a state gave: passport, tax, social security.
        GovernmentId = "government-id",
        /// Pay, bank account, card.
        Financial = "financial",
        /// Health or other data of special sensitivity.
        Sensitive = "sensitive",
        /// Where a person is or was.
        Location = "location",
        /// Address, device or account by which a person is known online.
        OnlineId = "online-id",
        /// Any other data about a person.
        Other = "other",
    }

    /// One way to read a product.
    PortKind, "a kind of port" {
        /// Records over HTTP, as JSON lines, paged by a cursor.
        Records = "records",
        /// A stream of changes.
        Events = "events",
        /// A table with snapshots.
        Table = "table",
        /// Files in object storage.
        Files = "files",
        /// Rows answered to SQL.
        Sql = "sql",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for word in ProductKind::WORDS {
            assert_eq!(word.parse::<ProductKind>().map(ProductKind::as_str), Ok(*word));
        }
        for word in Classification::WORDS {
            assert_eq!(word.parse::<Classification>().map(Classification::as_str), Ok(*word));
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_list() {
        let error = "gold".parse::<Stability>().expect_err("no stability");
        assert_eq!(
            error.to_string(),
            "`gold` is not a stability; write one of `experimental`, `unstable`, `stable`"
        );
    }
}
