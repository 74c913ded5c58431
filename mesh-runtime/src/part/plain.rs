//! Plain values: they describe nothing, and are text or numbers to a constraint.

use std::borrow::Cow;
use std::fmt::Write;
use std::marker::PhantomData;

use super::{Part, View, Visit};
use crate::nested::Nested;
use crate::validate::{At, Digits, Violations};

macro_rules! plain {
    ($($plain:ty: $value:ident => $view:expr;)*) => {$(
        impl Part for $plain {
            fn describe(_: &mut Nested<'_>) {}

            #[inline]
            fn view(&self) -> View<'_> {
                let $value = self;
                $view
            }
        }
    )*};
}

plain! {
    bool: _value => View::Other;
    (): _value => View::Null;
    char: value => View::Text(Cow::Owned(value.to_string()));
    str: value => View::Text(Cow::Borrowed(value));
    String: value => View::Text(Cow::Borrowed(value));
    i8: value => View::Integer((*value).into());
    i16: value => View::Integer((*value).into());
    i32: value => View::Integer((*value).into());
    i64: value => View::Integer((*value).into());
    i128: value => View::Integer(*value);
    isize: value => View::Integer(*value as i128);
    u8: value => View::Integer((*value).into());
    u16: value => View::Integer((*value).into());
    u32: value => View::Integer((*value).into());
    u64: value => View::Integer((*value).into());
    u128: value => View::Integer(i128::try_from(*value).unwrap_or(i128::MAX));
    usize: value => View::Integer(*value as i128);
    std::num::NonZeroI8: value => View::Integer(value.get().into());
    std::num::NonZeroI16: value => View::Integer(value.get().into());
    std::num::NonZeroI32: value => View::Integer(value.get().into());
    std::num::NonZeroI64: value => View::Integer(value.get().into());
    std::num::NonZeroU8: value => View::Integer(value.get().into());
    std::num::NonZeroU16: value => View::Integer(value.get().into());
    std::num::NonZeroU32: value => View::Integer(value.get().into());
    std::num::NonZeroU64: value => View::Integer(value.get().into());
    std::num::NonZeroIsize: value => View::Integer(value.get() as i128);
    std::num::NonZeroUsize: value => View::Integer(value.get() as i128);
    std::path::PathBuf: value => value.to_str().map_or(View::Other, |text| View::Text(Cow::Borrowed(text)));
    std::net::IpAddr: value => View::Text(Cow::Owned(value.to_string()));
    std::net::Ipv4Addr: value => View::Text(Cow::Owned(value.to_string()));
    std::net::Ipv6Addr: value => View::Text(Cow::Owned(value.to_string()));
    std::time::Duration: _value => View::Other;
    std::time::SystemTime: _value => View::Other;
}

#[cfg(feature = "chrono")]
plain! {
    chrono::NaiveDate: value => written(value);
    chrono::NaiveTime: value => written(value);
    chrono::NaiveDateTime: value => written(value);
    chrono::DateTime<chrono::Utc>: value => written(value);
    chrono::DateTime<chrono::FixedOffset>: value => written(value);
    chrono::Weekday: value => written(value);
    chrono::TimeDelta: _value => View::Other;
}

#[cfg(feature = "decimal")]
plain! {
    rust_decimal::Decimal: value => {
        let scale = i32::try_from(value.scale()).unwrap_or(i32::MAX);
        View::Decimal(crate::validate::Exact::new(value.mantissa(), scale))
    };
}

#[cfg(feature = "uuid")]
plain! {
    uuid::Uuid: value => View::Text(Cow::Owned(value.to_string()));
}

/// Text as serde writes it.
#[cfg(feature = "chrono")]
fn written<T: serde::Serialize>(value: &T) -> View<'static> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => View::Text(Cow::Owned(text)),
        _ => View::Other,
    }
}

impl<T: ?Sized> Part for PhantomData<T> {
    fn describe(_: &mut Nested<'_>) {}

    fn view(&self) -> View<'_> {
        View::Null
    }
}

macro_rules! floats {
    ($($float:ty: $value:ident => $view:expr;)*) => {$(
        impl Part for $float {
            fn describe(_: &mut Nested<'_>) {}

            // serde_json writes what is no number as `null`.
            #[inline]
            fn check(&self, at: &At<'_>, violations: &mut Violations) {
                if !self.is_finite() {
                    violations.add(at, "type", "a finite number");
                }
            }

            fn check_nullable(&self, _: &At<'_>, _: &mut Violations) {}

            #[inline]
            fn view(&self) -> View<'_> {
                let $value = *self;
                if $value.is_finite() { View::Float($view) } else { View::Null }
            }
        }
    )*};
}

floats! {
    f64: value => value;
    // The number that is written, whose digits are the fewest that name this `f32`.
    f32: value => fewest_digits(value);
}

fn fewest_digits(float: f32) -> f64 {
    let mut digits = Digits::default();
    let written = write!(digits, "{float:e}").ok().and_then(|()| digits.as_str().parse().ok());
    written.unwrap_or_else(|| f64::from(float))
}

impl Part for serde_json::Value {
    fn describe(_: &mut Nested<'_>) {}

    fn view(&self) -> View<'_> {
        match self {
            Self::Null => View::Null,
            Self::Bool(_) | Self::Object(_) => View::Other,
            Self::String(text) => View::Text(Cow::Borrowed(text)),
            Self::Array(items) => View::List(items.len()),
            Self::Number(number) => {
                let integer = number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from));
                match (integer, number.as_f64()) {
                    (Some(integer), _) => View::Integer(integer),
                    (None, Some(float)) => View::Float(float),
                    (None, None) => View::Other,
                }
            }
        }
    }

    fn each(&self, visit: Visit<'_>) {
        if let Self::Array(items) = self {
            items.each(visit);
        }
    }
}
