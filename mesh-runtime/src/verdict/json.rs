//! For programs: everything that was found as one document. `docs/verdict.md` describes it.

use serde_json::{Value, json};

use super::report::Report;

/// The version of the document. Members may be added within a version; anything else raises it.
pub const VERSION: u32 = 1;

/// The report as a JSON document.
pub fn json(report: &Report) -> Value {
    json!({
        "version": VERSION,
        "clean": report.is_clean(),
        "changes": report.changes,
        "files": report.files,
    })
}
