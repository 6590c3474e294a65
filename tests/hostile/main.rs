//! Components that mean harm, each beside a manager that does not.
mod pieces;

#[test]
fn scratch() {
    for f in pieces::files() {
        let text = pieces::text(&f);
        let r = std::panic::catch_unwind(|| pieces::component(&f));
        let Ok(b) = r else { println!("PARSE {f}"); continue };
        let _ = text;
        let mut v = wasmparser::Validator::new();
        if let Err(e) = v.validate_all(&b) { println!("INVALID {f}: {e}"); }
        pieces::expectation(&f);
    }
}
