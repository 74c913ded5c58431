//! What a contract says of flattened fields where there is room for any member beside them: what a described type means
//! stays, personal data above all, and only the map itself stands for the other members.

use std::collections::BTreeMap;

use mesh_runtime::domain;
use mesh_runtime::prelude::*;

/// Everything about visits.
#[derive(Domain)]
#[domain(name = "visits", owner = "visits@example.com")]
pub enum Visits {
    /// The front desk.
    Desk,
}

/// One visit.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Visits::Desk, name = "visits", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
pub struct Visit {
    /// Number of the visit.
    #[field(key)]
    pub id: u32,
    #[serde(flatten)]
    pub visitor: Visitor,
    #[serde(flatten)]
    pub place: Place,
}

/// Who came.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Visitor {
    /// Their name.
    #[field(pii = "name", classification = "confidential")]
    pub name: String,
}

/// Where they went, with room for more.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Place {
    /// The room.
    pub room: u8,
    /// Levels that nobody has named yet.
    #[serde(flatten)]
    pub more: BTreeMap<String, Level>,
}

/// A level.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, DataType)]
pub struct Level {
    /// How much.
    pub decibel: u8,
}

domain! { Visits; offers: [Visit]; needs: [] }

#[test]
fn a_flattened_type_keeps_its_meaning_beside_a_flattened_map() {
    let offer = manifest().offers().first().copied().expect("one product");
    let contract = offer.contract().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let fields = &contract.types[&contract.root].fields;
    let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "room", "*"], "each described member by its name, and the map once");
    assert_eq!(contract.personal_fields(), ["/name"]);
    assert_eq!(fields[2].description, "The room.");
}
