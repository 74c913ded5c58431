//! What the domain serves, held against its files by other means than the domain's own.

mod editions;
mod figures;
mod files;
mod source;
