//! A document of policies as people write it, TOML.
//!
//! ```toml
//! mesh = 1                      # the version of the documents that expressions see
//!
//! [regions]                     # the platform's alone: which region an environment is in
//! production = "eu"
//!
//! [[policy]]
//! id = "product-has-owner"
//! title = "Every product has an owner"
//! why = "Somebody must answer when it breaks."
//! applies = ["product"]
//! must = 'product.owner != ""'
//! message = "nobody answers for it"
//! fix = "name the owner of the domain"
//! ```

use std::collections::{BTreeMap, BTreeSet};

use mesh_contract::wire::PolicySeverity;
use mesh_contract::{Address, Day, EnvironmentName};
use serde::Deserialize;
use toml::{Spanned, Table};

use crate::error::{PolicyError, PolicyErrors};
use crate::expression::Expression;
use crate::facts::{InputFacts, ProductFacts, ReaderFacts};
use crate::member::FORMAT;
use crate::prove;
use crate::subject::Subject;

/// A document has at most so many bytes.
pub const LONGEST_DOCUMENT: usize = 256 * 1024;
/// And so many policies.
pub const MOST_POLICIES: usize = 200;
/// A text for people has at most so many characters.
const LONGEST_TEXT: usize = 1_000;
/// An id has at most so many bytes.
const LONGEST_ID: usize = 80;

/// A document as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    mesh: Spanned<u32>,
    #[serde(default)]
    regions: BTreeMap<EnvironmentName, Spanned<String>>,
    #[serde(default, rename = "policy")]
    policies: Vec<WrittenPolicy>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPolicy {
    id: Spanned<String>,
    title: Spanned<String>,
    why: Spanned<String>,
    applies: Spanned<Vec<Subject>>,
    when: Option<Spanned<String>>,
    must: Spanned<String>,
    message: Spanned<String>,
    fix: Spanned<String>,
    #[serde(default)]
    severity: PolicySeverity,
    at: Option<String>,
    #[serde(default)]
    exempt: Vec<WrittenExemption>,
    #[serde(default, rename = "example")]
    examples: Vec<WrittenExample>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExemption {
    address: Address,
    reason: Spanned<String>,
    until: Day,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenExample {
    holds: Spanned<bool>,
    #[serde(default)]
    product: Table,
    input: Option<Table>,
    reader: Option<Table>,
}

/// A policy that was read and can be asked.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) why: String,
    pub(crate) applies: Vec<Subject>,
    pub(crate) when: Option<Expression>,
    pub(crate) must: Expression,
    /// The expressions as they are written.
    pub(crate) text: (Option<String>, String),
    pub(crate) message: String,
    pub(crate) fix: String,
    pub(crate) severity: PolicySeverity,
    pub(crate) at: Option<String>,
    pub(crate) exempt: Vec<Exemption>,
    pub(crate) examples: Vec<Example>,
}

/// A product that a policy lets be until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemption {
    /// The product.
    pub address: Address,
    /// Why.
    pub reason: String,
    /// The last day.
    pub until: Day,
}

/// What a policy says it says.
#[derive(Debug)]
pub(crate) struct Example {
    pub(crate) line: usize,
    pub(crate) holds: bool,
    pub(crate) subject: Subject,
    pub(crate) product: ProductFacts,
    pub(crate) input: InputFacts,
    pub(crate) reader: ReaderFacts,
}

/// A document that was read.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) regions: BTreeMap<EnvironmentName, String>,
    pub(crate) policies: Vec<Policy>,
}

/// Reads a document.
pub(crate) fn read(text: &str) -> Result<Document, PolicyErrors> {
    if text.len() > LONGEST_DOCUMENT {
        let message =
            format!("the document has {} bytes, and at most {LONGEST_DOCUMENT} are read", text.len());
        return Err(PolicyError { line: 1, message }.into());
    }
    let written: Written = toml::from_str(text).map_err(|error| {
        let byte = error.span().map_or(0, |span| span.start);
        PolicyError::at(text, byte, error.message())
    })?;
    let Written { mesh, regions, policies } = written;
    let mut reading = Reading { text, errors: Vec::new() };
    if *mesh.get_ref() != FORMAT {
        let message = format!("this release knows `mesh = {FORMAT}`; write that, or use a later release");
        reading.error(mesh.span().start, message);
        return Err(PolicyErrors(reading.errors));
    }
    if let Some(beyond) = policies.get(MOST_POLICIES) {
        reading.error(beyond.id.span().start, format!("a document has at most {MOST_POLICIES} policies"));
        return Err(PolicyErrors(reading.errors));
    }
    let mut seen = BTreeSet::new();
    let regions =
        regions.into_iter().map(|(name, region)| (name, reading.said("a region", region))).collect();
    let policies: Vec<_> = policies
        .into_iter()
        .filter_map(|policy| {
            if !seen.insert(policy.id.get_ref().clone()) {
                let message = format!("`{}` stands here twice; an id is one policy's", policy.id.get_ref());
                reading.error(policy.id.span().start, message);
            }
            reading.policy(policy)
        })
        .collect();
    if reading.errors.is_empty() {
        Ok(Document { regions, policies })
    } else {
        Err(PolicyErrors(reading.errors))
    }
}

