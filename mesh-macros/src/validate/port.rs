//! The ports of a product.

use mesh_contract::{PortKind, PortName};
use proc_macro2::Span;

use super::value;
use crate::attr::{Text, port};
use crate::diagnostics::Errors;
use crate::model::Port;

/// Every port; a product without one cannot be read.
pub(super) fn ports(read: &[Option<port::Port>], product: Span, errors: &Errors) -> Vec<Port> {
    if read.is_empty() {
        errors.at(product, "the product has no port, so nobody can read it; write e.g. `#[port(records)]`");
    }
    let mut ports: Vec<Port> = Vec::new();
    for read in read.iter().flatten() {
        let kind: Option<PortKind> = {
            let text = Text::new(read.kind.value.clone(), read.kind.span);
            value::word(Some(&text), "a kind of port", PortKind::WORDS, errors)
        };
        let name = match &read.name {
            Some(name) => value::checked::<PortName>(Some(name), errors),
            None => kind.map(|kind| kind.as_str().to_owned()),
        };
        let (Some(kind), Some(name)) = (kind, name) else { continue };
        if ports.iter().any(|port| port.name == name) {
            let span = read.name.as_ref().map_or(read.kind.span, |name| name.span);
            let message = format!(
                "another port is named `{name}` already; give this one its own, e.g. `name = \"{name}-2\"`"
            );
            errors.at(span, message);
        }
        let options =
            read.options.iter().map(|(key, text)| (key.value.clone(), text.value.clone())).collect();
        ports.push(Port { kind, name, options });
    }
    ports
}
