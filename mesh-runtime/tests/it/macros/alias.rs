//! The run time may be found elsewhere than at `::mesh_runtime`, behind a facade of the user's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod facade {
    pub(crate) mod inner {
        pub(crate) use mesh_runtime as mesh;
    }
}

/// Behind a facade.
#[derive(facade::inner::mesh::Domain)]
#[domain(name = "facade", owner = "facade@example.com")]
#[mesh(crate = crate::macros::alias::facade::inner::mesh)]
pub(crate) enum Facade {
    /// Everything.
    All,
}

/// One record.
#[derive(Serialize, Deserialize, JsonSchema, facade::inner::mesh::DataProduct)]
#[product(service = Facade::All, name = "records", version = "1.0.0", kind = "source-aligned")]
#[port(records)]
#[mesh(crate = crate::macros::alias::facade::inner::mesh)]
struct Record {
    /// Its number.
    #[field(key)]
    id: u64,
    /// A part of it.
    part: Part,
}

/// A part.
#[derive(Serialize, Deserialize, JsonSchema, facade::inner::mesh::DataType)]
#[mesh(crate = crate::macros::alias::facade::inner::mesh)]
struct Part {
    /// Its name.
    #[schemars(length(min = 1))]
    name: String,
}

/// A reader.
#[derive(Deserialize, JsonSchema, facade::inner::mesh::Consumes)]
#[consumes(product = "sales.orders", version = "^1")]
#[mesh(crate = crate::macros::alias::facade::inner::mesh)]
struct Reader {
    #[expect(dead_code, reason = "nothing is read here")]
    id: u64,
}

facade::inner::mesh::domain! {
    crate = crate::macros::alias::facade::inner::mesh;
    Facade;
    offers: [Record];
    needs: [Reader];
}

#[test]
fn every_macro_works_behind_a_facade() {
    use mesh_runtime::Validate;

    let manifest = manifest();
    assert_eq!((manifest.offers().len(), manifest.needs().len()), (1, 1));
    let record = Record { id: 1, part: Part { name: String::new() } };
    let violations = record.validate().expect_err("the part has no name");
    assert_eq!(violations.as_slice()[0].pointer, "/part/name");
}
