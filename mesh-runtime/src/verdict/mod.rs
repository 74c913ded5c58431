//! The verdict that people and their tools read: a [`Judgement`](mesh_contract::judgement::Judgement) as text like a
//! compiler's, as JSON, as SARIF, as workflow commands of GitHub and as one comment on a pull request.
//!
//! Everything is told from one [`Report`]: what was judged, with places in files where they are known and with personal data
//! masked. So no form can tell more than another one, and none can leak what another one hides. All forms are pure, and
//! colours are the caller's choice; only the feature `locations` reads files, to say where something is.
//!
//! ```
//! use mesh_contract::judgement::{BUDGET, Policy, judge, rules};
//! use mesh_runtime::verdict::{Report, plain, text};
//!
//! let (old, new) = rules::find("unit-changed").expect("the rule").example.contracts();
//! let judgement = judge(std::slice::from_ref(&old), &new, &[], &Policy::default(), BUDGET);
//! let mut report = Report::default();
//! report.add(&judgement, &[&old, &new], &());
//! assert!(!report.is_clean());
//! assert!(text(&report, &plain).starts_with("error[unit-changed]: "));
//! ```

mod escape;
mod excerpt;
mod file_rules;
mod github;
#[cfg(feature = "locations")]
mod in_files;
mod json;
#[cfg(feature = "locations")]
mod json_lines;
mod markdown;
mod mask;
mod place;
mod report;
mod sarif;
#[cfg(feature = "locations")]
mod sources;
mod text;

pub use file_rules::{FILE_RULES, FileRule};
pub use github::github;
#[cfg(feature = "locations")]
pub use in_files::InFiles;
pub use json::{VERSION, json};
pub use markdown::{MARKER, markdown};
pub use mask::{MASKED, Personal};
pub use place::{Location, Locations, Source};
pub use report::{Change, Item, Level, Report, Witness};
pub use sarif::sarif;
#[cfg(feature = "locations")]
pub use sources::Sources;
pub use text::{Tone, plain, text};
