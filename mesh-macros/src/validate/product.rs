//! A product is a described type with a place, a version and a port.

use mesh_contract::{
    Address, ContractVersion, Day, Percent, ProductKind, ProductName, Span as Length, Stability,
};
use syn::spanned::Spanned as _;
use syn::{DeriveInput, Path};

use super::{body, port, value};
use crate::attr::named::Attrs;
use crate::attr::{self, mesh, refuse};
use crate::diagnostics::Errors;
use crate::model::{Deprecation, Product, Shape};

const REQUIRED: &[(&str, &str)] = &[
    ("service", "service = Sales::Orders"),
    ("name", "name = \"orders\""),
    ("version", "version = \"1.0.0\""),
    ("kind", "kind = \"source-aligned\""),
];

pub(crate) fn validate<'a>(
    input: &'a DeriveInput,
    serde: &'a serde_derive_internals::ast::Container<'a>,
    errors: &Errors,
) -> Option<Product<'a>> {
    let named = Attrs::of(&input.attrs);
    let attrs = attr::product::Product::read(&named, errors);
    let runtime = mesh::runtime(&named, errors);
    refuse(
        &named,
        &[
            ("field", "it belongs on a field"),
            ("data", "write `#[product(extensible)]` on a product"),
            ("consumes", "a type that reads another domain's product derives `Consumes`"),
        ],
        errors,
    );
    let attribute = named.named("product").next();
    let span = attribute.map_or(input.ident.span(), |attr| attr.path().span());
    value::missing("product", REQUIRED, &attrs.written, span, errors);
    value::refuse_generics(input, "a product", errors);

    let service = attrs.service.as_ref().and_then(|path| service(path, errors));
    let name = value::checked::<ProductName>(attrs.name.as_ref(), errors);
    let version = value::checked::<ContractVersion>(attrs.version.as_ref(), errors);
    let kind =
        value::word::<ProductKind>(attrs.kind.as_ref(), "a kind of product", ProductKind::WORDS, errors);
    let stability =
        value::word::<Stability>(attrs.stability.as_ref(), "a stability", Stability::WORDS, errors);
    let freshness = value::checked::<Length>(attrs.freshness.as_ref(), errors);
    let latency = value::checked::<Length>(attrs.latency.as_ref(), errors);
    let availability = value::checked::<Percent>(attrs.availability.as_ref(), errors);
    let retention = value::checked::<Length>(attrs.retention.as_ref(), errors);
    let deprecated = attrs.deprecated.as_ref().map(|deprecated| deprecation(deprecated, errors));
    let mut tags: Vec<String> = Vec::new();
    for tag in attrs.tags {
        if tag.value.trim().is_empty() {
            errors.at(tag.span, "a tag is empty; leave it out or say something");
        } else if tags.contains(&tag.value) {
            errors.at(tag.span, format_args!("`{}` is tagged twice; keep one", tag.value));
        }
        tags.push(tag.value);
    }
    let ports = attr::port::Port::read_all(&named, errors);
    let ports = port::ports(&ports, input.ident.span(), errors);
    let body = body::validate(input, &named, serde, body::Role::Product, runtime, attrs.extensible, errors);

    let body = body?;
    check_tenants(&body.shape, errors);
    let (domain, service) = service?;
    Some(Product {
        body,
        domain,
        service,
        name: name?,
        version: version?,
        kind: kind?,
        stability: stability.unwrap_or(Stability::Stable),
        purpose: attrs.purpose.map(|text| text.value),
        terms: attrs.terms.map(|text| text.value),
        tags,
        deprecated: deprecated.flatten(),
        freshness,
        latency,
        availability,
        retention,
        ports,
        inputs: attrs.inputs,
        examples: attrs.examples,
    })
}

/// The path of the domain's enum and that of the variant.
pub(crate) fn service(path: &Path, errors: &Errors) -> Option<(Path, Path)> {
    let Some(domain) = domain_of(path) else {
        let message = format!(
            "`{}` names no domain; write the enum and its variant, e.g. `Sales::Orders`",
            attr::product::spanned_path(path).value
        );
        errors.on(path, message);
        return None;
    };
    Some((domain, path.clone()))
}

/// The path without its last step.
pub(crate) fn domain_of(path: &Path) -> Option<Path> {
    let mut domain = path.clone();
    domain.segments.pop()?;
    let last = domain.segments.pop()?;
    domain.segments.push(last);
    Some(domain)
}

fn deprecation(read: &attr::product::Deprecated, errors: &Errors) -> Option<Deprecation> {
    if !read.dated {
        let message = "`date` is missing: the day from which the product may be gone; write e.g. `deprecated(date = \"2027-01-01\")`";
        errors.at(read.span, message);
    }
    let date = read.date.as_ref().filter(|date| {
        let sound = date.value.parse::<Day>().is_ok();
        if !sound {
            let message = format!("`{}` is not a day; write it as `2027-01-01`", date.value);
            errors.at(date.span, message);
        }
        sound
    });
    let successor = value::checked::<Address>(read.successor.as_ref(), errors);
    Some(Deprecation { date: date?.value.clone(), successor })
}

/// One field at most tells whose a record is, and every record has it.
fn check_tenants(shape: &Shape<'_>, errors: &Errors) {
    match shape {
        Shape::Plain(fields) => {
            let mut tenants = fields.as_slice().iter().filter_map(|field| field.meaning.tenant);
            tenants.next();
            for second in tenants {
                errors.at(second, "a second field tells whose a record is; keep `tenant` on one");
            }
        }
        Shape::Enum { variants, .. } => {
            let fields = variants.iter().flat_map(|variant| variant.fields.as_slice());
            for tenant in fields.filter_map(|field| field.meaning.tenant) {
                errors.at(
                    tenant,
                    "a field of one variant is not in every record and cannot be the `tenant`; make the product a struct with the enum in it",
                );
            }
        }
    }
}
