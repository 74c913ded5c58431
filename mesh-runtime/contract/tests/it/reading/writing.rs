//! What was read is written again: nothing is lost, members of others included.

use mesh_contract::Contract;
use proptest::prelude::*;
use serde_json::Value;

use super::sample;

/// The objects of the sample that keep members of others.
fn extensible() -> Vec<&'static str> {
    let closed = ["/deprecated", "/levels", "/schemas"];
    sample::objects().into_iter().filter(|pointer| !closed.contains(pointer)).collect()
}

proptest! {
    #[test]
    fn extension_members_are_kept_wherever_they_may_stand(
        place in prop::sample::select(extensible()),
        name in "x-[ -~]{0,12}",
        content in "\\PC{0,12}",
    ) {
        let mut contract = sample::full();
        contract.pointer_mut(place).unwrap()[&name] = serde_json::json!({ "deep": [content, {"null": null}] });
        let read = Contract::read(&contract.to_string()).unwrap();
        prop_assert_eq!(&read.to_value(), &contract);
        let again: Value = serde_json::from_str(&read.to_pretty()).unwrap();
        prop_assert_eq!(&again, &contract);
        prop_assert_eq!(Contract::read(&read.to_pretty()).unwrap(), read);
    }
}

#[test]
fn an_extension_member_changes_the_digest_and_not_the_promise() {
    let plain = Contract::read(&sample::full().to_string()).unwrap();
    for pointer in extensible() {
        let mut contract = sample::full();
        contract.pointer_mut(pointer).unwrap()["x-more"] = Value::Bool(true);
        let read = Contract::read(&contract.to_string()).unwrap();
        assert_ne!(read.digest(), plain.digest(), "{pointer}");
        assert_eq!(read.promise(), plain.promise(), "{pointer}");
    }
}

#[test]
fn what_canonical_json_writes_is_read_again() {
    let mut contract = sample::full();
    // Where the integers of 64 bits end; canonical JSON writes it with other digits, as ECMAScript does.
    contract["schemas"]["emits"]["exclusiveMaximum"] = Value::from(9_223_372_036_854_775_808.0);
    let contract = Contract::read(&contract.to_string()).unwrap();
    let written = String::from_utf8(contract.seal().unwrap().document).unwrap();
    assert!(written.contains("\"exclusiveMaximum\":9223372036854776000"), "{written}");
    let read = Contract::read(&written).unwrap();
    assert_eq!(read, contract);
    assert_eq!(read.digest(), contract.digest());
}
