//! What a policy is asked of.

use serde::{Deserialize, Serialize};

use crate::member::{INPUT, Object, PRODUCT, READER};

/// What a policy is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A product, when it is checked and published.
    Product,
    /// One product that another one is made from, when that is checked and published.
    Input,
    /// Somebody who reads a product.
    Read,
}

impl Subject {
    /// Every subject.
    pub const ALL: [Self; 3] = [Self::Product, Self::Input, Self::Read];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Input => "input",
            Self::Read => "read",
        }
    }

    /// The documents that its expressions see.
    pub fn documents(self) -> &'static [&'static Object] {
        static OF_PRODUCT: [&Object; 1] = [&PRODUCT];
        static OF_INPUT: [&Object; 2] = [&PRODUCT, &INPUT];
        static OF_READ: [&Object; 2] = [&PRODUCT, &READER];
        match self {
            Self::Product => &OF_PRODUCT,
            Self::Input => &OF_INPUT,
            Self::Read => &OF_READ,
        }
    }
}
