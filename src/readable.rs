//! Whether readers of one contract can read another: the judge asked about a reader whom nobody registered, and about one
//! whose expectation is known.

use mesh_contract::Contract;
use mesh_contract::judge::{Containment, Options, contains};
use mesh_contract::judgement::opened;
use serde::Serialize;
use serde_json::Value;

/// Whether everything that is written is read.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub(crate) enum Readable {
    /// Proved.
    Compatible,
    /// There is a record that the reader refuses.
    Broken {
        /// That record.
        witness: Value,
    },
    /// Neither proved nor refuted.
    Unproven {
        /// Why.
        reason: String,
    },
}

/// Whether a reader that was made from one contract, and ignores what it does not know, reads all that another one permits.
pub(crate) fn by_unknown_readers(old: &Contract, new: &Contract) -> Readable {
    by_schema(&opened(&old.schemas.emits), new)
}

/// Whether a reader whose schema is known reads all that a contract permits.
pub(crate) fn by_schema(reader: &Value, new: &Contract) -> Readable {
    match contains(&new.schemas.emits, reader, &Options::contract()) {
        Ok(report) => match report.containment {
            Containment::Contained => Readable::Compatible,
            Containment::NotContained { witness } => Readable::Broken { witness },
            Containment::Unproven { reason } => Readable::Unproven { reason: reason.to_string() },
        },
        Err(error) => Readable::Unproven { reason: error.to_string() },
    }
}
