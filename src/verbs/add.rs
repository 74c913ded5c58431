//! `mesh add`: binds a domain to a product of another one.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use mesh_contract::{Address, Contract, ContractVersion, Digest, EnvironmentName, Requirement};
use mesh_runtime::client::{ClientConfig, RegistryClient};
use mesh_runtime::files::{DomainFiles, LockedInput};
use serde::Serialize;

use crate::args::Global;
use crate::domain_crate;
use crate::failure::{Failure, OrFail};
use crate::output::{GOOD, Output, STRONG, Verdict};
use crate::product_spec::ProductSpec;
use crate::reader::{Request, Selection, module_name};
use crate::registry;
use crate::scaffold::{Files, Standing, bind};

/// Read a product of another domain: fetch its contract, pin it, write the type that reads it
///
/// The contract is committed under `contracts/inputs/` and pinned with its digest in `mesh.lock`, so that building and
/// testing need neither registry nor provider. The library declares the type's module and lists it under `needs`. The type holds the fields that you name and nothing else: what you do not
/// read cannot break you. It is yours from then on.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    mesh add sales.orders@^1 --fields order_id,total --purpose billing\n  \
    mesh add sales.orders --file orders.json --name BillableOrder")]
pub(crate) struct Add {
    /// The product, with a requirement on its version if you like [default: the newest and what is compatible with it]
    product: ProductSpec,
    /// The fields that you read, separated by commas; `lines.quantity` for a nested one [default: all of them]
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,
    /// What it is read for
    #[arg(long, value_name = "TEXT")]
    purpose: Option<String>,
    /// The name of the type [default: that of the product's own type]
    #[arg(long, value_name = "TYPE")]
    name: Option<String>,
    /// Take the contract from this file instead of the registry
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// The domain crate [default: the one here]
    #[arg(long, short, value_name = "NAME")]
    package: Option<String>,
    /// Write the type anew, even over one that you have changed
    #[arg(long)]
    force: bool,
}

/// What was done.
#[derive(Debug, Serialize)]
struct Added {
    address: Address,
    requirement: Requirement,
    version: ContractVersion,
    digest: Digest,
    contract: PathBuf,
    source: PathBuf,
    #[serde(rename = "type")]
    type_name: String,
    /// The sources that declare and list it.
    changed: Vec<PathBuf>,
    next: Vec<String>,
}

impl Add {
    /// Binds.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let folder = domain_crate::one(self.package.as_deref())?;
        let contract = match &self.file {
            Some(file) => self.read(file)?,
            None => self.fetch(global, &folder, output)?,
        };
        let requirement =
            self.product.requirement.clone().unwrap_or_else(|| Requirement::caret(&contract.version));
        let digest = contract.digest().or_fail(|| "the contract has no digest".to_owned())?;
        let purpose = self.purpose.clone().unwrap_or_else(|| format!("reading {}", contract.address));
        if let Some(name) = self.name.as_deref().filter(|name| !is_type_name(name)) {
            return Err(Failure::new(format!("`{name}` is no name of a type"))
                .next("write letters and digits and start with a capital, e.g. `BillableOrder`"));
        }
        let selection = Selection::of(&contract, &self.fields)
            .map_err(|error| Failure::new(error.to_string()).next("name fields as `mesh info` lists them"))?;
        let reader = Request {
            contract: &contract,
            requirement: &requirement,
            purpose: &purpose,
            name: self.name.as_deref(),
            selection: &selection,
        }
        .write();

        let files = DomainFiles::at(&folder);
        let module = module_name(&contract);
        let source = folder.join("src").join(format!("{module}.rs"));
        let mut sources = Files::default();
        sources.add(&source, &reader.source);
        sources.write(Standing::forced(self.force))?;
        files.write_input(&contract)?;
        let mut lock = files.lock()?;
        lock.pin(LockedInput {
            address: contract.address.clone(),
            requirement: requirement.clone(),
            version: contract.version.clone(),
            digest,
        });
        files.write_lock(&lock)?;

