//! Points in time as people read them.

/// `2026-11-22T08:20:31Z` as `22 Nov 2026, 08:20 UTC`; any other text stays as it is.
pub fn readable(rfc3339: &str) -> String {
    let parts = (|| {
        let (date, rest) = rfc3339.split_once('T')?;
        let day = readable_day(date)?;
        let clock = rest.get(..5).filter(|clock| clock.as_bytes().get(2) == Some(&b':'))?;
        rest.ends_with('Z').then(|| format!("{day}, {clock} UTC"))
    })();
    parts.unwrap_or_else(|| rfc3339.to_owned())
}

/// `2026-11-22` as `22 Nov 2026`, if it is a date.
pub fn readable_day(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let mut numbers = date.splitn(3, '-').map(|part| part.parse::<usize>().ok());
    let (year, month, day) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let month = MONTHS.get(month.checked_sub(1)?)?;
    Some(format!("{day} {month} {year}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_reads_like_one() {
        assert_eq!(readable("2026-11-02T08:20:31.123Z"), "2 Nov 2026, 08:20 UTC");
        assert_eq!(readable_day("2027-03-31").as_deref(), Some("31 Mar 2027"));
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
