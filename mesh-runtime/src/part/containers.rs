//! Containers: they describe what their content describes, and hold its checks at its own place.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Part, View, Visit};
use crate::nested::Nested;
use crate::validate::{At, Violations};

impl<T: Part> Part for Option<T> {
    fn describe(nested: &mut Nested<'_>) {
        T::describe(nested);
    }

    #[inline]
    fn check(&self, at: &At<'_>, violations: &mut Violations) {
        if let Some(value) = self {
            value.check_nullable(at, violations);
        }
    }

    #[inline]
    fn view(&self) -> View<'_> {
        match self {
            Some(value) => value.view(),
            None => View::Null,
        }
    }

    fn each(&self, visit: Visit<'_>) {
        if let Some(value) = self {
            value.each(visit);
        }
    }
}

macro_rules! pointers {
    ($($(#[$doc:meta])* <$($parameter:lifetime),*> $pointer:ty $(where $bound:ty: $trait:path)?;)*) => {$(
        impl<$($parameter,)* T: Part + ?Sized> Part for $pointer $(where $bound: $trait)? {
            fn describe(nested: &mut Nested<'_>) {
                T::describe(nested);
            }

            #[inline]
            fn check(&self, at: &At<'_>, violations: &mut Violations) {
                (**self).check(at, violations);
            }

            fn check_nullable(&self, at: &At<'_>, violations: &mut Violations) {
                (**self).check_nullable(at, violations);
            }

            #[inline]
            fn view(&self) -> View<'_> {
                (**self).view()
            }

            fn each(&self, visit: Visit<'_>) {
                (**self).each(visit);
            }
        }
    )*};
}

pointers! {
    <> Box<T>;
    <> Rc<T>;
    <> Arc<T>;
    <'a> &'a T;
    <'a> Cow<'a, T> where T: ToOwned;
}

macro_rules! list_part {
    () => {
        fn describe(nested: &mut Nested<'_>) {
            T::describe(nested);
        }

        #[inline]
        fn check(&self, at: &At<'_>, violations: &mut Violations) {
            for (index, item) in self.iter().enumerate() {
                item.check(&At::Item(at, index), violations);
            }
        }

        #[inline]
        fn view(&self) -> View<'_> {
            View::List(self.len())
        }

        fn each(&self, visit: Visit<'_>) {
            for (index, item) in self.iter().enumerate() {
                visit(index, item);
            }
        }
    };
}

macro_rules! list_parts {
    ($($list:ident),*) => {$(
        impl<T: Part> Part for $list<T> {
            list_part!();
        }
    )*};
}

list_parts!(Vec, VecDeque, LinkedList, BTreeSet, BinaryHeap);

impl<T: Part, S> Part for HashSet<T, S> {
    list_part!();
}

impl<T: Part> Part for [T] {
    list_part!();
}

impl<T: Part, const N: usize> Part for [T; N] {
    list_part!();
}

macro_rules! map_part {
    () => {
        fn describe(nested: &mut Nested<'_>) {
            nested.map_key::<K>();
            V::describe(nested);
        }

        fn check(&self, at: &At<'_>, violations: &mut Violations) {
            for (key, value) in self {
                value.check(&At::Entry(at, key), violations);
            }
        }
    };
}

impl<K: Serialize + JsonSchema, V: Part> Part for BTreeMap<K, V> {
    map_part!();
}

impl<K: Serialize + JsonSchema, V: Part, S> Part for HashMap<K, V, S> {
    map_part!();
}

macro_rules! tuples {
    ($($($member:ident $index:tt),+;)*) => {$(
        impl<$($member: Part),+> Part for ($($member,)+) {
            fn describe(nested: &mut Nested<'_>) {
                $($member::describe(nested);)+
            }

            fn check(&self, at: &At<'_>, violations: &mut Violations) {
                $(self.$index.check(&At::Item(at, $index), violations);)+
            }
        }
    )*};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}
