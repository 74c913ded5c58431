//! What the macros know after everything was checked. Only these types generate code, so nothing unchecked reaches it.

use mesh_contract::{Classification, Exact, PersonalData, PortKind, ProductKind, Stability};
use proc_macro2::{Span, TokenStream};
use syn::{ExprPath, Ident, Path, Type as RustType};

use crate::attr::constraint::{Constraints, SchemaSource};
use crate::attr::doc::Description;

/// A domain: an enum whose variants are services.
pub(crate) struct Domain<'a> {
    pub(crate) runtime: Path,
    pub(crate) ident: &'a Ident,
    pub(crate) name: String,
    pub(crate) description: Description,
    pub(crate) owner: String,
    pub(crate) contact: Option<String>,
    pub(crate) services: Vec<Service>,
}

pub(crate) struct Service {
    pub(crate) name: String,
    pub(crate) description: Description,
    pub(crate) shared_with: Vec<String>,
}

/// A data product.
pub(crate) struct Product<'a> {
    pub(crate) body: Type<'a>,
    /// The enum of the domain.
    pub(crate) domain: Path,
    /// The variant of the service.
    pub(crate) service: Path,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) kind: ProductKind,
    pub(crate) stability: Stability,
    pub(crate) purpose: Option<String>,
    pub(crate) terms: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) deprecated: Option<Deprecation>,
    pub(crate) freshness: Option<String>,
    pub(crate) latency: Option<String>,
    pub(crate) availability: Option<String>,
    pub(crate) retention: Option<String>,
    pub(crate) ports: Vec<Port>,
    pub(crate) inputs: Vec<RustType>,
    pub(crate) examples: Vec<Path>,
}

pub(crate) struct Deprecation {
    pub(crate) date: String,
    pub(crate) successor: Option<String>,
}

pub(crate) struct Port {
    pub(crate) kind: PortKind,
    pub(crate) name: String,
    pub(crate) options: Vec<(String, String)>,
}

/// A reader of another domain's product.
pub(crate) struct Consumer<'a> {
    pub(crate) body: Type<'a>,
    pub(crate) address: String,
    pub(crate) requirement: String,
    pub(crate) purpose: Option<String>,
}

/// A type with named meaning.
pub(crate) struct Type<'a> {
    pub(crate) runtime: Path,
    pub(crate) ident: &'a Ident,
    pub(crate) generics: &'a syn::Generics,
    /// Empty where none was written and none is needed.
    pub(crate) description: Option<Description>,
    pub(crate) line: u32,
    pub(crate) extensible: bool,
    pub(crate) shape: Shape<'a>,
}

pub(crate) enum Shape<'a> {
    Plain(Fields<'a>),
    Enum { tagging: Tagging, variants: Vec<Variant<'a>> },
}

/// The fields of a struct or of a variant.
pub(crate) enum Fields<'a> {
    Unit,
    Newtype(Box<Field<'a>>),
    Tuple(Vec<Field<'a>>),
    Named(Vec<Field<'a>>),
}

pub(crate) enum Tagging {
    External,
    Internal { tag: String },
    Adjacent { tag: String, content: String },
    Untagged,
}

pub(crate) struct Variant<'a> {
    pub(crate) ident: &'a Ident,
    pub(crate) wire: Wire,
    pub(crate) description: Option<Description>,
    pub(crate) line: u32,
    pub(crate) other: bool,
    pub(crate) untagged: bool,
    /// `serialize_with`: what is written of its content is not told by its fields.
    pub(crate) written_otherwise: bool,
    pub(crate) fields: Fields<'a>,
}

/// Names when written and when read, and whether at all.
pub(crate) struct Wire {
    pub(crate) rust_name: String,
    pub(crate) emits: String,
    pub(crate) accepts: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) never_emitted: bool,
    pub(crate) never_accepted: bool,
}

pub(crate) struct Field<'a> {
    pub(crate) member: syn::Member,
    pub(crate) ty: &'a RustType,
    pub(crate) wire: Wire,
    pub(crate) description: Option<Description>,
    pub(crate) line: u32,
    pub(crate) flatten: bool,
    /// `skip_serializing_if`.
    pub(crate) skipped_if: Option<ExprPath>,
    pub(crate) required_to_read: bool,
    /// `serialize_with`.
    pub(crate) written_by: Option<ExprPath>,
    pub(crate) schema: SchemaSource,
    pub(crate) constraints: Constraints,
    pub(crate) meaning: Meaning,
}

/// What `#[field(...)]` says.
#[derive(Default)]
pub(crate) struct Meaning {
    pub(crate) key: bool,
    pub(crate) tenant: Option<Span>,
    pub(crate) unit: Option<String>,
    pub(crate) term: Option<String>,
    pub(crate) pii: Option<PersonalData>,
    pub(crate) classification: Option<Classification>,
    pub(crate) deprecated: Option<String>,
    pub(crate) references: Option<String>,
    pub(crate) decimal: Option<(u8, u8)>,
    pub(crate) min: Option<Bound>,
    pub(crate) max: Option<Bound>,
    pub(crate) examples: Vec<String>,
}

/// A bound as it was written and as a number.
pub(crate) struct Bound {
    pub(crate) text: String,
    pub(crate) number: Exact,
}

/// What `domain!` lists.
pub(crate) struct Manifest {
    pub(crate) runtime: Path,
    pub(crate) domain: RustType,
    pub(crate) offers: Vec<RustType>,
    pub(crate) needs: Vec<RustType>,
}

impl Field<'_> {
    /// `skip_serializing_if = "Option::is_none"`.
    pub(crate) fn skipped_if_none(&self) -> bool {
        let Some(path) = &self.skipped_if else { return false };
        let mut last = path.path.segments.iter().rev().map(|segment| &segment.ident);
        last.next().is_some_and(|name| name == "is_none") && last.next().is_some_and(|name| name == "Option")
    }
}

impl Fields<'_> {
    pub(crate) fn as_slice(&self) -> &[Field<'_>] {
        match self {
            Fields::Unit => &[],
            Fields::Newtype(field) => std::slice::from_ref(field),
            Fields::Tuple(fields) | Fields::Named(fields) => fields,
        }
    }
}

/// Tokens that become a literal `Option<&'static str>` and the like.
pub(crate) fn option(value: Option<impl quote::ToTokens>) -> TokenStream {
    match value {
        Some(value) => quote::quote!(_mesh::Some(#value)),
        None => quote::quote!(_mesh::None),
    }
}
