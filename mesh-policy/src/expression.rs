//! Expressions: what may stand in one, and what it says of some facts.
//!
//! The language is CEL, parsed and run by the crate `cel`. Policies have a part of it: members of the documents, texts, whole
//! numbers and lists of them, `== != < <= > >= in && || ! ?:`, `size`, `startsWith`, `endsWith`, `contains`, and the loops `all`,
//! `exists`, `exists_one` and `filter`. Every part is checked before it runs ([`Expression::new`]): it is small, it names only
//! members that there are, it compares like with like, and nothing that it makes is larger than what it was given. So the steps
//! that it takes are known before the first one (`Expression::holds`).

use std::sync::{Arc, LazyLock};

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, LiteralValue, operators};
use cel::parser::PrattParser;
use cel::{Context, Env, IdedExpr, Value};

use crate::lex;
use crate::member::{MemberKind, Object};
use crate::subject::Subject;

/// Loops stand at most so deep in each other; asking whether a list holds something is one.
pub const MOST_LOOPS: usize = 3;
/// More steps than this are not taken for one answer.
pub const MOST_STEPS: u64 = 5_000_000;
/// The parser goes no deeper, and makes no more parts; loops are some parts each.
const MOST_DEPTH: u16 = 32;
const MOST_NODES: usize = 1_000;
/// Texts of so many bytes count as one step when something is done with them.
const TEXT_STEP: u64 = 256;

/// What an expression may be made of, once for the process.
static ENVIRONMENT: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A context that knows the functions of the language and nothing else.
pub(crate) fn context() -> Context<'static, 'static> {
    Context::with_env(Arc::clone(&ENVIRONMENT))
}

/// The crate's parser by precedence. It knows the same language as the one that it takes by itself, which is generated from a
/// grammar and needs a hundred times the depth for each bracket: more than the threads of a server have.
fn parser() -> PrattParser {
    PrattParser::new().max_recursion_depth(MOST_DEPTH).max_expression_node_count(MOST_NODES)
}

/// An expression that may be run.
#[derive(Debug)]
pub struct Expression {
    tree: IdedExpr,
    /// How many parts run once, once for each item of a list, for each of each, and so on.
    parts: [u64; MOST_LOOPS + 1],
    /// The items of the longest list that it writes out.
    written: u64,
}

/// How large the facts are that an expression looks at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// The items of the longest list.
    pub items: u64,
    /// The bytes of the longest text.
    pub bytes: u64,
}

impl Size {
    /// The larger of two.
    pub(crate) fn or(self, other: Self) -> Self {
        Self { items: self.items.max(other.items), bytes: self.bytes.max(other.bytes) }
    }

    /// The size of a value.
    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::String(text) => Self { items: 0, bytes: text.len() as u64 },
            Value::List(items) => {
                let own = Self { items: items.len() as u64, bytes: 0 };
                items.iter().map(Self::of).fold(own, Self::or)
            }
            Value::Map(map) => map.map.values().map(Self::of).fold(Self::default(), Self::or),
            _ => Self::default(),
        }
    }
}

