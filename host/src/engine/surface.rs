//! What a component imports and exports, as plain text: for `inspect`, for messages and for checks.
//!
//! All of it comes from a stranger, so every name is made harmless and every list is bounded. Knows
//! nothing of what may be imported; see [`super::world`].

use std::fmt;

use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::{ComponentExtern, ComponentFunc, ComponentItem, Type};

use crate::types::harmless_line;

/// Bytes of one name.
const NAME: usize = 200;

/// Bytes of one signature.
const SIGNATURE: usize = 1_000;

/// Types nested deeper than this are shown as `…`.
const DEPTH: usize = 8;

/// Functions shown of one interface, and items of one side.
const ITEMS: usize = 1_000;

/// Bytes of all names and signatures of a component: a type that is written once may be part of thousands of
/// functions, and ten kilobytes of a stranger would become a hundred megabytes. Python's come to 4 kB.
const ALL: usize = 1 << 20;

/// What a component asks for and what it offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Surface {
    /// Its imports, in its own order.
    pub imports: Vec<Item>,
    /// Its exports, in its own order.
    pub exports: Vec<Item>,
    /// How many more imports it has than are listed.
    pub more_imports: usize,
    /// How many more exports it has than are listed.
    pub more_exports: usize,
}

/// One import or export at the root of a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its name: for an interface `package:name/interface@version`.
    pub name: String,
    /// What it is.
    pub kind: ItemKind,
    /// The functions of an interface, with their types as WIT writes them; or the function itself.
    pub functions: Vec<String>,
    /// How many more functions and types an interface has than were looked at.
    pub more: usize,
}

/// What an import or export is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ItemKind {
    /// An interface: an instance of one.
    Interface,
    /// A function.
    Function,
    /// A function of core WebAssembly.
    CoreFunction,
    /// A core module.
    Module,
    /// A component.
    Component,
    /// A type or resource.
    Type,
}

impl fmt::Display for ItemKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interface => "interface",
            Self::Function => "function",
            Self::CoreFunction => "core function",
            Self::Module => "core module",
            Self::Component => "component",
            Self::Type => "type",
        })
    }
}

/// What a component imports and exports.
pub fn surface(component: &Component) -> Surface {
    let (ty, engine) = (component.component_type(), component.engine());
    let mut room = ALL;
    let (imports, more_imports) = side(engine, ty.imports(engine), &mut room);
    let (exports, more_exports) = side(engine, ty.exports(engine), &mut room);
    Surface { imports, exports, more_imports, more_exports }
}

/// One side of a component as far as there is room for it, and how many more there are.
fn side<'a>(
    engine: &Engine,
    mut all: impl ExactSizeIterator<Item = (&'a str, ComponentExtern<'a>)>,
    room: &mut usize,
) -> (Vec<Item>, usize) {
    let mut items = Vec::new();
    while items.len() < ITEMS && *room > 0 {
        let Some((name, e)) = all.next() else { break };
        items.push(describe(engine, name, &e.ty, room));
    }
    (items, all.len())
}

pub(super) fn kind(item: &ComponentItem) -> ItemKind {
    match item {
        ComponentItem::ComponentInstance(_) => ItemKind::Interface,
        ComponentItem::ComponentFunc(_) => ItemKind::Function,
        ComponentItem::CoreFunc(_) => ItemKind::CoreFunction,
        ComponentItem::Module(_) => ItemKind::Module,
        ComponentItem::Component(_) => ItemKind::Component,
        ComponentItem::Type(_) | ComponentItem::Resource(_) => ItemKind::Type,
    }
}

/// A name from a component, for people.
pub(super) fn shown(name: &str) -> String {
    harmless_line(name, NAME)
}

fn describe(engine: &Engine, name: &str, item: &ComponentItem, room: &mut usize) -> Item {
    let mut take = |text: String| {
        *room = room.saturating_sub(text.len());
        (text, *room > 0)
    };
    let (shown, mut is_room) = take(shown(name));
    let (mut functions, mut more) = (Vec::new(), 0);
    match item {
        ComponentItem::ComponentInstance(instance) => {
            let mut exports = instance.exports(engine);
            for (name, e) in exports.by_ref().take(if is_room { ITEMS } else { 0 }) {
                if let ComponentItem::ComponentFunc(f) = &e.ty {
                    let (function, left) = take(signature(name, f));
                    functions.push(function);
                    is_room = left;
                }
                if !is_room {
                    break;
                }
            }
            more = exports.len();
        }
        ComponentItem::ComponentFunc(f) => functions.push(take(signature(name, f)).0),
        _ => {}
    }
    Item { name: shown, kind: kind(item), functions, more }
}

/// A function with its types, as WIT writes it.
pub(crate) fn signature(name: &str, function: &ComponentFunc) -> String {
    let mut out = Text(String::new());
    out.push(name);
    out.push(": func(");
    for (i, (name, ty)) in function.params().enumerate() {
        out.push(if i == 0 { "" } else { ", " });
        out.push(name);
        out.push(": ");
        out.ty(&ty, 0);
    }
    out.push(")");
    if let Some(ty) = function.results().next() {
        out.push(" -> ");
        out.ty(&ty, 0);
    }
    harmless_line(&out.0, SIGNATURE)
}

/// A text that stops growing soon after what will be shown of it.
struct Text(String);

impl Text {
    fn push(&mut self, text: &str) {
        if self.0.len() <= SIGNATURE {
            self.0.push_str(text);
        }
    }

    fn list(&mut self, name: &str, types: impl IntoIterator<Item = Type>, depth: usize) {
        self.push(name);
        self.push("<");
        for (i, ty) in types.into_iter().enumerate() {
            self.push(if i == 0 { "" } else { ", " });
            self.ty(&ty, depth);
        }
        self.push(">");
    }

