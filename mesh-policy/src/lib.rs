//! What a platform asks of every product, as data: written once, and read alike by `mesh check`, by a registry when something
//! is published, and by whoever decides on a read.
//!
//! A policy is an entry of a TOML document ([`document`]) with two expressions in the Common Expression Language: what it is
//! about (`when`) and what must hold (`must`). They see the documents of [`member`] and nothing else: no file, no clock, no
//! network. A [`PolicySet`] is made once and asked often; it is a conjunction, so whoever adds to it can only refuse more.
//!
//! Expressions are written by strangers. They are small and of a small part of the language ([`expression`]), so that none can
//! panic, and none runs longer than its size and the size of what it looks at tell beforehand.

pub mod document;
mod error;
pub mod expression;
pub mod facts;
mod lex;
pub mod member;
mod prove;
mod set;
pub mod starters;
mod subject;
mod verdict;

pub use error::{PolicyError, PolicyErrors};
pub use facts::{InputFacts, ProductFacts, ReaderFacts};
pub use set::{PolicySet, PolicyView};
pub use subject::Subject;
pub use verdict::Verdict;

use mesh_contract::Day;

/// Whether somebody may read a product, by all policies on reading: what a port and a registry ask with the same answer.
///
/// `product` is what the served contract says, `reader` what the grant says. A verdict that refuses ends the read.
pub fn decide_read(
    policies: &PolicySet,
    product: &ProductFacts,
    reader: &ReaderFacts,
    today: Day,
) -> Verdict {
    policies.read(product, reader, today)
}
