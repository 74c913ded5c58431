//! Carries a pattern of ECMA-262 (`u` flag) over to the syntax of the engine in use.
//!
//! Every class, escape and dot is written out as ranges of code points, so that no word of the engine's own dialect has a
//! say in what matches.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::iter::Peekable;
use std::str::Chars;

/// Code points from the first to the second.
type Range = (u32, u32);

const DIGIT: &[Range] = &[(0x30, 0x39)];
const WORD: &[Range] = &[(0x30, 0x39), (0x41, 0x5a), (0x5f, 0x5f), (0x61, 0x7a)];
const SPACE: &[Range] = &[
    (0x09, 0x0d),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x2000, 0x200a),
    (0x2028, 0x2029),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
    (0xfeff, 0xfeff),
];
const LINE_END: &[Range] = &[(0x0a, 0x0a), (0x0d, 0x0d), (0x2028, 0x2029)];
const ALL: &[Range] = &[(0, 0xd7ff), (0xe000, 0x10_ffff)];

/// The pattern for the engine, or what is wrong with it.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut reader =
        Reader { rest: pattern.chars().peekable(), written: String::new(), names: BTreeSet::new() };
    reader.alternatives()?;
    match reader.rest.next() {
        None => Ok(reader.written),
        Some(left) => Err(format!("`{left}` closes nothing; write `\\{left}` for the character itself")),
    }
}

struct Reader<'p> {
    rest: Peekable<Chars<'p>>,
    written: String,
    names: BTreeSet<String>,
}

/// What one escape stands for.
enum Escaped {
    Character(u32),
    Set(Vec<Range>),
}

