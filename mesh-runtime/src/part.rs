//! What a record is made of, seen two ways: as a type that may describe something, and as a value that may break a
//! promise.
//!
//! A field's type may be foreign and know nothing of the mesh, so generated code cannot ask for [`Part`] on every field. It
//! asks through [`TypeProbe`] and [`ValueProbe`], which method resolution answers with the type's own implementation where
//! there is one, with what serde writes where there is none, and with nothing else.

mod containers;
mod plain;

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::Serialize;

use crate::nested::Nested;
use crate::validate::{self, At, Exact, Rule, Violations};

/// A described type, a container of some, or a plain value. Derived for described types.
pub trait Part {
    /// Adds the described types that this one is made of, itself included.
    fn describe(nested: &mut Nested<'_>);

    /// Adds every promise that the value breaks; `at` is where it stands.
    fn check(&self, at: &At<'_>, violations: &mut Violations) {
        let _ = (at, violations);
    }

    /// The same for a value that may be `null` instead.
    fn check_nullable(&self, at: &At<'_>, violations: &mut Violations) {
        self.check(at, violations);
    }

    /// The value as the keywords of JSON Schema see it.
    #[inline]
    fn view(&self) -> View<'_> {
        View::Other
    }

    /// Visits the items of a list, in order.
    #[inline]
    fn each(&self, visit: Visit<'_>) {
        let _ = visit;
    }
}

/// What is done with each item of a list.
pub type Visit<'a> = &'a mut dyn FnMut(usize, &dyn Item);

/// A value by what rules need of it, so that the code which holds it against them is compiled once.
pub trait Item {
    /// The value as the keywords of JSON Schema see it.
    fn seen(&self) -> View<'_>;
    /// Visits its own items, if it is a list.
    fn items(&self, visit: Visit<'_>);
}

impl<T: Part> Item for T {
    #[inline]
    fn seen(&self) -> View<'_> {
        self.view()
    }

    #[inline]
    fn items(&self, visit: Visit<'_>) {
        self.each(visit);
    }
}

/// A value as the keywords of JSON Schema see it.
pub enum View<'v> {
    /// `null`, of which no keyword says anything.
    Null,
    /// Text.
    Text(Cow<'v, str>),
    /// A whole number.
    Integer(i128),
    /// Any other number.
    Float(f64),
    /// A decimal number, written as text.
    Decimal(Exact),
    /// A list of so many items.
    List(usize),
    /// Something that no keyword for single fields is about.
    Other,
}

/// Asks a type for its description, if it has one: `(&&TypeProbe::<T>::new()).collect(nested)` with the traits of this
/// module in scope.
pub struct TypeProbe<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> TypeProbe<T> {
    /// A probe of the type.
    #[expect(clippy::new_without_default, reason = "it is made by generated code only")]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

/// Chosen by method resolution for types that describe something.
pub trait CollectDescribed {
    /// Adds the described types that the probed type is made of.
    fn collect(&self, nested: &mut Nested<'_>);
}

impl<T: Part + ?Sized> CollectDescribed for &TypeProbe<T> {
    fn collect(&self, nested: &mut Nested<'_>) {
        nested.next_field(false);
        T::describe(nested);
    }
}

/// Chosen by method resolution for all other types.
pub trait CollectNothing {
    /// Adds nothing, and notes that the field's type is foreign.
    fn collect(&self, nested: &mut Nested<'_>);
}

impl<T: ?Sized> CollectNothing for TypeProbe<T> {
    fn collect(&self, nested: &mut Nested<'_>) {
        nested.next_field(true);
    }
}

/// Asks a value what promises it breaks: `(&&&ValueProbe(&value)).check(at, violations)`.
pub struct ValueProbe<'v, T: ?Sized>(pub &'v T);

/// The constraints that a field declares.
pub type Constraints<'c> = &'c [Rule<'c>];

/// Chosen by method resolution for types that know what they are made of.
pub trait CheckPart {
    /// Holds the value against the promises of its own type.
    fn check(&self, at: At<'_>, violations: &mut Violations);
    /// The same, and against the constraints that its field declares.
    fn hold(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>);
    /// Holds the value against the constraints that its field declares alone.
    fn hold_only(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>);
}

impl<T: Part + ?Sized> CheckPart for &&ValueProbe<'_, T> {
    #[inline]
    fn check(&self, at: At<'_>, violations: &mut Violations) {
        self.0.check(&at, violations);
    }

    #[inline]
    fn hold(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>) {
        validate::hold(&self.0.view(), &self.0, &at, violations, constraints);
        self.0.check(&at, violations);
    }

    #[inline]
    fn hold_only(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>) {
        validate::hold(&self.0.view(), &self.0, &at, violations, constraints);
    }
}

/// Chosen by method resolution for foreign types: they are held against constraints as serde writes them.
pub trait CheckWritten {
    /// Foreign types promise nothing that is known here.
    fn check(&self, at: At<'_>, violations: &mut Violations);
    /// Holds what serde writes against the constraints that the field declares.
    fn hold(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>);
    /// The same.
    fn hold_only(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>);
}

impl<T: Serialize + ?Sized> CheckWritten for &ValueProbe<'_, T> {
    fn check(&self, _: At<'_>, _: &mut Violations) {}

    fn hold(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>) {
        // What cannot be written is no instance of any schema; whoever writes it will say so.
        if let Ok(written) = serde_json::to_value(self.0) {
            validate::hold(&written.view(), &written, &at, violations, constraints);
        }
    }

    fn hold_only(&self, at: At<'_>, violations: &mut Violations, constraints: Constraints<'_>) {
        self.hold(at, violations, constraints);
    }
}

/// Chosen by method resolution for types that nothing is known of.
pub trait CheckNothing {
    /// Nothing is promised.
    fn check(&self, _: At<'_>, _: &mut Violations) {}
}

impl<T: ?Sized> CheckNothing for ValueProbe<'_, T> {}
