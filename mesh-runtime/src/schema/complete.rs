//! What serde does with fields and variants and schemars does not say.
//!
//! | serde | *emits* | *accepts* |
//! |---|---|---|
//! | `alias` | | each name, one of them at most |
//! | `other` | only what is written | any name that no other variant has |
//! | `skip_serializing_if = "Option::is_none"` | never `null` | |
//! | `default` | no `default`, which speaks of reading | |
//! | `deserialize_with` without `default` | | required, even for an `Option` |
//! | unit variant, adjacently tagged | | no content but `null` |
//! | keys of maps that are not any text | only such keys | only such keys |

use mesh_contract::contract::Side;
use serde_json::{Map, Value, json};

use super::Generated;
use super::node::{self, ALIAS_COMMENT};
use crate::definition::{FieldDefinition, Shape, TaggingDefinition, VariantDefinition, VariantShape};
use crate::nested::{FieldTypes, Found};

/// Completes the definitions of every described type.
pub(super) fn complete(generated: &mut Generated, side: Side) {
    let Generated { defs, found, .. } = generated;
    let pass = Pass { side, found: found.as_slice() };
    for described in pass.found {
        if let Some(node) = defs.get_mut(&described.name) {
            pass.body(node, described);
        }
    }
}

struct Pass<'f> {
    side: Side,
    found: &'f [Found],
}

