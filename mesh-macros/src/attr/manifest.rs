//! `domain! { Sales; offers: [Order]; needs: [] }`.

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token, Type, bracketed};

use super::mesh;
use crate::spelling;

/// What was written in `domain!`.
pub(crate) struct Manifest {
    pub(crate) runtime: Path,
    /// The enum of the domain.
    pub(crate) domain: Type,
    /// The products that it offers.
    pub(crate) offers: Vec<Type>,
    /// The types that read other domains' products.
    pub(crate) needs: Vec<Type>,
}

const EXAMPLE: &str = "domain! { Sales; offers: [Order]; needs: [] }";
const LISTS: &[&str] = &["offers", "needs"];

impl Parse for Manifest {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let runtime = if input.peek(Token![crate]) && input.peek2(Token![=]) {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            let path = input.call(Path::parse_mod_style)?;
            input.parse::<Token![;]>()?;
            path
        } else {
            mesh::default_runtime()
        };
        if input.is_empty() {
            return Err(syn::Error::new(
                input.span(),
                format_args!("the domain is missing; write e.g. `{EXAMPLE}`"),
            ));
        }
        let domain = input.parse()?;
        let (mut offers, mut needs) = (None, None);
        while !input.is_empty() {
            if !input.peek(Token![;]) {
                let message = format_args!("there is no semicolon before this; write e.g. `{EXAMPLE}`");
                return Err(syn::Error::new(input.span(), message));
            }
            input.parse::<Token![;]>()?;
            if input.is_empty() {
                break;
            }
            let name: Ident = input.parse()?;
            let list = match name.to_string().as_str() {
                "offers" => &mut offers,
                "needs" => &mut needs,
                other => {
                    let suggestion = spelling::suggestion(other, LISTS);
                    return Err(syn::Error::new(
                        name.span(),
                        format_args!("`domain!` has no `{other}`; {suggestion}"),
                    ));
                }
            };
            if list.is_some() {
                return Err(syn::Error::new(
                    name.span(),
                    format_args!("`{name}` stands there twice; keep one"),
                ));
            }
            input.parse::<Token![:]>()?;
            let content;
            bracketed!(content in input);
            let types = Punctuated::<Type, Token![,]>::parse_terminated(&content)?;
            *list = Some(types.into_iter().collect());
        }
        let Some(offers) = offers else {
            let message = "`offers` is missing; write e.g. `offers: [Order];`, or `offers: [];` for none";
            return Err(syn::Error::new(input.span(), message));
        };
        Ok(Self { runtime, domain, offers, needs: needs.unwrap_or_default() })
    }
}
