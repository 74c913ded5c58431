//! A product as an input of another product of its domain. Written once for all products, so that a domain of a hundred
//! compiles it once.

use std::marker::PhantomData;

use crate::contract::accepts_schema;
use crate::definition::InputDefinition;
use crate::product::{DataProduct, Input};

// Whoever names something that is no input is told of `Input`, of which products are one kind.
#[diagnostic::do_not_recommend]
impl<P: DataProduct> Input for P {
    /// Any version of the product's line from this one on, which is what a bare version asks for.
    fn input() -> InputDefinition {
        InputDefinition {
            address: AddressOf::<P>::TEXT,
            requirement: P::DEFINITION.version,
            purpose: None,
            body: &P::BODY,
            schema: accepts_schema::<P>,
        }
    }
}

/// Puts an address together when it is compiled, as definitions hold static text.
struct AddressOf<P>(PhantomData<P>);

impl<P: DataProduct> AddressOf<P> {
    const JOINED: ([u8; 2 * mesh_contract::name::MAX_LENGTH + 1], usize) = {
        let (domain, product) = (P::DEFINITION.domain.name.as_bytes(), P::DEFINITION.name.as_bytes());
        let mut bytes = [0; 2 * mesh_contract::name::MAX_LENGTH + 1];
        let mut at = 0;
        while at < domain.len() {
            bytes[at] = domain[at];
            at += 1;
        }
        bytes[at] = b'.';
        at += 1;
        let mut from = 0;
        while from < product.len() {
            bytes[at] = product[from];
            at += 1;
            from += 1;
        }
        (bytes, at)
    };

    const TEXT: &'static str = match std::str::from_utf8(Self::JOINED.0.split_at(Self::JOINED.1).0) {
        Ok(text) => text,
        Err(_) => "",
    };
}
