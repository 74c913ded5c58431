//! What each keyword of each draft compiles to.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::compile::{Compiler, Scope, Stop, Token};
use super::format::{self, Meaning};
use super::number::Decimal;
use super::options::{Draft, Formats};
use super::schema::{Contains, Graph, Keyword, Members, Node, Tuple, TypeSet};

const SCHEMAS: &str = "a list of schemas";
const NAMED: &str = "an object of schemas";

/// Reads one keyword of a schema. Keywords that describe, and unknown ones, leave nothing.
pub(crate) fn read<'a>(
    compiler: &mut Compiler<'a, '_>,
    out: &mut Vec<Keyword>,
    map: &'a Map<String, Value>,
    name: &'a str,
    value: &'a Value,
    scope: Scope,
) -> Result<(), Stop> {
    use Draft::{Draft4, Draft6, Draft7, Draft201909, Draft202012};
    let draft = scope.draft;
    match name {
        "type" => out.push(Keyword::Types(types(compiler, value)?)),
        "enum" => {
            let values = value.as_array().ok_or_else(|| compiler.invalid(name, "a list of values"))?;
            out.push(Compiler::constants(values));
        }
        "const" if draft >= Draft6 => out.push(Compiler::constants(std::slice::from_ref(value))),
        "minimum" | "maximum" => {
            let limit = number(compiler, name, value)?;
            let other = if name == "minimum" { "exclusiveMinimum" } else { "exclusiveMaximum" };
            let exclusive = draft == Draft4 && map.get(other) == Some(&Value::Bool(true));
            out.push(bound(name == "minimum", limit, exclusive));
        }
        "exclusiveMinimum" | "exclusiveMaximum" if draft >= Draft6 => {
            let limit = number(compiler, name, value)?;
            out.push(bound(name == "exclusiveMinimum", limit, true));
        }
        "multipleOf" => {
            let step = number(compiler, name, value)?;
            if step <= Decimal::ZERO {
                return Err(compiler.invalid(name, "a number above zero"));
            }
            out.push(Keyword::MultipleOf(step));
        }
        "minLength" => push_count(out, count(compiler, name, value)?, Keyword::MinLength),
        "minItems" => push_count(out, count(compiler, name, value)?, Keyword::MinItems),
        "minProperties" => push_count(out, count(compiler, name, value)?, Keyword::MinProperties),
        "maxLength" => out.push(Keyword::MaxLength(count(compiler, name, value)?)),
        "maxItems" => out.push(Keyword::MaxItems(count(compiler, name, value)?)),
        "maxProperties" => out.push(Keyword::MaxProperties(count(compiler, name, value)?)),
        "pattern" => {
            let text = value.as_str().ok_or_else(|| compiler.invalid(name, "a string"))?;
            out.push(match compiler.pattern(text)? {
                Ok(pattern) => Keyword::Pattern(pattern),
                Err(opaque) => opaque,
            });
        }
        "format" => {
            let text = value.as_str().ok_or_else(|| compiler.invalid(name, "a string"))?;
            if compiler.options.formats == Formats::Asserted {
                push_format(out, text);
            }
        }
        "uniqueItems" => match value {
            Value::Bool(true) => out.push(Keyword::UniqueItems),
            Value::Bool(false) => {}
            _ => return Err(compiler.invalid(name, "`true` or `false`")),
        },
        "prefixItems" if draft >= Draft202012 => {
            let prefix = list(compiler, name, value, scope)?;
            let rest = option(compiler, map, "items", scope)?;
            out.push(Keyword::Tuple(Tuple { prefix, rest }));
        }
        // Beside `prefixItems` it was read there.
        "items" if draft >= Draft202012 && map.contains_key("prefixItems") => {}
        "items" if draft >= Draft202012 => {
            let rest = compiler.below(&[Token::Name("items")], value, scope)?;
            out.push(Keyword::Tuple(Tuple { prefix: Vec::new(), rest: Some(rest) }));
        }
        "items" => {
            let tuple = if value.is_array() {
                let prefix = if value.as_array().is_some_and(Vec::is_empty) {
                    Vec::new()
                } else {
                    list(compiler, name, value, scope)?
                };
                Tuple { prefix, rest: option(compiler, map, "additionalItems", scope)? }
            } else {
                let rest = compiler.below(&[Token::Name("items")], value, scope)?;
                Tuple { prefix: Vec::new(), rest: Some(rest) }
            };
            out.push(Keyword::Tuple(tuple));
        }
        "contains" if draft >= Draft6 => {
            let schema = compiler.below(&[Token::Name("contains")], value, scope)?;
            let bounded = |keyword: &str| match map.get(keyword) {
                Some(value) if draft >= Draft201909 => count(compiler, keyword, value).map(Some),
                _ => Ok(None),
            };
            let (min, max) = (bounded("minContains")?.unwrap_or(1), bounded("maxContains")?);
            Graph::push_contains(out, Contains { schema, min, max, evaluates: draft >= Draft202012 });
        }
        "properties" => Graph::push_members(out, members(compiler, map, scope)?),
        "patternProperties" if !map.contains_key("properties") => {
            Graph::push_members(out, members(compiler, map, scope)?);
        }
        "additionalProperties"
            if !map.contains_key("properties") && !map.contains_key("patternProperties") =>
        {
            Graph::push_members(out, members(compiler, map, scope)?);
        }
        "required" => {
            let names = names(compiler, name, value)?;
            if !names.is_empty() {
                out.push(Keyword::Required(names));
            }
        }
        "propertyNames" if draft >= Draft6 => {
            out.push(Keyword::PropertyNames(compiler.below(&[Token::Name(name)], value, scope)?));
        }
        "dependentRequired" if draft >= Draft201909 => {
            let map =
                value.as_object().ok_or_else(|| compiler.invalid(name, "an object of lists of names"))?;
            for (member, needed) in map {
                push_dependent_names(compiler, out, name, member, needed)?;
            }
        }
        "dependentSchemas" if draft >= Draft201909 => {
            let map = value.as_object().ok_or_else(|| compiler.invalid(name, NAMED))?;
            for (member, schema) in map {
                let node = compiler.below(&[Token::Name(name), Token::Name(member)], schema, scope)?;
                out.push(Keyword::DependentSchema(member.as_str().into(), node));
            }
        }
        "dependencies" if draft <= Draft7 => {
            let map = value.as_object().ok_or_else(|| compiler.invalid(name, "an object"))?;
            for (member, dependency) in map {
                if dependency.is_array() {
                    push_dependent_names(compiler, out, name, member, dependency)?;
                } else {
                    let node =
                        compiler.below(&[Token::Name(name), Token::Name(member)], dependency, scope)?;
                    out.push(Keyword::DependentSchema(member.as_str().into(), node));
                }
            }
        }
        "$ref" => {
            let target = compiler.reference(value, scope)?;
            out.push(Keyword::Ref(target));
        }
        "$dynamicRef" if draft >= Draft202012 => {
            let target = compiler.dynamic_reference(value, scope)?;
            out.push(Keyword::Ref(target));
        }
        "$recursiveRef" if draft == Draft201909 => {
            let target = compiler.recursive_reference(scope)?;
            out.push(Keyword::Ref(target));
        }
        "allOf" => out.push(Keyword::AllOf(list(compiler, name, value, scope)?)),
        "anyOf" => out.push(Keyword::AnyOf(list(compiler, name, value, scope)?)),
        "oneOf" => out.push(Keyword::OneOf(list(compiler, name, value, scope)?)),
        "not" => out.push(Keyword::Not(compiler.below(&[Token::Name(name)], value, scope)?)),
        "if" if draft >= Draft7 => {
            let condition = compiler.below(&[Token::Name(name)], value, scope)?;
            let then = option(compiler, map, "then", scope)?.unwrap_or(Node::TRUE);
            let otherwise = option(compiler, map, "else", scope)?.unwrap_or(Node::TRUE);
            out.push(Keyword::If { condition, then, otherwise });
        }
        "unevaluatedItems" if draft >= Draft201909 => {
            out.push(Keyword::UnevaluatedItems(compiler.below(&[Token::Name(name)], value, scope)?));
        }
        "unevaluatedProperties" if draft >= Draft201909 => {
            out.push(Keyword::UnevaluatedProperties(compiler.below(&[Token::Name(name)], value, scope)?));
        }
        _ => {}
    }
    Ok(())
}

