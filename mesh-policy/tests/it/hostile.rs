//! Expressions of strangers: none panics, none takes more depth than a small thread has, and what an expression may cost is
//! known before it runs.

use std::thread;

use mesh_contract::Day;
use mesh_policy::expression::{Expression, MOST_STEPS, Size};
use mesh_policy::facts::FieldFacts;
use mesh_policy::{PolicySet, ProductFacts, Subject};

/// Half of what threads of servers have.
const STACK: usize = 1024 * 1024;

/// Runs on a small stack. A panic is this test's.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread");
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn policy(must: &str) -> String {
    format!(
        "mesh = 1\n[[policy]]\nid = \"p\"\ntitle = \"t\"\nwhy = \"w\"\napplies = [\"product\"]\nmust = '''{must}'''\nmessage = \"m\"\nfix = \"f\"\n"
    )
}

/// Reads an expression and, if it is one, runs it.
fn run(must: &str) {
    if let Ok(set) = PolicySet::platform(&policy(must)) {
        let product = ProductFacts { tags: vec!["a".to_owned(); 20], ..ProductFacts::default() };
        let verdict = set.product(&product, &[], Day::from_unix_days(0));
        assert!(verdict.findings.len() <= 1);
    }
}

/// As much of one thing as an expression may have.
fn towers() -> Vec<String> {
    let mut towers = Vec::new();
    for (open, middle, close) in [
        ("(", "true", ")"),
        ("[", "1", "]"),
        ("!", "true", ""),
        ("-", "1", ""),
        ("true ? ", "true", " : true"),
        ("true ? true : ", "true", ""),
        ("true && ", "true", ""),
        ("true || ", "true", ""),
        ("1 < 2 == ", "true", ""),
        ("true == ", "true", ""),
        ("", "product", ".a"),
        ("", "product.tags", ".filter(x, x == x)"),
        ("", "product.tags", ".filter(x, true)"),
        ("product.tags.all(x, ", "true", ")"),
        ("product.tags.exists(x, x in [\"a\"] && ", "true", ")"),
        ("size(", "product.tags", ")"),
        ("", "product.tags", "[0]"),
        ("{", "1", "}"),
        ("{1: ", "1", "}"),
        ("a{b: ", "1", "}"),
        ("", "1", " in [1]"),
    ] {
        for height in [1, 3, 12, 13, 60, 124, 249, 2_000, 20_000] {
            towers.push(format!("{}{middle}{}", open.repeat(height), close.repeat(height)));
        }
    }
    towers
}

#[test]
fn towers_of_anything_are_refused_or_run_on_a_small_stack() {
    on_a_small_stack(|| towers().iter().for_each(|tower| run(tower)));
}

#[test]
fn pieces_thrown_together_are_refused_or_run() {
    const PIECES: [&str; 56] = [
        "product",
        "input",
        "reader",
        ".",
        "tags",
        "fields",
        "owner",
        "freshness",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "?",
        "&&",
        "||",
        "!",
        "==",
        "!=",
        "<",
        "<=",
        ">",
        ">=",
        "in",
        "+",
        "-",
        "true",
        "false",
        "null",
        "1",
        "999999999999999999",
        "\"a\"",
        "'b'",
        "''",
        "all",
        "exists",
        "exists_one",
        "filter",
        "map",
        "has",
        "size",
        "startsWith",
        "contains",
        "matches",
        "type",
        "int",
        "string",
        "duration",
        "x",
        "x,",
        ".all(x,",
        ".exists(x, x ==",
        " ",
    ];
    on_a_small_stack(|| {
        let mut random = fastrand::Rng::with_seed(4);
        let mut taken = 0;
        for _ in 0..20_000 {
            let count = random.usize(1..40);
            let text: Vec<_> = (0..count).map(|_| PIECES[random.usize(0..PIECES.len())]).collect();
            let text = text.join(if random.bool() { " " } else { "" });
            taken += usize::from(Expression::new(&text, &Subject::ALL).is_ok());
            run(&text);
        }
        assert!(taken < 20_000, "most of it is nonsense");
    });
}

