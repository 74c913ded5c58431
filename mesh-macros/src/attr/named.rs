//! The attributes of one item by name. Names of tokens are costly to ask for, so they are asked for once.

use syn::Attribute;

/// The attributes of one item, each with its name.
pub(crate) struct Attrs<'a>(Vec<(String, &'a Attribute)>);

impl<'a> Attrs<'a> {
    pub(crate) fn of(attrs: &'a [Attribute]) -> Self {
        let name = |attr: &'a Attribute| Some((attr.path().get_ident()?.to_string(), attr));
        Self(attrs.iter().filter_map(name).collect())
    }

    /// Those of one name, in order.
    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &'a Attribute> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, attr)| *attr)
    }
}
