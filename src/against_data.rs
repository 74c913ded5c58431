//! Whether retained records would still be read: what the newest contract of a product accepts, run over them. Of what would
//! break, one record is shown for each place, with personal data masked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use mesh_contract::judge::{Options, Validator};
use mesh_contract::{Contract, ProductName};
use mesh_runtime::files::Committed;
use mesh_runtime::verdict::{FileRule, Location, Personal, Report, Source, Witness};
use serde_json::Value;

use crate::failure::{Failure, OrFail as _};
use crate::judging::Domain;
use crate::table::thousands;

/// Records that break in one way.
struct Broken {
    count: u64,
    /// The line of the first.
    line: usize,
    witness: Witness,
}

/// Runs over the records of a file, and gives what was checked in words.
pub(crate) fn check(
    domains: &[Domain],
    product: Option<&ProductName>,
    data: &Path,
    report: &mut Report,
) -> Result<String, Failure> {
    let contract = &newest(domains, product)?.contract;
    let Contract { address, version, .. } = contract;
    let validator = Validator::compile(&contract.schemas.accepts, &Options::contract())
        .or_fail(|| format!("the contract of {address} {version} has a schema that is none"))?;
    let personal = Personal::of([contract]);
    let name = if data == Path::new("-") { "standard input".to_owned() } else { data.display().to_string() };
    let input: Box<dyn BufRead> = if data == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        Box::new(BufReader::new(File::open(data).or_fail(|| format!("cannot read `{name}`"))?))
    };
    let (mut records, mut refused) = (0_u64, 0_u64);
    let mut broken: BTreeMap<(String, &'static str), Broken> = BTreeMap::new();
    let mut unreadable: Option<(u64, usize)> = None;
    for (index, line) in input.split(b'\n').enumerate() {
        let line = line.or_fail(|| format!("cannot read `{name}`"))?;
        if line.trim_ascii().is_empty() {
            continue;
        }
        let Ok(record) = serde_json::from_slice::<Value>(&line) else {
            unreadable.get_or_insert((0, index + 1)).0 += 1;
            continue;
        };
        records += 1;
        let Err(violations) = validator.validate(&record) else { continue };
        refused += 1;
        for violation in violations {
            let key = (pattern(&violation.pointer), violation.keyword);
            let first = || {
                let (record, masked) = personal.mask(&record);
                let guilty = violation.pointer.clone();
                Broken { count: 0, line: index + 1, witness: Witness::new(record, guilty, masked) }
            };
            broken.entry(key).or_insert_with(first).count += 1;
        }
    }
    let rule = |id| FileRule::find(id).expect("both rules stand in the table");
    let about = format!("{address} {version}");
    let at = |line| Location { line: Some(line), ..Location::file(name.clone(), Source::Data) };
    let whole = format!("{} of {}", thousands(refused), records_told(records));
    for ((pointer, keyword), Broken { count, line, witness }) in broken {
        let place = if pointer.is_empty() { "as a whole".to_owned() } else { format!("at `{pointer}`") };
        let message = format!("{whole} would break; {} of them {place}, by `{keyword}`", thousands(count));
        report.add_file(rule("records-refused"), about.clone(), at(line), message).witness = Some(witness);
    }
    if let Some((count, line)) = unreadable {
        let message = format!("{} lines are no JSON", thousands(count));
        report.add_file(rule("records-unreadable"), about.clone(), at(line), message);
    }
    Ok(if refused == 0 {
        format!("{} against {about}: all of them are accepted", records_told(records))
    } else {
        format!("{} against {about}: {} would break", records_told(records), thousands(refused))
    })
}

fn records_told(count: u64) -> String {
    format!("{} record{}", thousands(count), if count == 1 { "" } else { "s" })
}

/// A pointer with `*` in place of each index, so that one fault in many items is one.
fn pattern(pointer: &str) -> String {
    let is_index = |step: &str| !step.is_empty() && step.bytes().all(|byte| byte.is_ascii_digit());
    let steps: Vec<&str> = pointer.split('/').map(|step| if is_index(step) { "*" } else { step }).collect();
    steps.join("/")
}

/// The newest committed contract of the product that is meant.
fn newest<'d>(domains: &'d [Domain], product: Option<&ProductName>) -> Result<&'d Committed, Failure> {
    let all = || domains.iter().flat_map(|domain| &domain.committed);
    let mut names: Vec<&ProductName> = all().map(|it| it.contract.address.product()).collect();
    names.dedup();
    let list = names.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
    let wanted = match (product, names.as_slice()) {
        (Some(wanted), _) => wanted,
        (None, [only]) => only,
        (None, []) => {
            return Err(
                Failure::new("there are no committed contracts").next("write them with `mesh contract`")
            );
        }
        (None, _) => {
            return Err(Failure::new(format!("there are several products: {list}"))
                .next("say with `--product NAME` whose records they are"));
        }
    };
    let found = all().filter(|it| it.contract.address.product() == wanted);
    found.max_by(|one, other| one.contract.version.cmp(&other.contract.version)).ok_or_else(|| {
        Failure::new(format!("no product is called `{wanted}` here")).because(format!("there are {list}"))
    })
}