#[test]
fn bytes_thrown_together_are_refused_or_run() {
    on_a_small_stack(|| {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..5_000 {
            let text: String = (0..random.usize(0..80)).map(|_| random.char(..)).collect();
            drop(Expression::new(&text, &Subject::ALL));
            let ascii: String = (0..random.usize(0..80)).map(|_| random.char(' '..'~')).collect();
            drop(Expression::new(&ascii, &Subject::ALL));
            drop(PolicySet::platform(&text));
            drop(PolicySet::platform(&policy(&ascii)));
        }
    });
}

/// An expression with one of its parts changed is refused or run, wherever that is.
#[test]
fn good_expressions_with_a_wound_are_refused_or_run() {
    let good = "size(product.tags) > 0 && product.fields.all(f, f.description != \"\" || f.pointer in ['/id', \"/a\"]) ? !true : product.owner.startsWith('a')";
    on_a_small_stack(move || {
        for at in 0..good.len() {
            for put in ["", "(", ")", "'", "\"", ".", "!", "@", "\\", "\0", "[", ",", "0x", "é"] {
                run(&format!("{}{put}{}", &good[..at], &good[at..]));
                run(&format!("{}{put}{}", &good[..at], &good[(at + 1)..]));
            }
            run(&good[..at]);
        }
    });
}

#[test]
fn what_would_take_too_long_is_not_begun_and_is_no_pass() {
    let deep = "product.fields.all(a, product.fields.all(b, product.fields.exists(c, c.pointer == a.pointer && b.pointer != '')))";
    let set = PolicySet::platform(&policy(deep)).expect("it is read");
    let field = |n: usize| FieldFacts { pointer: format!("/{n}"), ..FieldFacts::default() };
    let product = |count| ProductFacts { fields: (0..count).map(field).collect(), ..ProductFacts::default() };
    let of = |count| set.product(&product(count), &[], Day::from_unix_days(0));
    assert_eq!(of(8).findings, [], "a few are looked at");
    let verdict = of(2_000);
    assert!(verdict.refuses(), "{verdict:?}");
    assert!(
        verdict.findings[0].message.starts_with("nobody can tell whether it holds: it could take"),
        "{verdict:?}"
    );
}

#[test]
fn the_steps_grow_with_what_is_looked_at_and_never_overflow() {
    let new = |text: &str| Expression::new(text, &[Subject::Product]).expect(text);
    let flat = new("product.owner != ''");
    let loops = new("product.fields.all(a, product.fields.exists(b, b.pointer in [a.pointer]))");
    let size = |items, bytes| Size { items, bytes };
    assert!(flat.steps(size(10, 0)) < 10);
    assert_eq!(flat.steps(size(10, 0)), flat.steps(size(100_000, 0)));
    assert!(loops.steps(size(1_000, 0)) > MOST_STEPS);
    assert!(loops.steps(size(20, 0)) < MOST_STEPS);
    assert!(flat.steps(size(0, 1 << 30)) > flat.steps(size(0, 10)), "long texts cost too");
    assert_eq!(loops.steps(size(u64::MAX, u64::MAX)), u64::MAX);
}

#[test]
fn nothing_makes_more_than_it_was_given() {
    for text in [
        "product.tags.map(x, [x, x]) == []",
        "size(product.tags.map(x, x + x)) > 0",
        "product.owner + product.owner == ''",
        "size(product.tags + product.tags) > 0",
        "product.owner.matches('(a+)+$')",
        "string(product.freshness) == ''",
        "product.freshness + 1 > 0",
    ] {
        let error = Expression::new(text, &[Subject::Product]).expect_err(text);
        assert!(
            error.contains("among what policies are written with") || error.contains("a list is written out"),
            "{text}: {error}"
        );
    }
}