fn types(compiler: &Compiler<'_, '_>, value: &Value) -> Result<TypeSet, Stop> {
    let one = |value: &Value| {
        let found = value.as_str().and_then(TypeSet::named);
        found.ok_or_else(|| compiler.invalid("type", "the name of a type, or a list of such names"))
    };
    match value {
        Value::Array(names) => names.iter().try_fold(TypeSet::NONE, |set, name| Ok(set.union(one(name)?))),
        other => one(other),
    }
}

fn number(compiler: &Compiler<'_, '_>, keyword: &str, value: &Value) -> Result<Decimal, Stop> {
    match value {
        Value::Number(number) => Ok(Decimal::from_number(number)),
        _ => Err(compiler.invalid(keyword, "a number")),
    }
}

fn bound(lower: bool, limit: Decimal, exclusive: bool) -> Keyword {
    if lower { Keyword::Minimum { limit, exclusive } } else { Keyword::Maximum { limit, exclusive } }
}

fn count(compiler: &Compiler<'_, '_>, keyword: &str, value: &Value) -> Result<u64, Stop> {
    let wrong = || compiler.invalid(keyword, "a whole number, zero or more");
    let Value::Number(number) = value else { return Err(wrong()) };
    if let Some(count) = number.as_u64() {
        return Ok(count);
    }
    let exact = Decimal::from_number(number);
    if exact.is_negative() || !exact.is_integer() {
        return Err(wrong());
    }
    // Written as a float; nothing is longer than the largest count.
    Ok(exact.to_value().and_then(|value| value.as_u64()).unwrap_or(u64::MAX))
}

