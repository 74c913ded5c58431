//! Every compile error of the macros, word for word. `TRYBUILD=overwrite` writes the files anew; read them as whoever
//! made the mistake would.

#[test]
fn every_mistake_is_told_where_it_is_and_what_to_write_instead() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
