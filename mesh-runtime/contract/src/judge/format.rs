//! The formats that contracts assert, as bounds of numbers and as patterns.

/// What an asserted format means.
pub(crate) enum Meaning {
    /// Integers in this range.
    Integer(i128, i128),
    /// Strings that match.
    Pattern(&'static str),
}

/// `31` days in long months, `30` in short ones, and the 29th of February in leap years alone.
const DATE: &str = "(?:[0-9]{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))|(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)-02-29)";
/// A leap second is written at the end of a day in universal time.
const TIME: &str = "(?:(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]+)?(?:[zZ]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])|23:59:60(?:\\.[0-9]+)?(?:[zZ]|[+-]00:00))";
const UUID: &str = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/// The meaning of an asserted format, `None` for those that only describe.
pub(crate) fn meaning(name: &str) -> Option<Meaning> {
    use std::sync::OnceLock;
    static DATE_PATTERN: OnceLock<String> = OnceLock::new();
    static TIME_PATTERN: OnceLock<String> = OnceLock::new();
    static DATE_TIME_PATTERN: OnceLock<String> = OnceLock::new();
    Some(match name {
        "int8" => Meaning::Integer(i8::MIN.into(), i8::MAX.into()),
        "int16" => Meaning::Integer(i16::MIN.into(), i16::MAX.into()),
        "int32" => Meaning::Integer(i32::MIN.into(), i32::MAX.into()),
        "int64" | "int" => Meaning::Integer(i64::MIN.into(), i64::MAX.into()),
        "uint8" => Meaning::Integer(0, u8::MAX.into()),
        "uint16" => Meaning::Integer(0, u16::MAX.into()),
        "uint32" => Meaning::Integer(0, u32::MAX.into()),
        "uint64" | "uint" => Meaning::Integer(0, u64::MAX.into()),
        "date" => Meaning::Pattern(DATE_PATTERN.get_or_init(|| format!("^{DATE}$"))),
        "time" => Meaning::Pattern(TIME_PATTERN.get_or_init(|| format!("^{TIME}$"))),
        "date-time" => Meaning::Pattern(DATE_TIME_PATTERN.get_or_init(|| format!("^{DATE}[tT]{TIME}$"))),
        "uuid" => Meaning::Pattern(UUID),
        _ => return None,
    })
}
