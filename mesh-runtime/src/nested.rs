//! Which described types a type is made of.
//!
//! A field's type may be foreign and say nothing of its meaning, so the macros cannot ask for [`DataType`] on every field.
//! They ask through [`Probe`], which method resolution answers with the type's own description where it has one and with
//! nothing where it has none.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use schemars::SchemaGenerator;

use crate::definition::TypeDefinition;
use crate::product::DataType;

/// Collects the described types that a type is made of, each once.
pub struct Nested<'g> {
    generator: &'g mut SchemaGenerator,
    seen: BTreeSet<&'static str>,
    found: Vec<Found>,
}

/// A described type and the name under which its schema stands in `$defs`.
#[derive(Debug, Clone)]
pub struct Found {
    /// The key in `$defs`; the type's own name where its schema stands inline.
    pub name: String,
    /// What the macro read of it.
    pub body: TypeDefinition,
}

impl<'g> Nested<'g> {
    /// Starts with nothing found; names come from the generator.
    pub fn new(generator: &'g mut SchemaGenerator) -> Self {
        Self { generator, seen: BTreeSet::new(), found: Vec::new() }
    }

    /// Adds a type and all that it is made of.
    pub fn visit<T: DataType>(&mut self) {
        if !self.seen.insert(type_name::<T>()) {
            return;
        }
        let schema = self.generator.subschema_for::<T>();
        let reference = schema.get("$ref").and_then(serde_json::Value::as_str);
        let name = match reference.and_then(|reference| reference.rsplit('/').next()) {
            Some(key) => key.replace("~1", "/").replace("~0", "~"),
            None => T::schema_name().into_owned(),
        };
        self.found.push(Found { name, body: T::BODY });
        T::nested(self);
    }

    /// What was found, in the order of a walk down the fields.
    pub fn into_found(self) -> Vec<Found> {
        self.found
    }
}

/// Asks a type for its description, if it has one. Macros write `(&Probe::<T>::new()).collect(nested)` with both traits
/// of this module in scope.
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Probe<T> {
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

impl<T: Describes + ?Sized> CollectDescribed for Probe<T> {
    fn collect(&self, nested: &mut Nested<'_>) {
        T::describe(nested);
    }
}

/// Chosen by method resolution, one reference later, for all other types.
pub trait CollectNothing {
    /// Adds nothing.
    fn collect(&self, nested: &mut Nested<'_>);
}

impl<T: ?Sized> CollectNothing for &Probe<T> {
    fn collect(&self, _: &mut Nested<'_>) {}
}

/// A described type, or a container of some, or a plain value that describes nothing. Derived for described types.
pub trait Describes {
    /// Adds the described types that this one is made of, itself included.
    fn describe(nested: &mut Nested<'_>);
}

macro_rules! describes_nothing {
    ($($plain:ty),* $(,)?) => {$(
        impl Describes for $plain {
            fn describe(_: &mut Nested<'_>) {}
        }
    )*};
}

describes_nothing!(
    bool,
    char,
    String,
    str,
    i8,
    i16,
    i32,
    i64,
    i128,
    isize,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    f32,
    f64,
    (),
    serde_json::Value,
    std::path::PathBuf,
    std::time::Duration,
    std::time::SystemTime,
);
#[cfg(feature = "chrono")]
describes_nothing!(
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>
);
#[cfg(feature = "decimal")]
describes_nothing!(rust_decimal::Decimal);
#[cfg(feature = "uuid")]
describes_nothing!(uuid::Uuid);

macro_rules! describes_content {
    ($($container:ident < $($parameter:ident),* >;)*) => {$(
        impl<$($parameter: Describes),*> Describes for $container<$($parameter),*> {
            fn describe(nested: &mut Nested<'_>) {
                $($parameter::describe(nested);)*
            }
        }
    )*};
}

describes_content! {
    Option<T>; Vec<T>; VecDeque<T>; LinkedList<T>; BTreeSet<T>; BTreeMap<K, V>;
}

macro_rules! describes_target {
    ($($pointer:ident),*) => {$(
        impl<T: Describes + ?Sized> Describes for $pointer<T> {
            fn describe(nested: &mut Nested<'_>) {
                T::describe(nested);
            }
        }
    )*};
}

describes_target!(Box, Rc, Arc);

impl<T: Describes, S> Describes for HashSet<T, S> {
    fn describe(nested: &mut Nested<'_>) {
        T::describe(nested);
    }
}

impl<K: Describes, V: Describes, S> Describes for HashMap<K, V, S> {
    fn describe(nested: &mut Nested<'_>) {
        K::describe(nested);
        V::describe(nested);
    }
}

impl<T: Describes> Describes for [T] {
    fn describe(nested: &mut Nested<'_>) {
        T::describe(nested);
    }
}

impl<T: Describes, const N: usize> Describes for [T; N] {
    fn describe(nested: &mut Nested<'_>) {
        T::describe(nested);
    }
}

impl<T: Describes + ?Sized> Describes for &T {
    fn describe(nested: &mut Nested<'_>) {
        T::describe(nested);
    }
}

impl<T: Describes + ?Sized + ToOwned> Describes for std::borrow::Cow<'_, T> {
    fn describe(nested: &mut Nested<'_>) {
        T::describe(nested);
    }
}
