//! Types taken in shape from real crates, each a product of one domain, so that generated values can be put through serde
//! and through both schemas.

pub mod observation;
pub mod package;
mod relations;
pub mod webhook;

use mesh_runtime::domain;
use mesh_runtime::files::DomainFiles;
use mesh_runtime::prelude::*;
use mesh_runtime::testing::{Generation, checks};

use observation::Observation;
use package::Package;
use webhook::Delivery;

/// Shapes that people really publish.
#[derive(Domain)]
#[domain(name = "shapes", owner = "shapes@example.com")]
pub enum Shapes {
    /// Documents of other programs.
    Documents,
}

domain! {
    Shapes;
    offers: [Delivery, Observation, Package];
    needs: [];
}

/// Runs one of the relations between a type and its schemas over every shape.
#[track_caller]
fn holds(relation: &str) {
    let files = DomainFiles::at(std::env::temp_dir());
    let generation = Generation { cases: 400, seed: 7 };
    let of_relation =
        checks(&manifest(), &files, generation).into_iter().filter(|it| it.name.ends_with(relation));
    let mut held = 0;
    for check in of_relation {
        let name = check.name.clone();
        if let Err(failure) = check.run() {
            panic!("{name}: {failure}");
        }
        held += 1;
    }
    assert_eq!(held, 3, "each shape is held against `{relation}`");
}

#[test]
fn every_shape_has_a_contract() {
    for offer in manifest().offers() {
        if let Err(mistakes) = offer.contract() {
            panic!("{}: {mistakes}", offer.definition().name);
        }
    }
}

#[test]
fn what_is_written_of_a_shape_is_within_what_it_emits() {
    holds("what is written is within emits");
}

#[test]
fn what_a_shape_accepts_is_taken() {
    holds("what accepts admits is taken");
}

#[test]
fn what_a_shape_emits_is_within_what_it_accepts() {
    holds("emits is within accepts");
}
