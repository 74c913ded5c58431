//! Whether records that a port gave out are what the contract promises. Of a misfit its place and the keyword are told, never
//! a value: it may be personal.

use mesh_contract::Contract;
use mesh_contract::judge::{Options, Validator, Violation};
use serde::Serialize;
use serde_json::Value;

use crate::failure::{Failure, OrFail};

/// A record that breaks its contract.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Misfit {
    /// Which record of those that were read, from 1.
    pub(crate) record: usize,
    /// What it breaks, and where.
    pub(crate) violations: Vec<String>,
}

/// The records that break what the contract says is written. What is missing because it is masked breaks nothing: where no
/// text can stand in for a personal value, the owner leaves it out.
pub(crate) fn misfits(
    contract: &Contract,
    records: &[Value],
    masked: &[String],
) -> Result<Vec<Misfit>, Failure> {
    let validator = Validator::compile(&contract.schemas.emits, &Options::contract()).or_fail(|| {
        format!("the contract of {} {} has a schema that is none", contract.address, contract.version)
    })?;
    let misfit = |(index, record): (usize, &Value)| {
        let broken = validator.validate(record).err()?;
        let violations: Vec<String> = broken
            .iter()
            .filter(|violation| !is_masked(violation, masked))
            .map(ToString::to_string)
            .collect();
        (!violations.is_empty()).then_some(Misfit { record: index + 1, violations })
    };
    Ok(records.iter().enumerate().filter_map(misfit).collect())
}

/// Whether a violation is there because something is masked.
fn is_masked(violation: &Violation, masked: &[String]) -> bool {
    let absent = violation.keyword == "required" && masked.iter().any(|it| covers(it, &violation.pointer));
    let within =
        !violation.nearest.is_empty() && violation.nearest.iter().all(|inner| is_masked(inner, masked));
    absent || within
}

/// Whether a pointer with `*` for each item and value stands for another.
fn covers(pattern: &str, pointer: &str) -> bool {
    let (mut pattern, mut pointer) = (pattern.split('/'), pointer.split('/'));
    loop {
        match (pattern.next(), pointer.next()) {
            (None, None) => return true,
            (Some(wanted), Some(found)) if wanted == "*" || wanted == found => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn contract() -> Contract {
        let document = json!({
            "mesh": 1, "address": "shop.orders", "version": "1.0.0", "description": "Orders.", "kind": "aggregate",
            "stability": "stable", "domain": {"name": "shop", "description": "Shop.", "owner": "shop@example.com"},
            "service": {"name": "orders", "description": "Orders."}, "ports": [{"name": "records", "kind": "records"}],
            "root": "Order", "types": {"Order": {"description": "One."}},
            "schemas": {"accepts": true, "emits": {
                "type": "object", "required": ["id", "lines"], "unevaluatedProperties": false,
                "properties": {
                    "id": {"type": "integer", "minimum": 1},
                    "lines": {"type": "array", "items": {"anyOf": [
                        {"type": "object", "required": ["income", "kind"], "properties": {"kind": {"const": "a"}, "income": {"type": "integer"}}},
                        {"type": "null"}
                    ]}}
                }
            }}
        });
        Contract::read(&document.to_string()).expect("a contract")
    }

    fn told(records: &[Value], masked: &[&str]) -> Vec<Misfit> {
        let masked: Vec<String> = masked.iter().map(|it| (*it).to_owned()).collect();
        misfits(&contract(), records, &masked).expect("the schema is one")
    }

    #[test]
    fn a_record_that_breaks_the_contract_is_told_with_its_place_and_without_its_value() {
        let records =
            [json!({"id": 7, "lines": []}), json!({"id": -424_242, "lines": [null], "more": "secret"})];
        let found = told(&records, &[]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].record, 2);
        let said = found[0].violations.join("; ");
        assert!(said.contains("/id") && said.contains("minimum") && said.contains("/more"), "{said}");
        assert!(!said.contains("424242") && !said.contains("secret"), "{said}");
    }

    #[test]
    fn what_is_missing_because_it_is_masked_is_no_misfit_and_what_is_missing_beside_it_is_one() {
        let masked = json!({"id": 7, "lines": [{"kind": "a"}]});
        assert_eq!(told(std::slice::from_ref(&masked), &["/lines/*/income"]), []);
        assert_eq!(told(&[masked], &["/lines/*/other"]).len(), 1);
        assert_eq!(told(&[json!({"lines": []})], &["/lines/*/income"]).len(), 1);
    }
}
