//! What the core modules in a component take of the host where no limit of an instance looks: names of
//! functions, and what an instance holds beside its memories and tables.
//!
//! The engine copies the names of a backtrace before anybody can cut them, once for each frame; and each
//! instance has room of its own for every global, import, and function that may be referred to. Both are
//! bounded here, before anything is compiled, by what the bytes declare. Knows nothing of validity: what can't
//! be read is left to the compiler, which refuses it.

use wasmparser::{
    BinaryReaderError, CustomSectionReader, ElementItems, ElementSectionReader, Encoding,
    ExternalKind, KnownCustom, Name, NameMap, Parser, Payload,
};

use crate::types::ByteSize;

/// The longest name of a function or module. Templates of C++ and generics of Rust come to some thousand
/// bytes; 32 frames of this length (`settings`) are 512 KiB.
const NAME: usize = 16 << 10;

/// What one core instance may take beside its memories and tables. Python's largest module takes 0.4 MiB.
pub(super) const INSTANCE_BYTES: usize = 1 << 20;

/// At most so many bytes of an instance go to one import, global, memory or table of it (wasmtime 48,
/// `vmoffsets.rs`; a global that refers to a function takes room for that reference, too).
const ITEM: usize = 48;

/// The same of a function that is exported or listed in a segment, and so may be referred to.
const REFERENCE: usize = 32;

/// The same of a segment of data.
const DATA: usize = 8;

/// Refuses a component for what stands in its core modules: one line that says why.
pub(super) fn check(component: &[u8]) -> Result<(), String> {
    // One for each module or component that is being read, the innermost last.
    let mut bytes = Vec::new();
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else { return Ok(()) };
        match payload {
            Payload::Version { encoding, .. } => {
                bytes.push((encoding == Encoding::Module, 0_usize));
            }
            Payload::End(_) => {
                bytes.pop();
            }
            payload => {
                let Some((true, held)) = bytes.last_mut() else { continue };
                if let Payload::CustomSection(section) = &payload {
                    check_names(section)?;
                }
                *held = held.saturating_add(held_by(&payload));
                if *held > INSTANCE_BYTES {
                    return Err(format!(
                        "a core module of it takes more than {} in each instance, beside its memories and tables, for its globals, imports and functions that are exported or listed in segments",
                        ByteSize::new(INSTANCE_BYTES as u64)
                    ));
                }
            }
        }
    }
    Ok(())
}

/// The most bytes that an instance takes for what a section declares.
fn held_by(section: &Payload<'_>) -> usize {
    let count = |n: u32| n as usize;
    match section {
        Payload::ImportSection(imports) => {
            let imports = imports.clone().into_imports().map_while(Result::ok);
            imports.count().saturating_mul(ITEM)
        }
        Payload::GlobalSection(globals) => count(globals.count()).saturating_mul(ITEM),
        Payload::MemorySection(memories) => count(memories.count()).saturating_mul(ITEM),
        Payload::TableSection(tables) => count(tables.count()).saturating_mul(ITEM),
        Payload::DataSection(segments) => count(segments.count()).saturating_mul(DATA),
        Payload::ExportSection(exports) => {
            let functions = exports.clone().into_iter().map_while(Result::ok);
            let functions = functions.filter(|export| export.kind == ExternalKind::Func);
            functions.count().saturating_mul(REFERENCE)
        }
        Payload::ElementSection(segments) => references(segments.clone()).saturating_mul(REFERENCE),
        _ => 0,
    }
}

/// How many functions the segments of tables list, and how many segments there are.
fn references(segments: ElementSectionReader<'_>) -> usize {
    let items = |items: ElementItems<'_>| match items {
        ElementItems::Functions(functions) => functions.count(),
        ElementItems::Expressions(_, expressions) => expressions.count(),
    };
    let segments = segments.into_iter().map_while(Result::ok);
    segments.fold(0, |sum: usize, segment| sum.saturating_add(items(segment.items) as usize + 1))
}

