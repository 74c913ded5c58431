//! Equal content has one digest however it is spelled: the order of members, the notation of numbers, escapes, blanks.

use mesh_contract::Contract;
use proptest::prelude::*;
use serde_json::Value;

use super::sample;

proptest! {
    #[test]
    fn a_contract_has_one_digest_however_it_is_written(choices in proptest::collection::vec(any::<u16>(), 1..400)) {
        let contract = sample::full();
        let plain = Contract::read(&contract.to_string()).unwrap();
        let written = Writer::new(&choices).document(&contract);
        let read = Contract::read(&written).map_err(|error| TestCaseError::fail(format!("{error}\n{written}")))?;
        prop_assert_eq!(read.digest().unwrap(), plain.digest().unwrap(), "{}", written);
        prop_assert_eq!(read.promise().unwrap(), plain.promise().unwrap());
    }

    #[test]
    fn other_content_has_another_digest(words in proptest::collection::btree_set(".{0,12}", 2)) {
        let digests: Vec<_> = words
            .iter()
            .map(|word| {
                let mut contract = sample::full();
                contract["x-note"]["kept"] = word.as_str().into();
                Contract::read(&contract.to_string()).unwrap().digest().unwrap()
            })
            .collect();
        prop_assert_ne!(digests[0], digests[1]);
    }
}

/// Writes JSON in one of the many ways there are, each choice taken from a list.
struct Writer<'c> {
    choices: std::iter::Cycle<std::slice::Iter<'c, u16>>,
    text: String,
}

impl<'c> Writer<'c> {
    fn new(choices: &'c [u16]) -> Self {
        Self { choices: choices.iter().cycle(), text: String::new() }
    }

    fn document(mut self, value: &Value) -> String {
        self.blank();
        self.value(value, "");
        self.blank();
        self.text
    }

    fn choose(&mut self, ways: usize) -> usize {
        usize::from(*self.choices.next().unwrap()) % ways
    }

    fn blank(&mut self) {
        let blank = ["", " ", "\n", "\t", "\r\n", "  \n  "][self.choose(6)];
        self.text.push_str(blank);
    }

    fn value(&mut self, value: &Value, pointer: &str) {
        match value {
            Value::Object(members) => {
                let mut names: Vec<&String> = members.keys().collect();
                for last in (1..names.len()).rev() {
                    let other = self.choose(last + 1);
                    names.swap(last, other);
                }
                self.text.push('{');
                for (index, name) in names.into_iter().enumerate() {
                    self.separate(index);
                    self.string(name);
                    self.blank();
                    self.text.push(':');
                    self.blank();
                    self.value(&members[name], &format!("{pointer}/{name}"));
                }
                self.blank();
                self.text.push('}');
            }
            Value::Array(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.separate(index);
                    self.value(item, &format!("{pointer}/{index}"));
                }
                self.blank();
                self.text.push(']');
            }
            Value::String(text) => self.string(text),
            Value::Number(number) if is_content(pointer) => self.number(number),
            other => self.text.push_str(&other.to_string()),
        }
    }

    fn separate(&mut self, index: usize) {
        if index > 0 {
            self.text.push(',');
        }
        self.blank();
    }

    fn string(&mut self, text: &str) {
        self.text.push('"');
        for letter in text.chars() {
            if self.choose(5) == 0 || letter == '"' || letter == '\\' || letter.is_control() {
                for unit in letter.encode_utf16(&mut [0; 2]) {
                    let escape =
                        if self.choose(2) == 0 { format!("\\u{unit:04x}") } else { format!("\\u{unit:04X}") };
                    self.text.push_str(&escape);
                }
            } else {
                self.text.push(letter);
            }
        }
        self.text.push('"');
    }

    fn number(&mut self, number: &serde_json::Number) {
        let double = number.as_f64().unwrap();
        let text = match self.choose(4) {
            0 => number.to_string(),
            1 => format!("{double:e}"),
            2 => format!("{double:E}").replace('E', "E+").replace("E+-", "E-"),
            _ if double.fract() == 0.0 => format!("{double:.2}"),
            _ => format!("{double}000"),
        };
        self.text.push_str(&text);
    }
}

/// Numbers of records and schemas may be written in every way; those of the format itself are whole and written so.
fn is_content(pointer: &str) -> bool {
    ["/schemas", "/examples", "/x-"].iter().any(|content| pointer.starts_with(content))
        || pointer.contains("/x-")
        || pointer.contains("/examples/")
}
