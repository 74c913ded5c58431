//! Types that do not do what their schemas say are caught, and shown by the simplest value.

use mesh_runtime::Manifest;
use mesh_runtime::prelude::*;
use serde::ser::SerializeStruct as _;

use super::shop::Shop;
use super::{fails, holds};
use crate::folder::Folder;

const WRITTEN: &str = "::what is written is within emits";
const TAKEN: &str = "::what accepts admits is taken";
const WITHIN: &str = "::emits is within accepts";

/// Writes large numbers as text.
#[derive(Debug, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "lies", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct LyingWriter {
    /// Its number.
    #[field(key)]
    id: u32,
    /// Something else.
    rest: Vec<String>,
}

impl Serialize for LyingWriter {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("LyingWriter", 2)?;
        if self.id > 1_000 {
            members.serialize_field("id", &self.id.to_string())?;
        } else {
            members.serialize_field("id", &self.id)?;
        }
        members.serialize_field("rest", &self.rest)?;
        members.end()
    }
}

#[test]
fn a_serialize_that_lies_is_caught_and_shown_by_the_simplest_value() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<LyingWriter>().build();
    fails(
        &manifest,
        &Folder::new(),
        WRITTEN,
        &[
            "{\"id\":1001,\"rest\":[]}",
            "{\"id\":\"1001\",\"rest\":[]}",
            "`/id` breaks `type`",
            "Correct its `Serialize`",
        ],
    );
}

/// Writes a member that its schema does not have.
#[derive(Debug, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "more", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct WritesMore {
    /// Its number.
    #[field(key)]
    id: u32,
}

impl Serialize for WritesMore {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_struct("WritesMore", 2)?;
        members.serialize_field("id", &self.id)?;
        members.serialize_field("secret", &self.id)?;
        members.end()
    }
}

#[test]
fn a_member_that_the_schema_does_not_have_is_caught() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<WritesMore>().build();
    fails(&manifest, &Folder::new(), WRITTEN, &["{\"id\":0,\"secret\":0}", "`/secret` breaks `"]);
}

/// Refuses odd numbers, of which its schema says nothing.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "picky", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct PickyReader {
    /// Its number.
    #[field(key)]
    #[serde(deserialize_with = "below_ten")]
    id: u32,
}

fn below_ten<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let number = u32::deserialize(deserializer)?;
    if number < 10 { Ok(number) } else { Err(serde::de::Error::custom("ten and more is too much")) }
}

#[test]
fn a_deserialize_that_refuses_what_is_accepted_is_caught() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<PickyReader>().build();
    fails(&manifest, &Folder::new(), TAKEN, &["{\"id\":10}", "ten and more is too much", "#[schemars("]);
    holds(&manifest, &Folder::new(), WRITTEN);
}

/// Leaves out what it wants to read.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "forgetful", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct Forgetful {
    /// Its number.
    #[field(key)]
    id: u32,
    /// Left out when empty, and required to read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    list: Vec<u8>,
}

#[test]
fn what_is_written_and_not_read_is_caught() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<Forgetful>().build();
    fails(
        &manifest,
        &Folder::new(),
        WITHIN,
        &["{\"id\":0}", "`/list` breaks `required`", "#[serde(default)]"],
    );
}

/// Says that a text is short where it cannot be said.
#[derive(Debug, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Shop::Orders, name = "honest", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
struct Honest {
    /// Its number.
    #[field(key)]
    id: u64,
    /// Its name.
    #[schemars(length(max = 5), regex(pattern = "^[a-z]*$"))]
    name: String,
    /// Its price.
    #[field(unit = "EUR", decimal(9, 2), min = "0")]
    price: rust_decimal::Decimal,
}

#[test]
fn an_honest_type_holds_all_three() {
    let manifest = Manifest::builder::<Shop>("shop", ".").offer::<Honest>().build();
    for relation in [WRITTEN, TAKEN, WITHIN] {
        holds(&manifest, &Folder::new(), relation);
    }
}
