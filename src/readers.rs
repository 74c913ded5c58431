//! Whether readers of one contract can read another: the judge asked about a reader whom nobody registered, and about one
//! whose expectation is known.

use mesh_contract::Contract;
use mesh_contract::judge::{Containment, Options, contains};
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
    let mut reader = old.schemas.emits.clone();
    open(&mut reader);
    by_schema(&reader, new)
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

/// Takes away what closes a schema of what is written: a reader that ignores unknown members does not mind them.
fn open(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            if members.get("unevaluatedProperties") == Some(&Value::Bool(false)) {
                members.remove("unevaluatedProperties");
            }
            members
                .iter_mut()
                .filter(|(name, _)| !matches!(name.as_str(), "const" | "enum" | "default" | "examples"))
                .for_each(|(_, member)| open(member));
        }
        Value::Array(items) => items.iter_mut().for_each(open),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_reader_that_ignores_what_it_does_not_know_takes_a_new_field() {
        let mut schema = json!({
            "properties": { "id": { "type": "integer" }, "tags": { "enum": [{"unevaluatedProperties": false}] } },
            "unevaluatedProperties": false
        });
        open(&mut schema);
        assert_eq!(
            schema,
            json!({ "properties": { "id": { "type": "integer" }, "tags": { "enum": [{"unevaluatedProperties": false}] } } })
        );
    }
}
