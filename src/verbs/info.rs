//! `mesh info`: everything about one product.

use std::io::{self, Write};

use clap::Args;
use mesh_contract::wire::{
    Deployment, LineSummary, ProductDetail, ProductSummary, RegisteredConsumer, VersionSummary,
};
use mesh_contract::{Contract, FieldMeaning};
use mesh_runtime::client::RegistryClient;
use serde::Serialize;

use crate::args::Global;
use crate::failure::Failure;
use crate::near;
use crate::output::{FAINT, GOOD, Output, STRONG, Verdict, WARN};
use crate::product_spec::ProductSpec;
use crate::registry;
use crate::table::{Lean, Table};

/// Show a product: what it promises, who reads it, where it runs
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh info sales.orders\n  mesh info sales.orders@^1 --format json")]
pub(crate) struct Info {
    /// The product, with a requirement on its version if you like: `sales.orders@^1.2`
    product: ProductSpec,
}

/// What is known of one product.
#[derive(Debug, Serialize)]
struct Known {
    summary: ProductSummary,
    versions: Vec<VersionSummary>,
    lines: Vec<LineSummary>,
    consumers: Vec<RegisteredConsumer>,
    deployments: Vec<Deployment>,
    contract: Contract,
}

impl Info {
    /// Shows it.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        let known = registry::block_on(self.ask(&registry))?;
        output.answer(&known, |out| known.write(out))?;
        Ok(Verdict::Clean)
    }

    async fn ask(&self, registry: &RegistryClient) -> Result<Known, Failure> {
        let address = &self.product.address;
        let ProductDetail { summary, versions, lines } = match registry.product(address).await {
            Ok(found) => found,
            Err(error) => return Err(near::no_product(registry, address, error).await),
        };
        let version = match &self.product.requirement {
            None => summary.version.clone(),
            Some(requirement) => {
                let published = versions.iter().map(|known| &known.version);
                requirement.best(published).cloned().ok_or_else(|| {
                    Failure::new(format!("no version of `{address}` satisfies `{requirement}`"))
                        .next(format!("the newest is {}", summary.version))
                })?
            }
        };
        Ok(Known {
            contract: registry.contract(address, &version).await?,
            consumers: registry.consumers(address).await?,
            deployments: registry.product_deployments(address).await?,
            versions,
            lines,
            summary,
        })
    }
}

impl Known {
    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { summary, versions, lines, consumers, deployments, contract } = self;
        let Contract { address, version, kind, stability, domain, service, levels, .. } = contract;
        let shown = versions.iter().find(|summary| summary.version == *version);
        let marks = shown.map(marks_of).unwrap_or_default();
        let marks = if marks.is_empty() { marks } else { format!(" {WARN}{marks}{WARN:#}") };
        writeln!(
            out,
            "{GOOD}{address}{GOOD:#} {STRONG}{version}{STRONG:#}{marks} {FAINT}{kind}, {stability}{FAINT:#}"
        )?;
        writeln!(out, "{}\n", contract.description)?;
        let mut fact = |name: &str, value: String| match value.is_empty() {
            true => Ok(()),
            false => writeln!(out, "{FAINT}{name:>10}{FAINT:#}  {value}"),
        };
        fact("domain", format!("{} ({})", domain.name, domain.owner))?;
        let shared: Vec<&str> = service.shared_with.iter().map(|name| name.as_str()).collect();
        let shared =
            if shared.is_empty() { String::new() } else { format!(", shared with {}", shared.join(", ")) };
        fact("service", format!("{}{shared}", service.name))?;
        fact("purpose", contract.purpose.clone().unwrap_or_default())?;
        fact("terms", contract.terms.clone().unwrap_or_default())?;
        fact("tags", summary.tags.join(", "))?;
        if let Some(gone) = &contract.deprecated {
            let instead = gone.successor.as_ref().map(|next| format!("; use `{next}`")).unwrap_or_default();
            fact("deprecated", format!("may be gone from {}{instead}", gone.date))?;
        }
        let promised = [
            levels.freshness.map(|span| format!("fresh within {span}")),
            levels.latency.map(|span| format!("arrives within {span}")),
            levels.availability.map(|percent| format!("available {percent}")),
            levels.retention.map(|span| format!("kept for {span}")),
        ];
        fact("levels", promised.into_iter().flatten().collect::<Vec<_>>().join(", "))?;
        fact(
            "ports",
            contract.ports.iter().map(|port| port.name.to_string()).collect::<Vec<_>>().join(", "),
        )?;
        fact(
            "versions",
            versions
                .iter()
                .map(|known| match marks_of(known) {
                    marks if marks.is_empty() => known.version.to_string(),
                    marks => format!("{} ({marks})", known.version),
                })
                .collect::<Vec<_>>()
                .join(", "),
        )?;
        // Where a line comes to its newest version, the versions say it all.
        let moved = lines.iter().filter_map(|line| line.current.as_ref().zip(Some(line)));
        let moved = moved.filter(|(current, line)| **current != line.newest);
        fact(
            "lines",
            moved
                .map(|(current, line)| format!("{} comes to {current}", line.line))
                .collect::<Vec<_>>()
                .join(", "),
        )?;
        fact(
            "made from",
            contract
                .inputs
                .iter()
                .map(|input| format!("{}@{}", input.address, input.requirement))
                .collect::<Vec<_>>()
                .join(", "),
        )?;
        fact(
            "read by",
            consumers
                .iter()
                .map(|reader| reader.expectation.consumer.to_string())
                .collect::<Vec<_>>()
                .join(", "),
        )?;
        let live = deployments.iter().filter(|deployment| deployment.live);
        let live: Vec<String> = live
            .map(|deployment| {
                format!("{} ({})", deployment.announcement.base_url, deployment.announcement.environment)
            })
            .collect();
        fact("live at", live.join(", "))?;
        fact("contract", contract.digest().map(|digest| digest.to_string()).unwrap_or_default())?;
        writeln!(out)?;
        self.fields(out)
    }

    fn fields(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut table =
            Table::new(&[("field", Lean::Left), ("type", Lean::Left), ("", Lean::Left), ("", Lean::Left)]);
        for (pointer, field) in self.contract.field_paths() {
            let name = pointer.trim_start_matches('/').replace("/*", "[]").replace('/', ".");
            table.row([name, field.logical.to_string(), marks(field), first_line(&field.description)]);
        }
        table.write(out)
    }
}

/// What has become of a version, in few words.
fn marks_of(version: &VersionSummary) -> String {
    let deprecated = version.deprecated.as_ref().map(|gone| match &gone.successor {
        Some(next) => format!("stays until {}, use {next}", gone.until),
        None => format!("stays until {}", gone.until),
    });
    let marks = [
        version.draft.then(|| "draft".to_owned()),
        version.retired.as_ref().map(|_| "retired".to_owned()),
        deprecated.filter(|_| version.retired.is_none()),
        version.yanked.as_ref().map(|_| "yanked".to_owned()),
        version.held_back.as_ref().map(|_| "held back".to_owned()),
    ];
    marks.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// What one should know of a field, in few words.
fn marks(field: &FieldMeaning) -> String {
    let mut marks = Vec::new();
    if field.key {
        marks.push("key".to_owned());
    }
    if field.optional || field.nullable {
        marks.push("optional".to_owned());
    }
    marks.extend(field.unit.clone());
    if field.pii.is_some() {
        marks.push("personal".to_owned());
    }
    if field.deprecated.is_some() {
        marks.push("deprecated".to_owned());
    }
    marks.join(", ")
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}