impl Pass<'_> {
    fn body(&self, node: &mut Value, described: &Found) {
        let types = described.fields.as_slice();
        match &described.body.shape {
            Shape::Struct { fields } => self.members(node, fields, types),
            Shape::Newtype { field } => {
                if let Some(types) = types.first() {
                    self.keys(node, field, types);
                }
            }
            Shape::Tuple { fields } => self.items(node, fields, types),
            Shape::Unit => {}
            Shape::Enum { tagging, variants } => self.variants(node, *tagging, variants, types),
        }
    }

    /// The members of an object.
    fn members(&self, node: &mut Value, fields: &[FieldDefinition], types: &[FieldTypes]) {
        let nothing = FieldTypes::default();
        for (index, field) in fields.iter().enumerate() {
            let types = types.get(index).unwrap_or(&nothing);
            if field.flatten {
                self.flattened(node, types);
            } else if let Some(name) = self.name(field) {
                self.member(node, name, field, types);
            }
        }
    }

    fn name<'d>(&self, field: &'d FieldDefinition) -> Option<&'d str> {
        match self.side {
            Side::Emits => (!field.never_emitted).then_some(field.emits),
            Side::Accepts => (!field.never_accepted).then_some(field.accepts),
        }
    }

    fn flattened(&self, node: &mut Value, types: &FieldTypes) {
        if let [only] = types.described.as_slice() {
            // The type's own schema was copied into this one.
            self.body(node, &self.found[*only]);
        } else if types.foreign && types.described.is_empty() && !says_what_else_there_is(node) {
            // What a foreign type writes among our members is not ours to close.
            if let Some(members) = node.as_object_mut() {
                members.insert("unevaluatedProperties".to_owned(), true.into());
            }
        }
    }

    fn member(&self, node: &mut Value, name: &str, field: &FieldDefinition, types: &FieldTypes) {
        let Some(property) = property_mut(node, name) else { return };
        self.keys(property, field, types);
        match self.side {
            Side::Emits => {
                if field.skipped_if_none {
                    node::without_null(property);
                }
                if let Some(members) = property.as_object_mut() {
                    members.remove("default");
                }
            }
            Side::Accepts => {
                if field.required_to_read {
                    require(node, name);
                }
                if !field.aliases.is_empty() {
                    alias_member(node, name, field.aliases);
                }
            }
        }
    }

    fn items(&self, node: &mut Value, fields: &[FieldDefinition], types: &[FieldTypes]) {
        let Some(items) = node.get_mut("prefixItems").and_then(Value::as_array_mut) else { return };
        let there = fields.iter().zip(types).filter(|(field, _)| self.name_or_index(field));
        for (item, (field, types)) in items.iter_mut().zip(there) {
            self.keys(item, field, types);
        }
    }

    fn name_or_index(&self, field: &FieldDefinition) -> bool {
        match self.side {
            Side::Emits => !field.never_emitted,
            Side::Accepts => !field.never_accepted,
        }
    }

    /// Keys of maps that are not any text: numbers of a range, variants of an enum, dates.
    fn keys(&self, node: &mut Value, _: &FieldDefinition, types: &FieldTypes) {
        let mut schemas = types.keys.iter();
        super::node::walk_mut(node, &mut |node| {
            let Some(members) = node.as_object_mut().filter(|members| is_map(members)) else { return };
            let Some(schema) = schemas.next() else { return };
            restrict_keys(members, schema);
        });
    }

    fn variants(
        &self,
        node: &mut Value,
        tagging: TaggingDefinition,
        variants: &[VariantDefinition],
        types: &[FieldTypes],
    ) {
        let mut from = 0;
        let there = |variant: &VariantDefinition| match self.side {
            Side::Emits => !variant.never_emitted,
            Side::Accepts => !variant.never_accepted,
        };
        let mut untagged = (0, count_untagged(tagging, variants, there));
        for variant in variants {
            let count = match &variant.shape {
                VariantShape::Unit => 0,
                VariantShape::Newtype(_) => 1,
                VariantShape::Tuple(fields) | VariantShape::Struct(fields) => fields.len(),
            };
            let types = types.get(from..from + count).unwrap_or_default();
            from += count;
            if there(variant) {
                let tagging = if variant.untagged { TaggingDefinition::Untagged } else { tagging };
                self.variant(node, tagging, variant, types, &mut untagged);
            }
        }
        if self.side == Side::Accepts
            && let Some(other) = variants.iter().find(|variant| variant.other && !variant.never_accepted)
        {
            let known: Vec<&str> = variants
                .iter()
                .filter(|variant| !variant.other && !variant.never_accepted)
                .flat_map(|variant| std::iter::once(variant.accepts).chain(variant.aliases.iter().copied()))
                .collect();
            take_any_other(node, tagging, other, &known);
        }
    }

    fn variant(
        &self,
        node: &mut Value,
        tagging: TaggingDefinition,
        variant: &VariantDefinition,
        types: &[FieldTypes],
        untagged: &mut (usize, usize),
    ) {
        let name = match self.side {
            Side::Emits => variant.emits,
            Side::Accepts => variant.accepts,
        };
        let branch = match tagging {
            TaggingDefinition::External => find_branch(node, &|branch| is_member_branch(branch, name)),
            TaggingDefinition::Internal { tag } | TaggingDefinition::Adjacent { tag, .. } => {
                find_branch(node, &|branch| is_tag_branch(branch, tag, name))
            }
            TaggingDefinition::Untagged => {
                untagged.0 += 1;
                nth_untagged(node, (untagged.0 - 1, untagged.1))
            }
        };
        if let Some(branch) = branch {
            let content = match tagging {
                TaggingDefinition::External => property_mut(branch, name),
                TaggingDefinition::Adjacent { content, .. } => property_mut(branch, content),
                TaggingDefinition::Internal { .. } | TaggingDefinition::Untagged => Some(&mut *branch),
            };
            if let Some(content) = content {
                self.content(content, tagging, variant, types);
            }
            if self.side == Side::Accepts {
                match tagging {
                    TaggingDefinition::External if !variant.aliases.is_empty() => {
                        alias_member(branch, name, variant.aliases);
                    }
                    TaggingDefinition::Internal { tag } => alias_tag(branch, tag, name, variant.aliases),
                    TaggingDefinition::Adjacent { tag, content } => {
                        alias_tag(branch, tag, name, variant.aliases);
                        if matches!(variant.shape, VariantShape::Unit)
                            && let Some(properties) =
                                branch.get_mut("properties").and_then(Value::as_object_mut)
                        {
                            properties.entry(content).or_insert_with(|| json!({"type": "null"}));
                        }
                    }
                    TaggingDefinition::External | TaggingDefinition::Untagged => {}
                }
            }
        }
        if self.side == Side::Accepts && tagging == TaggingDefinition::External {
            alias_name(node, name, variant.aliases);
        }
    }

    fn content(
        &self,
        content: &mut Value,
        tagging: TaggingDefinition,
        variant: &VariantDefinition,
        types: &[FieldTypes],
    ) {
        match (&variant.shape, types) {
            (VariantShape::Struct(fields), types) => self.members(content, fields, types),
            (VariantShape::Tuple(fields), types) => self.items(content, fields, types),
            (VariantShape::Newtype(field), [types]) => {
                if matches!(tagging, TaggingDefinition::Internal { .. }) && content.get("$ref").is_none() {
                    // The inner type's schema was copied beside the tag.
                    match types.described.as_slice() {
                        [only] => self.body(content, &self.found[*only]),
                        _ if says_what_else_there_is(content) => {}
                        _ => {
                            if let Some(members) = content.as_object_mut() {
                                members.insert("additionalProperties".to_owned(), true.into());
                            }
                        }
                    }
                }
                self.keys(content, field, types);
            }
            _ => {}
        }
    }
}

