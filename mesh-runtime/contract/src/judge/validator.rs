//! A schema compiled for checking many values.

use std::sync::{Arc, OnceLock};

use serde_json::Value;

use super::compile::{compile, compile_traced};
use super::error::SchemaError;
use super::explain::Explainer;
use super::member::Checker;
use super::options::Options;
use super::schema::{Graph, Node};
use super::trace::Trace;

/// A compiled schema. Cheap to share between threads; checking takes no locks.
///
/// ```
/// use mesh_contract::judge::{Options, Validator};
/// use serde_json::json;
///
/// let schema = json!({ "properties": { "age": { "type": "integer", "minimum": 1 } } });
/// let validator = Validator::compile(&schema, &Options::default())?;
/// assert!(validator.is_valid(&json!({ "age": 7 })));
/// let violations = validator.validate(&json!({ "age": 0 })).unwrap_err();
/// assert_eq!(violations[0].to_string(), "`/age` breaks `minimum`");
/// assert_eq!(violations[0].schema, "/properties/age");
/// # Ok::<(), mesh_contract::judge::SchemaError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Validator {
    graph: Graph,
    root: Node,
    source: Arc<Source>,
}

/// What explanations are made from; most validators never make one.
#[derive(Debug)]
struct Source {
    document: Value,
    options: Options,
    traced: OnceLock<Option<(Graph, Node, Trace)>>,
}

/// One place where a value breaks its schema.
///
/// It names the place and the rule and never the value, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{} breaks `{keyword}`", if pointer.is_empty() { "the value".to_owned() } else { format!("`{pointer}`") })]
pub struct Violation {
    /// JSON pointer to the guilty part of the value; for `required`, to the member that is missing.
    pub pointer: String,
    /// The keyword that is not fulfilled, as it is written in the schema. Where a schema `false` was met, it is the keyword that
    /// applied it, and `false` where that is the whole document.
    pub keyword: &'static str,
    /// JSON pointer, into the schema document, to the schema object that has the keyword. References were followed:
    /// `/$defs/Order/properties/total`, not the way there.
    pub schema: String,
    /// Where no branch of `anyOf` or `oneOf` holds: what the value breaks of the branch that fits it best, by type, tag and members.
    pub nearest: Vec<Violation>,
}

impl Violation {
    pub(crate) fn new(pointer: &str, keyword: &'static str, schema: &str) -> Self {
        Self { pointer: pointer.to_owned(), keyword, schema: schema.to_owned(), nearest: Vec::new() }
    }
}

/// Beyond this many steps of work a check counts as failed; no schema that people write comes near.
const LIMIT: u64 = 50_000_000;

impl Validator {
    /// Compiles a schema.
    ///
    /// # Errors
    /// When the document is not a schema, or has a `pattern` that describes no regular language.
    pub fn compile(schema: &Value, options: &Options) -> Result<Self, SchemaError> {
        let mut graph = Graph::new();
        let root = compile(schema, &mut graph, options)?;
        if let Some(opaque) = graph.first_opaque() {
            return Err(SchemaError::Unsupported {
                pointer: opaque.pointer.to_string(),
                construct: opaque.construct.to_string(),
            });
        }
        let source = Source { document: schema.clone(), options: *options, traced: OnceLock::new() };
        Ok(Self { graph, root, source: Arc::new(source) })
    }

    /// Whether the value is an instance of the schema.
    #[must_use]
    pub fn is_valid(&self, value: &Value) -> bool {
        Checker::new(&self.graph, LIMIT).is_member(self.root, value) == Ok(true)
    }

    /// Checks the value and says where it breaks the schema, in the order of the pointers.
    ///
    /// # Errors
    /// The violations, at least one.
    pub fn validate(&self, value: &Value) -> Result<(), Vec<Violation>> {
        if self.is_valid(value) {
            return Ok(());
        }
        let traced = self.source.traced.get_or_init(|| {
            // It compiled once, so it compiles again.
            compile_traced(&self.source.document, &self.source.options).ok()
        });
        let mut violations = match traced {
            Some((graph, root, trace)) => Explainer::new(graph, trace).violations(*root, value),
            None => Vec::new(),
        };
        if violations.is_empty() {
            violations.push(Violation::new("", "schema", ""));
        }
        Err(violations)
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn root(&self) -> Node {
        self.root
    }
}

/// Whether the value is an instance of the schema. For many values, compile a [`Validator`] once.
///
/// # Errors
/// As [`Validator::compile`].
pub fn is_member(schema: &Value, value: &Value, options: &Options) -> Result<bool, SchemaError> {
    let mut graph = Graph::new();
    let root = compile(schema, &mut graph, options)?;
    match graph.first_opaque() {
        None => Ok(Checker::new(&graph, LIMIT).is_member(root, value) == Ok(true)),
        Some(opaque) => Err(SchemaError::Unsupported {
            pointer: opaque.pointer.to_string(),
            construct: opaque.construct.to_string(),
        }),
    }
}