impl Reader<'_> {
    fn alternatives(&mut self) -> Result<(), String> {
        loop {
            self.sequence()?;
            if !self.skip('|') {
                return Ok(());
            }
            self.written.push('|');
        }
    }

    fn sequence(&mut self) -> Result<(), String> {
        while let Some(&next) = self.rest.peek() {
            if matches!(next, '|' | ')') {
                break;
            }
            self.rest.next();
            if self.term(next)? {
                self.repetition()?;
            }
        }
        Ok(())
    }

    /// Writes one term and answers whether it may be repeated.
    fn term(&mut self, first: char) -> Result<bool, String> {
        match first {
            '^' | '$' => {
                self.written.push(first);
                return Ok(false);
            }
            '.' => self.write_set(&complement(LINE_END)),
            '(' => self.group()?,
            '[' => {
                let set = self.class()?;
                self.write_set(&set);
            }
            '\\' if matches!(self.rest.peek(), Some('b' | 'B')) => {
                self.written.push('\\');
                self.written.extend(self.rest.next());
                return Ok(false);
            }
            '\\' => match self.escape(false)? {
                Escaped::Character(character) => self.write_set(&[(character, character)]),
                Escaped::Set(set) => self.write_set(&set),
            },
            '*' | '+' | '?' => {
                return Err(format!("there is nothing to repeat before `{first}`"));
            }
            '{' | '}' | ']' => {
                return Err(format!("`{first}` stands alone; write `\\{first}` for the character itself"));
            }
            other => self.write_set(&[(u32::from(other), u32::from(other))]),
        }
        Ok(true)
    }

    fn group(&mut self) -> Result<(), String> {
        if self.skip('?') {
            match self.rest.next() {
                Some(':') => {}
                Some('=' | '!') => return Err("it looks ahead, which takes unbounded time".to_owned()),
                Some('<') if matches!(self.rest.peek(), Some('=' | '!')) => {
                    return Err("it looks behind, which takes unbounded time".to_owned());
                }
                Some('<') => self.group_name()?,
                _ => {
                    return Err(
                        "it sets a flag within the pattern, which JSON Schema does not know".to_owned()
                    );
                }
            }
        }
        self.written.push_str("(?:");
        self.alternatives()?;
        if !self.skip(')') {
            return Err("a group is not closed; add `)`".to_owned());
        }
        self.written.push(')');
        Ok(())
    }

    fn group_name(&mut self) -> Result<(), String> {
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('>') if !name.is_empty() => break,
                Some(character)
                    if character == '_'
                        || character == '$'
                        || character.is_ascii_alphabetic()
                        || (character.is_ascii_digit() && !name.is_empty()) =>
                {
                    name.push(character);
                }
                _ => return Err("the name of a group is ASCII letters, digits and `_`".to_owned()),
            }
        }
        if self.names.contains(&name) {
            return Err(format!("the group `{name}` stands there twice"));
        }
        self.names.insert(name);
        Ok(())
    }

    fn repetition(&mut self) -> Result<(), String> {
        match self.rest.peek() {
            Some(&sign @ ('*' | '+' | '?')) => {
                self.rest.next();
                self.written.push(sign);
            }
            Some('{') => {
                self.rest.next();
                self.counts()?;
            }
            _ => return Ok(()),
        }
        if self.skip('?') {
            self.written.push('?');
        }
        Ok(())
    }

    fn counts(&mut self) -> Result<(), String> {
        let wrong =
            "`{` starts a count such as `{2}`, `{2,}` or `{2,3}`; write `\\{` for the character itself";
        let least = self.number().ok_or(wrong)?;
        let _ = write!(self.written, "{{{least}");
        if self.skip(',') {
            self.written.push(',');
            if let Some(most) = self.number() {
                if most < least {
                    return Err(format!("the counts of `{{{least},{most}}}` are out of order"));
                }
                let _ = write!(self.written, "{most}");
            }
        }
        self.written.push('}');
        if self.skip('}') { Ok(()) } else { Err(wrong.to_owned()) }
    }

    fn number(&mut self) -> Option<u32> {
        let mut number = None;
        while let Some(digit) = self.rest.peek().and_then(|next| next.to_digit(10)) {
            self.rest.next();
            number = Some(number.unwrap_or(0_u32).saturating_mul(10).saturating_add(digit));
        }
        number
    }

    fn class(&mut self) -> Result<Vec<Range>, String> {
        let negated = self.skip('^');
        let mut set = Vec::new();
        loop {
            let from = match self.class_member()? {
                None => break,
                Some(member) => member,
            };
            if self.rest.peek() != Some(&'-') {
                push(&mut set, from);
                continue;
            }
            self.rest.next();
            match (from, self.class_member()?) {
                (from, None) => {
                    push(&mut set, from);
                    set.push((0x2d, 0x2d));
                    break;
                }
                (Escaped::Character(from), Some(Escaped::Character(to))) if from <= to => {
                    set.push((from, to))
                }
                (Escaped::Character(_), Some(Escaped::Character(_))) => {
                    return Err("the ends of a range are out of order".to_owned());
                }
                _ => return Err("a class such as `\\d` cannot be the end of a range; write `\\-`".to_owned()),
            }
        }
        Ok(if negated { complement(&set) } else { set })
    }

    /// The next member of a class; `None` at its end.
    fn class_member(&mut self) -> Result<Option<Escaped>, String> {
        match self.rest.next() {
            None => Err("a class is not closed; add `]`".to_owned()),
            Some(']') => Ok(None),
            Some('\\') => self.escape(true).map(Some),
            Some(other) => Ok(Some(Escaped::Character(u32::from(other)))),
        }
    }

    fn escape(&mut self, in_class: bool) -> Result<Escaped, String> {
        let Some(sign) = self.rest.next() else {
            return Err("a `\\` stands at the end; write `\\\\` for the character itself".to_owned());
        };
        let character = match sign {
            'd' => return Ok(Escaped::Set(DIGIT.to_vec())),
            'D' => return Ok(Escaped::Set(complement(DIGIT))),
            'w' => return Ok(Escaped::Set(WORD.to_vec())),
            'W' => return Ok(Escaped::Set(complement(WORD))),
            's' => return Ok(Escaped::Set(SPACE.to_vec())),
            'S' => return Ok(Escaped::Set(complement(SPACE))),
            't' => 0x09,
            'n' => 0x0a,
            'v' => 0x0b,
            'f' => 0x0c,
            'r' => 0x0d,
            'b' if in_class => 0x08,
            '0' if !self.rest.peek().is_some_and(char::is_ascii_digit) => 0,
            '0' => return Err("`\\0` is followed by a digit; write `\\x00`".to_owned()),
            'c' => match self.rest.next() {
                Some(letter) if letter.is_ascii_alphabetic() => u32::from(letter) % 32,
                _ => return Err("`\\c` is followed by a letter, e.g. `\\cJ`".to_owned()),
            },
            'x' => self.hexadecimal(2)?,
            'u' => self.unicode()?,
            '1'..='9' | 'k' => return Err("it refers back to a group, which takes unbounded time".to_owned()),
            'p' | 'P' => {
                return Err(
                    "it names a Unicode property, which is not known here; write the ranges of characters"
                        .to_owned(),
                );
            }
            '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '/' => {
                u32::from(sign)
            }
            '-' if in_class => 0x2d,
            other if other.is_ascii_alphanumeric() => {
                return Err(format!("`\\{other}` means nothing in ECMA-262"));
            }
            other => return Err(format!("`\\{other}` is no escape of ECMA-262; write `{other}`")),
        };
        Ok(Escaped::Character(character))
    }

    fn hexadecimal(&mut self, digits: usize) -> Result<u32, String> {
        let mut number = 0;
        for _ in 0..digits {
            let digit = self.rest.next().and_then(|digit| digit.to_digit(16));
            number = number * 16 + digit.ok_or(format!("an escape needs {digits} hexadecimal digits"))?;
        }
        Ok(number)
    }

    /// Behind `\u`: four digits, a pair of surrogates, or digits in braces.
    fn unicode(&mut self) -> Result<u32, String> {
        let number = if self.skip('{') {
            let mut number = 0_u32;
            loop {
                match self.rest.next() {
                    Some('}') => break number,
                    Some(digit) => {
                        let digit = digit.to_digit(16).ok_or("`\\u{` holds hexadecimal digits")?;
                        number = number.saturating_mul(16).saturating_add(digit);
                    }
                    None => return Err("`\\u{` is not closed; add `}`".to_owned()),
                }
            }
        } else {
            let high = self.hexadecimal(4)?;
            if (0xd800..0xdc00).contains(&high) && self.skip('\\') {
                let low = if self.skip('u') { self.hexadecimal(4)? } else { 0 };
                if !(0xdc00..0xe000).contains(&low) {
                    return Err("half a surrogate pair matches no text; write `\\u{...}`".to_owned());
                }
                0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00)
            } else {
                high
            }
        };
        match number {
            0xd800..=0xdfff => Err("half a surrogate pair matches no text; write `\\u{...}`".to_owned()),
            0..=0x10_ffff => Ok(number),
            _ => Err("there is no code point above `\\u{10FFFF}`".to_owned()),
        }
    }

    fn skip(&mut self, expected: char) -> bool {
        self.rest.next_if_eq(&expected).is_some()
    }

    fn write_set(&mut self, set: &[Range]) {
        if let [(from, to)] = set
            && from == to
        {
            let _ = write!(self.written, "\\x{{{from:x}}}");
            return;
        }
        let set = complement(&complement(set));
        if set.is_empty() {
            // No character at all: the engine has no empty class, but its complement of everything.
            self.written.push_str("[^\\x{0}-\\x{10ffff}]");
            return;
        }
        self.written.push('[');
        for (from, to) in set {
            let _ = write!(self.written, "\\x{{{from:x}}}-\\x{{{to:x}}}");
        }
        self.written.push(']');
    }
}

fn push(set: &mut Vec<Range>, member: Escaped) {
    match member {
        Escaped::Character(character) => set.push((character, character)),
        Escaped::Set(ranges) => set.extend(ranges),
    }
}

/// Every code point that is in none of the ranges, in order, without surrogates, which no text holds.
fn complement(set: &[Range]) -> Vec<Range> {
    set.iter()
        .fold(ALL.to_vec(), |left, taken| left.into_iter().flat_map(|range| outside(range, *taken)).collect())
}

/// What is left of a range on both sides of another.
fn outside((first, last): Range, (from, to): Range) -> impl Iterator<Item = Range> {
    let below = (first < from).then(|| (first, last.min(from - 1)));
    let above = (last > to).then(|| (first.max(to + 1), last));
    below.into_iter().chain(above)
}
