//! A domain is an enum of described services.

use mesh_contract::name::to_kebab;
use mesh_contract::{DomainName, ServiceName};
use syn::spanned::Spanned as _;
use syn::{Data, DeriveInput, Fields, Variant};

use super::value;
use crate::attr::doc::Description;
use crate::attr::named::Attrs;
use crate::attr::{self, Text, mesh, refuse};
use crate::diagnostics::Errors;
use crate::model::{Domain, Service};

const REQUIRED: &[(&str, &str)] = &[("name", "name = \"sales\""), ("owner", "owner = \"sales@example.com\"")];

pub(crate) fn validate<'a>(input: &'a DeriveInput, errors: &Errors) -> Option<Domain<'a>> {
    let named = Attrs::of(&input.attrs);
    let attrs = attr::domain::Domain::read(&named, errors);
    let runtime = mesh::runtime(&named, errors);
    let attribute = named.named("domain").next();
    let span = attribute.map_or(input.ident.span(), |attr| attr.path().span());
    value::missing("domain", REQUIRED, &attrs.written, span, errors);
    refuse(&named, &[("service", "it belongs on a variant")], errors);
    value::refuse_generics(input, "a domain", errors);
    let name = value::checked::<DomainName>(attrs.name.as_ref(), errors);
    let description = Description::of(&named);
    if description.is_none() {
        errors.at(
            input.ident.span(),
            format_args!(
                "the domain `{}` has no description; write a doc comment that says what it is about",
                input.ident
            ),
        );
    }
    let services = services(input, name.as_deref(), errors)?;
    Some(Domain {
        runtime,
        ident: &input.ident,
        name: name?,
        description: description?,
        owner: attrs.owner?.value,
        contact: attrs.contact.map(|contact| contact.value),
        services,
    })
}

fn services(input: &DeriveInput, domain: Option<&str>, errors: &Errors) -> Option<Vec<Service>> {
    let keyword = match &input.data {
        Data::Enum(data) => {
            if data.variants.is_empty() {
                errors.at(input.ident.span(), "the domain has no services; write a variant for each");
            }
            let mut known: Vec<String> = Vec::new();
            let services: Vec<_> =
                data.variants.iter().map(|variant| service(variant, domain, &mut known, errors)).collect();
            return services.into_iter().collect();
        }
        Data::Struct(data) => data.struct_token.span,
        Data::Union(data) => data.union_token.span,
    };
    errors.at(keyword, "a domain is an enum; write a variant for each of its services");
    None
}

fn service(
    variant: &Variant,
    domain: Option<&str>,
    known: &mut Vec<String>,
    errors: &Errors,
) -> Option<Service> {
    let named = Attrs::of(&variant.attrs);
    let attrs = attr::domain::Service::read(&named, errors);
    refuse(&named, &[("domain", "it belongs on the enum"), ("mesh", "it belongs on the enum")], errors);
    if !matches!(variant.fields, Fields::Unit) {
        errors.on(&variant.fields, "a service holds no fields; write the variant alone");
    }
    if let Some((_, number)) = &variant.discriminant {
        errors.on(number, "a service has no number; write the variant alone");
    }
    let description = Description::of(&named);
    if description.is_none() {
        errors.at(
            variant.ident.span(),
            format_args!(
                "the service `{}` has no description; write a doc comment that says what it does",
                variant.ident
            ),
        );
    }
    let written = attrs.name.clone();
    let name = match &written {
        Some(_) => value::checked::<ServiceName>(written.as_ref(), errors),
        None => {
            let text = Text::new(to_kebab(&variant.ident.to_string()), variant.ident.span());
            value::checked::<ServiceName>(Some(&text), errors)
        }
    };
    if let Some(name) = &name {
        if known.contains(name) {
            let span = written.map_or(variant.ident.span(), |text| text.span);
            errors.at(
                span,
                format_args!("another service is named `{name}` already; give this one another name"),
            );
        }
        known.push(name.clone());
    }
    let shared_with = shared(&attrs.shared_with, domain, errors);
    Some(Service { name: name?, description: description?, shared_with })
}

fn shared(with: &[Text], domain: Option<&str>, errors: &Errors) -> Vec<String> {
    let mut known: Vec<String> = Vec::new();
    for text in with {
        let Some(name) = value::checked::<DomainName>(Some(text), errors) else { continue };
        if domain == Some(name.as_str()) {
            errors.at(
                text.span,
                format_args!("`{name}` is this domain itself; name the others that take part"),
            );
        } else if known.contains(&name) {
            errors.at(text.span, format_args!("`{name}` is named twice; keep one"));
        }
        known.push(name);
    }
    known
}
