//! The files once more, read without the domain's own code: text by column, money in cents.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// One row: text by column.
pub(crate) type Row = HashMap<String, String>;

/// The folder of the domain's own files.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data")
}

/// The rows of a file.
pub(crate) fn rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).expect("a readable file");
    reader.deserialize().collect::<Result<_, _>>().expect("well-formed rows")
}

/// The rows of one of the domain's own files.
pub(crate) fn own_rows(name: &str) -> Vec<Row> {
    rows(&folder().join(name))
}

/// `12.5` is 1250 cents.
pub(crate) fn cents(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    assert!(part.len() <= 2, "{text} is not money");
    format!("{whole}{part:0<2}").parse().expect("digits")
}