impl Expression {
    /// Reads an expression that is to say yes or no of some subjects.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(text: &str, subjects: &[Subject]) -> Result<Self, String> {
        lex::check(text)?;
        let tree = parser().parse(text).map_err(|errors| {
            let first = errors.errors.first();
            let place = first.map_or(0, |error| error.pos.1);
            let message = first.map(|error| error.msg.lines().next().unwrap_or_default().to_owned());
            format!("it is no expression: {} (column {place} of it)", message.unwrap_or_default())
        })?;
        let (mut parts, mut written) = ([0; MOST_LOOPS + 1], 0);
        for subject in subjects {
            let none = [0; MOST_LOOPS + 1];
            let mut reading =
                Reading { subject: *subject, names: Vec::new(), parts: none, written: 0, depth: 0 };
            match reading.kind(&tree, 0)? {
                // Each subject is another reading of the same parts.
                Kind::Bool => (parts, written) = (reading.parts, reading.written),
                other => return Err(format!("it says {}, and must say yes or no", other.words())),
            }
        }
        Ok(Self { tree, parts, written })
    }

    /// How many steps it takes at most with facts of a size.
    pub fn steps(&self, size: Size) -> u64 {
        let items = size.items.max(self.written);
        let texts = 1 + size.bytes / TEXT_STEP;
        let (mut steps, mut times) = (0_u64, 1_u64);
        for parts in self.parts {
            steps = steps.saturating_add(parts.saturating_mul(times));
            times = times.saturating_mul(items);
        }
        steps.saturating_mul(texts)
    }

    /// What it says.
    ///
    /// # Errors
    /// Why that cannot be told: it would take too long, or failed on the way.
    pub(crate) fn holds(&self, context: &Context<'_, '_>, size: Size) -> Result<bool, String> {
        let steps = self.steps(size);
        if steps > MOST_STEPS {
            return Err(format!("it could take {steps} steps, and at most {MOST_STEPS} are taken"));
        }
        match Value::resolve(&self.tree, context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(_) => Err("it said neither yes nor no".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What a part of an expression is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Text,
    Object(&'static Object),
    List(Item),
}

/// What the items of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Item {
    /// There are none.
    Nothing,
    Bool,
    Int,
    Text,
    Object(&'static Object),
}

impl Kind {
    fn words(self) -> String {
        match self {
            Self::Bool => "yes or no".to_owned(),
            Self::Int => "a number".to_owned(),
            Self::Text => "a text".to_owned(),
            Self::Object(object) => format!("`{}`", object.name),
            Self::List(item) => match item.kind() {
                Some(kind) => format!("a list of {}", kind.words()),
                None => "an empty list".to_owned(),
            },
        }
    }

    fn item(self) -> Option<Item> {
        match self {
            Self::Bool => Some(Item::Bool),
            Self::Int => Some(Item::Int),
            Self::Text => Some(Item::Text),
            Self::Object(object) => Some(Item::Object(object)),
            Self::List(_) => None,
        }
    }

    fn is_plain(self) -> bool {
        matches!(self, Self::Bool | Self::Int | Self::Text)
    }

    /// The one kind that two branches have.
    fn with(self, other: Self) -> Result<Self, String> {
        match (self, other) {
            (Self::List(Item::Nothing), Self::List(_)) => Ok(other),
            (Self::List(_), Self::List(Item::Nothing)) => Ok(self),
            _ if self == other => Ok(self),
            _ => Err(format!("{} and {} are not alike", self.words(), other.words())),
        }
    }
}

impl Item {
    fn kind(self) -> Option<Kind> {
        match self {
            Self::Nothing => None,
            Self::Bool => Some(Kind::Bool),
            Self::Int => Some(Kind::Int),
            Self::Text => Some(Kind::Text),
            Self::Object(object) => Some(Kind::Object(object)),
        }
    }
}

impl From<MemberKind> for Kind {
    fn from(kind: MemberKind) -> Self {
        match kind {
            MemberKind::Bool => Self::Bool,
            MemberKind::Int => Self::Int,
            MemberKind::Text => Self::Text,
            MemberKind::Texts => Self::List(Item::Text),
            MemberKind::Objects(object) => Self::List(Item::Object(object)),
        }
    }
}

/// The name under which a loop keeps what it has found so far. No expression can write it.
const FOUND: &str = "@result";

/// One reading of an expression, for one subject.
struct Reading<'e> {
    subject: Subject,
    /// The names of loops, the innermost last.
    names: Vec<(&'e str, Kind)>,
    parts: [u64; MOST_LOOPS + 1],
    written: u64,
    depth: u16,
}

impl<'e> Reading<'e> {
    /// Counts a part that runs within so many loops.
    fn count(&mut self, loops: usize) -> Result<(), String> {
        match self.parts.get_mut(loops) {
            Some(parts) => *parts += 1,
            None => {
                return Err(format!(
                    "loops stand more than {MOST_LOOPS} deep in each other (`in` is one); say it in two policies"
                ));
            }
        }
        Ok(())
    }

    fn kind(&mut self, part: &'e IdedExpr, loops: usize) -> Result<Kind, String> {
        self.count(loops)?;
        if self.depth == MOST_DEPTH {
            return Err(format!(
                "its parts stand more than {MOST_DEPTH} deep in each other; say it in two policies"
            ));
        }
        self.depth += 1;
        let kind = self.kind_within(part, loops);
        self.depth -= 1;
        kind
    }

    fn kind_within(&mut self, part: &'e IdedExpr, loops: usize) -> Result<Kind, String> {
        match &part.expr {
            Expr::Literal(LiteralValue::Boolean(_)) => Ok(Kind::Bool),
            Expr::Literal(LiteralValue::Int(_)) => Ok(Kind::Int),
            Expr::Literal(LiteralValue::String(_)) => Ok(Kind::Text),
            Expr::Literal(_) => {
                Err("only texts, whole numbers, `true` and `false` are written out".to_owned())
            }
            Expr::Ident(name) => self.named(name),
            Expr::Select(select) if select.test => Err(format!(
                "`has` is not needed, for every member is always there: an empty text, list or 0 where nothing is said; write e.g. `{} != \"\"`",
                select.field
            )),
            Expr::Select(select) => match self.kind(&select.operand, loops)? {
                Kind::Object(object) => match object.member(&select.field) {
                    Some(member) => Ok(member.kind.into()),
                    None => Err(unknown_member(object, &select.field)),
                },
                other => Err(format!("{} has no member `{}`", other.words(), select.field)),
            },
            Expr::List(list) if list.optional_indices.is_empty() => {
                self.written = self.written.max(list.elements.len() as u64);
                let mut kind = Kind::List(Item::Nothing);
                for item in &list.elements {
                    let found = self.kind(item, loops)?;
                    let item = found.item().filter(|_| found.is_plain());
                    let item = item.ok_or_else(|| {
                        format!("a list is written out of texts and numbers, not of {}", found.words())
                    })?;
                    kind = kind.with(Kind::List(item))?;
                }
                Ok(kind)
            }
            Expr::Call(call) => self.call(call, loops),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension, loops),
            Expr::List(_) | Expr::Map(_) | Expr::Struct(_) | Expr::Unspecified => {
                Err("maps and objects are not written out in policies".to_owned())
            }
        }
    }

    fn named(&self, name: &str) -> Result<Kind, String> {
        if let Some((_, kind)) = self.names.iter().rev().find(|(known, _)| *known == name) {
            return Ok(*kind);
        }
        let documents = self.subject.documents();
        let found = documents.iter().find(|object| object.name == name);
        found.map(|object| Kind::Object(object)).ok_or_else(|| {
            let names: Vec<_> = documents.iter().map(|object| format!("`{}`", object.name)).collect();
            format!(
                "there is no `{name}` where a policy applies to `{}`; it sees {}",
                self.subject.as_str(),
                names.join(" and ")
            )
        })
    }

    fn call(&mut self, call: &'e CallExpr, loops: usize) -> Result<Kind, String> {
        let CallExpr { func_name, target, args } = call;
        let name = func_name.as_str();
        match (name, target.as_deref(), args.as_slice()) {
            (operators::LOGICAL_AND | operators::LOGICAL_OR, None, [left, right]) => {
                self.expect(left, Kind::Bool, loops)?;
                self.expect(right, Kind::Bool, loops)
            }
            (operators::LOGICAL_NOT | operators::NOT_STRICTLY_FALSE, None, [one]) => {
                self.expect(one, Kind::Bool, loops)
            }
            (operators::NEGATE, None, [one]) => self.expect(one, Kind::Int, loops),
            (operators::CONDITIONAL, None, [condition, left, right]) => {
                self.expect(condition, Kind::Bool, loops)?;
                let left = self.kind(left, loops)?;
                left.with(self.kind(right, loops)?)
            }
            (operators::EQUALS | operators::NOT_EQUALS, None, [left, right]) => {
                let left = self.kind(left, loops)?;
                let kind = left.with(self.kind(right, loops)?)?;
                if kind.is_plain() {
                    return Ok(Kind::Bool);
                }
                Err(format!(
                    "{} cannot be compared; ask for its `size`, or whether something is `in` it",
                    kind.words()
                ))
            }
            (
                operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS,
                None,
                [left, right],
            ) => {
                self.expect(left, Kind::Int, loops)?;
                self.expect(right, Kind::Int, loops)?;
                Ok(Kind::Bool)
            }
            (operators::IN, None, [item, list]) => {
                self.count(loops + 1)?;
                let (item, list) = (self.kind(item, loops)?, self.kind(list, loops)?);
                match list {
                    Kind::List(Item::Nothing) if item.is_plain() => Ok(Kind::Bool),
                    Kind::List(of) if item.is_plain() && of.kind() == Some(item) => Ok(Kind::Bool),
                    _ => Err(format!("{} cannot be in {}", item.words(), list.words())),
                }
            }
            ("size", None, [of]) | ("size", Some(of), []) => match self.kind(of, loops)? {
                Kind::Text | Kind::List(_) => Ok(Kind::Int),
                other => Err(format!("{} has no size", other.words())),
            },
            ("startsWith" | "endsWith" | "contains", Some(text), [part]) => {
                self.expect(text, Kind::Text, loops)?;
                self.expect(part, Kind::Text, loops)?;
                Ok(Kind::Bool)
            }
            // Only what a loop itself adds to what it has found.
            (operators::ADD, None, [found, one]) if is_found(found) => {
                let found = self.kind(found, loops)?;
                let found = found.with(self.kind(one, loops)?)?;
                if matches!(found, Kind::List(_)) {
                    // Each step makes the list anew.
                    self.count(loops + 1)?;
                }
                Ok(found)
            }
            _ => {
                let shown = name.trim_matches(['_', '@', '-']);
                Err(format!(
                    "`{}` is not among what policies are written with: comparisons, `in`, `&&`, `||`, `!`, `?:`, `size`, `startsWith`, `endsWith`, `contains`, `all`, `exists`, `exists_one` and `filter`",
                    if shown.is_empty() { name } else { shown }
                ))
            }
        }
    }

    fn expect(&mut self, part: &'e IdedExpr, wanted: Kind, loops: usize) -> Result<Kind, String> {
        match self.kind(part, loops)? {
            found if found == wanted => Ok(found),
            found => Err(format!("{} stands where {} is needed", found.words(), wanted.words())),
        }
    }

    fn comprehension(&mut self, it: &'e ComprehensionExpr, loops: usize) -> Result<Kind, String> {
        let ComprehensionExpr {
            iter_range,
            iter_var,
            iter_var2,
            accu_var,
            accu_init,
            loop_cond,
            loop_step,
            result,
        } = it;
        if iter_var2.is_some() {
            return Err("a loop has one name for each item".to_owned());
        }
        let Kind::List(item) = self.kind(iter_range, loops)? else {
            return Err("a loop goes over a list".to_owned());
        };
        // Of an empty list nothing is ever looked at, and whatever is said of its items is as good as anything.
        let item = item.kind().unwrap_or(Kind::Text);
        if is_made_anew(loop_step, iter_var) {
            return Err("`map` is not among what policies are written with; use `filter`, `all` or `exists`"
                .to_owned());
        }
        let start = self.kind(accu_init, loops)?;
        self.names.push((accu_var, start));
        self.names.push((iter_var, item));
        self.kind(loop_cond, loops + 1)?;
        let step = self.kind(loop_step, loops + 1);
        self.names.pop();
        self.names.pop();
        let step = start.with(step?)?;
        self.names.push((accu_var, step));
        let kind = self.kind(result, loops);
        self.names.pop();
        kind
    }
}

fn is_found(part: &IdedExpr) -> bool {
    matches!(&part.expr, Expr::Ident(name) if name == FOUND)
}

/// Whether a step of a loop adds something else to a list than the item itself.
fn is_made_anew(step: &IdedExpr, item: &str) -> bool {
    match &step.expr {
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            call.args.iter().any(|arg| is_made_anew(arg, item))
        }
        Expr::Call(call) if call.func_name == operators::ADD && call.args.first().is_some_and(is_found) => {
            match call.args.get(1).map(|added| &added.expr) {
                Some(Expr::List(list)) => {
                    !matches!(list.elements.as_slice(), [IdedExpr { expr: Expr::Ident(name), .. }] if name == item)
                }
                Some(Expr::Literal(_)) => false,
                _ => true,
            }
        }
        _ => false,
    }
}

fn unknown_member(object: &Object, name: &str) -> String {
    let names: Vec<_> = object.members.iter().map(|member| member.name).collect();
    format!("`{}` has no member `{name}`; it has {}", object.name, names.join(", "))
}
