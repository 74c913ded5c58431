//! What can be told of a Rust type by its name alone. It decides only what code is spared, and where `Option` stands.

use syn::{GenericArgument, PathArguments, PathSegment, Type};

const PLAIN: &[&str] = &[
    "bool", "char", "String", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
    "usize",
];
const FLOATS: &[&str] = &["f32", "f64"];

/// Whether the type describes nothing: a plain value, or a list or an option of some.
pub(crate) fn is_plain(ty: &Type) -> bool {
    is_named(ty, PLAIN)
        || is_named(ty, FLOATS)
        || content(ty, &["Option", "Vec", "Box"]).is_some_and(is_plain)
}

/// Whether the type describes nothing and promises nothing by itself. A float that is no number breaks a promise, unless
/// `null` may stand there.
pub(crate) fn is_silent(ty: &Type) -> bool {
    is_named(ty, PLAIN)
        || content(ty, &["Vec", "Box"]).is_some_and(is_silent)
        || content(ty, &["Option"]).is_some_and(|ty| is_silent(ty) || is_named(ty, FLOATS))
}

/// Whether a value of the type may be a text or a whole number, as far as its name tells.
pub(super) fn may_name(ty: &Type) -> bool {
    let neither = is_named(ty, &["bool", "i128", "u128"]) || is_named(ty, FLOATS);
    let holds = content(ty, &["Vec", "VecDeque", "HashSet", "BTreeSet"]).is_some();
    !neither && !holds && !matches!(ungrouped(ty), Type::Array(_) | Type::Tuple(_) | Type::Slice(_))
}

/// The word `Option` of a type that is one.
pub(super) fn option(ty: &Type) -> Option<&PathSegment> {
    content(ty, &["Option"])?;
    match ungrouped(ty) {
        Type::Path(path) => path.path.segments.last(),
        _ => None,
    }
}

/// Whether the type is one of these by its last name.
pub(super) fn is_named(ty: &Type, names: &[&str]) -> bool {
    match ungrouped(ty) {
        Type::Path(path) => path.qself.is_none() && names.iter().any(|name| path.path.is_ident(name)),
        Type::Reference(reference) => {
            names.contains(&"String")
                && matches!(ungrouped(&reference.elem), Type::Path(path) if path.path.is_ident("str"))
        }
        _ => false,
    }
}

/// The only argument of a type with one of these names.
pub(super) fn content<'t>(ty: &'t Type, names: &[&str]) -> Option<&'t Type> {
    let Type::Path(path) = ungrouped(ty) else { return None };
    let last = path.path.segments.last()?;
    if !names.iter().any(|name| last.ident == name) {
        return None;
    }
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) => match (arguments.args.first(), arguments.args.len()) {
            (Some(GenericArgument::Type(content)), 1) => Some(content),
            _ => None,
        },
        _ => None,
    }
}

fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        Type::Paren(paren) => ungrouped(&paren.elem),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    #[test]
    fn plain_types_are_known_by_name() {
        for ty in
            [parse_quote!(u64), parse_quote!(Option<Vec<String>>), parse_quote!(&'a str), parse_quote!(f32)]
        {
            assert!(is_plain(&ty));
        }
        for ty in [
            parse_quote!(Order),
            parse_quote!(Vec<Order>),
            parse_quote!(Map<String, u8>),
            parse_quote!(my::String),
        ] {
            assert!(!is_plain(&ty));
        }
    }

    #[test]
    fn a_float_is_silent_only_where_null_may_stand() {
        assert!(is_silent(&parse_quote!(Option<f64>)));
        assert!(!is_silent(&parse_quote!(f64)));
        assert!(!is_silent(&parse_quote!(Option<Vec<f64>>)));
    }

    #[test]
    fn an_option_is_known_by_its_last_name() {
        assert!(option(&parse_quote!(std::option::Option<u8>)).is_some());
        assert!(option(&parse_quote!(Vec<Option<u8>>)).is_none());
    }
}
