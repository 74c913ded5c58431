//! Reads documents of all drafts into one graph.
//!
//! References are followed while compiling, so that the engine behind knows neither identifiers nor
//! anchors. `$dynamicRef` depends on the way by which a schema was reached; what matters of that way is
//! which resource first declared each dynamic anchor, so a schema is compiled once for each such assignment.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::constant::Constant;
use super::coverage::{ItemCoverage, MemberCoverage, Walk, items_covered, members_covered};
use super::error::SchemaError;
use super::hash::FastMap;
use super::keywords;
use super::options::{Draft, Options};
use super::resolve::{Index, address, draft_of, identifier, walk};
use super::schema::{Contains, Graph, Keyword, Members, Node, Tuple, TypeSet};
use super::trace::{Trace, name_of};
use super::{meta, uri};

/// Schemas may be nested this deeply, with references followed.
pub(crate) const DEEPEST: usize = 160;

/// The outermost resource that declared a recursive anchor is kept under a name no anchor has.
const RECURSIVE: &str = "#";

/// Compiles a document into the graph.
pub(crate) fn compile(document: &Value, graph: &mut Graph, options: &Options) -> Result<Node, SchemaError> {
    let first_slot = graph.slots().len();
    let node = match Compiler::new(document, graph, options, false).run() {
        Err(Stop::Dynamic) => Compiler::new(document, graph, options, true).run(),
        other => other,
    };
    let node = node.map_err(Stop::into_error)?;
    refuse_endless_references(graph, first_slot)?;
    Ok(node)
}

/// Compiles a document into a graph of its own in which each schema object is one node, and says where each stands.
///
/// `unevaluated*` stays as it is written.
pub(crate) fn compile_traced(
    document: &Value,
    options: &Options,
) -> Result<(Graph, Node, Trace), SchemaError> {
    let run = |dynamic: bool| {
        let mut graph = Graph::new();
        let mut compiler = Compiler::new(document, &mut graph, options, dynamic);
        compiler.trace = Some(Trace::new(document));
        let node = compiler.run()?;
        let trace = compiler.trace.take().unwrap_or_default();
        Ok((graph, node, trace))
    };
    match run(false) {
        Err(Stop::Dynamic) => run(true),
        other => other,
    }
    .map_err(Stop::into_error)
}

/// Why compilation ended early.
pub(crate) enum Stop {
    Error(Box<SchemaError>),
    /// A dynamic reference was met, and the way to it was not recorded.
    Dynamic,
}

impl Stop {
    fn into_error(self) -> SchemaError {
        match self {
            Self::Error(error) => *error,
            Self::Dynamic => SchemaError::EndlessReference,
        }
    }
}

impl From<SchemaError> for Stop {
    fn from(error: SchemaError) -> Self {
        Self::Error(Box::new(error))
    }
}

/// Where a schema stands: its resource, draft and the dynamic anchors in force.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope {
    resource: usize,
    pub(crate) draft: Draft,
    anchors: u32,
}

#[derive(Debug, Clone, Copy)]
enum Progress {
    Running(Option<Node>),
    /// The node, and how many schemas are nested in it.
    Done(Node, usize),
}

pub(crate) struct Compiler<'a, 'g> {
    document: &'a Value,
    pub(crate) graph: &'g mut Graph,
    pub(crate) options: &'g Options,
    draft: Draft,
    index: Option<Index<'a>>,
    dynamic: bool,
    /// The assignments of dynamic anchors to resources seen so far.
    assignments: Vec<Vec<(&'a str, usize)>>,
    progress: FastMap<(usize, u32), Progress>,
    path: Vec<Token<'a>>,
    depth: usize,
    /// How many schemas are nested in what was compiled last.
    height: usize,
    /// Where nodes come from, where somebody asks; equal schemas are different nodes then.
    trace: Option<Trace>,
}

/// One step of the JSON pointer to where the compiler is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Token<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a, 'g> Compiler<'a, 'g> {
    fn new(document: &'a Value, graph: &'g mut Graph, options: &'g Options, dynamic: bool) -> Self {
        let draft = match document {
            Value::Object(map) => draft_of(map, options.draft),
            _ => options.draft,
        };
        Self {
            document,
            graph,
            options,
            draft,
            index: None,
            dynamic,
            assignments: vec![Vec::new()],
            progress: FastMap::default(),
            path: Vec::new(),
            depth: 0,
            height: 0,
            trace: None,
        }
    }

