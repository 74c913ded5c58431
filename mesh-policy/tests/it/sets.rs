//! What a set says of products: a conjunction, with mistakes at their lines and exemptions that end.

use mesh_contract::wire::PolicyOutcome;
use mesh_contract::{Contract, Day, DomainName};
use mesh_policy::{InputFacts, PolicySet, ProductFacts, ReaderFacts, decide_read, starters};
use proptest::prelude::*;

fn day(text: &str) -> Day {
    text.parse().expect("a day")
}

fn sales() -> DomainName {
    DomainName::new("sales").expect("a name")
}

fn written(id: &str, rest: &str) -> String {
    format!("[[policy]]\nid = \"{id}\"\ntitle = \"t\"\nwhy = \"w\"\nmessage = \"m\"\nfix = \"f\"\n{rest}\n")
}

fn orders() -> ProductFacts {
    ProductFacts { address: "sales.orders".to_owned(), domain: "sales".to_owned(), ..ProductFacts::default() }
}

#[test]
fn each_mistake_stands_at_its_own_line() {
    for (line, text, reason) in [
        (1, "mesh = 2", "mesh = 1"),
        (1, "", "mesh"),
        (2, "mesh = 1\nother = 1", "other"),
        (3, &format!("mesh = 1\n{}", written("A b", "applies = [\"product\"]\nmust = 'true'")), "is no id"),
        (
            3,
            &format!("mesh = 1\n{}", written("sales/a", "applies = [\"product\"]\nmust = 'true'")),
            "is no id",
        ),
        (8, &format!("mesh = 1\n{}", written("a", "applies = []\nmust = 'true'")), "applies to nothing"),
        (
            9,
            &format!("mesh = 1\n{}", written("a", "applies = [\"product\"]\nmust = 'product.nothing == 1'")),
            "no member `nothing`",
        ),
        (
            9,
            &format!(
                "mesh = 1\n{}",
                written("a", "applies = [\"product\"]\nmust = 'reader.purpose == \"\"'")
            ),
            "there is no `reader`",
        ),
        (
            9,
            &format!("mesh = 1\n{}", written("a", "applies = [\"product\"]\nmust = 'true &&'")),
            "no expression",
        ),
        (
            9,
            &format!("mesh = 1\n{}", written("a", "applies = [\"product\"]\nmust = 'product.owner'")),
            "must say yes or no",
        ),
        (
            9,
            &format!("mesh = 1\n{}", written("a", "applies = [\"product\"]\nmust = 'has(product.owner)'")),
            "always there",
        ),
        (
            10,
            &format!("mesh = 1\n{}", written("a", "applies = [\"product\"]\nmust = 'true'\nwhen = '1'")),
            "yes or no",
        ),
        (11, &format!("mesh = 1\n{0}{0}", written("a", "applies = [\"product\"]\nmust = 'true'")), "twice"),
        (
            11,
            &format!(
                "mesh = 1\n{}[[policy.example]]\nholds = true\nreader.purpose = ''",
                written("a", "applies = [\"product\"]\nmust = 'true'")
            ),
            "does not apply",
        ),
        (
            11,
            &format!(
                "mesh = 1\n{}[[policy.example]]\nholds = true\nproduct.colour = ''",
                written("a", "applies = [\"product\"]\nmust = 'true'")
            ),
            "colour",
        ),
    ] {
        let errors = PolicySet::platform(text).expect_err(text);
        let error = &errors.0[0];
        assert_eq!(error.line, line, "{text}\n{error}");
        assert!(error.message.contains(reason), "{text}\n{error}");
    }
}

#[test]
fn all_mistakes_are_told_at_once() {
    let wrong = |id: &str| written(id, "applies = [\"product\"]\nmust = 'nothing'");
    let errors = PolicySet::platform(&format!("mesh = 1\n{}{}", wrong("a"), wrong("b"))).expect_err("two");
    assert_eq!(errors.0.iter().map(|error| error.line).collect::<Vec<_>>(), [9, 17]);
}

#[test]
fn an_exemption_lets_be_until_its_day_and_stays_seen() {
    let text = format!(
        "mesh = 1\n{}[[policy.exempt]]\naddress = \"sales.orders\"\nreason = \"we move house\"\nuntil = \"2026-12-31\"\n",
        written("owned", "applies = [\"product\"]\nmust = 'product.owner != \"\"'")
    );
    let set = PolicySet::platform(&text).expect("it is read");
    let on = |today: &str, address: &str| {
        let product = ProductFacts { address: address.to_owned(), ..orders() };
        let verdict = set.product(&product, &[], day(today));
        (verdict.refuses(), verdict.findings[0].outcome, verdict.findings[0].message.clone())
    };
    let (refuses, outcome, message) = on("2026-12-31", "sales.orders");
    assert_eq!((refuses, outcome), (false, PolicyOutcome::Waived));
    assert!(message.contains("we move house"), "{message}");
    let (refuses, outcome, message) = on("2027-01-01", "sales.orders");
    assert_eq!((refuses, outcome), (true, PolicyOutcome::Broken));
    assert!(message.contains("until 2026-12-31"), "{message}");
    assert!(on("2026-12-31", "sales.customers").0, "for one product alone");
}

#[test]
fn a_domain_says_more_of_its_own_products_and_nothing_of_others() {
    let own = format!(
        "mesh = 1\n{}",
        written("purposeful", "applies = [\"product\"]\nmust = 'product.purpose != \"\"'")
    );
    let set = PolicySet::platform("mesh = 1").expect("none").stricter(&sales(), &own).expect("it is read");
    let today = day("2026-11-27");
    let rules = |product: &ProductFacts| {
        set.product(product, &[], today).findings.into_iter().map(|it| it.rule).collect::<Vec<_>>()
    };
    assert_eq!(rules(&orders()), ["sales/purposeful"]);
    let other = ProductFacts { domain: "accounting".to_owned(), ..orders() };
    assert_eq!(rules(&other), Vec::<String>::new());
    let regions = "mesh = 1\n\n[regions]\nproduction = \"eu\"";
    let errors = PolicySet::default().stricter(&sales(), regions).expect_err("the platform's");
    assert_eq!(errors.0[0].line, 3, "{errors}");
}