fn says_what_else_there_is(node: &Value) -> bool {
    node.get("additionalProperties").is_some() || node.get("unevaluatedProperties").is_some()
}

fn property_mut<'s>(node: &'s mut Value, name: &str) -> Option<&'s mut Value> {
    node.get_mut("properties")?.get_mut(name)
}

fn require(node: &mut Value, name: &str) {
    let Some(members) = node.as_object_mut() else { return };
    let required = members.entry("required").or_insert_with(|| json!([]));
    if let Some(names) = required.as_array_mut()
        && !names.iter().any(|each| each == name)
    {
        names.push(name.into());
    }
}

/// Lets a member be read under more names, one of them at a time.
fn alias_member(node: &mut Value, name: &str, aliases: &[&str]) {
    let Some(property) = property_mut(node, name).cloned() else { return };
    let Some(members) = node.as_object_mut() else { return };
    let others = aliases.iter().filter(|alias| **alias != name);
    let names: Vec<&str> = std::iter::once(name).chain(others.copied()).collect();
    if let Some(properties) = members.get_mut("properties").and_then(Value::as_object_mut) {
        for alias in &names[1..] {
            let mut copy = property.clone();
            if let Value::Bool(true) = copy {
                copy = Value::Object(Map::new());
            }
            if let Some(copy) = copy.as_object_mut() {
                copy.insert("$comment".to_owned(), format!("{ALIAS_COMMENT}`{name}`").into());
            }
            properties.entry(*alias).or_insert(copy);
        }
    }
    let mut required = false;
    if let Some(Value::Array(list)) = members.get_mut("required") {
        let before = list.len();
        list.retain(|each| each != name);
        required = list.len() < before;
        if list.is_empty() {
            members.remove("required");
        }
    }
    let mut rules = Vec::new();
    if required {
        let any_one: Vec<Value> = names.iter().map(|name| json!({"required": [name]})).collect();
        rules.push(json!({"oneOf": any_one}));
    } else {
        for (index, first) in names.iter().enumerate() {
            rules.extend(
                names[index + 1..].iter().map(|second| json!({"not": {"required": [first, second]}})),
            );
        }
    }
    let all_of = members.entry("allOf").or_insert_with(|| json!([]));
    if let Some(all_of) = all_of.as_array_mut() {
        all_of.extend(rules);
    }
}

/// The schema of a variant's content in the schema of its enum: the branch itself where nothing wraps the content.
pub(crate) fn variant_content<'s>(
    node: &'s Value,
    tagging: TaggingDefinition,
    name: &str,
    untagged: (usize, usize),
) -> Option<&'s Value> {
    let in_branches = |wanted: &dyn Fn(&Value) -> bool| branch(node, wanted);
    match tagging {
        TaggingDefinition::External => {
            in_branches(&|it| is_member_branch(it, name))?.get("properties")?.get(name)
        }
        TaggingDefinition::Internal { tag } => in_branches(&|it| is_tag_branch(it, tag, name)),
        TaggingDefinition::Adjacent { tag, content } => {
            in_branches(&|it| is_tag_branch(it, tag, name))?.get("properties")?.get(content)
        }
        TaggingDefinition::Untagged => {
            let branches = node.get("anyOf")?.as_array()?;
            branches.get(place_of_untagged(branches.len(), untagged)?)
        }
    }
}

fn branch<'s>(node: &'s Value, wanted: &dyn Fn(&Value) -> bool) -> Option<&'s Value> {
    for keyword in ["oneOf", "anyOf", "allOf"] {
        let branches = node.get(keyword).and_then(Value::as_array).into_iter().flatten();
        if let Some(found) = branches.into_iter().find_map(|it| branch(it, wanted)) {
            return Some(found);
        }
    }
    wanted(node).then_some(node)
}

/// Every branch of an enum's schema, wherever flattening put it, until one will do.
fn find_branch<'s>(node: &'s mut Value, wanted: &dyn Fn(&Value) -> bool) -> Option<&'s mut Value> {
    for keyword in ["oneOf", "anyOf", "allOf"] {
        let Some(branches) = node.get(keyword).and_then(Value::as_array) else { continue };
        let Some(index) = branches.iter().position(|branch| holds_branch(branch, wanted)) else { continue };
        let branch = node.get_mut(keyword)?.get_mut(index)?;
        return if wanted(branch) { Some(branch) } else { find_branch(branch, wanted) };
    }
    // With a single variant, or flattened, the branch is the node itself.
    wanted(node).then_some(node)
}

