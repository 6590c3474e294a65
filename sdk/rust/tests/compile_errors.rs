//! Mistakes that the compiler must refuse, at the right place and in helpful words.
//!
//! Each file in `tests/ui` is a manager with mistakes, and the file `.stderr` beside it what the
//! compiler says. After a deliberate change, `TRYBUILD=overwrite cargo test -p tourbillon-sdk`.

#[test]
fn mistakes_are_refused_where_they_stand() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