fn push_count(out: &mut Vec<Keyword>, count: u64, keyword: fn(u64) -> Keyword) {
    if count > 0 {
        out.push(keyword(count));
    }
}

fn push_format(out: &mut Vec<Keyword>, name: &str) {
    match format::meaning(name) {
        Some(Meaning::Integer(from, to)) => {
            if let (Some(from), Some(to)) = (Decimal::from_i128(from), Decimal::from_i128(to)) {
                out.push(bound(true, from, false));
                out.push(bound(false, to, false));
                out.push(Keyword::MultipleOf(Decimal::ONE));
            }
        }
        Some(Meaning::Pattern(pattern)) => out.push(Keyword::Pattern(pattern)),
        None => {}
    }
}

fn names(compiler: &Compiler<'_, '_>, keyword: &str, value: &Value) -> Result<Vec<Arc<str>>, Stop> {
    let wrong = || compiler.invalid(keyword, "a list of names");
    let list = match value {
        Value::Array(list) => list,
        // Draft 3 wrote a flag here, and some generators still do; drafts since then refuse it.
        _ => return Err(wrong()),
    };
    let mut names: Vec<Arc<str>> =
        list.iter().map(|name| name.as_str().map(Arc::from).ok_or_else(wrong)).collect::<Result<_, _>>()?;
    names.sort();
    names.dedup();
    Ok(names)
}

fn push_dependent_names(
    compiler: &Compiler<'_, '_>,
    out: &mut Vec<Keyword>,
    keyword: &str,
    member: &str,
    needed: &Value,
) -> Result<(), Stop> {
    let names = names(compiler, keyword, needed)?;
    if !names.is_empty() {
        out.push(Keyword::DependentRequired(member.into(), names));
    }
    Ok(())
}

fn list<'a>(
    compiler: &mut Compiler<'a, '_>,
    keyword: &'a str,
    value: &'a Value,
    scope: Scope,
) -> Result<Vec<Node>, Stop> {
    let schemas = value.as_array().filter(|list| !list.is_empty());
    let schemas = schemas.ok_or_else(|| compiler.invalid(keyword, SCHEMAS))?;
    schemas
        .iter()
        .enumerate()
        .map(|(index, schema)| compiler.below(&[Token::Name(keyword), Token::Index(index)], schema, scope))
        .collect()
}

fn option<'a>(
    compiler: &mut Compiler<'a, '_>,
    map: &'a Map<String, Value>,
    keyword: &'a str,
    scope: Scope,
) -> Result<Option<Node>, Stop> {
    map.get(keyword).map(|schema| compiler.below(&[Token::Name(keyword)], schema, scope)).transpose()
}

fn members<'a>(
    compiler: &mut Compiler<'a, '_>,
    map: &'a Map<String, Value>,
    scope: Scope,
) -> Result<Members, Stop> {
    let mut properties = Vec::new();
    if let Some(schemas) = map.get("properties") {
        let schemas = schemas.as_object().ok_or_else(|| compiler.invalid("properties", NAMED))?;
        properties.reserve(schemas.len());
        for (name, schema) in schemas {
            let node = compiler.below(&[Token::Name("properties"), Token::Name(name)], schema, scope)?;
            properties.push((Arc::from(name.as_str()), node));
        }
        if !properties.is_sorted_by(|left: &(Arc<str>, Node), right| left.0 < right.0) {
            properties.sort();
        }
    }
    let mut patterns = Vec::new();
    let mut opaque = None;
    if let Some(schemas) = map.get("patternProperties") {
        let schemas = schemas.as_object().ok_or_else(|| compiler.invalid("patternProperties", NAMED))?;
        for (text, schema) in schemas {
            let tokens = [Token::Name("patternProperties"), Token::Name(text)];
            let node = compiler.below(&tokens, schema, scope)?;
            match compiler.pattern(text)? {
                Ok(pattern) => patterns.push((pattern, node)),
                Err(keyword) => opaque = Some(keyword),
            }
        }
        patterns.sort_by(|left, right| left.0.text().cmp(right.0.text()));
    }
    if let Some(keyword) = opaque {
        // The whole rule is out of reach: which members are additional cannot be told either.
        let node = compiler.graph.intern(vec![keyword]);
        return Ok(Members { properties: vec![], patterns: vec![], additional: Some(node) });
    }
    let additional = option(compiler, map, "additionalProperties", scope)?;
    Ok(Members { properties, patterns, additional })
}
