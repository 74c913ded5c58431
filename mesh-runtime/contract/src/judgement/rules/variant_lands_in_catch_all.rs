//! `variant-lands-in-catch-all`: a new variant of an extensible enum arrives where readers catch what they do not know

use super::prelude::*;

pub(crate) static RULE: Rule = Rule {
    id: "variant-lands-in-catch-all",
    step: Step::Minor,
    sentence: "A new variant of an extensible enum arrives where readers catch what they do not know",
    explanation: "The enum is extensible, so readers expect variants they do not know and take them as their catch-all. \
                  Nothing breaks; what they do with the new variant is what they do with every unknown one.",
    example: Example {
        before: "#[data(extensible)]
pub enum Channel { Web, #[serde(other)] Other }",
        after: "#[data(extensible)]
pub enum Channel { Web, Phone, #[serde(other)] Other }",
        old: as_it_is,
        new: |document| {
            let variants = document["types"]["Channel"]["variants"].as_array_mut();
            variants
                .into_iter()
                .for_each(|it| it.insert(1, json!({ "name": "phone", "description": "By phone." })));
            document["schemas"]["emits"]["$defs"]["Channel"]["enum"] = json!(["web", "phone", "other"]);
        },
    },
    check: Check::Break(name),
    ..Rule::BASE
};

/// A reader made from the published contract knows the enum as extensible. What a registered one takes, its schema says.
fn name(found: &Found<'_>) -> Option<Seen> {
    let change = found.change.filter(|_| !found.registered && found.at.side == Side::Readers)?;
    let variant = super::variant_added::variant(found)?;
    if !type_at(change.old, found.field)?.extensible {
        return None;
    }
    let message = format!(
        "{} may be the new variant `{variant}`, which readers take as one they do not know",
        shown(found.field)
    );
    Some(Seen::field(found.field, variant, message))
}

/// The described type of the values at a place.
fn type_at<'c>(contract: &'c Contract, pointer: &str) -> Option<&'c TypeMeaning> {
    let mut depth = 0;
    let mut field = pointer;
    while let Some(above) = field.strip_suffix("/*") {
        (field, depth) = (above, depth + 1);
    }
    if field.is_empty() && depth == 0 {
        return contract.types.get(&contract.root);
    }
    let paths = contract.field_paths();
    let (_, meaning) = paths.iter().find(|(path, _)| path == field)?;
    let mut logical = &meaning.logical;
    while let (LogicalType::List(inner) | LogicalType::Map(inner), 1..) = (logical, depth) {
        (logical, depth) = (inner, depth - 1);
    }
    match logical {
        LogicalType::Type(name) => contract.types.get(name),
        _ => None,
    }
}

/// The enums that both versions have.
pub(super) fn types<'c>(
    change: &Change<'c>,
) -> impl Iterator<Item = (&'c str, &'c TypeMeaning, &'c TypeMeaning)> {
    let new = change.new;
    change.old.types.iter().filter_map(move |(name, old)| {
        let new = new.types.get(name)?;
        (!old.variants.is_empty() && !new.variants.is_empty()).then_some((name.as_str(), old, new))
    })
}

/// The variants that only the new version has.
pub(super) fn added_variants<'c>(old: &TypeMeaning, new: &'c TypeMeaning) -> Vec<&'c str> {
    let known = |name: &str| old.variants.iter().any(|variant| variant.name == name);
    new.variants.iter().map(|variant| variant.name.as_str()).filter(|name| !known(name)).collect()
}
