//! A schema compiled for checking many values.

use serde_json::Value;

use super::compile::compile;
use super::error::SchemaError;
use super::member::Checker;
use super::options::Options;
use super::schema::{Graph, Keyword, Node};

/// A compiled schema. Cheap to share between threads; checking takes no locks.
///
/// ```
/// use mesh_contract::judge::{Options, Validator};
/// use serde_json::json;
///
/// let validator = Validator::compile(&json!({ "type": "integer", "minimum": 1 }), &Options::default())?;
/// assert!(validator.is_valid(&json!(7)));
/// let violations = validator.validate(&json!(0)).unwrap_err();
/// assert_eq!(violations[0].to_string(), "the value breaks `minimum`");
/// # Ok::<(), mesh_contract::judge::SchemaError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Validator {
    graph: Graph,
    root: Node,
}

/// One place where a value breaks its schema.
///
/// It names the place and the rule and never the value, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{} breaks `{keyword}`", if pointer.is_empty() { "the value".to_owned() } else { format!("`{pointer}`") })]
pub struct Violation {
    /// JSON pointer to the guilty part of the value.
    pub pointer: String,
    /// The keyword that is not fulfilled.
    pub keyword: &'static str,
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
        Ok(Self { graph, root })
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
        let checker = Checker::new(&self.graph, LIMIT);
        let mut violations = Vec::new();
        self.explain(&checker, self.root, value, &mut String::new(), &mut violations);
        violations.sort();
        violations.dedup();
        if violations.is_empty() {
            violations.push(Violation { pointer: String::new(), keyword: "schema" });
        }
        Err(violations)
    }

    pub(crate) fn graph(&self) -> &Graph {
        &self.graph
    }

    pub(crate) fn root(&self) -> Node {
        self.root
    }

    fn explain(
        &self,
        checker: &Checker<'_>,
        node: Node,
        value: &Value,
        pointer: &mut String,
        out: &mut Vec<Violation>,
    ) {
        if checker.is_member(node, value) != Ok(false) {
            return;
        }
        let before = out.len();
        for keyword in self.graph.keywords(node) {
            match (keyword, value) {
                (Keyword::Ref(node) | Keyword::DependentSchema(_, node), _)
                    if !checker.one_keyword(keyword, value) =>
                {
                    self.explain(checker, *node, value, pointer, out);
                }
                (Keyword::AllOf(nodes), _) => {
                    nodes.iter().for_each(|node| self.explain(checker, *node, value, pointer, out));
                }
                (Keyword::Members(members), Value::Object(map)) => {
                    for (name, member) in map {
                        let additional = members.is_additional(name);
                        for node in members.schemas_for(name) {
                            let length = pointer.len();
                            pointer.push('/');
                            pointer.push_str(&name.replace('~', "~0").replace('/', "~1"));
                            if additional && node == Node::FALSE {
                                out.push(Violation {
                                    pointer: pointer.clone(),
                                    keyword: "additionalProperties",
                                });
                            } else {
                                self.explain(checker, node, member, pointer, out);
                            }
                            pointer.truncate(length);
                        }
                    }
                }
                (Keyword::Tuple(tuple), Value::Array(items)) => {
                    for (index, item) in items.iter().enumerate() {
                        if let Some(node) = tuple.schema_at(index) {
                            let length = pointer.len();
                            pointer.push_str(&format!("/{index}"));
                            self.explain(checker, node, item, pointer, out);
                            pointer.truncate(length);
                        }
                    }
                }
                (Keyword::Required(names), Value::Object(map)) => {
                    for name in names.iter().filter(|name| !map.contains_key(&***name)) {
                        let escaped = name.replace('~', "~0").replace('/', "~1");
                        out.push(Violation { pointer: format!("{pointer}/{escaped}"), keyword: "required" });
                    }
                }
                (other, _) if !checker.one_keyword(other, value) => {
                    out.push(Violation { pointer: pointer.clone(), keyword: other.name() });
                }
                _ => {}
            }
        }
        if out.len() == before {
            // Only the evaluation of all keywords together failed.
            out.push(Violation { pointer: pointer.clone(), keyword: "unevaluatedProperties" });
        }
    }
}

/// Whether the value is an instance of the schema. For many values, compile a [`Validator`] once.
///
/// # Errors
/// As [`Validator::compile`].
pub fn is_member(schema: &Value, value: &Value, options: &Options) -> Result<bool, SchemaError> {
    Ok(Validator::compile(schema, options)?.is_valid(value))
}
