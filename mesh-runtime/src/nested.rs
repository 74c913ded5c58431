//! Which described types a type is made of.
//!
//! A field's type may be foreign and say nothing of its meaning, so the macros cannot ask for [`DataType`] on every field.
//! They ask through [`Probe`], which method resolution answers with the type's own description where it has one and with
//! nothing where it has none.

use std::any::type_name;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::marker::PhantomData;
use std::rc::Rc;
use std::sync::Arc;

use schemars::{JsonSchema, SchemaGenerator};

use crate::definition::TypeDefinition;
use crate::product::DataType;

/// Collects the described types that a type is made of, each once, and which fields hold which of them.
pub struct Nested<'g> {
    generator: &'g mut SchemaGenerator,
    seen: BTreeMap<&'static str, usize>,
    found: Vec<Found>,
    /// The types whose fields are being walked, the innermost last.
    open: Vec<usize>,
}

/// A described type and the name under which its schema stands in `$defs`.
#[derive(Debug, Clone)]
pub struct Found {
    /// The key in `$defs`; the type's own name where its schema stands inline.
    pub name: String,
    /// Whether its schema stands inline wherever it is used, so that `$defs` does not hold it.
    pub inline: bool,
    /// What the macro read of it.
    pub body: TypeDefinition,
    /// What its fields are made of, in the order of the definition: variant by variant where it has variants.
    pub fields: Vec<FieldTypes>,
}

/// What a field is made of, as far as it is known.
#[derive(Debug, Clone, Default)]
pub struct FieldTypes {
    /// The described types that it holds, itself or below containers, by their place in the list of all that was found.
    pub described: Vec<usize>,
    /// The schemas of the keys of the maps in it, from the outermost.
    pub keys: Vec<serde_json::Value>,
    /// Whether its type is one that the mesh knows nothing of.
    pub foreign: bool,
}

impl<'g> Nested<'g> {
    /// Starts with nothing found; names come from the generator.
    pub fn new(generator: &'g mut SchemaGenerator) -> Self {
        Self { generator, seen: BTreeMap::new(), found: Vec::new(), open: Vec::new() }
    }

    /// Adds a type and all that it is made of.
    pub fn visit<T: DataType>(&mut self) {
        let known = self.seen.get(type_name::<T>()).copied();
        let index = known.unwrap_or(self.found.len());
        if let Some(field) = self.field() {
            field.described.push(index);
        }
        if known.is_some() {
            return;
        }
        self.seen.insert(type_name::<T>(), index);
        let schema = self.generator.subschema_for::<T>();
        let reference = schema.get("$ref").and_then(serde_json::Value::as_str);
        let name = match reference.and_then(|reference| reference.rsplit('/').next()) {
            Some(key) => decode_reference(key),
            None => T::schema_name().into_owned(),
        };
        self.found.push(Found { name, inline: reference.is_none(), body: T::BODY, fields: Vec::new() });
        self.open.push(index);
        T::nested(self);
        self.open.pop();
    }

    /// Notes that the field at hand holds a map with keys of this type.
    pub fn map_key<K: JsonSchema + ?Sized>(&mut self) {
        let schema = self.generator.subschema_for::<K>();
        let name =
            schema.get("$ref").and_then(serde_json::Value::as_str).and_then(|it| it.rsplit('/').next());
        let definition = name.and_then(|name| self.generator.definitions().get(&decode_reference(name)));
        let schema = definition.cloned().unwrap_or_else(|| schema.to_value());
        if let Some(field) = self.field() {
            field.keys.push(schema);
        }
    }

    /// Goes to the next field of the type at hand.
    fn next_field(&mut self, foreign: bool) {
        if let Some(index) = self.open.last() {
            self.found[*index].fields.push(FieldTypes { foreign, ..FieldTypes::default() });
        }
    }

    fn field(&mut self) -> Option<&mut FieldTypes> {
        let index = *self.open.last()?;
        self.found[index].fields.last_mut()
    }

    /// What was found, in the order of a walk down the fields: whatever was visited first is the first.
    pub fn into_found(self) -> Vec<Found> {
        self.found
    }
}

/// The name in the last step of a `$ref`, which is a JSON pointer in a URI fragment.
pub(crate) fn decode_reference(step: &str) -> String {
    let mut bytes = Vec::with_capacity(step.len());
    let mut rest = step.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = || u8::from_str_radix(std::str::from_utf8(after.get(..2)?).ok()?, 16).ok();
        match hex().filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).replace("~1", "/").replace("~0", "~")
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
        nested.next_field(false);
        T::describe(nested);
    }
}

/// Chosen by method resolution, one reference later, for all other types.
pub trait CollectNothing {
    /// Adds nothing, and notes that the field's type is foreign.
    fn collect(&self, nested: &mut Nested<'_>);
}

impl<T: ?Sized> CollectNothing for &Probe<T> {
    fn collect(&self, nested: &mut Nested<'_>) {
        nested.next_field(true);
    }
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
    std::net::IpAddr,
    std::net::Ipv4Addr,
    std::net::Ipv6Addr,
    std::num::NonZeroI8,
    std::num::NonZeroI16,
    std::num::NonZeroI32,
    std::num::NonZeroI64,
    std::num::NonZeroIsize,
    std::num::NonZeroU8,
    std::num::NonZeroU16,
    std::num::NonZeroU32,
    std::num::NonZeroU64,
    std::num::NonZeroUsize,
);
#[cfg(feature = "chrono")]
describes_nothing!(
    chrono::NaiveDate,
    chrono::NaiveTime,
    chrono::NaiveDateTime,
    chrono::DateTime<chrono::Utc>,
    chrono::DateTime<chrono::FixedOffset>,
    chrono::TimeDelta,
    chrono::Weekday,
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
    Option<T>; Vec<T>; VecDeque<T>; LinkedList<T>; BinaryHeap<T>; BTreeSet<T>;
}

macro_rules! describes_members {
    ($(($($member:ident),+);)*) => {$(
        impl<$($member: Describes),+> Describes for ($($member,)+) {
            fn describe(nested: &mut Nested<'_>) {
                $($member::describe(nested);)+
            }
        }
    )*};
}

describes_members! {
    (A); (A, B); (A, B, C); (A, B, C, D); (A, B, C, D, E); (A, B, C, D, E, F); (A, B, C, D, E, F, G);
    (A, B, C, D, E, F, G, H);
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

impl<K: Describes + JsonSchema, V: Describes> Describes for BTreeMap<K, V> {
    fn describe(nested: &mut Nested<'_>) {
        nested.map_key::<K>();
        K::describe(nested);
        V::describe(nested);
    }
}

impl<K: Describes + JsonSchema, V: Describes, S> Describes for HashMap<K, V, S> {
    fn describe(nested: &mut Nested<'_>) {
        nested.map_key::<K>();
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