    fn names<'a>(&mut self, kind: &str, names: impl Iterator<Item = &'a str>) {
        self.push(kind);
        self.push(" { ");
        for (i, name) in names.enumerate() {
            self.push(if i == 0 { "" } else { ", " });
            self.push(name);
        }
        self.push(" }");
    }

    fn ty(&mut self, ty: &Type, depth: usize) {
        if depth > DEPTH || self.0.len() > SIGNATURE {
            return self.push("…");
        }
        let depth = depth + 1;
        match ty {
            Type::List(t) => self.list("list", [t.ty()], depth),
            Type::Tuple(t) => self.list("tuple", t.types(), depth),
            Type::Option(t) => self.list("option", [t.ty()], depth),
            Type::Result(t) => match (t.ok(), t.err()) {
                (None, None) => self.push("result"),
                (Some(ok), None) => self.list("result", [ok], depth),
                (ok, Some(err)) => {
                    self.push("result<");
                    match ok {
                        Some(ok) => self.ty(&ok, depth),
                        None => self.push("_"),
                    }
                    self.push(", ");
                    self.ty(&err, depth);
                    self.push(">");
                }
            },
            Type::Record(t) => {
                self.push("record { ");
                for (i, field) in t.fields().enumerate() {
                    self.push(if i == 0 { "" } else { ", " });
                    self.push(field.name);
                    self.push(": ");
                    self.ty(&field.ty, depth);
                }
                self.push(" }");
            }
            Type::Variant(t) => self.names("variant", t.cases().map(|c| c.name)),
            Type::Enum(t) => self.names("enum", t.names()),
            Type::Flags(t) => self.names("flags", t.names()),
            plain => self.push(name_of(plain)),
        }
    }
}

fn name_of(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "bool",
        Type::S8 => "s8",
        Type::U8 => "u8",
        Type::S16 => "s16",
        Type::U16 => "u16",
        Type::S32 => "s32",
        Type::U32 => "u32",
        Type::S64 => "s64",
        Type::U64 => "u64",
        Type::Float32 => "f32",
        Type::Float64 => "f64",
        Type::Char => "char",
        Type::String => "string",
        Type::Own(_) => "resource",
        Type::Borrow(_) => "borrow<resource>",
        _ => "…",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::settings;

    fn of(wat: &str) -> Surface {
        let engine = settings::resident().unwrap();
        surface(&Component::new(&engine, wat::parse_str(wat).unwrap()).unwrap())
    }

    #[test]
    fn functions_read_as_wit_writes_them() {
        let surface = of(r#"(component
          (import "wasi:keyvalue/store@0.2.0-draft" (instance
            (type $r (record (field "cursor" (option u64)) (field "keys" (list string))))
            (export "page" (type $page (eq $r)))
            (type $e (variant (case "no-such-store") (case "other" string)))
            (export "error" (type $error (eq $e)))
            (export "bucket" (type $bucket (sub resource)))
            (export "list" (func (param "b" (borrow $bucket)) (param "n" (tuple u8 f64)) (result (result $page (error $error)))))
            (export "drop" (func (result (result (error string)))))
            (export "nop" (func))))
          (import "plain" (func (param "x" char) (result bool)))
          (import "core" (core module)))"#);
        insta::assert_snapshot!(lines(&surface), @r#"
        interface wasi:keyvalue/store@0.2.0-draft
          list: func(b: borrow<resource>, n: tuple<u8, f64>) -> result<record { cursor: option<u64>, keys: list<string> }, variant { no-such-store, other }>
          drop: func() -> result<_, string>
          nop: func()
        function plain
          plain: func(x: char) -> bool
        core module core
        "#);
        assert_eq!(surface.exports, []);
    }

    #[test]
    fn a_deep_type_is_cut() {
        let deep = (0..40).fold("u8".to_owned(), |t, _| format!("(list {t})"));
        let surface = of(&format!(r#"(component (import "f" (func (param "x" {deep}))))"#));
        insta::assert_snapshot!(lines(&surface), @r#"
        function f
          f: func(x: list<list<list<list<list<list<list<list<list<…>>>>>>>>>)
        "#);
    }

    #[test]
    fn of_what_multiplies_the_beginning_is_kept_and_the_rest_counted() {
        let long = "n".repeat(SIGNATURE);
        let function = |i: usize| format!("(export \"f{i}\" (func $f))");
        let functions: String = (0..2_000).map(function).collect();
        let ty = format!("(alias outer 1 0 (type $f)) {functions}")
            .replace("(func $f)", "(func (type $f))");
        let ty = format!("(type (func (param \"{long}\" u8))) (type (instance {ty}))");
        let import = |i: usize| format!("(import \"a:b/i{i}\" (instance (type 1)))");
        let imports: String = (0..3).map(import).collect();
        let surface = of(&format!("(component {ty} {imports} (import \"last\" (func)))"));
        let kept =
            |item: &Item| item.name.len() + item.functions.iter().map(String::len).sum::<usize>();
        assert!(surface.imports.iter().map(kept).sum::<usize>() < ALL + SIGNATURE);
        let each: Vec<_> = surface.imports.iter().map(|i| (i.functions.len(), i.more)).collect();
        assert_eq!(each, [(1_000, 1_000), (49, 1_951)]);
        assert_eq!((surface.more_imports, surface.more_exports), (2, 0));
    }

    fn lines(surface: &Surface) -> String {
        let items = surface.imports.iter();
        let text: Vec<String> = items
            .map(|i| format!("{} {}\n  {}", i.kind, i.name, i.functions.join("\n  ")))
            .collect();
        text.join("\n")
    }
}
