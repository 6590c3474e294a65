//! What the core modules in a component take of the host where no limit of an instance looks: names of
//! functions, what an instance holds beside its memories and tables, and what a module holds though nothing
//! ever instantiates it.
//!
//! The engine copies the names of a backtrace before anybody can cut them, once for each frame; each
//! instance has room of its own for every global, import, and function that may be referred to; and what a
//! module imports and exports stays in memory, by name, as long as its component. All are bounded here,
//! before anything is compiled, by what the bytes declare. Knows nothing of validity: what can't be read is
//! left to the compiler, which refuses it.

use wasmparser::{
    BinaryReaderError, ComponentExternName, ComponentInstance, CustomSectionReader, ElementItems,
    ElementSectionReader, Encoding, ExternalKind, Instance, KnownCustom, Name, NameMap, Parser,
    Payload,
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

/// What all modules and components in one component may take of the host as long as it is loaded, whether they
/// are instantiated or not. By this count Python's largest components take 1.8 MiB (38 modules), TypeScript's
/// 0.2 MiB, Go's 0.13 MiB, those of Rust, C and C++ 0.03 MiB: there is ten times room for the largest.
const COMPONENT_BYTES: usize = 20 << 20;

/// The bytes that the engine keeps of one import or export, its name apart: 9.5 million exports took 1.1 GB.
const ENTRY: usize = 128;

/// The same of a module or component, were it empty.
const MODULE: usize = 4 << 10;

/// Refuses a component for what stands in its core modules: one line that says why.
pub(super) fn check(component: &[u8]) -> Result<(), String> {
    // One for each module or component that is being read, the innermost last.
    let mut bytes = Vec::new();
    let mut all = 0_usize;
    for payload in Parser::new(0).parse_all(component) {
        let Ok(payload) = payload else { return Ok(()) };
        all = all.saturating_add(kept_of(&payload));
        if all > COMPONENT_BYTES {
            return Err(too_much());
        }
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
                let more = held_by(&payload);
                // What an instance has room for its module describes, instantiated or not.
                all = all.saturating_add(more);
                *held = held.saturating_add(more);
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

fn too_much() -> String {
    format!(
        "its core modules take more than {} in all, instantiated or not, for what they import, export and define: leave out modules that nothing needs, or export less",
        ByteSize::new(COMPONENT_BYTES as u64)
    )
}

/// What the engine keeps of a section as long as its component is loaded, beside what instances have room
/// for: of a module, and of each import and export, the name included.
fn kept_of(section: &Payload<'_>) -> usize {
    fn sum<'a>(names: impl Iterator<Item = &'a str>) -> usize {
        names.fold(0, |sum, name| sum.saturating_add(ENTRY).saturating_add(name.len()))
    }
    fn whole(name: &ComponentExternName<'_>) -> usize {
        let more = [name.implements, name.version_suffix, name.external_id];
        let more = more.into_iter().flatten().map(str::len);
        more.fold(ENTRY.saturating_add(name.name.len()), usize::saturating_add)
    }
    match section {
        Payload::Version { .. } => MODULE,
        Payload::ImportSection(imports) => {
            let imports = imports.clone().into_imports().map_while(Result::ok);
            imports.fold(0, |all, i| {
                all.saturating_add(sum(std::iter::once(i.name))).saturating_add(i.module.len())
            })
        }
        Payload::ExportSection(exports) => {
            sum(exports.clone().into_iter().map_while(Result::ok).map(|export| export.name))
        }
        Payload::InstanceSection(instances) => {
            let instances = instances.clone().into_iter().map_while(Result::ok);
            instances.fold(0, |all, instance| {
                all.saturating_add(match instance {
                    Instance::Instantiate { args, .. } => sum(args.iter().map(|arg| arg.name)),
                    Instance::FromExports(exports) => sum(exports.iter().map(|e| e.name)),
                })
            })
        }
        Payload::ComponentImportSection(imports) => {
            let imports = imports.clone().into_iter().map_while(Result::ok);
            imports.fold(0, |all, import| all.saturating_add(whole(&import.name)))
        }
        Payload::ComponentExportSection(exports) => {
            let exports = exports.clone().into_iter().map_while(Result::ok);
            exports.fold(0, |all, export| all.saturating_add(whole(&export.name)))
        }
        Payload::ComponentInstanceSection(instances) => {
            let instances = instances.clone().into_iter().map_while(Result::ok);
            instances.fold(0, |all, instance| {
                all.saturating_add(match instance {
                    ComponentInstance::Instantiate { args, .. } => {
                        sum(args.iter().map(|arg| arg.name))
                    }
                    ComponentInstance::FromExports(exports) => {
                        exports.iter().fold(0, |all, e| all.saturating_add(whole(&e.name)))
                    }
                })
            })
        }
        _ => 0,
    }
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
    fn what_all_modules_hold_is_bounded_instantiated_or_not() {
        let beyond = format!("take more than {} in all", ByteSize::new(COMPONENT_BYTES as u64));
        let export = |n: usize| format!("(export \"{n:08}\" (global 0))");
        let exports = |n: usize| (0..n).map(export).collect::<String>();
        let module = |n| format!("(core module (global i32 (i32.const 0)) {})", exports(n));
        let each = COMPONENT_BYTES / (ENTRY + 8) / 4;
        check_text(&format!("(component {})", module(each).repeat(3)), "fine");
        check_text(&format!("(component {})", module(each).repeat(4)), &beyond);
        check_text(&format!("(component (component {}))", module(each).repeat(4)), &beyond);
        let empty = "(core module)".repeat(COMPONENT_BYTES / MODULE);
        check_text(&format!("(component {empty})"), &beyond);
        let long = "n".repeat(90_000);
        let names = COMPONENT_BYTES / long.len();
        let imports = format!("(import \"{long}\" \"f\" (func))").repeat(names);
        check_text(&format!("(component (core module {imports}))"), &beyond);
        let import = |n: usize| format!("(import \"a:b/{long}{n}\" (func))");
        let imports = |n| (0..n).map(import).collect::<String>();
        check_text(&format!("(component {})", imports(names - 1)), "fine");
        check_text(&format!("(component {})", imports(names + 1)), &beyond);
        let globals = "(global i64 (i64.const 7))".repeat(INSTANCE_BYTES / ITEM);
        let modules = format!("(core module {globals})").repeat(COMPONENT_BYTES / INSTANCE_BYTES);
        check_text(&format!("(component {modules})"), &beyond);
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
