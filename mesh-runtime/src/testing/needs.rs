//! What a reading type takes is promised by the committed contract of what it reads.

use std::sync::Arc;

use mesh_contract::judge::{Options, Validator};
use mesh_contract::{Address, ConsumerName, Contract, DomainName, Requirement, spelling};
use serde_json::Value;

use super::relations::{Within, listed, within};
use super::shrink::shown;
use super::{Check, Failure, Generation};
use crate::files::{Committed, DomainFiles};
use crate::manifest::Need;
use crate::{Manifest, contract};

pub(super) fn checks(manifest: &Arc<Manifest>, need: &Need, files: &Arc<DomainFiles>) -> Vec<Check> {
    let of = format!("{}<-{} {}", need.input.body.rust_name, need.input.address, need.input.requirement);
    let check = |what: &str, run: fn(&Manifest, &Need, &DomainFiles) -> Result<(), Failure>| {
        let (manifest, need, files) = (Arc::clone(manifest), *need, Arc::clone(files));
        Check::new(&of, what, move || run(&manifest, &need, &files))
    };
    vec![
        check("input is pinned", |_, need, files| pinned(need, files).map(|_| ())),
        check("what is read is promised", what_is_read_is_promised),
    ]
}

/// The committed contract of an input, as `mesh.lock` pins it.
fn pinned(need: &Need, files: &DomainFiles) -> Result<Committed, Failure> {
    let told = |error: crate::files::FileError| Failure(error.to_string());
    let address: Address =
        need.input.address.parse().map_err(|error: mesh_contract::NameError| error.to_string())?;
    let requirement: Requirement =
        need.input.requirement.parse().map_err(|error: mesh_contract::VersionError| error.to_string())?;
    let add = format!("run `mesh add {address}@{requirement}`");
    let lock = files.lock().map_err(told)?;
    let inputs = files.inputs().map_err(told)?;
    let Some(pin) = lock.inputs.iter().find(|it| it.address == address && requirement.matches(&it.version))
    else {
        return Err(match lock.input(&address) {
            Some(other) => format!(
                "mesh.lock pins `{address}` to {}, which `{requirement}` does not take; run `mesh update {address}`",
                other.version
            ),
            None => format!("mesh.lock does not pin `{address}`; {add}"),
        }
        .into());
    };
    let path = files.input_path(&address, &pin.version);
    let Some(committed) =
        inputs.into_iter().find(|it| it.contract.address == address && it.contract.version == pin.version)
    else {
        return Err(format!("{} is missing, and mesh.lock pins it; {add}", path.display()).into());
    };
    if committed.digest != pin.digest {
        return Err(format!(
            "{} is not the contract that mesh.lock pins: its digest is {} and not {}; take the change back, or run `mesh update \
             {address}`",
            path.display(),
            committed.digest.short(),
            pin.digest.short()
        )
        .into());
    }
    Ok(committed)
}

fn what_is_read_is_promised(manifest: &Manifest, need: &Need, files: &DomainFiles) -> Result<(), Failure> {
    let first = "the contract of the input is not there yet: see the check `input is pinned`";
    let input = pinned(need, files).map_err(|_| Failure::from(first))?.contract;
    let domain: DomainName =
        manifest.domain().name.parse().map_err(|error: mesh_contract::NameError| error.to_string())?;
    let expectation = contract::expectation(ConsumerName::from(&domain), &need.input)
        .map_err(|mistakes| Failure(mistakes.to_string()))?;
    let unknown: Vec<String> = expectation
        .fields
        .iter()
        .filter(|pointer| !is_named(&input.schemas.emits, pointer) && !has_alias_named(need, &input, pointer))
        .map(|pointer| format!("  `{pointer}`{}\n", nearest(&input, pointer)))
        .collect();
    let name = need.input.body.rust_name;
    let of = format!("{} {}", input.address, input.version);
    if !unknown.is_empty() {
        return Err(format!(
            "`{name}` reads what {of} does not have:\n{}Name fields as the contract does.",
            unknown.concat()
        )
        .into());
    }
    let compiled = |schema: &Value| {
        Validator::compile(schema, &Options::contract()).map_err(|error| Failure(error.to_string()))
    };
    let (promised, taken) = (compiled(&input.schemas.emits)?, compiled(&expectation.schema)?);
    let answer = within(&input.schemas.emits, &promised, &expectation.schema, &taken, Generation::default())?;
    match answer {
        Within::Holds => Ok(()),
        Within::Breaks { value, violations } => Err(format!(
            "{of} may write\n\n{}\n\nand `{name}` does not take it:\n{}Make what may be missing or null an `Option`, and take every \
             value that the contract permits.",
            shown(&value),
            listed(&violations)
        )
        .into()),
    }
}

/// Whether a schema names the place that a pointer leads to, or leaves it open.
fn is_named(document: &Value, pointer: &str) -> bool {
    let steps: Vec<String> =
        pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect();
    leads(document, document, &steps, 0)
}

fn leads(document: &Value, node: &Value, steps: &[String], depth: u8) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    if depth > 64 {
        return false;
    }
    let Some(members) = node.as_object() else { return node == &Value::Bool(true) };
    let below = |node: &Value| leads(document, node, rest, depth + 1);
    let property = members.get("properties").and_then(|it| it.get(step)).is_some_and(below);
    let each = ["items", "additionalProperties"].iter().any(|keyword| {
        let node = members.get(*keyword).filter(|node| **node != Value::Bool(false));
        node.is_some_and(|node| step == "*" && below(node))
            || (*keyword == "additionalProperties" && node == Some(&Value::Bool(true)))
    });
    let item = step.parse::<usize>().ok().and_then(|index| members.get("prefixItems")?.get(index));
    let reference = members.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix("#/$defs/"));
    let target = reference.and_then(|name| document.get("$defs")?.get(crate::nested::decode_reference(name)));
    let same =
        ["allOf", "anyOf", "oneOf"].iter().filter_map(|keyword| members.get(*keyword)?.as_array()).flatten();
    property
        || each
        || item.is_some_and(below)
        || members.is_empty()
        || target.into_iter().chain(same).any(|node| leads(document, node, steps, depth + 1))
}

/// Whether the field is read under another name too, and the contract has that one.
fn has_alias_named(need: &Need, input: &Contract, pointer: &str) -> bool {
    let schema = (need.input.schema)();
    let Some((above, name)) = pointer.rsplit_once('/') else { return false };
    let comment = format!("{}`{name}`", crate::schema::ALIAS_COMMENT);
    let mut names = Vec::new();
    collect_aliases(&schema, &comment, &mut names);
    names.iter().any(|alias| is_named(&input.schemas.emits, &format!("{above}/{alias}")))
}

fn collect_aliases(node: &Value, comment: &str, names: &mut Vec<String>) {
    match node {
        Value::Object(members) => {
            for (name, member) in members {
                if member.get("$comment").and_then(Value::as_str) == Some(comment) {
                    names.push(name.clone());
                }
                collect_aliases(member, comment, names);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect_aliases(item, comment, names)),
        _ => {}
    }
}

/// The field of the contract whose name is most like that of a pointer, as a hint.
fn nearest(input: &Contract, pointer: &str) -> String {
    let paths = input.field_paths();
    let known: Vec<&str> = paths.iter().map(|(path, _)| path.as_str()).collect();
    spelling::nearest(pointer, &known).map(|path| format!("; did you mean `{path}`?")).unwrap_or_default()
}