fn holds_branch(node: &Value, wanted: &dyn Fn(&Value) -> bool) -> bool {
    wanted(node)
        || ["oneOf", "anyOf", "allOf"].iter().any(|keyword| {
            let branches = node.get(*keyword).and_then(Value::as_array);
            branches.is_some_and(|branches| branches.iter().any(|branch| holds_branch(branch, wanted)))
        })
}

fn is_member_branch(branch: &Value, name: &str) -> bool {
    let required = branch.get("required").and_then(Value::as_array);
    required.is_some_and(|names| names.iter().any(|each| each == name))
        && branch.get("properties").is_some_and(|it| it.get(name).is_some())
}

fn is_tag_branch(branch: &Value, tag: &str, name: &str) -> bool {
    branch.get("properties").and_then(|it| it.get(tag)?.get("const")) == Some(&json!(name))
}

fn nth_untagged(node: &mut Value, untagged: (usize, usize)) -> Option<&mut Value> {
    let branches = node.get_mut("anyOf")?.as_array_mut()?;
    let place = place_of_untagged(branches.len(), untagged)?;
    branches.get_mut(place)
}

/// Where the branch of an untagged variant stands: serde wants these variants last, so their branches are the last ones.
fn place_of_untagged(branches: usize, (nth, of): (usize, usize)) -> Option<usize> {
    (branches + nth).checked_sub(of)
}

/// How many variants of an enum are told by their shape.
pub(crate) fn count_untagged(
    tagging: TaggingDefinition,
    variants: &[VariantDefinition],
    there: impl Fn(&VariantDefinition) -> bool,
) -> usize {
    let untagged = |variant: &&VariantDefinition| variant.untagged || tagging == TaggingDefinition::Untagged;
    variants.iter().filter(|variant| there(variant)).filter(untagged).count()
}

fn alias_tag(branch: &mut Value, tag: &str, name: &str, aliases: &[&str]) {
    if aliases.is_empty() {
        return;
    }
    let Some(tag) = property_mut(branch, tag).and_then(Value::as_object_mut) else { return };
    tag.remove("const");
    let names: Vec<&str> = std::iter::once(name).chain(aliases.iter().copied()).collect();
    tag.insert("enum".to_owned(), json!(names));
}

/// Lets the bare name of a unit variant be read under more names.
fn alias_name(node: &mut Value, name: &str, aliases: &[&str]) {
    if aliases.is_empty() {
        return;
    }
    let names = std::iter::once(name).chain(aliases.iter().copied()).collect::<Vec<_>>();
    let found = find_branch(node, &|branch| {
        branch.get("const") == Some(&json!(name))
            || branch
                .get("enum")
                .and_then(Value::as_array)
                .is_some_and(|it| it.iter().any(|each| each == name))
    });
    let Some(members) = found.and_then(Value::as_object_mut) else { return };
    if members.remove("const").is_some() {
        members.insert("enum".to_owned(), json!(names));
    } else if let Some(Value::Array(values)) = members.get_mut("enum") {
        for alias in aliases {
            if !values.iter().any(|each| each == alias) {
                values.push((*alias).into());
            }
        }
    }
}

/// Lets the catch-all variant stand for every name that no other variant has.
fn take_any_other(node: &mut Value, tagging: TaggingDefinition, other: &VariantDefinition, known: &[&str]) {
    match tagging {
        TaggingDefinition::External => {
            let is_name = |branch: &Value| {
                branch.get("type") == Some(&json!("string"))
                    && (branch.get("const").is_some() || branch.get("enum").is_some())
            };
            if is_name(node) {
                let members = node.as_object_mut().expect("a node with a type is an object");
                members.remove("enum");
                members.remove("const");
                return;
            }
            for keyword in ["oneOf", "anyOf"] {
                let Some(Value::Array(branches)) = node.get_mut(keyword) else { continue };
                branches.retain(|branch| !is_name(branch));
                let mut any = json!({"type": "string"});
                if !other.description.is_empty() {
                    any["description"] = other.description.into();
                }
                branches.push(any);
            }
        }
        TaggingDefinition::Internal { tag } | TaggingDefinition::Adjacent { tag, .. } => {
            let branch = find_branch(node, &|branch| is_tag_branch(branch, tag, other.accepts));
            let named = |tag: &Value| tag.get("enum").is_some_and(|it| it[0] == other.accepts);
            let branch = match branch {
                Some(branch) => Some(branch),
                None => find_branch(node, &|it| {
                    it.get("properties").and_then(|it| it.get(tag)).is_some_and(named)
                }),
            };
            if let Some(tag) = branch.and_then(|branch| property_mut(branch, tag)) {
                *tag = json!({"type": "string", "not": {"enum": known}});
            }
        }
        TaggingDefinition::Untagged => {}
    }
}

