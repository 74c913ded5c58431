//! Sizes as people write them: `512KiB`, `64MiB`.

const UNITS: [(&str, u64); 4] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];

/// Reads a whole number with a unit.
pub(super) fn read(text: &str) -> Option<u64> {
    // `B` stands last, for every other unit ends in it.
    let (number, unit) = UNITS.iter().find_map(|(unit, bytes)| Some((text.strip_suffix(unit)?, bytes)))?;
    if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    number.parse::<u64>().ok()?.checked_mul(*unit)
}

/// Writes a size in the largest unit that it is a whole number of.
pub(super) fn write(bytes: u64) -> String {
    let fits = |(_, unit): &&(&str, u64)| bytes >= *unit && bytes.is_multiple_of(*unit);
    let (name, unit) = UNITS.iter().find(fits).copied().unwrap_or(("B", 1));
    format!("{}{name}", bytes / unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for bytes in [0, 1, 1_000, 1_024, 1_536, 2 << 20, 64 << 20, 5 << 30, u64::MAX] {
            assert_eq!(read(&write(bytes)), Some(bytes));
        }
        assert_eq!(write(64 << 20), "64MiB");
        assert_eq!(write(1_536), "1536B");
    }

    #[test]
    fn only_a_number_with_a_unit_is_a_size() {
        for text in ["", "B", "MiB", "64", "64MB", "64 MiB", "-1B", "+1B", "1.5MiB", "99999999999GiB"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
