//! The text of a contract as it stands in a file: for people who review it, and the same on every machine.

use serde_json::Value;

use crate::Contract;
use crate::contract::{DomainPart, Schemas, ServicePart};
use crate::meaning::{FieldMeaning, TypeMeaning, VariantMeaning};

impl Contract {
    /// The document as it stands in a file: indented, members in the order of the model and those of schemas, records and
    /// extensions by name, with a line feed at its end. It is the same text whether or not a crate of the build turns on `serde_json/preserve_order`.
    pub fn to_pretty(&self) -> String {
        let mut sorted = self.clone();
        sorted.each_value(&mut Value::sort_all_objects);
        let mut text = serde_json::to_string_pretty(&sorted)
            .expect("a contract holds only names as keys and numbers that are finite");
        text.push('\n');
        text
    }

    /// Hands over every value of which the model does not say how it looks inside. Types are taken apart in full, so that a
    /// new one cannot be forgotten here.
    fn each_value(&mut self, then: &mut dyn FnMut(&mut Value)) {
        let Self {
            mesh: _,
            address: _,
            version: _,
            description: _,
            kind: _,
            stability: _,
            domain: DomainPart { name: _, description: _, owner: _, contact: _, extensions: of_domain },
            service: ServicePart { name: _, description: _, shared_with: _, extensions: of_service },
            purpose: _,
            terms: _,
            tags: _,
            deprecated: _,
            levels: _,
            key: _,
            ports,
            inputs,
            root: _,
            types,
            schemas: Schemas { emits, accepts },
            examples,
            extensions,
        } = self;
        [emits, accepts].into_iter().chain(examples).for_each(&mut *then);
        let of_ports = ports.iter_mut().map(|port| &mut port.extensions);
        let of_inputs = inputs.iter_mut().map(|input| &mut input.extensions);
        let own = [extensions, of_domain, of_service].into_iter().chain(of_ports).chain(of_inputs);
        own.for_each(|extensions| extensions.0.values_mut().for_each(&mut *then));
        types.values_mut().for_each(|meaning| meaning.each_value(then));
    }
}

impl TypeMeaning {
    /// Hands over every value of which the model does not say how it looks inside.
    fn each_value(&mut self, then: &mut dyn FnMut(&mut Value)) {
        let Self { description: _, fields, variants, tagging: _, extensible: _, newtype, extensions } = self;
        extensions.0.values_mut().for_each(&mut *then);
        fields.iter_mut().chain(newtype.as_deref_mut()).for_each(|field| field.each_value(then));
        for VariantMeaning { name: _, description: _, catch_all: _, fields, holds: _, extensions } in variants
        {
            extensions.0.values_mut().for_each(&mut *then);
            fields.iter_mut().for_each(|field| field.each_value(then));
        }
    }
}

impl FieldMeaning {
    fn each_value(&mut self, then: &mut dyn FnMut(&mut Value)) {
        self.examples.iter_mut().chain(self.extensions.0.values_mut()).for_each(then);
    }
}
