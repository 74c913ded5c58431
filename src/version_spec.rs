//! Versions of a product as a user names them: `sales.orders@1.2.0`, or a line of them, `sales.orders@1`.

use std::str::FromStr;

use mesh_contract::{Address, ContractVersion, Scope};

/// A product and which of its versions are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScopeSpec {
    /// Where it is found.
    pub(crate) address: Address,
    /// A version, or a line.
    pub(crate) scope: Scope,
}

/// A product and one of its versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VersionSpec {
    /// Where it is found.
    pub(crate) address: Address,
    /// The version.
    pub(crate) version: ContractVersion,
}

fn parts(text: &str, example: &str) -> Result<(Address, String), String> {
    let (address, version) = text.split_once('@').ok_or_else(|| {
        format!("which versions are meant stands behind an `@`; write e.g. `{text}@{example}`")
    })?;
    Ok((address.parse().map_err(|error: mesh_contract::NameError| error.to_string())?, version.to_owned()))
}

impl FromStr for ScopeSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, scope) = parts(text, "1")?;
        let scope = scope.parse().map_err(|error: mesh_contract::LineError| error.to_string())?;
        Ok(Self { address, scope })
    }
}

impl FromStr for VersionSpec {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (address, version) = parts(text, "1.2.0")?;
        let version = version.parse().map_err(|error: mesh_contract::VersionError| error.to_string())?;
        Ok(Self { address, version })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_behind_an_at() {
        let spec: ScopeSpec = "sales.orders@1".parse().unwrap();
        assert_eq!(
            (spec.address.to_string().as_str(), spec.scope.to_string().as_str()),
            ("sales.orders", "1")
        );
        let spec: ScopeSpec = "sales.orders@1.2.0".parse().unwrap();
        assert_eq!(spec.scope, Scope::Version(ContractVersion::new(1, 2, 0)));
        let told = "sales.orders".parse::<ScopeSpec>().unwrap_err();
        assert!(told.contains("`sales.orders@1`"), "{told}");
        for wrong in ["sales.orders@", "sales.orders@^1", "sales.orders@1.2", "orders@1", "@1"] {
            wrong.parse::<ScopeSpec>().expect_err(wrong);
            wrong.parse::<VersionSpec>().expect_err(wrong);
        }
        "sales.orders@1.2.0".parse::<VersionSpec>().unwrap();
    }
}
