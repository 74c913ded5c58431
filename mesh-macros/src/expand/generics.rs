//! The bounds that a generic type's implementations ask for.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Generics, Ident, parse_quote};

use crate::model::{Field, Shape, Type};

/// The type's generics with the bounds that its parts need. That the type has a schema at all is asked of the type itself,
/// so that whatever bounds schemars chose hold here too.
pub(super) fn bounded(ty: &Type<'_>) -> Generics {
    let mut generics = ty.generics.clone();
    let parameters: Vec<String> =
        ty.generics.type_params().map(|parameter| parameter.ident.to_string()).collect();
    if parameters.is_empty() {
        return generics;
    }
    let mut uses = Uses { parameters, held: Vec::new(), keys: Vec::new() };
    for field in fields(&ty.shape) {
        if !(field.wire.never_emitted && field.wire.never_accepted) {
            uses.read(field.ty.to_token_stream());
        }
    }
    let Uses { parameters, held, keys } = uses;
    let clause = generics.make_where_clause();
    for name in &parameters {
        let parameter = Ident::new(name, Span::call_site());
        if held.contains(name) {
            clause.predicates.push(parse_quote!(#parameter: _mesh::Part));
        }
        if keys.contains(name) {
            clause.predicates.push(parse_quote!(#parameter: _mesh::Writes + _mesh::JsonSchema));
        }
    }
    clause.predicates.push(parse_quote!(Self: _mesh::JsonSchema));
    generics
}

pub(super) fn fields<'t>(shape: &'t Shape<'_>) -> Vec<&'t Field<'t>> {
    match shape {
        Shape::Plain(fields) => fields.as_slice().iter().collect(),
        Shape::Enum { variants, .. } => {
            variants.iter().flat_map(|variant| variant.fields.as_slice()).collect()
        }
    }
}

/// What a field's type does with the parameters of the type around it, told by its tokens.
struct Uses {
    parameters: Vec<String>,
    /// Parameters whose values are part of the record.
    held: Vec<String>,
    /// Parameters that name the members of a map.
    keys: Vec<String>,
}

impl Uses {
    fn read(&mut self, tokens: TokenStream) {
        let mut words = Vec::new();
        flatten(tokens, &mut words);
        let mut index = 0;
        while let Some(word) = words.get(index) {
            if word == "PhantomData" {
                index = behind_arguments(&words, index + 1);
                continue;
            }
            let maps = word.ends_with("Map") && words.get(index + 1).is_some_and(|next| next == "<");
            if maps
                && let (Some(key), Some(",")) =
                    (words.get(index + 2), words.get(index + 3).map(String::as_str))
                && self.parameters.contains(key)
            {
                self.keys.push(key.clone());
                index += 3;
                continue;
            }
            if self.parameters.contains(word) {
                self.held.push(word.clone());
            }
            index += 1;
        }
    }
}

fn flatten(tokens: TokenStream, words: &mut Vec<String>) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => flatten(group.stream(), words),
            other => words.push(other.to_string()),
        }
    }
}

/// The place behind `<...>`, if that is what starts here.
fn behind_arguments(words: &[String], start: usize) -> usize {
    let mut depth = 0_usize;
    for (index, word) in words.iter().enumerate().skip(start) {
        match word.as_str() {
            "<" => depth += 1,
            ">" => depth = depth.saturating_sub(1),
            _ if depth == 0 => return index,
            _ => {}
        }
        if depth == 0 {
            return index + 1;
        }
    }
    words.len()
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn parameters_are_told_apart_by_what_they_are_used_for() {
        let parameters = ["K", "V", "P"].map(str::to_owned).into();
        let mut uses = Uses { parameters, held: Vec::new(), keys: Vec::new() };
        uses.read(quote!((BTreeMap<K, Vec<V>>, PhantomData<Box<P>>, u8)));
        assert_eq!((uses.held, uses.keys), (vec!["V".to_owned()], vec!["K".to_owned()]));
    }
}
