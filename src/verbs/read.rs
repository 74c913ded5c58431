//! `mesh read`: the records of a product, through its port.

use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use mesh_contract::EnvironmentName;
use mesh_contract::wire::IssuedGrant;
use mesh_runtime::client::Token;
use serde_json::Value;

use crate::args::Global;
use crate::failure::{Failure, OrFail};
use crate::output::{Format, Output, Verdict};
use crate::product_spec::ProductSpec;
use crate::registry;

/// Read the records of a product through its port
///
/// Resolves the product through the registry and writes one record a line (JSON lines). A port shows what a grant names: give
/// it with `--grant`, or in MESH_GRANT; `mesh request` asks for one. MESH_TOKEN holds the token with which the domain's owner
/// sees everything.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh read sales.products --limit 3\n  mesh read sales.orders@^1.2 | jq .total\n  mesh read sales.customers --grant customers.grant"
)]
pub(crate) struct Read {
    /// The product, with a requirement on its version if you like: `sales.orders@^1.2`
    product: ProductSpec,
    /// How many records at most
    #[arg(long, short = 'n', value_name = "NUMBER")]
    limit: Option<u64>,
    /// A file with the grant to show, as the registry gave it
    #[arg(long, value_name = "FILE")]
    grant: Option<PathBuf>,
    /// Where to look for deployments
    #[arg(long, value_name = "NAME", env = "MESH_ENVIRONMENT", hide_env = true)]
    environment: Option<EnvironmentName>,
}

impl Read {
    /// Writes the records as they come.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let most = self.limit.unwrap_or(u64::MAX);
        let client = registry::reader_here(global, |config| {
            if let Some(environment) = self.environment.clone() {
                config.environment = environment;
            }
            config.grant = self.grant()?;
            if let Ok(token) = std::env::var("MESH_TOKEN") {
                config.tokens.insert(self.product.address.domain().clone(), Token::new(&token));
            }
            config.page_records =
                u32::try_from(most).unwrap_or(config.page_records).clamp(1, config.page_records);
            Ok(())
        })?;
        registry::block_on(async {
            let mut product =
                client.values(&self.product.address, &self.product.requirement_or_any()).await?;
            let mut lines = Lines::new(output.format());
            let mut rejected = 0_u64;
            let mut count = 0;
            while count < most {
                match product.next().await? {
                    Some(Ok(record)) => {
                        lines.write(&record).map_err(Failure::writing)?;
                        count += 1;
                    }
                    Some(Err(line)) => {
                        output.warn(line);
                        rejected += 1;
                    }
                    None => break,
                }
            }
            lines.end().map_err(Failure::writing)?;
            if !product.masked().is_empty() {
                output.note(format_args!("personal data is masked at {}", product.masked().join(", ")));
            }
            Ok(Verdict::of(rejected > 0))
        })
    }
}

impl Read {
    /// The grant to show: that of the file, or else that of the environment.
    fn grant(&self) -> Result<Option<Token>, Failure> {
        let text = match &self.grant {
            Some(file) => std::fs::read_to_string(file)
                .or_fail(|| format!("the grant in `{}` cannot be read", file.display()))?,
            None => std::env::var("MESH_GRANT").unwrap_or_default(),
        };
        // Either the grant itself, or the answer of the registry that holds it.
        let grant = match serde_json::from_str::<IssuedGrant>(&text) {
            Ok(issued) => Token::new(&issued.grant),
            Err(_) => Token::new(&text),
        };
        match (&self.grant, grant.is_empty()) {
            (Some(file), true) => Err(Failure::new(format!("`{}` is empty", file.display()))
                .next("write the grant there that the registry gave, or leave `--grant` out")),
            (_, empty) => Ok(Some(grant).filter(|_| !empty)),
        }
    }
}

/// Records on their way to standard output: one a line, or as one JSON list.
struct Lines {
    out: BufWriter<io::Stdout>,
    format: Format,
    first: bool,
}

impl Lines {
    fn new(format: Format) -> Self {
        Self { out: BufWriter::new(io::stdout()), format, first: true }
    }

    fn write(&mut self, record: &Value) -> io::Result<()> {
        match (self.format, self.first) {
            (Format::Text, _) => {}
            (Format::Json, true) => self.out.write_all(b"[\n")?,
            (Format::Json, false) => self.out.write_all(b",\n")?,
        }
        self.first = false;
        serde_json::to_writer(&mut self.out, record)?;
        if self.format == Format::Text { self.out.write_all(b"\n") } else { Ok(()) }
    }

    fn end(&mut self) -> io::Result<()> {
        match (self.format, self.first) {
            (Format::Text, _) => {}
            (Format::Json, true) => self.out.write_all(b"[]\n")?,
            (Format::Json, false) => self.out.write_all(b"\n]\n")?,
        }
        self.out.flush()
    }
}
