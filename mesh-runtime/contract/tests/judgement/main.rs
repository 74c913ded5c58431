//! The judgement of contract changes, from outside.

mod change;
mod expectations;
mod kept;
mod line;
mod retired;
mod rules;
mod schemas;
mod waivers;
