//! The formats that contracts assert, as bounds of numbers and as patterns.

use std::sync::{Arc, OnceLock};

use super::pattern::Pattern;

/// What an asserted format means.
pub(crate) enum Meaning {
    /// Integers in this range.
    Integer(i128, i128),
    /// Strings that match.
    Pattern(Arc<Pattern>),
}

/// `31` days in long months, `30` in short ones, and the 29th of February in leap years alone.
const DATE: &str = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
/// A leap second is written at the end of a day in universal time.
const TIME: &str = "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[zZ]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])|23:59:60(?:\\.[0-9]+)?(?:[zZ]|[+-]00:00))";
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/// The meaning of an asserted format, `None` for those that only describe.
pub(crate) fn meaning(name: &str) -> Option<Meaning> {
    Some(match name {
        "int8" => Meaning::Integer(i8::MIN.into(), i8::MAX.into()),
        "int16" => Meaning::Integer(i16::MIN.into(), i16::MAX.into()),
        "int32" => Meaning::Integer(i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => Meaning::Integer(i64::MIN.into(), i64::MAX.into()),
        "uint8" => Meaning::Integer(0, u8::MAX.into()),
        "uint16" => Meaning::Integer(0, u16::MAX.into()),
        "uint32" => Meaning::Integer(0, u32::MAX.into()),
        "uint64" | "uint" => Meaning::Integer(0, u64::MAX.into()),
        "date" => {
            static DATE_PATTERN: Compiled = Compiled::new();
            compiled(&DATE_PATTERN, || format!("^{DATE}$"))?
        }
        "time" => {
            static TIME_PATTERN: Compiled = Compiled::new();
            compiled(&TIME_PATTERN, || format!("^{TIME}$"))?
        }
        "date-time" => {
            static DATE_TIME_PATTERN: Compiled = Compiled::new();
            compiled(&DATE_TIME_PATTERN, || format!("^{DATE}[tT]{TIME}$"))?
        }
        "uuid" => {
            static UUID_PATTERN: Compiled = Compiled::new();
            compiled(&UUID_PATTERN, || UUID.to_owned())?
        }
        _ => return None,
    })
}

/// Compiled once for the process: the patterns of formats are long, and never change.
type Compiled = OnceLock<Option<Arc<Pattern>>>;

fn compiled(place: &'static Compiled, text: fn() -> String) -> Option<Meaning> {
    let pattern = place.get_or_init(|| Pattern::new(&text()).ok().map(Arc::new));
    pattern.clone().map(Meaning::Pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patterns_of_all_formats_compile() {
        for name in ["date", "time", "date-time", "uuid"] {
            assert!(matches!(meaning(name), Some(Meaning::Pattern(_))), "{name}");
        }
    }
}
