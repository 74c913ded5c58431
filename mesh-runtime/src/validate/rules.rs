//! The keywords that a value can be held against, each as JSON Schema means it.

use std::borrow::Cow;
use std::cmp::Ordering;

use serde_json::Value;

use super::pattern::LazyPattern;
use super::{At, Exact, Violations};
use crate::part::View;

/// One value and where it stands, to be held against the constraints that its field declares. A keyword says nothing of a
/// value that it is not about: a length nothing of a number, and nothing whatever of `null`.
pub struct Rules<'r> {
    view: View<'r>,
    at: At<'r>,
    violations: &'r mut Violations,
}

impl<'r> Rules<'r> {
    pub(crate) fn new(view: View<'r>, at: At<'r>, violations: &'r mut Violations) -> Self {
        Self { view, at, violations }
    }

    fn broken(&mut self, keyword: &'static str, promised: String) {
        self.violations.add(&self.at, keyword, promised);
    }

    fn text(&self) -> Option<Cow<'_, str>> {
        match &self.view {
            View::Text(text) => Some(Cow::Borrowed(text)),
            View::Decimal(number) => Some(Cow::Owned(number.to_string())),
            _ => None,
        }
    }

    /// `minLength` of a text, in code points, or `minItems` of a list.
    pub fn min_length(&mut self, least: u64) {
        if let Some(text) = self.text() {
            if (text.chars().count() as u64) < least {
                self.broken("minLength", format!("at least {least} characters"));
            }
        } else if let View::List(items) = &self.view
            && (items.count() as u64) < least
        {
            self.broken("minItems", format!("at least {least} items"));
        }
    }

    /// `maxLength` of a text, in code points, or `maxItems` of a list.
    pub fn max_length(&mut self, most: u64) {
        if let Some(text) = self.text() {
            // No text has more code points than bytes, which spares counting most of them.
            if text.len() as u64 > most && text.chars().count() as u64 > most {
                self.broken("maxLength", format!("at most {most} characters"));
            }
        } else if let View::List(items) = &self.view
            && items.count() as u64 > most
        {
            self.broken("maxItems", format!("at most {most} items"));
        }
    }

    /// `minimum` of a number.
    pub fn minimum(&mut self, least: &Value) {
        if self.compared(least) == Some(Ordering::Less) {
            self.broken("minimum", format!("at least {least}"));
        }
    }

    /// `maximum` of a number.
    pub fn maximum(&mut self, most: &Value) {
        if self.compared(most) == Some(Ordering::Greater) {
            self.broken("maximum", format!("at most {most}"));
        }
    }

    /// How the value compares with a bound; `None` where it is no number.
    fn compared(&self, bound: &Value) -> Option<Ordering> {
        match self.view {
            View::Integer(integer) => match (bound.as_i64(), bound.as_u64()) {
                (Some(bound), _) => Some(integer.cmp(&i128::from(bound))),
                (_, Some(bound)) => Some(integer.cmp(&i128::from(bound))),
                _ => bound.as_f64().map(|bound| integer_with_float(integer, bound)),
            },
            View::Float(float) => match (bound.as_i64(), bound.as_u64()) {
                (Some(bound), _) => Some(integer_with_float(i128::from(bound), float).reverse()),
                (_, Some(bound)) => Some(integer_with_float(i128::from(bound), float).reverse()),
                _ => bound.as_f64().and_then(|bound| float.partial_cmp(&bound)),
            },
            _ => None,
        }
    }

    /// `pattern` of a text.
    pub fn pattern(&mut self, pattern: &LazyPattern) {
        let Some(text) = self.text() else { return };
        match &**pattern {
            Ok(pattern) if pattern.is_found_in(&text) => {}
            Ok(pattern) => {
                let promised = format!("text that matches `{}`", pattern.as_str());
                self.broken("pattern", promised);
            }
            Err(error) => self.broken("pattern", error.to_string()),
        }
    }

    /// A text that holds another, which a schema says by `pattern`.
    pub fn contains(&mut self, part: &str) {
        if self.text().is_some_and(|text| !text.contains(part)) {
            self.broken("pattern", format!("text that contains `{part}`"));
        }
    }

    /// An optional value that is always there.
    pub fn required(&mut self) {
        if matches!(self.view, View::Null) {
            self.broken("type", "a value, not `null`".to_owned());
        }
    }

    /// The same for each item of a list.
    pub fn inner(&mut self, rules: &dyn Fn(&mut Rules<'_>)) {
        let Self { view, at, violations } = self;
        if let View::List(items) = view {
            items.each(&mut |index, view| {
                rules(&mut Rules { view, at: At::Item(at, index), violations });
            });
        }
    }

    /// Our `decimal`: digits in all and behind the point.
    pub fn decimal(&mut self, precision: u8, scale: u8) {
        self.numbers("decimal", &|number| number.fits(precision, scale), &|| {
            format!("at most {precision} digits, {scale} of them behind the point")
        });
    }

    /// Our `min`, exact.
    pub fn min(&mut self, least: Exact) {
        self.numbers("min", &|number| number >= least, &|| format!("at least {least}"));
    }

    /// Our `max`, exact.
    pub fn max(&mut self, most: Exact) {
        self.numbers("max", &|number| number <= most, &|| format!("at most {most}"));
    }

    /// Holds a number, a text that is one, or each of a list of them against a rule.
    fn numbers(
        &mut self,
        keyword: &'static str,
        holds: &dyn Fn(Exact) -> bool,
        promised: &dyn Fn() -> String,
    ) {
        if let View::List(_) = self.view {
            self.inner(&|item| item.numbers(keyword, holds, promised));
            return;
        }
        let number = match &self.view {
            View::Decimal(number) => Some(*number),
            View::Integer(integer) => Some(Exact::new(*integer, 0)),
            View::Float(float) => Exact::parse(&float.to_string()),
            View::Text(text) => Exact::parse(text),
            View::Null | View::Other | View::List(_) => return,
        };
        if !number.is_some_and(holds) {
            self.broken(keyword, promised());
        }
    }
}

/// Compares without rounding the integer.
fn integer_with_float(integer: i128, float: f64) -> Ordering {
    if float.is_nan() {
        return Ordering::Equal;
    }
    // Saturates beyond what any integer type of a record holds, which keeps the order.
    #[expect(clippy::cast_possible_truncation, reason = "the fraction is compared beneath")]
    let whole = float.trunc() as i128;
    integer.cmp(&whole).then_with(|| 0.0_f64.partial_cmp(&float.fract()).unwrap_or(Ordering::Equal))
}