/// Whether a schema is that of a map, as schemars writes it.
fn is_map(members: &Map<String, Value>) -> bool {
    members
        .get("type")
        .is_some_and(|it| it == "object" || it.as_array().is_some_and(|it| it.contains(&json!("object"))))
        && !members.contains_key("required")
        && members.contains_key("additionalProperties")
}

/// Restricts the keys of a map to what the key's type takes; its own schema, as that of a value, is given.
fn restrict_keys(members: &mut Map<String, Value>, key: &Value) {
    let format = key.get("format").and_then(Value::as_str).unwrap_or_default();
    let bounds = match key.get("type").and_then(Value::as_str) {
        Some("integer") => {
            let nonzero = key.get("minimum") == Some(&json!(1)) || key.get("not").is_some();
            match whole_numbers(format, nonzero) {
                Some(pattern) => json!({"pattern": pattern}),
                None => return,
            }
        }
        Some("boolean") => json!({"enum": ["false", "true"]}),
        Some("string") if key.as_object().is_some_and(|key| key.len() == 1) => return,
        Some("string") => {
            let mut key = key.clone();
            super::bounds::complete(&mut key);
            key
        }
        _ => match names_of_unit_variants(key) {
            Some(names) => json!({"enum": names}),
            None => return,
        },
    };
    let value = members
        .get("patternProperties")
        .or(members.get("properties"))
        .and_then(|it| it.as_object()?.values().next().cloned());
    if let Some(value) = value
        && members.get("additionalProperties") == Some(&Value::Bool(false))
    {
        members.insert("additionalProperties".to_owned(), value);
        members.remove("patternProperties");
        members.remove("properties");
    }
    let mut bounds = bounds;
    if let Some(bounds) = bounds.as_object_mut() {
        for prose in ["title", "description", "type"] {
            bounds.remove(prose);
        }
    }
    members.insert("propertyNames".to_owned(), bounds);
}

fn names_of_unit_variants(key: &Value) -> Option<Vec<Value>> {
    let mut names = Vec::new();
    for branch in key.get("oneOf").or(key.get("anyOf"))?.as_array()? {
        match (branch.get("const"), branch.get("enum")) {
            (Some(name), None) => names.push(name.clone()),
            (None, Some(Value::Array(several))) => names.extend(several.iter().cloned()),
            _ => return None,
        }
    }
    Some(names)
}

/// The decimal notations of the whole numbers of a format, without leading zeros, which nothing writes.
fn whole_numbers(format: &str, nonzero: bool) -> Option<String> {
    let zero = if nonzero { "" } else { "0|" };
    let negative = |greatest: &str| format!("-({})|", up_to(greatest));
    let (negative, greatest) = match format {
        "uint8" => (String::new(), u8::MAX.to_string()),
        "uint16" => (String::new(), u16::MAX.to_string()),
        "uint32" => (String::new(), u32::MAX.to_string()),
        "uint64" | "uint" => (String::new(), u64::MAX.to_string()),
        "int8" => (negative("128"), i8::MAX.to_string()),
        "int16" => (negative("32768"), i16::MAX.to_string()),
        "int32" => (negative("2147483648"), i32::MAX.to_string()),
        "int64" | "int" => (negative("9223372036854775808"), i64::MAX.to_string()),
        _ => return None,
    };
    Some(format!("^({zero}{negative}{})$", up_to(&greatest)))
}

/// A pattern of the whole numbers from 1 to a greatest one, in decimal notation.
fn up_to(greatest: &str) -> String {
    let digits = greatest.as_bytes();
    let mut ways = Vec::new();
    if digits.len() > 1 {
        ways.push(format!("[1-9][0-9]{{0,{}}}", digits.len() - 2));
    }
    for (index, digit) in digits.iter().enumerate() {
        let least = if index == 0 { b'1' } else { b'0' };
        let rest = digits.len() - index - 1;
        let rest = if rest == 0 { String::new() } else { format!("[0-9]{{{rest}}}") };
        if *digit > least {
            let below = digit - 1;
            ways.push(format!("{}[{}-{}]{rest}", &greatest[..index], char::from(least), char::from(below)));
        }
    }
    ways.push(greatest.to_owned());
    ways.join("|")
}
