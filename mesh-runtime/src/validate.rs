//! What a value says of itself when it breaks the promises of its type.

use std::fmt;

/// A value that can be held against the promises of its type. Derived beside [`DataType`](crate::DataType).
pub trait Validate {
    /// Adds every promise that the value breaks; `at` is where the value stands.
    fn check(&self, at: &At<'_>, violations: &mut Violations);

    /// Holds the value against the promises of its type.
    ///
    /// # Errors
    /// With every promise that it breaks.
    fn validate(&self) -> Result<(), Violations> {
        let mut violations = Violations::default();
        self.check(&At::Root, &mut violations);
        if violations.0.is_empty() { Ok(()) } else { Err(violations) }
    }
}

/// Where a value stands in a record. Made on the stack on the way down, and written out only when something is wrong.
#[derive(Debug, Clone, Copy)]
pub enum At<'a> {
    /// The record itself.
    Root,
    /// A member of the value above.
    Member(&'a At<'a>, &'a str),
    /// An item of the list above.
    Item(&'a At<'a>, usize),
}

impl At<'_> {
    /// The place as a JSON pointer.
    pub fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(above, name) => {
                format!("{}/{}", above.pointer(), name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Item(above, index) => format!("{}/{index}", above.pointer()),
        }
    }
}

/// One promise that a value breaks. It names the place and the promise and never the value, which may be personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// Which promise: the keyword of the schema, or of the contract's meaning (`decimal`, `min`, `max`).
    pub keyword: &'static str,
    /// What was promised: `at most 40 characters`.
    pub promised: String,
}

/// Every promise that a value breaks, in the order of its fields.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// Adds one.
    pub fn add(&mut self, at: &At<'_>, keyword: &'static str, promised: impl Into<String>) {
        self.0.push(Violation { pointer: at.pointer(), keyword, promised: promised.into() });
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, keyword, promised } = self;
        write!(f, "`{pointer}` breaks `{keyword}`: {promised}")
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
