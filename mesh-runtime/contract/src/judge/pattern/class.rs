//! Sets of code points as sorted ranges.

use std::sync::Arc;

use super::PatternError;

/// Sorted, disjoint, inclusive ranges of code points without surrogates.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Class(Arc<[(u32, u32)]>);

const LAST: u32 = 0x10_FFFF;
const SURROGATES: (u32, u32) = (0xD800, 0xDFFF);

impl Class {
    pub(crate) fn new(ranges: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut cut = Vec::new();
        for (from, to) in ranges {
            // Strings of JSON values hold no lone surrogates.
            if from < SURROGATES.0 {
                cut.push((from, to.min(SURROGATES.0 - 1)));
            }
            if to > SURROGATES.1 {
                cut.push((from.max(SURROGATES.1 + 1), to));
            }
        }
        cut.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(cut.len());
        for (from, to) in cut {
            match merged.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Self(merged.into())
    }

    pub(crate) fn any() -> Self {
        Self::new([(0, LAST)])
    }

    pub(crate) fn single(point: u32) -> Self {
        Self::new([(point, point)])
    }

    pub(crate) fn digit() -> Self {
        Self::new([(0x30, 0x39)])
    }

    pub(crate) fn word() -> Self {
        Self::new([(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)])
    }

    /// White space and line terminators of ECMA-262.
    pub(crate) fn space() -> Self {
        Self::new([
            (0x09, 0x0D),
            (0x20, 0x20),
            (0xA0, 0xA0),
            (0x1680, 0x1680),
            (0x2000, 0x200A),
            (0x2028, 0x2029),
            (0x202F, 0x202F),
            (0x205F, 0x205F),
            (0x3000, 0x3000),
            (0xFEFF, 0xFEFF),
        ])
    }

    /// What `.` matches.
    pub(crate) fn dot() -> Self {
        Self::new([(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)]).complement()
    }

    /// `\p{..}`, with the names of the Unicode database.
    pub(crate) fn property(name: &str) -> Result<Self, PatternError> {
        let wrong = || PatternError::Invalid(format!("`{name}` is not a property of Unicode characters"));
        let hir = regex_syntax::parse(&format!(r"\p{{{name}}}")).map_err(|_| wrong())?;
        match hir.kind() {
            regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
                Ok(Self::new(class.ranges().iter().map(|range| (range.start() as u32, range.end() as u32))))
            }
            _ => Err(wrong()),
        }
    }

    pub(crate) fn complement(&self) -> Self {
        let mut ranges = Vec::with_capacity(self.0.len() + 1);
        let mut next = 0;
        for (from, to) in self.0.iter() {
            if *from > next {
                ranges.push((next, from - 1));
            }
            next = to + 1;
        }
        if next <= LAST {
            ranges.push((next, LAST));
        }
        Self::new(ranges)
    }

    pub(crate) fn contains(&self, point: u32) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= point);
        after.checked_sub(1).and_then(|index| self.0.get(index)).is_some_and(|(_, to)| point <= *to)
    }

    pub(crate) fn ranges(&self) -> &[(u32, u32)] {
        &self.0
    }
}