/// Names are no part of what is validated: behind one that can't be read the engine reads none.
fn check_names(section: &CustomSectionReader<'_>) -> Result<(), String> {
    let KnownCustom::Name(names) = section.as_known() else { return Ok(()) };
    for name in names {
        let longest = match name {
            Ok(Name::Module { name, .. }) => Ok(name.len()),
            Ok(Name::Function(names)) => longest(names),
            Ok(_) => continue,
            Err(error) => Err(error),
        };
        match longest {
            Ok(length) if length > NAME => {
                return Err(format!(
                    "a name of {length} bytes stands in its name section, where {NAME} are allowed: strip its names, or build it with shorter ones"
                ));
            }
            Ok(_) => {}
            Err(_) => return Ok(()),
        }
    }
    Ok(())
}

fn longest(names: NameMap<'_>) -> Result<usize, BinaryReaderError> {
    let mut longest = 0;
    for name in names {
        match name {
            Ok(name) => longest = longest.max(name.name.len()),
            // Those before it are known to the engine.
            Err(_) if longest > NAME => break,
            Err(error) => return Err(error),
        }
    }
    Ok(longest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(text: &str, expect: &str) {
        let said = check(&wat::parse_str(text).unwrap()).map_or_else(|why| why, |()| "fine".into());
        assert!(said.contains(expect), "{said}");
    }

    #[test]
    fn a_long_name_is_refused_wherever_its_module_stands() {
        let module = |length: usize| format!("(core module (func ${}))", "n".repeat(length));
        check_text(&format!("(component {})", module(NAME)), "fine");
        check_text(&format!("(component {})", module(NAME + 1)), "a name of 16385 bytes");
        let nested = format!("(component (component {}) (core module))", module(NAME + 1));
        check_text(&nested, "a name of 16385 bytes");
        let of_module = format!("(component (core module ${}))", "m".repeat(NAME + 1));
        check_text(&of_module, "a name of 16385 bytes");
        // A name that nobody is shown may be long.
        let local =
            format!("(component (core module (func (local ${} i32))))", "l".repeat(NAME + 1));
        check_text(&local, "fine");
    }

    #[test]
    fn what_an_instance_holds_is_bounded_for_each_module() {
        let globals = |n: usize| "(global i64 (i64.const 7))".repeat(n);
        let most = INSTANCE_BYTES / ITEM;
        let beyond = "takes more than 1.0 MiB in each instance";
        check_text(&format!("(component (core module {}))", globals(most)), "fine");
        check_text(&format!("(component (core module {}))", globals(most + 1)), beyond);
        let two = format!("(core module {})", globals(most / 2 + 1)).repeat(2);
        check_text(&format!("(component {two})"), "fine");
        let functions = "(func)".repeat(INSTANCE_BYTES / REFERENCE + 1);
        check_text(&format!("(component (core module {functions}))"), "fine");
        let listed = "0 ".repeat(INSTANCE_BYTES / REFERENCE);
        let listed = format!("(component (core module (func) (elem func {listed})))");
        check_text(&listed, beyond);
        let export = |n: usize| format!("(export \"{n}\" (func 0))");
        let exported: Vec<_> = (0..=INSTANCE_BYTES / REFERENCE).map(export).collect();
        check_text(&format!("(component (core module (func) {}))", exported.concat()), beyond);
        let imported = "(import \"a\" \"b\" (func))".repeat(most + 1);
        check_text(&format!("(component (core module {imported}))"), beyond);
    }

    #[test]
    fn what_cannot_be_read_is_left_to_the_compiler() {
        let whole = wat::parse_str("(component (core module (func $f)))").unwrap();
        for end in 0..whole.len() {
            assert_eq!(check(&whole[..end]), Ok(()));
        }
        assert_eq!(check(b"\0asm\x0d\0\x01\0\xff\xff\xff"), Ok(()));
    }
}
