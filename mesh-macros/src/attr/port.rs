//! `#[port(...)]` on a product: `#[port(records)]`, `#[port(events, name = "changes", topic = "orders")]`.

use syn::Attribute;

use super::entry::{Value, entries};
use super::named::Attrs;
use super::{Spanned, Text};
use crate::diagnostics::Errors;

/// What was written in one `#[port(...)]`.
pub(crate) struct Port {
    /// The word that says how it is read.
    pub(crate) kind: Spanned<String>,
    pub(crate) name: Option<Text>,
    /// Everything else, whose keys are the port's own.
    pub(crate) options: Vec<(Spanned<String>, Text)>,
}

impl Port {
    /// Every port of a product; `None` among them where one cannot be read.
    pub(crate) fn read_all(attrs: &Attrs<'_>, errors: &Errors) -> Vec<Option<Self>> {
        attrs.named("port").map(|attr| Self::read(attr, errors)).collect()
    }

    fn read(attr: &Attribute, errors: &Errors) -> Option<Self> {
        let (entries, mut sound) = entries(attr, "#[port(records)]", errors);
        let mut entries = entries.into_iter();
        let first = entries.next();
        let kind = match first {
            Some(first) if matches!(first.value, Value::Word) => {
                Spanned::new(first.key.to_string(), first.key.span())
            }
            Some(other) => {
                errors.at(other.key.span(), "a port starts with its kind; write e.g. `#[port(records)]`");
                return None;
            }
            None => {
                if matches!(&attr.meta, syn::Meta::List(list) if list.tokens.is_empty()) {
                    errors.on(&attr.meta, "the port has no kind; write e.g. `#[port(records)]`");
                }
                return None;
            }
        };
        let mut port = Self { kind, name: None, options: Vec::new() };
        for entry in entries {
            let key = Spanned::new(entry.key.to_string().replace('_', "-"), entry.key.span());
            let literal = match &entry.value {
                Value::Equals(tokens) => syn::parse2::<syn::LitStr>(tokens.iter().cloned().collect()).ok(),
                _ => None,
            };
            let Some(literal) = literal else {
                let name = &entry.key;
                let message = match &entry.value {
                    Value::Equals(tokens) => {
                        let tokens: proc_macro2::TokenStream = tokens.iter().cloned().collect();
                        format!("`{name}` takes a text; write `{name} = \"{tokens}\"`")
                    }
                    _ => format!("`{name}` takes a text; write e.g. `{name} = \"orders\"`"),
                };
                errors.at(entry.span(), message);
                sound = false;
                continue;
            };
            let text = super::keys::text_of(&literal);
            let twice = port.options.iter().any(|(known, _)| known.value == key.value)
                || (key.value == "name" && port.name.is_some());
            if twice {
                errors.at(key.span, format_args!("`{}` stands there twice; keep one", entry.key));
                sound = false;
            } else if key.value == "name" {
                port.name = Some(text);
            } else {
                port.options.push((key, text));
            }
        }
        sound.then_some(port)
    }
}
