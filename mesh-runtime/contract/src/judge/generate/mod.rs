//! Instances of a schema: a seeded stream that leans towards the borders.
//!
//! A value is drafted from the keywords that say what a value looks like, one branch drawn of each choice,
//! and kept when the membership check agrees. Where drafting keeps failing, the search for witnesses helps out.

mod draft;
mod height;
mod random;
mod scalar;
mod shrink;

use serde_json::Value;

use super::error::SchemaError;
use super::options::Options;
use super::validator::Validator;
use draft::Drafter;
pub use shrink::shrink;

/// An endless stream of instances of a schema, the same for the same seed on every machine.
///
/// It ends where no instance is found, which for a schema that admits nothing is at once.
///
/// ```
/// use mesh_contract::judge::{Instances, Options};
/// use serde_json::json;
///
/// let schema = json!({ "type": "integer", "minimum": 1, "maximum": 3 });
/// let drawn: Vec<_> = Instances::new(&schema, 7, &Options::default())?.take(20).collect();
/// assert!(drawn.contains(&json!(1)) && drawn.contains(&json!(3)));
/// # Ok::<(), mesh_contract::judge::SchemaError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Instances {
    validator: Validator,
    heights: Vec<u32>,
    random: random::Random,
    samplers: scalar::Samplers,
}

/// Drafts of one instance before the stream gives up.
const TRIES: usize = 60;

impl Instances {
    /// The instances of a schema.
    ///
    /// # Errors
    /// As [`Validator::compile`].
    pub fn new(schema: &Value, seed: u64, options: &Options) -> Result<Self, SchemaError> {
        Ok(Self::of(&Validator::compile(schema, options)?, seed))
    }

    /// The instances of a compiled schema.
    #[must_use]
    pub fn of(validator: &Validator, seed: u64) -> Self {
        Self {
            heights: height::heights(validator.graph()),
            validator: validator.clone(),
            random: random::Random::new(seed),
            samplers: scalar::Samplers::default(),
        }
    }
}

impl Iterator for Instances {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let Self { validator, heights, random, samplers } = self;
        (0..TRIES).find_map(|_| {
            let mut drafter = Drafter::new(validator.graph(), heights, random, samplers);
            drafter.value(&[validator.root()], 0).filter(|value| validator.is_valid(value))
        })
    }
}
