//! Whatever text arrives, the reader answers, and what it says of a fault can be found in the text.

use mesh_contract::{Contract, Expectation};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::Value;

use super::sample;

/// One way to spoil a text.
#[derive(Debug, Clone)]
enum Harm {
    Truncate(Index),
    Replace(Index, char),
    Insert(Index, String),
    Cut(Index, Index),
}

impl Harm {
    fn apply(&self, text: &str) -> String {
        let letters: Vec<char> = text.chars().collect();
        let at = |index: &Index| index.index(letters.len() + 1);
        let part = |from: usize, to: usize| letters[from.min(to)..to.max(from)].iter().collect::<String>();
        match self {
            Self::Truncate(index) => part(0, at(index)),
            Self::Replace(index, letter) => {
                let at = index.index(letters.len().max(1));
                format!("{}{letter}{}", part(0, at), part((at + 1).min(letters.len()), letters.len()))
            }
            Self::Insert(index, more) => {
                format!("{}{more}{}", part(0, at(index)), part(at(index), letters.len()))
            }
            Self::Cut(one, other) => {
                let (from, to) = (at(one).min(at(other)), at(one).max(at(other)));
                format!("{}{}", part(0, from), part(to, letters.len()))
            }
        }
    }
}

fn harm() -> impl Strategy<Value = Harm> {
    let token = prop_oneof![
        prop::sample::select(vec![
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "\\u",
            "\\ud800",
            "\\x",
            "null",
            "true",
            "-",
            "1e999",
            "-0",
            "9007199254740993",
            "123456789012345678901234567890",
            "0.1000000000000000055",
            "\u{0}",
            "\u{feff}",
            "01",
            "{\"a\":1,\"a\":2}",
            "/*",
            "NaN",
            "\"x-a\":",
            "\"\":",
            "\n",
        ])
        .prop_map(str::to_owned),
        ".{0,6}",
        (90_usize..400, prop::sample::select(vec!["[", "{\"a\":", "[{\"\":"]))
            .prop_map(|(times, open)| open.repeat(times)),
    ];
    prop_oneof![
        any::<Index>().prop_map(Harm::Truncate),
        (any::<Index>(), any::<char>()).prop_map(|(index, letter)| Harm::Replace(index, letter)),
        (any::<Index>(), token).prop_map(|(index, more)| Harm::Insert(index, more)),
        (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Harm::Cut(from, to)),
    ]
}

/// A value of any sort to stand where another did.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z~/]{0,4}", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Every pointer of a value, the whole first.
fn pointers(value: &Value, at: String, all: &mut Vec<String>) {
    all.push(at.clone());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, item)| pointers(item, format!("{at}/{index}"), all));
        }
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            pointers(member, format!("{at}/{}", name.replace('~', "~0").replace('/', "~1")), all);
        }),
        _ => {}
    }
}

/// Reads a text as each document, and looks whether what is said of it can be found in it.
fn check(text: &str) -> Result<(), TestCaseError> {
    let read = Contract::read(text);
    let expected = Expectation::read(text);
    for error in read.as_ref().err().into_iter().chain(expected.as_ref().err()) {
        let line = text.split('\n').nth(error.line.wrapping_sub(1));
        prop_assert!(line.is_some(), "there is no such line: {}", error);
        let line = line.unwrap();
        prop_assert!((1..=line.len() + 1).contains(&error.column), "there is no such column: {}", error);
        prop_assert!(error.pointer.is_empty() || error.pointer.starts_with('/'), "no pointer: {}", error);
        prop_assert!(!error.message.is_empty() && !error.message.contains(" at line "), "{}", error);
        // Only where the whole text is JSON can a pointer into it be followed.
        if let Ok(value) = serde_json::from_str::<Value>(text) {
            prop_assert!(
                value.pointer(&error.pointer).is_some(),
                "nothing stands there: {}\n{}",
                error,
                text
            );
        }
    }
    if let Ok(contract) = read {
        let written = contract.to_pretty();
        prop_assert_eq!(Contract::read(&written).expect("what was written").digest(), contract.digest());
        prop_assert!(contract.digest().is_ok(), "a contract that was read has a digest");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn a_spoiled_contract_is_answered(
        harms in prop::collection::vec(harm(), 1..4),
        pretty in any::<bool>(),
    ) {
        let contract = sample::full();
        let text = if pretty { serde_json::to_string_pretty(&contract).unwrap() } else { contract.to_string() };
        check(&harms.iter().fold(text, |text, harm| harm.apply(&text)))?;
    }

    #[test]
    fn a_member_of_a_wrong_type_is_answered(place in any::<Index>(), value in any_json()) {
        let mut contract = sample::full();
        let mut all = Vec::new();
        pointers(&contract, String::new(), &mut all);
        *contract.pointer_mut(&all[place.index(all.len())]).unwrap() = value;
        check(&serde_json::to_string_pretty(&contract).unwrap())?;
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        check(&text)?;
    }

    #[test]
    fn any_json_is_answered(value in any_json()) {
        check(&value.to_string())?;
    }
}
