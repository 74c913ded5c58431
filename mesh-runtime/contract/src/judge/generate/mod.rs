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

use super::budget::Budget;
use super::error::SchemaError;
use super::options::Options;
use super::solve::Solver;
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
    /// What the search found; it is asked once, when drafting fails.
    searched: Option<Vec<Value>>,
}

/// Drafts of one instance before the search is asked. Where it found something before, few are worth it.
const TRIES: usize = 60;
const TRIES_IN_VAIN: usize = 4;
/// Different instances that the search is asked for, and the steps of work it may take.
const SEARCHED: usize = 24;
const STEPS: u64 = 200_000;

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
            searched: None,
        }
    }

    fn draft(&mut self) -> Option<Value> {
        let Self { validator, heights, random, samplers, searched } = self;
        let tries = if searched.is_some() { TRIES_IN_VAIN } else { TRIES };
        (0..tries).find_map(|_| {
            let mut drafter = Drafter::new(validator.graph(), heights, random, samplers);
            drafter.value(&[validator.root()], 0).filter(|value| validator.is_valid(value))
        })
    }

    /// One of the instances that the search finds.
    fn search(&mut self) -> Option<Value> {
        let Self { validator, searched, random, .. } = self;
        let found = searched.get_or_insert_with(|| {
            let mut graph = validator.graph().clone();
            let goal = [(validator.root(), true)];
            // Asked for one alone, it may find what it does not find many of.
            let mut search = |want| {
                let found = Solver::new(&mut graph, Budget::new(STEPS, None)).solve(&goal, want);
                found.map(|found| found.values).unwrap_or_default()
            };
            let mut values = search(SEARCHED);
            if values.is_empty() {
                values = search(1);
            }
            values.retain(|value| validator.is_valid(value));
            values
        });
        random.pick(found).cloned()
    }
}

impl Iterator for Instances {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        self.draft().or_else(|| self.search())
    }
}
