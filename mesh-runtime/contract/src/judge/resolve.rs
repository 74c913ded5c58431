//! The identifiers and anchors of a document, and where references lead.

use serde_json::{Map, Value};

use super::hash::FastMap;
use super::options::Draft;
use super::uri;

/// A part of a document with an identifier of its own.
#[derive(Debug)]
pub(crate) struct Resource<'a> {
    pub(crate) uri: String,
    pub(crate) root: &'a Value,
    pub(crate) draft: Draft,
    anchors: FastMap<&'a str, &'a Value>,
    pub(crate) dynamic: Vec<&'a str>,
    pub(crate) recursive: bool,
}

/// All resources of a document. The first is the document itself.
#[derive(Debug)]
pub(crate) struct Index<'a> {
    resources: Vec<Resource<'a>>,
    by_uri: FastMap<String, usize>,
    by_root: FastMap<usize, usize>,
}

/// The address of a value is its identity within a document.
pub(crate) fn address(value: &Value) -> usize {
    std::ptr::from_ref(value) as usize
}

/// The identifier of the resource that begins at this schema.
pub(crate) fn identifier(map: &Map<String, Value>, draft: Draft) -> Option<&str> {
    // Before 2019-09 a reference hides its siblings.
    if draft < Draft::Draft201909 && map.contains_key("$ref") {
        return None;
    }
    let id = map.get(if draft == Draft::Draft4 { "id" } else { "$id" })?.as_str()?;
    // A bare fragment was how the old drafts wrote an anchor.
    (!id.starts_with('#') && !id.is_empty()).then_some(id)
}

/// The draft of a resource: the one that `$schema` names, or the one around it.
pub(crate) fn draft_of(map: &Map<String, Value>, around: Draft) -> Draft {
    map.get("$schema").and_then(Value::as_str).and_then(Draft::from_uri).unwrap_or(around)
}

impl<'a> Index<'a> {
    pub(crate) fn new(document: &'a Value, draft: Draft, base: &str) -> Self {
        let mut index =
            Self { resources: Vec::new(), by_uri: FastMap::default(), by_root: FastMap::default() };
        let uri = match document {
            Value::Object(map) => {
                identifier(map, draft).map_or_else(|| base.to_owned(), |id| uri::resolve(base, id))
            }
            _ => base.to_owned(),
        };
        let root = index.add(uri, document, draft);
        index.visit(document, root, draft, true, 0);
        index
    }

    fn add(&mut self, uri: String, root: &'a Value, draft: Draft) -> usize {
        let number = self.resources.len();
        self.by_uri.entry(uri.clone()).or_insert(number);
        self.by_root.insert(address(root), number);
        self.resources.push(Resource {
            uri,
            root,
            draft,
            anchors: FastMap::default(),
            dynamic: Vec::new(),
            recursive: false,
        });
        number
    }

    fn visit(&mut self, value: &'a Value, resource: usize, draft: Draft, is_root: bool, depth: usize) {
        let Value::Object(map) = value else { return };
        if depth > super::compile::DEEPEST {
            return;
        }
        let (mut resource, mut draft) = (resource, draft);
        if !is_root && let Some(id) = identifier(map, draft) {
            draft = draft_of(map, draft);
            let base = self.resources.get(resource).map_or("", |known| known.uri.as_str());
            resource = self.add(uri::resolve(base, id), value, draft);
        }
        let hidden = draft < Draft::Draft201909 && map.contains_key("$ref");
        if let Some(known) = self.resources.get_mut(resource)
            && !hidden
        {
            if draft >= Draft::Draft201909 {
                if let Some(anchor) = map.get("$anchor").and_then(Value::as_str) {
                    known.anchors.entry(anchor).or_insert(value);
                }
                if let Some(anchor) = map.get("$dynamicAnchor").and_then(Value::as_str) {
                    known.anchors.entry(anchor).or_insert(value);
                    known.dynamic.push(anchor);
                }
                if map.get("$recursiveAnchor") == Some(&Value::Bool(true))
                    && address(known.root) == address(value)
                {
                    known.recursive = true;
                }
            } else if let Some(anchor) = map
                .get(if draft == Draft::Draft4 { "id" } else { "$id" })
                .and_then(Value::as_str)
                .and_then(|id| id.strip_prefix('#'))
            {
                known.anchors.entry(anchor).or_insert(value);
            }
        }
        for (keyword, below) in map {
            match (keyword.as_str(), below) {
                (
                    "$defs" | "definitions" | "properties" | "patternProperties" | "dependentSchemas"
                    | "dependencies",
                    Value::Object(schemas),
                ) => {
                    for schema in schemas.values() {
                        self.visit(schema, resource, draft, false, depth + 1);
                    }
                }
                ("allOf" | "anyOf" | "oneOf" | "prefixItems" | "items", Value::Array(schemas)) => {
                    for schema in schemas {
                        self.visit(schema, resource, draft, false, depth + 1);
                    }
                }
                (
                    "items"
                    | "additionalItems"
                    | "contains"
                    | "additionalProperties"
                    | "propertyNames"
                    | "not"
                    | "if"
                    | "then"
                    | "else"
                    | "unevaluatedItems"
                    | "unevaluatedProperties"
                    | "contentSchema",
                    Value::Object(_),
                ) => self.visit(below, resource, draft, false, depth + 1),
                _ => {}
            }
        }
    }

    /// Adds a document that every schema may refer to.
    pub(crate) fn include(&mut self, uri: &str, document: &'a Value, draft: Draft) -> usize {
        let root = self.add(uri.to_owned(), document, draft);
        self.visit(document, root, draft, true, 0);
        root
    }

    pub(crate) fn resource(&self, number: usize) -> Option<&Resource<'a>> {
        self.resources.get(number)
    }

    /// The resource that begins at this very value.
    pub(crate) fn resource_at(&self, value: &Value) -> Option<usize> {
        self.by_root.get(&address(value)).copied()
    }

    /// The resource of an absolute URI without fragment.
    pub(crate) fn resource_of(&self, uri: &str) -> Option<usize> {
        self.by_uri.get(uri).or_else(|| self.by_uri.get(uri.trim_end_matches('#'))).copied()
    }

    pub(crate) fn anchor(&self, resource: usize, name: &str) -> Option<&'a Value> {
        self.resources.get(resource)?.anchors.get(name).copied()
    }

    /// Whether the anchor was made with `$dynamicAnchor`.
    pub(crate) fn is_dynamic(&self, resource: usize, name: &str) -> bool {
        self.resources.get(resource).is_some_and(|known| known.dynamic.contains(&name))
    }
}

/// Walks a JSON pointer, with every value on the way.
pub(crate) fn walk<'a>(root: &'a Value, pointer: &str) -> Option<Vec<&'a Value>> {
    let mut path = vec![root];
    let mut value = root;
    if pointer.is_empty() {
        return Some(path);
    }
    for token in pointer.strip_prefix('/')?.split('/') {
        let token = uri::percent_decoded(token).replace("~1", "/").replace("~0", "~");
        value = match value {
            Value::Object(map) => map.get(&token)?,
            Value::Array(items) => items.get(token.parse::<usize>().ok()?)?,
            _ => return None,
        };
        path.push(value);
    }
    Some(path)
}
