//! `DataType::BODY`: what was read of the body, as a constant. Only what differs from a plain field is written out.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};

use crate::attr::doc::Description;
use crate::model::{Field, Fields, Meaning, Shape, Tagging, Type, Variant, Wire};

pub(super) fn definition(ty: &Type<'_>) -> TokenStream {
    let rust_name = ty.ident.to_string();
    let rust_name = rust_name.trim_start_matches("r#");
    let description = described(ty.description.as_ref());
    let Type { line, extensible, .. } = ty;
    let shape = shape(&ty.shape);
    quote! {
        _mesh::TypeDefinition {
            rust_name: #rust_name,
            description: #description,
            file: _mesh::file!(),
            line: #line,
            extensible: #extensible,
            shape: #shape,
        }
    }
}

fn described(description: Option<&Description>) -> TokenStream {
    description.map_or_else(|| quote!(""), ToTokens::to_token_stream)
}

fn shape(shape: &Shape<'_>) -> TokenStream {
    match shape {
        Shape::Plain(Fields::Unit) => quote!(_mesh::Shape::Unit),
        Shape::Plain(Fields::Newtype(only)) => {
            let field = field(only);
            quote!(_mesh::Shape::Newtype { field: &#field })
        }
        Shape::Plain(Fields::Tuple(fields)) => {
            let fields = fields.iter().map(field);
            quote!(_mesh::Shape::Tuple { fields: &[#(#fields),*] })
        }
        Shape::Plain(Fields::Named(fields)) => {
            let fields = fields.iter().map(field);
            quote!(_mesh::Shape::Struct { fields: &[#(#fields),*] })
        }
        Shape::Enum { tagging, variants } => {
            let tagging = tagging_of(tagging);
            let variants = variants.iter().map(variant);
            quote!(_mesh::Shape::Enum { tagging: #tagging, variants: &[#(#variants),*] })
        }
    }
}

fn tagging_of(tagging: &Tagging) -> TokenStream {
    match tagging {
        Tagging::External => quote!(_mesh::TaggingDefinition::External),
        Tagging::Internal { tag } => quote!(_mesh::TaggingDefinition::Internal { tag: #tag }),
        Tagging::Adjacent { tag, content } => {
            quote!(_mesh::TaggingDefinition::Adjacent { tag: #tag, content: #content })
        }
        Tagging::Untagged => quote!(_mesh::TaggingDefinition::Untagged),
    }
}

/// Members of a struct expression that differ from the plain form.
struct Differences(Vec<TokenStream>);

impl Differences {
    fn set(&mut self, name: &str, value: impl ToTokens) {
        let name = format_ident!("{name}");
        self.0.push(quote!(#name: #value));
    }

    fn flag(&mut self, name: &str, flag: bool) {
        if flag {
            self.set(name, true);
        }
    }

    fn option(&mut self, name: &str, value: Option<impl ToTokens>) {
        if let Some(value) = value {
            self.set(name, quote!(_mesh::Some(#value)));
        }
    }

    fn list(&mut self, name: &str, values: &[String]) {
        if !values.is_empty() {
            self.set(name, quote!(&[#(#values),*]));
        }
    }

    fn wire(&mut self, wire: &Wire) {
        let Wire { rust_name, emits, accepts, aliases, never_emitted, never_accepted } = wire;
        if emits != rust_name {
            self.set("emits", emits);
        }
        if accepts != rust_name {
            self.set("accepts", accepts);
        }
        self.list("aliases", aliases);
        self.flag("never_emitted", *never_emitted);
        self.flag("never_accepted", *never_accepted);
    }

    /// The plain form, changed where it differs.
    fn from(self, kind: TokenStream, plain: TokenStream) -> TokenStream {
        let Self(members) = self;
        if members.is_empty() { plain } else { quote!(#kind { #(#members,)* ..#plain }) }
    }
}

fn variant(variant: &Variant<'_>) -> TokenStream {
    let mut differences = Differences(Vec::new());
    differences.wire(&variant.wire);
    differences.flag("other", variant.other);
    differences.flag("untagged", variant.untagged);
    match &variant.fields {
        Fields::Unit => {}
        Fields::Newtype(only) => {
            let field = field(only);
            differences.set("shape", quote!(_mesh::VariantShape::Newtype(&#field)));
        }
        Fields::Tuple(fields) => {
            let fields = fields.iter().map(field);
            differences.set("shape", quote!(_mesh::VariantShape::Tuple(&[#(#fields),*])));
        }
        Fields::Named(fields) => {
            let fields = fields.iter().map(field);
            differences.set("shape", quote!(_mesh::VariantShape::Struct(&[#(#fields),*])));
        }
    }
    let (name, line) = (&variant.wire.rust_name, variant.line);
    let description = described(variant.description.as_ref());
    differences.from(quote!(_mesh::VariantDefinition), quote!(_mesh::variant(#name, #description, #line)))
}

fn field(field: &Field<'_>) -> TokenStream {
    let mut differences = Differences(Vec::new());
    differences.wire(&field.wire);
    differences.flag("flatten", field.flatten);
    differences.flag("sometimes_emitted", field.skipped_if.is_some());
    differences.flag("skipped_if_none", field.skipped_if_none());
    differences.flag("required_to_read", field.required_to_read);
    let Meaning { key, unit, term, pii, classification, deprecated, references, decimal, min, max, examples } =
        &field.meaning;
    differences.flag("key", *key);
    differences.option("unit", unit.as_ref());
    differences.option("term", term.as_ref());
    differences.option("pii", pii.map(|pii| variant_path("PersonalData", &format!("{pii:?}"))));
    let classification = classification.map(|word| variant_path("Classification", &format!("{word:?}")));
    differences.option("classification", classification);
    differences.option("deprecated", deprecated.as_ref());
    differences.option("references", references.as_ref());
    differences.option("decimal", decimal.map(|(precision, scale)| quote!((#precision, #scale))));
    differences.option("min", min.as_ref().map(|bound| &bound.text));
    differences.option("max", max.as_ref().map(|bound| &bound.text));
    differences.list("examples", examples);
    let (name, line) = (&field.wire.rust_name, field.line);
    let description = described(field.description.as_ref());
    differences.from(quote!(_mesh::FieldDefinition), quote!(_mesh::field(#name, #description, #line)))
}

/// A variant of a vocabulary by the name that `Debug` gives it.
pub(super) fn variant_path(vocabulary: &str, variant: &str) -> TokenStream {
    let (vocabulary, variant) = (format_ident!("{vocabulary}"), format_ident!("{variant}"));
    quote!(_mesh::#vocabulary::#variant)
}
