//! Tenants: organisations that share a registry and cannot see each other.

use std::fmt;
use std::str::FromStr;

use mesh_contract::DomainName;

use super::StoreError;

/// A text that names no tenant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a tenant; write a name in kebab-case, e.g. `default`")]
pub struct TenantError {
    /// What was written.
    pub text: String,
}

/// The organisation that something belongs to. It is a part of every key in the store and never a part of what is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TenantId(String);

impl TenantId {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tenants of some names and the default one, in order.
    pub(super) fn with_default(made: Vec<String>) -> Result<Vec<Self>, StoreError> {
        let read = |name: String| name.parse().map_err(StoreError::unavailable);
        let mut tenants = made.into_iter().map(read).collect::<Result<Vec<Self>, _>>()?;
        tenants.push(Self::default());
        tenants.sort_unstable();
        tenants.dedup();
        Ok(tenants)
    }
}

impl Default for TenantId {
    /// The tenant of a registry that one organisation has for itself.
    fn default() -> Self {
        Self("default".to_owned())
    }
}

impl FromStr for TenantId {
    type Err = TenantError;

    fn from_str(text: &str) -> Result<Self, TenantError> {
        // The same letters as any other name of the mesh; the check is theirs.
        DomainName::new(text)
            .map(|name| Self(name.to_string()))
            .map_err(|_| TenantError { text: text.to_owned() })
    }
}

impl fmt::Display for TenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}
