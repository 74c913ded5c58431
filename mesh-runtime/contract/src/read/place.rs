//! Where in a text a value or a member stands. The parser tells positions only behind what it has read, which for the last
//! member of an object is behind the object's end; people look for the beginning.

use std::ops::ControlFlow;

use super::ReadError;

/// A line and a column of a text, both from 1; columns count bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

/// What a walk comes past.
pub(super) enum Seen<'w> {
    /// The name of a member, and the pointer of its object.
    Name { object: &'w str, name: &'w str },
    /// The beginning of a value, and its pointer.
    Value { pointer: &'w str },
}

impl Place {
    fn of_byte(text: &str, at: usize) -> Self {
        let before = &text.as_bytes()[..at.min(text.len())];
        let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |feed| feed + 1);
        Self {
            line: before.iter().filter(|&&byte| byte == b'\n').count() + 1,
            column: before.len() - line_start + 1,
        }
    }

    /// The beginning of the value at a pointer.
    pub(super) fn of_value(text: &str, wanted: &str) -> Self {
        Self::of_first(text, |seen| matches!(seen, Seen::Value { pointer } if *pointer == wanted))
    }

    /// The name of a member of the object at a pointer.
    pub(super) fn of_name(text: &str, wanted_object: &str, wanted: &str) -> Self {
        Self::of_first(
            text,
            |seen| matches!(seen, Seen::Name { object, name } if *object == wanted_object && *name == wanted),
        )
    }

    /// The name of a member of the object at a pointer, where it stands for the second time.
    pub(super) fn of_second_name(text: &str, wanted_object: &str, wanted: &str) -> Self {
        let mut times = 0;
        Self::of_first(text, |seen| {
            times += usize::from(
                matches!(seen, Seen::Name { object, name } if *object == wanted_object && *name == wanted),
            );
            times == 2
        })
    }

    fn of_first(text: &str, mut wanted: impl FnMut(&Seen<'_>) -> bool) -> Self {
        let mut found = 0;
        walk(text, &mut |seen, at| {
            if wanted(&seen) {
                found = at;
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        });
        Self::of_byte(text, found)
    }

    pub(super) fn error(self, pointer: impl Into<String>, message: String) -> ReadError {
        ReadError { line: self.line, column: self.column, pointer: pointer.into(), message }
    }
}

/// The pointer of a member or an item.
pub(super) fn below(pointer: &str, step: &str) -> String {
    format!("{pointer}/{}", step.replace('~', "~0").replace('/', "~1"))
}

/// Goes through a JSON text in its order and tells of each name and value with its byte, until it is told to stop, or until
/// the text is none. Whoever calls it has found that the text up to the place looked for is JSON of bounded depth.
pub(super) fn walk(text: &str, tell: &mut Tell<'_>) {
    let mut walk = Walk { text, at: 0 };
    // How it ended is told by what was told.
    let _ = walk.value("", tell);
}

type Tell<'t> = dyn FnMut(Seen<'_>, usize) -> ControlFlow<()> + 't;

struct Walk<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Walk<'t> {
    fn next(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while matches!(bytes.get(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
        bytes.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> ControlFlow<()> {
        if self.next() == Some(wanted) {
            self.at += 1;
            return ControlFlow::Continue(());
        }
        ControlFlow::Break(())
    }

    fn value(&mut self, pointer: &str, tell: &mut Tell<'_>) -> ControlFlow<()> {
        let first = self.next();
        tell(Seen::Value { pointer }, self.at)?;
        match first {
            Some(b'{') => self.object(pointer, tell),
            Some(b'[') => self.array(pointer, tell),
            Some(b'"') => self.string().map_or(ControlFlow::Break(()), |_| ControlFlow::Continue(())),
            Some(_) => {
                self.at += scalar(&self.text[self.at..]).len();
                ControlFlow::Continue(())
            }
            None => ControlFlow::Break(()),
        }
    }

    fn object(&mut self, pointer: &str, tell: &mut Tell<'_>) -> ControlFlow<()> {
        self.take(b'{')?;
        while self.next() == Some(b'"') {
            let at = self.at;
            let Some(name) = self.string() else { return ControlFlow::Break(()) };
            tell(Seen::Name { object: pointer, name: &name }, at)?;
            self.take(b':')?;
            self.value(&below(pointer, &name), tell)?;
            if self.next() == Some(b',') {
                self.at += 1;
            }
        }
        self.take(b'}')
    }

    fn array(&mut self, pointer: &str, tell: &mut Tell<'_>) -> ControlFlow<()> {
        self.take(b'[')?;
        let mut index = 0;
        while self.next() != Some(b']') {
            self.value(&below(pointer, &index.to_string()), tell)?;
            index += 1;
            if self.next() == Some(b',') {
                self.at += 1;
            }
        }
        self.take(b']')
    }

    fn string(&mut self) -> Option<String> {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        loop {
            match bytes.get(end)? {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let text = self.text.get(self.at..=end)?;
        self.at = end + 1;
        serde_json::from_str(text).ok()
    }
}

/// The number or word that a text begins with.
pub(super) fn scalar(text: &str) -> &str {
    let end = text.find([',', ']', '}', ' ', '\t', '\n', '\r']).unwrap_or(text.len());
    // At least one byte, so that a walk over what is no JSON comes to an end.
    let one = text.chars().next().map_or(0, char::len_utf8);
    &text[..end.max(one)]
}
