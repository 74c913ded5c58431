//! A product as a user names it: `sales.orders`, or with the versions that will do, `sales.orders@^1.2`.

use std::str::FromStr;

use mesh_contract::{Address, Requirement};

/// A product and perhaps a requirement on its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ProductSpec {
    /// Where it is found.
    pub(crate) address: Address,
    /// The versions that will do.
    pub(crate) requirement: Option<Requirement>,
}

impl ProductSpec {
    /// The requirement, or any released version.
    pub(crate) fn requirement_or_any(&self) -> Requirement {
        self.requirement.clone().unwrap_or_else(|| "*".parse().expect("a star is a requirement"))
    }
}

impl FromStr for ProductSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, requirement) = match text.split_once('@') {
            Some((address, requirement)) => (address, Some(requirement)),
            None => (text, None),
        };
        let requirement = requirement.map(str::parse).transpose();
        Ok(Self {
            address: address.parse().map_err(|error: mesh_contract::NameError| error.to_string())?,
            requirement: requirement.map_err(|error: mesh_contract::VersionError| error.to_string())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requirement_stands_behind_an_at() {
        let spec: ProductSpec = "sales.orders@^1.2".parse().unwrap();
        assert_eq!(spec.address.to_string(), "sales.orders");
        assert_eq!(spec.requirement.map(|requirement| requirement.to_string()).as_deref(), Some("^1.2"));
        assert_eq!("sales.orders".parse::<ProductSpec>().unwrap().requirement, None);
        for wrong in ["orders", "sales.orders@", "sales.orders@latest", "a.b.c", "@1"] {
            wrong.parse::<ProductSpec>().expect_err(wrong);
        }
    }
}
