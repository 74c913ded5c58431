//! Reads a pattern of ECMA-262 (Unicode mode, lenient on identity escapes as browsers are).

use super::PatternError;
use super::class::Class;

/// A regular expression.
#[derive(Debug, Clone)]
pub(crate) enum Expression {
    Class(Class),
    Concat(Vec<Self>),
    Alternation(Vec<Self>),
    Repeat {
        of: Box<Self>,
        min: u32,
        max: Option<u32>,
    },
    Start,
    End,
    /// `\b`, or `\B` where the sign is false.
    Boundary(bool),
    /// `(?=..)`, or `(?!..)` where the sign is false.
    Lookahead(Box<Self>, bool),
}

/// Nested groups beyond this depth are refused rather than risk the stack.
const DEEPEST: usize = 100;

pub(crate) fn parse(text: &str) -> Result<Expression, PatternError> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, depth: 0 };
    let expression = parser.alternation()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.wrong("this `)` closes no group")),
    }
}

/// `^(?!A)(?=B)C` matches where `^C` and `^B` match and `^A` does not: a conjunction that automata can do.
pub(crate) fn split_leading_lookaheads(expression: Expression) -> Vec<(Expression, bool)> {
    if let Expression::Concat(parts) = &expression
        && let Some(Expression::Start) = parts.first()
    {
        let count = parts.iter().skip(1).take_while(|part| matches!(part, Expression::Lookahead(..))).count();
        let anchored = |rest: Vec<Expression>| {
            let mut parts = vec![Expression::Start];
            parts.extend(rest);
            Expression::Concat(parts)
        };
        if count > 0 {
            let mut split = vec![(anchored(parts.iter().skip(1 + count).cloned().collect()), true)];
            for part in parts.iter().skip(1).take(count) {
                if let Expression::Lookahead(inner, sign) = part {
                    split.push((anchored(vec![(**inner).clone()]), *sign));
                }
            }
            return split;
        }
    }
    vec![(expression, true)]
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += 1;
        Some(char)
    }

    fn eat(&mut self, text: &str) -> bool {
        let matches =
            text.chars().enumerate().all(|(offset, char)| self.chars.get(self.at + offset) == Some(&char));
        if matches {
            self.at += text.chars().count();
        }
        matches
    }

    fn wrong(&self, what: &str) -> PatternError {
        PatternError::Invalid(format!("{what} (at character {})", self.at))
    }

    fn alternation(&mut self) -> Result<Expression, PatternError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(PatternError::Unsupported("groups are nested too deeply"));
        }
        let mut branches = vec![self.sequence()?];
        while self.eat("|") {
            branches.push(self.sequence()?);
        }
        self.depth -= 1;
        Ok(match branches.pop() {
            Some(only) if branches.is_empty() => only,
            last => Expression::Alternation(branches.into_iter().chain(last).collect()),
        })
    }

    fn sequence(&mut self) -> Result<Expression, PatternError> {
        let mut parts = Vec::new();
        while let Some(char) = self.peek() {
            if char == '|' || char == ')' {
                break;
            }
            let (atom, repeatable) = self.atom()?;
            parts.push(self.quantified(atom, repeatable)?);
        }
        Ok(match parts.pop() {
            Some(only) if parts.is_empty() => only,
            last => Expression::Concat(parts.into_iter().chain(last).collect()),
        })
    }

    fn quantified(&mut self, atom: Expression, repeatable: bool) -> Result<Expression, PatternError> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.counts()? {
                Some(counts) => {
                    self.at -= 1;
                    counts
                }
                None => return Ok(atom),
            },
            _ => return Ok(atom),
        };
        if !repeatable {
            return Err(self.wrong("there is nothing to repeat"));
        }
        self.at += 1;
        self.eat("?");
        if matches!(self.peek(), Some('*' | '+' | '?')) {
            return Err(self.wrong("there is nothing to repeat"));
        }
        Ok(Expression::Repeat { of: Box::new(atom), min, max })
    }

    /// `{n}`, `{n,}` or `{n,m}`, after which the position is behind the brace; anything else is literal text.
    fn counts(&mut self) -> Result<Option<(u32, Option<u32>)>, PatternError> {
        let start = self.at;
        self.at += 1;
        let min = self.decimal();
        let max = if self.eat(",") { self.decimal().map(Some).or(Some(None)) } else { min.map(Some) };
        match (min, max) {
            (Some(min), Some(max)) if self.eat("}") => {
                if max.is_some_and(|max| max < min) {
                    return Err(self.wrong("the counts are out of order"));
                }
                Ok(Some((min, max)))
            }
            _ => {
                self.at = start;
                Ok(None)
            }
        }
    }

    fn decimal(&mut self) -> Option<u32> {
        let mut value: Option<u32> = None;
        while let Some(digit) = self.peek().and_then(|char| char.to_digit(10)) {
            self.at += 1;
            value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(digit));
        }
        value
    }

    /// An atom, and whether it may be repeated.
    fn atom(&mut self) -> Result<(Expression, bool), PatternError> {
        let Some(char) = self.next() else { return Err(self.wrong("the pattern ends too early")) };
        Ok(match char {
            '^' => (Expression::Start, false),
            '$' => (Expression::End, false),
            '.' => (Expression::Class(Class::dot()), true),
            '(' => self.group()?,
            '[' => (Expression::Class(self.bracket()?), true),
            '*' | '+' | '?' => return Err(self.wrong("there is nothing to repeat")),
            '\\' => match self.peek() {
                Some('b') => {
                    self.at += 1;
                    (Expression::Boundary(true), false)
                }
                Some('B') => {
                    self.at += 1;
                    (Expression::Boundary(false), false)
                }
                Some('1'..='9' | 'k') => return Err(PatternError::Unsupported("backreference")),
                _ => (Expression::Class(self.escape()?), true),
            },
            other => (Expression::Class(Class::single(other as u32)), true),
        })
    }

    fn group(&mut self) -> Result<(Expression, bool), PatternError> {
        let mut look = None;
        if self.eat("?=") {
            look = Some(true);
        } else if self.eat("?!") {
            look = Some(false);
        } else if self.eat("?<=") || self.eat("?<!") {
            return Err(PatternError::Unsupported("lookbehind"));
        } else if self.eat("?<") {
            while self.next().ok_or_else(|| self.wrong("the name of the group has no `>`"))? != '>' {}
        } else if !self.eat("?:") && self.peek() == Some('?') {
            return Err(self.wrong("unknown kind of group"));
        }
        let inner = self.alternation()?;
        if !self.eat(")") {
            return Err(self.wrong("a group is not closed"));
        }
        Ok(match look {
            Some(sign) => (Expression::Lookahead(Box::new(inner), sign), false),
            None => (inner, true),
        })
    }

    fn bracket(&mut self) -> Result<Class, PatternError> {
        let negated = self.eat("^");
        let mut ranges = Vec::new();
        loop {
            let Some(char) = self.next() else { return Err(self.wrong("a character class is not closed")) };
            if char == ']' {
                break;
            }
            let from = self.bracket_atom(char)?;
            let [(low, single)] = from.ranges() else {
                ranges.extend_from_slice(from.ranges());
                continue;
            };
            let dash =
                self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|next| *next != ']');
            if low == single && dash {
                self.at += 1;
                let Some(char) = self.next() else {
                    return Err(self.wrong("a character class is not closed"));
                };
                let to = self.bracket_atom(char)?;
                match to.ranges() {
                    [(high, same)] if high == same => {
                        if high < low {
                            return Err(self.wrong("a range of characters is out of order"));
                        }
                        ranges.push((*low, *high));
                    }
                    others => {
                        ranges.extend([(*low, *low), ('-' as u32, '-' as u32)]);
                        ranges.extend_from_slice(others);
                    }
                }
            } else {
                ranges.push((*low, *single));
            }
        }
        let class = Class::new(ranges);
        Ok(if negated { class.complement() } else { class })
    }

    fn bracket_atom(&mut self, char: char) -> Result<Class, PatternError> {
        if char != '\\' {
            return Ok(Class::single(char as u32));
        }
        if self.eat("b") { Ok(Class::single(8)) } else { self.escape() }
    }

    /// What follows a backslash.
    fn escape(&mut self) -> Result<Class, PatternError> {
        let Some(char) = self.next() else { return Err(self.wrong("the pattern ends in a backslash")) };
        let point = match char {
            'd' => return Ok(Class::digit()),
            'D' => return Ok(Class::digit().complement()),
            'w' => return Ok(Class::word()),
            'W' => return Ok(Class::word().complement()),
            's' => return Ok(Class::space()),
            'S' => return Ok(Class::space().complement()),
            'p' | 'P' => {
                let class = self.property()?;
                return Ok(if char == 'P' { class.complement() } else { class });
            }
            't' => 0x09,
            'n' => 0x0A,
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => 0x0D,
            '0' => 0x00,
            'c' => match self.next() {
                Some(letter) if letter.is_ascii_alphabetic() => u32::from(letter as u8 & 31),
                _ => return Err(self.wrong("`\\c` is followed by a letter")),
            },
            'x' => self
                .hexadecimal(2)
                .ok_or_else(|| self.wrong("`\\x` is followed by two hexadecimal digits"))?,
            'u' => self.unicode()?,
            other => other as u32,
        };
        Ok(Class::single(point))
    }

    fn hexadecimal(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for offset in 0..count {
            value = value * 16 + self.chars.get(self.at + offset)?.to_digit(16)?;
        }
        self.at += count;
        Some(value)
    }

    fn unicode(&mut self) -> Result<u32, PatternError> {
        let wrong = "`\\u` is followed by four hexadecimal digits, or by more within braces";
        if self.eat("{") {
            let mut value: u32 = 0;
            loop {
                match self.next() {
                    Some('}') => break,
                    Some(char) => {
                        let digit = char.to_digit(16).ok_or_else(|| self.wrong(wrong))?;
                        value = value.saturating_mul(16).saturating_add(digit);
                    }
                    None => return Err(self.wrong(wrong)),
                }
            }
            return if value <= 0x10_FFFF {
                Ok(value)
            } else {
                Err(self.wrong("there is no such character"))
            };
        }
        let high = self.hexadecimal(4).ok_or_else(|| self.wrong(wrong))?;
        if (0xD800..0xDC00).contains(&high) {
            let back = self.at;
            if self.eat("\\u")
                && let Some(low @ 0xDC00..=0xDFFF) = self.hexadecimal(4)
            {
                return Ok(0x1_0000 + ((high - 0xD800) << 10) + (low - 0xDC00));
            }
            self.at = back;
        }
        Ok(high)
    }

    fn property(&mut self) -> Result<Class, PatternError> {
        if !self.eat("{") {
            return Err(self.wrong("`\\p` is followed by the name of a property within braces"));
        }
        let mut name = String::new();
        loop {
            match self.next() {
                Some('}') => break,
                Some(char) if char.is_ascii_alphanumeric() || char == '_' || char == '=' => name.push(char),
                _ => return Err(self.wrong("the name of a property is not closed")),
            }
        }
        Class::property(&name)
    }
}
