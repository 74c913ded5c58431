//! Points in time as people read them.

use mesh_contract::Day;

/// `2026-11-22T08:20:31Z` as `22 Nov 2026, 08:20 UTC`; any other text stays as it is.
pub fn readable(rfc3339: &str) -> String {
    let parts = (|| {
        let (date, rest) = rfc3339.split_once('T')?;
        let day = readable_day(date.parse().ok()?);
        let clock = rest.get(..5).filter(|clock| clock.as_bytes().get(2) == Some(&b':'))?;
        rest.ends_with('Z').then(|| format!("{day}, {clock} UTC"))
    })();
    parts.unwrap_or_else(|| rfc3339.to_owned())
}

/// `2026-11-22` as `22 Nov 2026`.
pub fn readable_day(day: Day) -> String {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month = MONTHS.get(usize::from(day.month()) - 1).copied().unwrap_or_default();
    format!("{} {month} {}", day.day(), day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_reads_like_one() {
        assert_eq!(readable("2026-11-02T08:20:31.123Z"), "2 Nov 2026, 08:20 UTC");
        assert_eq!(readable_day("2027-03-31".parse().expect("a day")), "31 Mar 2027");
    }

    #[test]
    fn what_is_no_point_in_time_stays_as_it_is() {
        for text in
            ["", "T", "yesterday", "2026-13-01T00:00:00Z", "2026-11-02T08:20:31+02:00", "2026-11-02T8"]
        {
            assert_eq!(readable(text), text);
        }
    }
}
