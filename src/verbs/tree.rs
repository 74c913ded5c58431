//! `mesh tree`: lineage.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use clap::Args;
use mesh_contract::Address;
use mesh_contract::wire::{Lineage, LineageEdge};

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{FAINT, GOOD, Output, Verdict};
use crate::registry;

/// Show what a product is made from, or who reads it
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh tree accounting.receivables\n  mesh tree sales.invoices --invert")]
pub(crate) struct Tree {
    /// The product
    product: Address,
    /// Show what is made from it, and who reads it
    #[arg(long, short)]
    invert: bool,
}

impl Tree {
    /// Draws the lineage.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        let lineage = registry::block_on(async { Ok(registry.lineage(&self.product).await?) })?;
        output.answer(&lineage, |out| Drawing::of(&lineage, self.invert).draw(out))?;
        Ok(Verdict::Clean)
    }
}

/// A lineage as a tree. What was drawn with its branches once is drawn without them again.
struct Drawing<'l> {
    root: String,
    versions: BTreeMap<String, String>,
    branches: BTreeMap<String, Vec<(String, &'l [String])>>,
}

impl<'l> Drawing<'l> {
    fn of(lineage: &'l Lineage, invert: bool) -> Self {
        let version = |node: &mesh_contract::wire::LineageNode| {
            node.version.as_ref().map_or_else(|| "(not published)".to_owned(), ToString::to_string)
        };
        let versions = lineage.nodes.iter().map(|node| (node.address.to_string(), version(node))).collect();
        let mut branches: BTreeMap<String, Vec<(String, &[String])>> = BTreeMap::new();
        for LineageEdge { source, target, fields } in &lineage.edges {
            let (from, to) = (source.to_string(), target.to_string());
            let (from, to) = if invert { (from, to) } else { (to, from) };
            branches.entry(from).or_default().push((to, fields));
        }
        Self { root: lineage.root.to_string(), versions, branches }
    }

    fn draw(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "{}", self.label(&self.root))?;
        self.below(out, &self.root, "", &mut BTreeSet::new())
    }

    fn label(&self, name: &str) -> String {
        let version = self.versions.get(name).map(|version| format!(" {version}")).unwrap_or_default();
        format!("{GOOD}{name}{GOOD:#}{version}")
    }

    fn below<'d>(
        &'d self,
        out: &mut dyn Write,
        name: &'d str,
        indent: &str,
        drawn: &mut BTreeSet<&'d str>,
    ) -> io::Result<()> {
        drawn.insert(name);
        let branches = self.branches.get(name).map_or(&[][..], Vec::as_slice);
        for (index, (next, fields)) in branches.iter().enumerate() {
            let last = index + 1 == branches.len();
            let (joint, continued) = if last { ("└── ", "    ") } else { ("├── ", "│   ") };
            let fields: Vec<&str> = fields.iter().map(|field| field.trim_start_matches('/')).collect();
            let fields = if fields.is_empty() {
                String::new()
            } else {
                format!(" {FAINT}{}{FAINT:#}", fields.join(", "))
            };
            let known = drawn.contains(next.as_str()) && self.branches.contains_key(next);
            let again = if known { " (*)" } else { "" };
            writeln!(out, "{indent}{joint}{}{fields}{again}", self.label(next))?;
            if !known {
                self.below(out, next, &format!("{indent}{continued}"), drawn)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lineage_with_two_ways_to_one_source_and_a_circle_is_drawn_once_each() {
        let lineage: Lineage = serde_json::from_value(serde_json::json!({
            "root": "a.top",
            "nodes": [
                {"address": "a.top", "version": "1.0.0"}, {"address": "a.left", "version": "1.0.0"},
                {"address": "a.right", "version": "2.0.0"}, {"address": "b.source"}
            ],
            "edges": [
                {"source": "a.left", "target": "a.top"},
                {"source": "a.right", "target": "a.top", "fields": ["/x", "/y"]},
                {"source": "b.source", "target": "a.left"},
                {"source": "b.source", "target": "a.right"},
                {"source": "a.top", "target": "b.source"}
            ]
        }))
        .unwrap();
        let mut out = anstream::StripStream::new(Vec::new());
        Drawing::of(&lineage, false).draw(&mut out).unwrap();
        let text = String::from_utf8(out.into_inner()).unwrap();
        assert_eq!(
            text,
            "a.top 1.0.0\n\
             ├── a.left 1.0.0\n\
             │   └── b.source (not published)\n\
             │       └── a.top 1.0.0 (*)\n\
             └── a.right 2.0.0 x, y\n\
             \u{20}   └── b.source (not published) (*)\n"
        );
    }
}