    fn run(&mut self) -> Result<Node, Stop> {
        let mut scope = Scope { resource: 0, draft: self.draft, anchors: 0 };
        if self.dynamic {
            scope = self.enter(0, scope);
        }
        self.schema(self.document, scope)
    }

    /// The JSON pointer to where the compiler is.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = String::new();
        for token in &self.path {
            pointer.push('/');
            match token {
                Token::Name(name) => pointer.push_str(&name.replace('~', "~0").replace('/', "~1")),
                Token::Index(index) => pointer.push_str(&index.to_string()),
            }
        }
        pointer
    }

    pub(crate) fn invalid(&self, keyword: &str, expected: &'static str) -> Stop {
        SchemaError::InvalidKeyword { pointer: self.pointer(), keyword: keyword.to_owned(), expected }.into()
    }

    /// Compiles what stands below the current schema.
    pub(crate) fn below(
        &mut self,
        tokens: &[Token<'a>],
        value: &'a Value,
        scope: Scope,
    ) -> Result<Node, Stop> {
        self.path.extend_from_slice(tokens);
        let node = self.schema(value, scope)?;
        self.path.truncate(self.path.len() - tokens.len());
        Ok(node)
    }

    fn schema(&mut self, value: &'a Value, scope: Scope) -> Result<Node, Stop> {
        let map = match value {
            Value::Bool(true) => return Ok(Node::TRUE),
            Value::Bool(false) => {
                return Ok(match &mut self.trace {
                    None => Node::FALSE,
                    Some(trace) => {
                        let node = self.graph.push(vec![Keyword::Types(TypeSet::NONE)]);
                        trace.note(node, value, vec!["false"]);
                        node
                    }
                });
            }
            Value::Object(map) => map,
            _ => return Err(SchemaError::NotASchema { pointer: self.pointer() }.into()),
        };
        let place = (address(value), scope.anchors);
        // What is compiled already is nested as deeply as when it is compiled here: everything behind goes down the graph.
        let known = self.progress.get(&place).copied();
        let height = if let Some(Progress::Done(_, height)) = known { height } else { 0 };
        if self.depth + height >= DEEPEST {
            return Err(SchemaError::TooDeep { pointer: self.pointer(), limit: DEEPEST }.into());
        }
        match known {
            Some(Progress::Done(node, _)) => {
                self.height = self.height.max(height + 1);
                return Ok(node);
            }
            Some(Progress::Running(Some(node))) => return Ok(node),
            Some(Progress::Running(None)) => {
                let slot = self.graph.new_slot();
                self.progress.insert(place, Progress::Running(Some(slot)));
                return Ok(slot);
            }
            None => {}
        }
        self.progress.insert(place, Progress::Running(None));
        self.depth += 1;
        let beside = std::mem::replace(&mut self.height, 0);
        let node = self.object(value, map, scope)?;
        self.depth -= 1;
        let done = Progress::Done(node, self.height);
        self.height = beside.max(self.height + 1);
        if let Some(Progress::Running(Some(slot))) = self.progress.insert(place, done) {
            self.graph.fill_slot(slot, node);
        }
        Ok(node)
    }

    fn object(&mut self, value: &'a Value, map: &'a Map<String, Value>, scope: Scope) -> Result<Node, Stop> {
        let mut scope = scope;
        if self.depth > 1 && identifier(map, scope.draft).is_some() {
            let resource = self.index().resource_at(value);
            if let Some(resource) = resource {
                scope = self.enter(resource, scope);
            }
        }
        let mut keywords = Vec::with_capacity(map.len().min(8));
        if scope.draft < Draft::Draft201909
            && let Some(reference) = map.get("$ref")
        {
            let target = self.reference(reference, scope)?;
            return Ok(self.graph.intern(vec![Keyword::Ref(target)]));
        }
        if self.trace.is_some() {
            return self.traced(value, map, scope);
        }
        for (name, value) in map {
            keywords::read(self, &mut keywords, map, name, value, scope)?;
        }
        self.graph.resolve_unevaluated(&mut keywords);
        Ok(self.graph.intern(keywords))
    }

    /// The node of this very schema object, with the name that each keyword has in it.
    fn traced(&mut self, value: &'a Value, map: &'a Map<String, Value>, scope: Scope) -> Result<Node, Stop> {
        let mut keywords = Vec::new();
        let mut named: Vec<(Keyword, &'static str)> = Vec::new();
        for (name, value) in map {
            keywords::read(self, &mut keywords, map, name, value, scope)?;
            named.extend(keywords.drain(..).map(|keyword| (keyword, name_of(name))));
        }
        named.sort_by_key(|(keyword, _)| keyword.rank());
        let (keywords, names): (Vec<Keyword>, Vec<&'static str>) = named.into_iter().unzip();
        let node = self.graph.push(keywords);
        if let Some(trace) = &mut self.trace {
            trace.note(node, value, names);
        }
        Ok(node)
    }

    fn index(&mut self) -> &mut Index<'a> {
        let (document, draft) = (self.document, self.draft);
        self.index.get_or_insert_with(|| Index::new(document, draft, ""))
    }

    /// The scope within a resource.
    fn enter(&mut self, resource: usize, scope: Scope) -> Scope {
        let dynamic = self.dynamic;
        let mut assignment = self.assignments.get(scope.anchors as usize).cloned().unwrap_or_default();
        let Some(known) = self.index().resource(resource) else { return scope };
        let draft = known.draft;
        let mut anchors = scope.anchors;
        if dynamic {
            let names = known.dynamic.iter().copied().chain(known.recursive.then_some(RECURSIVE));
            for name in names {
                if let Err(place) = assignment.binary_search_by(|(other, _)| (*other).cmp(name)) {
                    assignment.insert(place, (name, resource));
                }
            }
            let number =
                self.assignments.iter().position(|other| *other == assignment).unwrap_or_else(|| {
                    self.assignments.push(assignment);
                    self.assignments.len() - 1
                });
            anchors = u32::try_from(number).unwrap_or(u32::MAX);
        }
        Scope { resource, draft, anchors }
    }

    fn text_of(&self, reference: &'a Value, keyword: &str) -> Result<&'a str, Stop> {
        reference.as_str().ok_or_else(|| self.invalid(keyword, "a string"))
    }

    /// `$ref`.
    pub(crate) fn reference(&mut self, reference: &'a Value, scope: Scope) -> Result<Node, Stop> {
        let text = self.text_of(reference, "$ref")?;
        let (target, resource) = self.target(text, scope)?;
        self.follow(text, target, resource, scope)
    }

    /// `$dynamicRef`.
    pub(crate) fn dynamic_reference(&mut self, reference: &'a Value, scope: Scope) -> Result<Node, Stop> {
        if !self.dynamic {
            return Err(Stop::Dynamic);
        }
        let text = self.text_of(reference, "$dynamicRef")?;
        let (mut target, mut resource) = self.target(text, scope)?;
        let anchor = text.split_once('#').map_or("", |(_, fragment)| fragment);
        if self.index().is_dynamic(resource, anchor)
            && let Some(outermost) = self.outermost(anchor, scope)
            && let Some(found) = self.index().anchor(outermost, anchor)
        {
            (target, resource) = (found, outermost);
        }
        self.follow(text, target, resource, scope)
    }

    /// `$recursiveRef` of draft 2019-09.
    pub(crate) fn recursive_reference(&mut self, scope: Scope) -> Result<Node, Stop> {
        if !self.dynamic {
            return Err(Stop::Dynamic);
        }
        let mut resource = scope.resource;
        if self.index().resource(resource).is_some_and(|known| known.recursive)
            && let Some(outermost) = self.outermost(RECURSIVE, scope)
        {
            resource = outermost;
        }
        match self.index().resource(resource).map(|known| known.root) {
            Some(root) => self.follow("#", root, resource, scope),
            None => Err(SchemaError::EndlessReference.into()),
        }
    }

    fn outermost(&self, anchor: &str, scope: Scope) -> Option<usize> {
        let assignment = self.assignments.get(scope.anchors as usize)?;
        assignment.iter().find(|(name, _)| *name == anchor).map(|(_, resource)| *resource)
    }

    fn follow(
        &mut self,
        text: &'a str,
        target: &'a Value,
        resource: usize,
        scope: Scope,
    ) -> Result<Node, Stop> {
        let scope = if resource == scope.resource { scope } else { self.enter(resource, scope) };
        let path = match text.split_once('#') {
            Some((_, fragment)) => fragment.split('/').skip(1).map(Token::Name).collect(),
            None => Vec::new(),
        };
        let around = std::mem::replace(&mut self.path, path);
        let node = self.schema(target, scope)?;
        self.path = around;
        Ok(node)
    }

    /// The value that a reference names, and its resource.
    fn target(&mut self, reference: &'a str, scope: Scope) -> Result<(&'a Value, usize), Stop> {
        let unresolved = |compiler: &Self| -> Stop {
            SchemaError::UnresolvedReference { pointer: compiler.pointer(), reference: reference.to_owned() }
                .into()
        };
        let (before, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if before.is_empty() && (fragment.is_empty() || fragment.starts_with('/')) && self.index.is_none() {
            let path = walk(self.document, fragment).ok_or_else(|| unresolved(self))?;
            let plain = |value: &&Value| value.get("$id").is_none() && value.get("id").is_none();
            if path.iter().skip(1).all(plain)
                && let Some(target) = path.last()
            {
                return Ok((target, 0));
            }
        }
        let mut resource = scope.resource;
        if !before.is_empty() {
            let index = self.index();
            let absolute = index.resource(resource).map(|known| uri::resolve(&known.uri, before));
            let absolute = absolute.unwrap_or_else(|| before.to_owned());
            resource = match index.resource_of(&absolute) {
                Some(found) => found,
                None if absolute == meta::URI => index.include(meta::URI, meta::schema(), Draft::Draft202012),
                None => return Err(unresolved(self)),
            };
        }
        let index = self.index();
        let Some(root) = index.resource(resource).map(|known| known.root) else {
            return Err(unresolved(self));
        };
        let fragment_text = uri::percent_decoded(fragment);
        if fragment.is_empty() || fragment.starts_with('/') {
            let Some(path) = walk(root, fragment) else { return Err(unresolved(self)) };
            for value in path.iter().skip(1) {
                resource = index.resource_at(value).unwrap_or(resource);
            }
            path.last().map(|target| (*target, resource)).ok_or_else(|| unresolved(self))
        } else {
            let found = index.anchor(resource, &fragment_text);
            found.map(|target| (target, resource)).ok_or_else(|| unresolved(self))
        }
    }

    /// The compiled pattern, or an opaque keyword where it is no regular language.
    pub(crate) fn pattern(
        &mut self,
        text: &str,
    ) -> Result<Result<Arc<super::pattern::Pattern>, Keyword>, Stop> {
        use super::pattern::PatternError;
        match self.graph.pattern(text) {
            Ok(pattern) => Ok(Ok(pattern)),
            Err(PatternError::Invalid(reason)) => {
                Err(SchemaError::InvalidPattern { pointer: self.pointer(), pattern: text.to_owned(), reason }
                    .into())
            }
            Err(PatternError::Unsupported(construct)) => Ok(Err(Keyword::Opaque(super::schema::Opaque {
                construct: format!("{construct} in the pattern `{text}`").into(),
                pointer: self.pointer().into(),
            }))),
        }
    }

    pub(crate) fn constants(values: &[Value]) -> Keyword {
        let mut constants: Vec<Constant> = values.iter().map(Constant::new).collect();
        constants.sort();
        constants.dedup();
        Keyword::Enum(constants.into())
    }
}

impl Graph {
    /// Turns `unevaluated*` into the unconditional rules where what is evaluated depends on no condition.
    pub(crate) fn resolve_unevaluated(&mut self, keywords: &mut Vec<Keyword>) {
        let members =
            keywords.iter().position(|keyword| matches!(keyword, Keyword::UnevaluatedProperties(_)));
        if let Some(place) = members
            && let Keyword::UnevaluatedProperties(schema) = keywords[place]
            && let Some(found) = Walk::contributions(self, keywords, false, members_covered)
            && found.iter().all(|contribution| contribution.when.is_empty())
        {
            let mut coverage = MemberCoverage::default();
            found.iter().for_each(|contribution| coverage.merge(&contribution.covers));
            let own = keywords.iter_mut().find_map(|keyword| match keyword {
                Keyword::Members(members) if found.len() == 1 && members.additional.is_none() => {
                    Some(members)
                }
                _ => None,
            });
            match own {
                Some(members) => {
                    members.additional = Some(schema);
                    keywords.remove(place);
                }
                None => keywords[place] = Keyword::Members(Box::new(coverage.except(schema))),
            }
        }
        let items = keywords.iter().position(|keyword| matches!(keyword, Keyword::UnevaluatedItems(_)));
        if let Some(place) = items
            && let Keyword::UnevaluatedItems(schema) = keywords[place]
            && let Some(found) = Walk::contributions(self, keywords, false, items_covered)
            && found.iter().all(|contribution| contribution.when.is_empty())
        {
            let mut coverage = ItemCoverage::default();
            found.iter().for_each(|contribution| coverage.merge(&contribution.covers));
            keywords[place] = self.items_except(&coverage, schema);
        }
    }

    /// The rule that items outside of the coverage satisfy the schema.
    pub(crate) fn items_except(&mut self, coverage: &ItemCoverage, schema: Node) -> Keyword {
        let rest = if coverage.all {
            Node::TRUE
        } else if coverage.matching.is_empty() {
            schema
        } else {
            let mut branches = coverage.matching.clone();
            branches.push(schema);
            branches.sort();
            branches.dedup();
            self.intern(vec![Keyword::AnyOf(branches)])
        };
        Keyword::Tuple(Tuple { prefix: vec![Node::TRUE; coverage.prefix], rest: Some(rest) })
    }

    /// The members rule, unless it says nothing.
    pub(crate) fn push_members(keywords: &mut Vec<Keyword>, members: Members) {
        if !members.properties.is_empty() || !members.patterns.is_empty() || members.additional.is_some() {
            keywords.push(Keyword::Members(Box::new(members)));
        }
    }

    /// The contains rule, unless it says nothing.
    pub(crate) fn push_contains(keywords: &mut Vec<Keyword>, contains: Contains) {
        if contains.min > 0 || contains.max.is_some() || contains.evaluates {
            keywords.push(Keyword::Contains(contains));
        }
    }
}

/// A schema that refers to itself without descending into the value says nothing that could be decided.
fn refuse_endless_references(graph: &Graph, first_slot: usize) -> Result<(), SchemaError> {
    let mut state: FastMap<Node, bool> = FastMap::default();
    for slot in graph.slots().iter().skip(first_slot) {
        let mut work = vec![(*slot, false)];
        while let Some((node, leaving)) = work.pop() {
            if leaving {
                state.insert(node, true);
                continue;
            }
            match state.get(&node) {
                Some(true) => continue,
                Some(false) => return Err(SchemaError::EndlessReference),
                None => {}
            }
            state.insert(node, false);
            work.push((node, true));
            let mut below: Vec<Node> = graph.keywords(node).iter().flat_map(Keyword::in_place).collect();
            below.sort();
            below.dedup();
            // A node that waits in the stack twice would look like a circle when met again.
            for next in below {
                match state.get(&next) {
                    Some(true) => {}
                    Some(false) => return Err(SchemaError::EndlessReference),
                    None => work.push((next, false)),
                }
            }
        }
    }
    Ok(())
}