#[test]
fn a_reader_is_where_its_environment_is() {
    let text = starters::document().replacen("mesh = 1\n", "mesh = 1\n[regions]\nproduction = \"eu\"\n", 1);
    let set = PolicySet::platform(&text).unwrap_or_else(|errors| panic!("{errors}"));
    let today = day("2026-11-27");
    let product =
        ProductFacts { regions: vec!["eu".to_owned()], personal: vec!["/mail".to_owned()], ..orders() };
    let read = |environment: &str, purpose: &str, fields: &[String]| {
        let consumer = "accounting.invoices".parse().expect("a name");
        let environment = environment.parse().expect("a name");
        let reader = ReaderFacts::new(&product, &consumer, purpose, &environment, fields, None);
        assert_eq!(reader.domain, "accounting");
        let verdict = decide_read(&set, &product, &reader, today);
        verdict.refusals().map(|it| it.rule.clone()).collect::<Vec<_>>()
    };
    let all = ["".to_owned()];
    assert_eq!(read("production", "billing", &all), Vec::<String>::new());
    assert_eq!(read("staging", "billing", &all), ["reader-in-region"]);
    assert_eq!(read("staging", "", &all), ["personal-data-needs-purpose", "reader-in-region"]);
    assert_eq!(read("production", "", &["/id".to_owned()]), Vec::<String>::new(), "nothing about people");
}

#[test]
fn the_starters_say_what_is_wrong_with_a_real_contract() {
    let text = include_str!("../../../domains/sales/contracts/orders/1.0.0.json");
    let mut contract = Contract::read(text).expect("a contract");
    contract.levels.freshness = Some("15m".parse().expect("a length of time"));
    let set = PolicySet::platform(&starters::document()).unwrap_or_else(|errors| panic!("{errors}"));
    let inputs: Vec<_> = contract.inputs.iter().map(|it| InputFacts::of(it, None, false, false)).collect();
    let today = day("2026-11-27");
    let facts = ProductFacts::of(&contract);
    let good = set.product(&facts, &inputs, today);
    let mut bare = contract.clone();
    bare.levels = mesh_contract::contract::Levels::default();
    bare.domain.contact = None;
    let verdict = set.product(&ProductFacts::of(&bare), &inputs, today);
    let new: Vec<_> =
        verdict.findings.iter().filter(|it| !good.findings.contains(it)).map(|it| it.rule.as_str()).collect();
    assert!(new.contains(&"product-promises-freshness"), "{new:?}");
    assert!(new.contains(&"product-has-contact"), "{new:?}");
    assert!(verdict.refuses());
}

/// Some policies, among them such as a domain would write to get out of something.
fn some_document() -> impl Strategy<Value = String> {
    let must = prop_oneof![
        Just("true"),
        Just("false"),
        Just("product.owner != \"\""),
        Just("product.freshness > 10"),
        Just("product.tags.exists(t, t == \"a\")"),
    ];
    let when = prop_oneof![Just("true"), Just("false"), Just("product.deprecated")];
    let severity = prop_oneof![Just("refuse"), Just("warn")];
    let policy = (must, when, severity, any::<bool>());
    prop::collection::vec(policy, 0..6).prop_map(|policies| {
        let mut text = "mesh = 1\n".to_owned();
        for (place, (must, when, severity, exempt)) in policies.into_iter().enumerate() {
            let rest = format!("applies = [\"product\", \"read\"]\nmust = '{must}'\nwhen = '{when}'\nseverity = \"{severity}\"");
            // The same ids on both sides.
            text.push_str(&written(&format!("p{place}"), &rest));
            if exempt {
                text.push_str("[[policy.exempt]]\naddress = \"sales.orders\"\nreason = \"r\"\nuntil = \"2099-01-01\"\n");
            }
        }
        text
    })
}

fn some_product() -> impl Strategy<Value = ProductFacts> {
    let owner = prop_oneof![Just(String::new()), Just("o".to_owned())];
    (owner, 0..20_i64, any::<bool>(), prop::collection::vec("[ab]", 0..3)).prop_map(
        |(owner, freshness, deprecated, tags)| ProductFacts {
            owner,
            freshness,
            deprecated,
            tags,
            ..orders()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a domain adds, everything that the platform found is found word for word, and what it refused stays refused.
    #[test]
    fn a_domain_is_never_weaker(platform in some_document(), domain in some_document(), product in some_product()) {
        let today = day("2026-11-27");
        let alone = PolicySet::platform(&platform).expect("it is read");
        let both = PolicySet::platform(&platform).expect("it is read").stricter(&sales(), &domain).expect("it is read");
        let consumer = "a".parse().expect("a name");
        let reader = ReaderFacts::new(&product, &consumer, "", &"production".parse().expect("a name"), &[], None);
        for (alone, both) in [
            (alone.product(&product, &[], today), both.product(&product, &[], today)),
            (alone.read(&product, &reader, today), both.read(&product, &reader, today)),
        ] {
            let count = alone.findings.len();
            prop_assert_eq!(&alone.findings[..], &both.findings[..count]);
            prop_assert!(both.findings[count..].iter().all(|it| it.rule.starts_with("sales/")));
            prop_assert!(both.refuses() || !alone.refuses());
        }
    }
}