        let bound = bind(&folder, &module, &reader.name)?;
        let mut next = bound.left;
        next.extend(next_steps(&folder, &reader.crates)?);
        let added = Added {
            contract: files.input_path(&contract.address, &contract.version),
            address: contract.address,
            requirement,
            version: contract.version,
            digest,
            source,
            type_name: reader.name,
            changed: bound.changed,
            next,
        };
        output.answer(&added, |out| {
            let shown = |path: &Path| path.strip_prefix(&folder).unwrap_or(path).display().to_string();
            writeln!(out, "{GOOD}added{GOOD:#} {} {} ({})", added.address, added.version, added.requirement)?;
            writeln!(out, "  {}", shown(&added.contract))?;
            writeln!(out, "  {}", shown(&added.source))?;
            added
                .changed
                .iter()
                .try_for_each(|path| writeln!(out, "{GOOD}changed{GOOD:#} {}", shown(path)))?;
            writeln!(out, "\n{STRONG}Next{STRONG:#}")?;
            added.next.iter().try_for_each(|step| writeln!(out, "  {step}"))
        })?;
        Ok(Verdict::Clean)
    }

    fn read(&self, file: &Path) -> Result<Contract, Failure> {
        let text = fs::read_to_string(file).or_fail(|| format!("cannot read `{}`", file.display()))?;
        let contract = Contract::read(&text).or_fail(|| format!("`{}` is no contract", file.display()))?;
        let ProductSpec { address, requirement } = &self.product;
        if contract.address != *address {
            return Err(Failure::new(format!(
                "`{}` is the contract of `{}`, not of `{address}`",
                file.display(),
                contract.address
            )));
        }
        match requirement {
            Some(requirement) if !requirement.matches(&contract.version) => Err(Failure::new(format!(
                "`{}` is the contract of version {}, which `{requirement}` does not take",
                file.display(),
                contract.version
            ))),
            _ => Ok(contract),
        }
    }

    fn fetch(&self, global: &Global, folder: &Path, output: Output) -> Result<Contract, Failure> {
        let registry = registry::client(global, Some(folder))?;
        let ProductSpec { address, requirement } = &self.product;
        let progress = output.progress(&format!("fetching the contract of {address}"));
        let contract = registry::block_on(async {
            let environment: &EnvironmentName = &ClientConfig::default().environment;
            let version = match requirement {
                Some(requirement) => registry.resolve(address, requirement, environment).await?.version,
                None => registry.product(address).await?.summary.version,
            };
            self.may_bind(&registry, &version, output).await?;
            Ok(registry.contract(address, &version).await?)
        });
        drop(progress);
        contract
    }
}

impl Add {
    /// Refuses a version that is offered to nobody new, and tells of one that goes away.
    async fn may_bind(
        &self,
        registry: &RegistryClient,
        version: &ContractVersion,
        output: Output,
    ) -> Result<(), Failure> {
        let address = &self.product.address;
        let versions = registry.versions(address).await?;
        let Some(found) = versions.iter().find(|known| known.version == *version) else { return Ok(()) };
        let withdrawn = match (&found.yanked, &found.retired) {
            (_, Some(retired)) => Some(("retired", &retired.reason)),
            (Some(yanked), None) => Some(("yanked", &yanked.reason)),
            (None, None) => None,
        };
        if let Some((state, reason)) = withdrawn {
            let offered = versions.iter().find(|known| known.is_offered() && known.held_back.is_none());
            let failure =
                Failure::new(format!("{version} of `{address}` is {state}, and nobody new is to bind to it"));
            let failure = match reason {
                Some(reason) => failure.because(reason.clone()),
                None => failure,
            };
            return Err(match offered {
                Some(known) => {
                    failure.next(format!("bind to another version: `mesh add {address}@^{}`", known.version))
                }
                None => failure.next("ask its owner, whom `mesh info` names, for another version"),
            });
        }
        if let Some(gone) = &found.deprecated {
            let instead =
                gone.successor.as_ref().map(|next| format!("; use {next} instead")).unwrap_or_default();
            output
                .note(format!("warning: {version} of `{address}` stays only until {}{instead}", gone.until));
        }
        Ok(())
    }
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|letter| letter.is_ascii_alphanumeric())
        && name != "Self"
}

/// What is left to do by hand, because it changes what somebody wrote.
fn next_steps(folder: &Path, crates: &[&str]) -> Result<Vec<String>, Failure> {
    let mut steps = Vec::new();
    let manifest = folder.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).or_fail(|| format!("cannot read `{}`", manifest.display()))?;
    let document: toml_edit::DocumentMut =
        text.parse().or_fail(|| format!("`{}` is no TOML", manifest.display()))?;
    let known = |krate: &str| document.get("dependencies").and_then(|table| table.get(krate)).is_some();
    for krate in crates {
        if !known(krate) {
            steps.push(match *krate {
                "rust_decimal" => "cargo add rust_decimal --features serde; cargo add mesh-runtime --features decimal; cargo add schemars --features rust_decimal1".to_owned(),
                "chrono" => "cargo add chrono --features serde; cargo add mesh-runtime --features chrono; cargo add schemars --features chrono04".to_owned(),
                "uuid" => "cargo add uuid --features serde; cargo add mesh-runtime --features uuid; cargo add schemars --features uuid1".to_owned(),
                other => format!("cargo add {other}"),
            });
        }
    }
    steps.push("cargo test".to_owned());
    Ok(steps)
}
