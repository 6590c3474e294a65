//! Values and types of a guest's calls as WAVE writes them, never more of it than there is room for.
//!
//! Knows nothing of what is answered.

use std::fmt::Write as _;

use wasmtime::component::wasm_wave::wasm::DisplayType;
use wasmtime::component::wasm_wave::writer::Writer;
use wasmtime::component::{Type, Val};

use crate::types::Bounded;

/// The most bytes of all arguments of one call, written down. A guest names the fields of its records, and hands
/// over many: a megabyte of values may be gigabytes of text.
pub(super) const MOST_ARGUMENTS: usize = 16 << 20;

/// The most bytes of a type, written down: one of types in types doubles with each, and what reads an answer
/// writes it whole where the answer does not fit.
const MOST_TYPE: usize = 256 << 10;

/// What WAVE shows in the place of such a type.
pub(super) const NO_NOTATION: &str = "<<UNSUPPORTED>>";

/// Arguments, as a scenario has them; and whether these are all of them.
pub(super) fn of_arguments(arguments: &[Val]) -> (String, bool) {
    let mut text = Bounded::new(MOST_ARGUMENTS);
    let whole = write_down(&mut text, arguments).is_ok();
    (text.text, whole)
}

fn write_down(to: &mut Bounded, arguments: &[Val]) -> wasmtime::Result<()> {
    to.write_char('(')?;
    for (i, value) in arguments.iter().enumerate() {
        to.write_str(if i == 0 { "" } else { ", " })?;
        Writer::new(&mut *to).write_value(value)?;
    }
    Ok(to.write_char(')')?)
}

/// A type, as WAVE shows it; an error that says why not, where it is too long.
pub(super) fn of_type(ty: &Type) -> Result<String, String> {
    let mut text = Bounded::new(MOST_TYPE);
    match write!(text, "{}", DisplayType(ty)) {
        Ok(()) => Ok(text.text),
        Err(_) => Err(format!(
            "its result has a type of more than {MOST_TYPE} bytes, written down: it can't be answered here"
        )),
    }
}

/// Whether a value can be written: what can't makes the notation's own writer panic.
pub(super) fn has_notation(value: &Val) -> bool {
    let boxed = |value: &Option<Box<Val>>| value.as_deref().is_none_or(has_notation);
    match value {
        Val::Resource(_)
        | Val::Future(_)
        | Val::Stream(_)
        | Val::ErrorContext(_)
        | Val::Map(_)
        | Val::FixedLengthList(_) => false,
        Val::List(values) | Val::Tuple(values) => values.iter().all(has_notation),
        Val::Record(fields) => fields.iter().all(|(_, value)| has_notation(value)),
        Val::Variant(_, value) | Val::Option(value) | Val::Result(Ok(value) | Err(value)) => {
            boxed(value)
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use wasmtime::component::Component;
    use wasmtime::component::types::ComponentItem;

    use super::*;
    use crate::runner::testing::engine;

    /// What a function of this result would be answered with.
    fn result(types: &str, ty: &str) -> Type {
        let text = format!("(component {types} (import \"f\" (func (result {ty}))))");
        let component = Component::new(engine(), wat::parse_str(text).unwrap()).unwrap();
        let imports = component.component_type();
        let (_, import) = imports.imports(engine()).last().unwrap();
        let ComponentItem::ComponentFunc(function) = import.ty else { panic!("a function") };
        function.results().next().unwrap()
    }

    #[test]
    fn a_type_that_multiplies_is_not_written_down() {
        assert_eq!(of_type(&result("", "(list string)")).unwrap(), "list<string>");
        // Ten to the fifth times a text of eight bytes, in some hundreds.
        let tuple = |of: &str| format!("(tuple {})", of.repeat(10));
        let mut types = format!("(type $t0 {})", tuple(" string"));
        for n in 1..5 {
            types.push_str(&format!(" (type $t{n} {})", tuple(&format!(" $t{}", n - 1))));
        }
        let refused = of_type(&result(&types, "$t4")).unwrap_err();
        assert!(refused.contains("a type of more than 262144 bytes"), "{refused}");
    }

    #[test]
    fn of_arguments_that_multiply_the_beginning_is_written_down() {
        let of =
            |n| of_arguments(&[Val::U8(7), Val::List(vec![Val::String("x".repeat(1_000)); n])]);
        let (text, whole) = of(1);
        assert!(whole && text.starts_with("(7, [\"xxx") && text.ends_with("xxx\"])"), "{text}");
        let (text, whole) = of(MOST_ARGUMENTS / 1_000);
        assert!(!whole && text.len() == MOST_ARGUMENTS, "{}", text.len());
    }
}
