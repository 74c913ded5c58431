//! `mesh request`: asks to read another domain's product.

use std::collections::BTreeSet;

use clap::Args;
use mesh_contract::wire::{AccessTerms, AgreementState, AskAccess};
use mesh_contract::{Address, ConsumerName, Contract, Day, EnvironmentName};
use mesh_runtime::files::DomainFiles;

use crate::agreed;
use crate::args::Global;
use crate::domain_crate;
use crate::failure::Failure;
use crate::near;
use crate::output::{Output, Verdict};
use crate::registry;

/// Ask to read another domain's product
///
/// Its owner accepts, narrows or refuses; `mesh access list` shows what became of it. In a domain crate the fields are those
/// that its products read of the product. The same question again is the same question; while an agreement is in force,
/// another question renews it.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  mesh request sales.customers --purpose \"Monthly invoices\" --until 2027-01-31\n  mesh request sales.customers --purpose Research --until 2027-01-31 --fields customer_id,country --as bi\n  mesh request sales.orders --purpose Billing --until 2027-06-30 --all --environment staging"
)]
pub(crate) struct Request {
    /// The product to read
    product: Address,
    /// What it is read for, in some words that its owner understands
    #[arg(long, value_name = "TEXT")]
    purpose: String,
    /// The last day on which it is to be read
    #[arg(long, value_name = "DAY")]
    until: Day,
    /// The fields to read, as names or JSON pointers [default: what this domain's products read]
    #[arg(long, value_name = "FIELDS", value_delimiter = ',', conflicts_with = "all")]
    fields: Vec<String>,
    /// Ask for every field
    #[arg(long)]
    all: bool,
    /// Who reads [default: this domain]
    #[arg(long = "as", value_name = "NAME")]
    consumer: Option<ConsumerName>,
    /// Where the consumer runs
    #[arg(long, value_name = "NAME", default_value = "production")]
    environment: EnvironmentName,
    /// Whose rows, where a field of the product tells several customers apart
    #[arg(long, value_name = "VALUE")]
    rows: Option<String>,
}

impl Request {
    /// Asks.
    pub(crate) fn run(self, global: &Global, output: Output) -> Result<Verdict, Failure> {
        let Self { product, purpose, until, fields, all, consumer, environment, rows } = self;
        let contracts = contracts_here()?;
        let consumer = match consumer {
            Some(consumer) => consumer,
            None => contracts.first().map(|contract| (&contract.domain.name).into()).ok_or_else(|| {
                Failure::new("nobody says who is to read, and there is no domain crate here")
                    .next("name the reader with `--as NAME`, or go to the folder of a domain")
            })?,
        };
        let fields = match (all, fields.is_empty()) {
            (true, _) => vec![String::new()],
            (false, false) => agreed::pointers(fields),
            (false, true) => read_here(&contracts, &consumer, &product)?,
        };
        let ask = AskAccess { consumer, purpose, environment, terms: AccessTerms { fields, until, rows } };
        let registry = registry::client_here(global)?;
        let agreement = registry::block_on(async {
            match registry.ask_access(&product, &ask).await {
                Ok(agreement) => Ok(agreement),
                Err(error) => Err(near::no_product(&registry, &product, error).await),
            }
        })?;
        output.answer(&agreement, |out| agreed::write(&agreement, out))?;
        if agreement.state == AgreementState::Asked {
            output.note(format_args!(
                "the owner of `{}` answers; `mesh access show {}` shows what became of it",
                agreement.address.domain(),
                agreement.id
            ));
        }
        Ok(Verdict::Clean)
    }
}

/// The contracts of the domain around here, if there is one.
fn contracts_here() -> Result<Vec<Contract>, Failure> {
    let Some(folder) = domain_crate::above(&domain_crate::current_folder()?) else { return Ok(Vec::new()) };
    let committed = DomainFiles::at(folder).contracts()?;
    Ok(committed.into_iter().map(|committed| committed.contract).collect())
}

/// What the domain's products read of a product, as their contracts say; of one product where it is the reader.
fn read_here(
    contracts: &[Contract],
    consumer: &ConsumerName,
    product: &Address,
) -> Result<Vec<String>, Failure> {
    let reads = |contract: &&Contract| {
        let name = consumer.as_str();
        contract.domain.name.as_str() == name || contract.address.to_string() == name
    };
    let inputs = contracts.iter().filter(reads).flat_map(|contract| &contract.inputs);
    let fields: BTreeSet<String> =
        inputs.filter(|input| input.address == *product).flat_map(|input| input.fields.clone()).collect();
    if fields.is_empty() {
        return Err(Failure::new(format!(
            "nothing here says which fields of `{product}` `{consumer}` reads"
        ))
        .next("name them with `--fields a,b`, or ask for every field with `--all`"));
    }
    Ok(fields.into_iter().collect())
}
