//! The manifest of a package: maps all over, and dependencies that are a version alone or a table.

use std::collections::BTreeMap;

use mesh_runtime::prelude::*;

use super::Shapes;

/// The manifest of one package.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shapes::Documents, name = "packages", version = "1.0.0", kind = "aggregate")]
#[port(files, format = "toml")]
#[serde(rename_all = "kebab-case")]
pub struct Package {
    /// The package itself.
    pub package: Head,
    /// What it needs.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dependencies: Dependencies,
    /// What its tests need.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dev_dependencies: Dependencies,
    /// What it needs on one platform alone.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub target: BTreeMap<String, Platform>,
    /// Its switches, and what each turns on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub features: BTreeMap<String, Vec<String>>,
    /// How it is built.
    #[serde(default, skip_serializing_if = "Profiles::is_empty")]
    pub profile: Profiles,
}

/// Dependencies by name.
pub type Dependencies = BTreeMap<String, Dependency>;

/// Who and what a package is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Head {
    /// Its name.
    #[field(example = "serde")]
    #[schemars(length(min = 1, max = 64))]
    pub name: String,
    /// Its version.
    pub version: Version,
    /// Who wrote it.
    #[serde(default)]
    pub authors: Vec<String>,
    /// The edition of the language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<Inheritable<String>>,
    /// Words to find it by.
    #[serde(default)]
    #[schemars(length(max = 5), inner(length(max = 20)))]
    pub keywords: Vec<String>,
}

/// A version, as text.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(transparent)]
pub struct Version(#[schemars(length(min = 5))] pub String);

/// A value of its own, or the workspace's.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
pub enum Inheritable<T> {
    /// That of the workspace.
    Inherited {
        /// Always true.
        workspace: bool,
    },
    /// Its own.
    Own(T),
}

/// A dependency.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
pub enum Dependency {
    /// The versions that will do.
    Requirement(String),
    /// More than that.
    Detailed(Box<Detail>),
}

/// A dependency in detail.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
pub struct Detail {
    /// The versions that will do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Where it lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its switches to turn on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<String>,
    /// Whether its usual switches are on.
    #[serde(default = "on", alias = "default_features")]
    pub default_features: bool,
    /// Whether it may be left out.
    #[serde(default)]
    pub optional: bool,
}

fn on() -> bool {
    true
}

/// What one platform needs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Platform {
    /// What it needs.
    #[serde(default)]
    pub dependencies: Dependencies,
}

/// How a package is built, by profile.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Profiles {
    /// While it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev: Option<Profile>,
    /// When it is shipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release: Option<Profile>,
}

impl Profiles {
    fn is_empty(&self) -> bool {
        self.dev.is_none() && self.release.is_none()
    }
}

/// How a package is built.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
pub struct Profile {
    /// How much work is put into speed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_level: Option<Level>,
    /// How many units are built side by side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub codegen_units: Option<u16>,
    /// The profile that this one starts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inherits: Option<Box<Profile>>,
}

/// How much work is put into speed.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(untagged)]
pub enum Level {
    /// From none to most.
    Number(#[schemars(range(max = 3))] u8),
    /// For size.
    Letter(String),
}
