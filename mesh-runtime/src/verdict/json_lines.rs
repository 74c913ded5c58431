//! Which line of a JSON text a value stands on. The text is a committed contract that was read already; where it is no JSON,
//! nothing is found.

/// One step down into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Down {
    /// To a member.
    Name(String),
    /// To an item.
    Index(usize),
}

/// The line, from 1, on which the value at the end of a path begins.
pub(super) fn line_of(text: &str, path: &[Down]) -> Option<usize> {
    let mut scan = Scan { bytes: text.as_bytes(), at: 0 };
    for step in path {
        scan.descend(step)?;
    }
    scan.blanks();
    (scan.at < scan.bytes.len())
        .then(|| scan.bytes[..scan.at].iter().filter(|byte| **byte == b'\n').count() + 1)
}

struct Scan<'t> {
    bytes: &'t [u8],
    at: usize,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        self.blanks();
        self.bytes.get(self.at).copied()
    }

    fn blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Goes to a member or item of the value that begins here.
    fn descend(&mut self, step: &Down) -> Option<()> {
        match step {
            Down::Name(wanted) => {
                self.take(b'{')?;
                while self.peek()? == b'"' {
                    let start = self.at;
                    self.skip()?;
                    let name: String = serde_json::from_slice(&self.bytes[start..self.at]).ok()?;
                    self.take(b':')?;
                    if name == *wanted {
                        return Some(());
                    }
                    self.skip()?;
                    self.take(b',')?;
                }
                None
            }
            Down::Index(wanted) => {
                self.take(b'[')?;
                for _ in 0..*wanted {
                    self.skip()?;
                    self.take(b',')?;
                }
                (self.peek()? != b']').then_some(())
            }
        }
    }

    /// Passes over the value that begins here.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.peek()? {
                b'"' => self.text()?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' => {
                    depth = depth.checked_sub(1)?;
                    self.at += 1;
                }
                b',' | b':' => self.at += 1,
                _ => {
                    while self
                        .bytes
                        .get(self.at)
                        .is_some_and(|byte| !b",:]}".contains(byte) && !byte.is_ascii_whitespace())
                    {
                        self.at += 1;
                    }
                }
            }
            if depth == 0 {
                return Some(());
            }
        }
    }

    fn text(&mut self) -> Option<()> {
        self.at += 1;
        loop {
            match self.bytes.get(self.at)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_value_is_found() {
        let text = "{\n \"a\\\"\": [1, {\"x\": \"]}\"},\n  {\"b\":\n   -1.5e3}],\n\"c\": {}\n}";
        let name = |name: &str| Down::Name(name.to_owned());
        let cases = [
            (vec![], Some(1)),
            (vec![name("a\"")], Some(2)),
            (vec![name("a\""), Down::Index(1), name("x")], Some(2)),
            (vec![name("a\""), Down::Index(2)], Some(3)),
            (vec![name("a\""), Down::Index(2), name("b")], Some(4)),
            (vec![name("c")], Some(5)),
            (vec![name("a\""), Down::Index(3)], None),
            (vec![name("d")], None),
            (vec![name("c"), name("d")], None),
        ];
        for (path, line) in cases {
            assert_eq!(line_of(text, &path), line, "{path:?}");
        }
    }

    #[test]
    fn a_text_that_is_no_json_has_no_lines_and_no_end() {
        for text in ["", "{", "{\"a", "{\"a\":", "[[[[", "{\"a\\", "]", "{\"b\":1 \"a\":2}"] {
            assert_eq!(line_of(text, &[Down::Name("a".to_owned())]), None, "{text}");
        }
    }
}
