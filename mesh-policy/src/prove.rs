//! The examples of a policy: what it says it says, tried.
//!
//! An example tells the members that it is about. All others are as of a small product in good order, so that an example of one
//! policy is not about ten other things.

use mesh_contract::Day;
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::Table;

use crate::document::{Example, Policy};
use crate::error::PolicyError;
use crate::facts::{FieldFacts, InputFacts, PortFacts, ProductFacts, ReaderFacts};
use crate::set::Asked;
use crate::subject::Subject;

/// Some facts of a product, an input or a reader in good order, with what an example says in their place.
pub(crate) fn told<F: Serialize + DeserializeOwned>(usual: &F, said: Table) -> Result<F, String> {
    let mut facts = Table::try_from(usual).map_err(|error| error.to_string())?;
    facts.extend(said);
    facts.try_into().map_err(|error| error.message().to_owned())
}

/// A product in good order.
pub(crate) fn product() -> ProductFacts {
    let text = str::to_owned;
    ProductFacts {
        address: text("sales.orders"),
        domain: text("sales"),
        version: text("1.0.0"),
        description: text("Orders that customers have placed."),
        kind: text("source-aligned"),
        stability: text("stable"),
        owner: text("sales@example.com"),
        contact: text("the channel of the sales team"),
        service: text("orders"),
        purpose: text("billing"),
        terms: text("for billing within the company"),
        freshness: 900,
        retention: 86_400,
        key: vec![text("id")],
        ports: vec![PortFacts { name: text("records"), kind: text("records") }],
        fields: vec![FieldFacts {
            pointer: text("/id"),
            r#type: text("string"),
            description: text("The number of the order."),
            ..FieldFacts::default()
        }],
        examples: 1,
        ..ProductFacts::default()
    }
}

/// An input in good order.
pub(crate) fn input() -> InputFacts {
    let text = str::to_owned;
    InputFacts {
        address: text("shop.carts"),
        domain: text("shop"),
        requirement: text("^1"),
        purpose: text("to know what was ordered"),
        fields: vec![text("/id")],
        known: true,
        ..InputFacts::default()
    }
}

/// A reader in good order.
pub(crate) fn reader() -> ReaderFacts {
    let text = str::to_owned;
    ReaderFacts {
        consumer: text("accounting.invoices"),
        domain: text("accounting"),
        purpose: text("billing"),
        environment: text("production"),
        fields: vec![text("/id")],
        ..ReaderFacts::default()
    }
}

/// The examples of a policy of which it says something else than they say.
pub(crate) fn wrong(policy: &Policy) -> impl Iterator<Item = PolicyError> {
    policy.examples.iter().filter_map(|example| {
        let Example { line, holds, subject, product, input, reader } = example;
        let mut asked = Asked::new(product, Day::from_unix_days(0));
        match subject {
            Subject::Product => {}
            Subject::Input => asked.see(Subject::Input, input),
            Subject::Read => asked.see(Subject::Read, reader),
        }
        let message = match asked.holds(policy) {
            Ok(found) if found == *holds => return None,
            Ok(true) => format!("`{}` holds for this example, which says that it does not", policy.id),
            Ok(false) => format!("`{}` does not hold for this example, which says that it does", policy.id),
            Err(why) => format!("nobody can tell whether `{}` holds for this example: {why}", policy.id),
        };
        Some(PolicyError { line: *line, message })
    })
}
