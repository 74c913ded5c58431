//! A table for people: aligned columns, two blanks between them, no lines to get in the way of copying.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::output::{FAINT, STRONG};

/// Which way a column leans.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lean {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table that is being filled.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<(&'static str, Lean)>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these columns.
    pub(crate) fn new(columns: &[(&'static str, Lean)]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// Adds a row; cells that are missing stay empty.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Writes the table; the first column stands out.
    pub(crate) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.width());
            cells.chain([self.columns[column].0.width()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let names = self.columns.iter().map(|(name, _)| *name);
        self.line(out, &widths, names, |_| FAINT)?;
        for row in &self.rows {
            let style = |column| if column == 0 { STRONG } else { anstyle::Style::new() };
            self.line(out, &widths, row.iter().map(String::as_str), style)?;
        }
        Ok(())
    }

    fn line<'c>(
        &self,
        out: &mut dyn Write,
        widths: &[usize],
        cells: impl Iterator<Item = &'c str>,
        style: impl Fn(usize) -> anstyle::Style,
    ) -> io::Result<()> {
        let last = self.columns.len() - 1;
        for (column, ((cell, width), (_, lean))) in cells.zip(widths).zip(&self.columns).enumerate() {
            let blanks = " ".repeat(width.saturating_sub(cell.width()));
            let style = style(column);
            match lean {
                Lean::Right => write!(out, "{blanks}{style}{cell}{style:#}")?,
                Lean::Left if column == last => write!(out, "{style}{cell}{style:#}")?,
                Lean::Left => write!(out, "{style}{cell}{style:#}{blanks}")?,
            }
            if column < last {
                out.write_all(b"  ")?;
            }
        }
        out.write_all(b"\n")
    }
}

/// A number with its thousands told apart: `3,503`.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_told_apart() {
        for (number, text) in [(0, "0"), (59, "59"), (412, "412"), (3_503, "3,503"), (1_000_000, "1,000,000")]
        {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn columns_align_by_what_a_terminal_shows() {
        let mut table = Table::new(&[("product", Lean::Left), ("records", Lean::Right)]);
        table.row(["sales.tracks".into(), "3,503".into()]);
        table.row(["größe".into(), "7".into()]);
        let mut out = anstream::StripStream::new(Vec::new());
        table.write(&mut out).unwrap();
        let text = String::from_utf8(out.into_inner()).unwrap();
        assert_eq!(text, "product       records\nsales.tracks    3,503\ngröße               7\n");
    }
}