/// One reading of a document, with what was wrong so far.
struct Reading<'t> {
    text: &'t str,
    errors: Vec<PolicyError>,
}

impl Reading<'_> {
    fn error(&mut self, byte: usize, message: impl Into<String>) {
        self.errors.push(PolicyError::at(self.text, byte, message));
    }

    /// A text for people, which must say something.
    fn said(&mut self, what: &str, text: Spanned<String>) -> String {
        let said = text.get_ref().trim();
        if said.is_empty() || said.chars().count() > LONGEST_TEXT {
            self.error(text.span().start, format!("{what} is a text of 1 to {LONGEST_TEXT} characters"));
        }
        said.to_owned()
    }

    fn expression(&mut self, text: &Spanned<String>, subjects: &[Subject]) -> Option<Expression> {
        match Expression::new(text.get_ref(), subjects) {
            Ok(expression) => Some(expression),
            Err(message) => {
                self.error(text.span().start, message);
                None
            }
        }
    }

    fn policy(&mut self, written: WrittenPolicy) -> Option<Policy> {
        let WrittenPolicy {
            id,
            title,
            why,
            applies,
            when,
            must,
            message,
            fix,
            severity,
            at,
            exempt,
            examples,
        } = written;
        if !is_id(id.get_ref()) {
            let message = format!(
                "`{}` is no id; write small letters, digits and single hyphens between them, e.g. `product-has-owner`",
                id.get_ref()
            );
            self.error(id.span().start, message);
        }
        if applies.get_ref().is_empty() {
            self.error(applies.span().start, "it applies to nothing; name `product`, `input` or `read`");
        }
        let subjects = applies.get_ref();
        let read_when = match &when {
            Some(when) => Some(self.expression(when, subjects)?),
            None => None,
        };
        let read_must = self.expression(&must, subjects)?;
        let exempt = exempt.into_iter().map(|WrittenExemption { address, reason, until }| Exemption {
            address,
            reason: self.said("the reason of an exemption", reason),
            until,
        });
        let exempt = exempt.collect();
        let examples = examples.into_iter().filter_map(|example| self.example(example, subjects)).collect();
        Some(Policy {
            id: id.into_inner(),
            title: self.said("a title", title),
            why: self.said("`why`", why),
            when: read_when,
            must: read_must,
            text: (when.map(Spanned::into_inner), must.into_inner()),
            message: self.said("a message", message),
            fix: self.said("`fix`", fix),
            severity,
            at,
            exempt,
            examples,
            applies: applies.into_inner(),
        })
    }

    fn example(&mut self, written: WrittenExample, subjects: &[Subject]) -> Option<Example> {
        let WrittenExample { holds, product, input, reader } = written;
        let byte = holds.span().start;
        let subject = match (&input, &reader) {
            (Some(_), None) => Subject::Input,
            (None, Some(_)) => Subject::Read,
            (None, None) => Subject::Product,
            (Some(_), Some(_)) => {
                self.error(byte, "an example is of an input or of a reader; make it two");
                return None;
            }
        };
        if !subjects.contains(&subject) {
            let word = subject.as_str();
            self.error(byte, format!("this is an example for `{word}`, to which the policy does not apply"));
            return None;
        }
        let told = || {
            Ok::<_, String>(Example {
                line: PolicyError::at(self.text, byte, "").line,
                holds: holds.into_inner(),
                subject,
                product: prove::told(&prove::product(), product)?,
                input: prove::told(&prove::input(), input.unwrap_or_default())?,
                reader: prove::told(&prove::reader(), reader.unwrap_or_default())?,
            })
        };
        match told() {
            Ok(example) => Some(example),
            Err(message) => {
                self.error(byte, message);
                None
            }
        }
    }
}

/// Whether a text is an id: `product-has-owner`.
fn is_id(text: &str) -> bool {
    text.len() <= LONGEST_ID
        && text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        })
}
