//! `mesh search`: products by words.

use clap::Args;
use mesh_contract::DomainName;
use mesh_runtime::client::ProductQuery;

use crate::args::Global;
use crate::failure::Failure;
use crate::output::{FAINT, GOOD, Output, Verdict};
use crate::registry;

/// Find data products by words in their names, descriptions, fields and tags
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  mesh search invoices\n  mesh search --domain sales --format json")]
pub(crate) struct Search {
    /// Words to find; without any, everything is listed
    words: Vec<String>,
    /// Only products of this domain
    #[arg(long, value_name = "NAME")]
    domain: Option<DomainName>,
    /// How many at most
    #[arg(long, value_name = "NUMBER", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl Search {
    /// Lists what is found. Finding nothing is an answer too, with exit status 1, as grep has it.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let registry = registry::client_here(global)?;
        let text = (!self.words.is_empty()).then(|| self.words.join(" "));
        let query = ProductQuery {
            text,
            domain: self.domain,
            limit: Some(self.limit.saturating_add(1).min(100)),
            ..Default::default()
        };
        // One more than is shown tells whether there are more.
        let most = self.limit as usize;
        let mut found = registry::block_on(registry::search(&registry, query, most.saturating_add(1)))?;
        let there_are_more = found.len() > most;
        found.truncate(most);
        let width =
            found.iter().map(|product| format!("{} = \"{}\"", product.address, product.version).len()).max();
        let width = width.unwrap_or(0);
        output.answer(&found, |out| {
            for product in &found {
                let name = format!("{} = \"{}\"", product.address, product.version);
                let mut marks = String::new();
                if product.draft {
                    marks.push_str(" (draft)");
                }
                if product.deprecated {
                    marks.push_str(" (deprecated)");
                }
                let description = first_sentence(&product.description);
                writeln!(
                    out,
                    "{GOOD}{name}{GOOD:#}{:1$}  {FAINT}# {description}{marks}{FAINT:#}",
                    "",
                    width - name.len()
                )?;
            }
            Ok(())
        })?;
        if there_are_more {
            output.note(format_args!("there are more; `--limit` says how many to show"));
        }
        if found.is_empty() {
            output.note(format_args!("nothing found at {}", registry.base()));
        }
        Ok(Verdict::of(found.is_empty()))
    }
}

/// The first sentence of a description, on one line.
fn first_sentence(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.find(". ") {
        Some(end) => line[..end].to_owned(),
        None => line.trim_end_matches('.').to_owned(),
    }
}
