//! A list names each type once.

use quote::ToTokens;
use syn::Type;

use crate::attr;
use crate::diagnostics::Errors;
use crate::model::Manifest;

pub(crate) fn validate(read: attr::manifest::Manifest, errors: &Errors) -> Manifest {
    let attr::manifest::Manifest { runtime, domain, offers, needs } = read;
    let offers = once(offers, errors);
    let needs = once(needs, errors);
    Manifest { runtime, domain, offers, needs }
}

fn once(types: Vec<Type>, errors: &Errors) -> Vec<Type> {
    let mut known = Vec::new();
    let mut kept = Vec::new();
    for ty in types {
        let text = ty.to_token_stream().to_string();
        if known.contains(&text) {
            errors.on(&ty, format_args!("`{}` stands there twice; keep one", text.replace(' ', "")));
        } else {
            kept.push(ty);
        }
        known.push(text);
    }
    kept
}
