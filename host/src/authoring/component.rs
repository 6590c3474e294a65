//! From a core module to a component, as wit-bindgen's guests need it.
//!
//! A module that carries no WIT of its own is given the one of world `manager`. One that was made for WASI
//! preview 1 gets an adapter that answers nothing and imports nothing: a manager has no files, no
//! environment and no clock but those of its contract.

use std::path::Path;

use wasm_encoder::{ConstExpr, DataCountSection, DataSection, RawSection};
use wasmparser::{Data, DataKind, DataSectionReader, Operator, Parser, Payload};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::error::AuthoringError;

/// The name of the module that the adapter stands for.
const PREVIEW1: &str = "wasi_snapshot_preview1";

/// The adapter, as text.
const ADAPTER: &str = include_str!("../../../sdk/adapter/wasi-stub.wat");

/// Makes a component of a module that carries its WIT.
pub(super) fn encode(module: &[u8]) -> Result<Vec<u8>, AuthoringError> {
    let encoded = ComponentEncoder::default()
        .module(module)
        .and_then(|encoder| encoder.validate(true).encode());
    encoded.map_err(|error| failed(&error))
}

/// Makes a component of a module for WASI preview 1 that carries no WIT; `wit` is where the package lies.
pub(super) fn adapt(module: &[u8], wit: &Path) -> Result<Vec<u8>, AuthoringError> {
    let mut module = module.to_vec();
    let adapter = wat::parse_str(ADAPTER).map_err(|error| failed(&error.into()))?;
    let encoded = embed(&mut module, wit).and_then(|()| {
        ComponentEncoder::default()
            .module(&module)?
            .adapter(PREVIEW1, &adapter)?
            .validate(true)
            .encode()
    });
    encoded.map_err(|error| failed(&error))
}

/// Whether a component exports anything at all.
pub(super) fn exports_anything(component: &[u8]) -> bool {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(component).map_while(Result::ok) {
        match payload {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentExportSection(exports) if depth == 1 => return exports.count() > 0,
            _ => {}
        }
    }
    false
}

/// Zeros between two pieces of data that are fewer than so many are written out, and the pieces are one.
const GAP: usize = 64;

/// A module for a component: without debug information (names stay), and with its data in few pieces. Go's
/// linker leaves out every run of zeros: tens of thousands of segments, each of which costs whoever
/// compiles the module, more than linearly.
pub(super) fn tidy(module: &[u8]) -> Result<Vec<u8>, AuthoringError> {
    tidied(module).map_err(|error| failed(&error.into()))
}

fn tidied(module: &[u8]) -> Result<Vec<u8>, wasmparser::BinaryReaderError> {
    let mut kept = wasm_encoder::Module::new();
    let mut data = None;
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::DataSection(section) = payload? {
            data = merged(section)?;
        }
    }
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::CustomSection(section) if is_unneeded(section.name()) => {}
            payload => match (&payload, &data) {
                (Payload::DataCountSection { .. }, Some(data)) => {
                    kept.section(&DataCountSection { count: data.len() });
                }
                (Payload::DataSection(_), Some(data)) => {
                    kept.section(data);
                }
                _ => {
                    if let Some((id, range)) = payload.as_section() {
                        kept.section(&RawSection { id, data: &module[range] });
                    }
                }
            },
        }
    }
    Ok(kept.finish())
}

fn is_unneeded(custom: &str) -> bool {
    custom.starts_with(".debug") || matches!(custom, "producers" | "target_features")
}

/// The same data, neighbours put together. `None` unless all of it lies in one memory at fixed places, nothing
/// over anything else, so that nothing in the module can name a piece of it.
fn merged(
    section: DataSectionReader<'_>,
) -> Result<Option<DataSection>, wasmparser::BinaryReaderError> {
    let mut segments = Vec::new();
    for segment in section {
        let segment = segment?;
        let Some(place) = place(&segment)? else { return Ok(None) };
        segments.push((place, segment.data));
    }
    segments.sort_by_key(|(place, _)| *place);
    let mut pieces: Vec<(usize, Vec<u8>)> = Vec::new();
    for (place, data) in segments {
        let end = pieces.last().map_or(0, |(from, bytes)| from + bytes.len());
        // Where two lie over one another their order counts.
        let Some(gap) = place.checked_sub(end) else { return Ok(None) };
        match pieces.last_mut() {
            Some((_, bytes)) if gap < GAP => {
                bytes.resize(bytes.len() + gap, 0);
                bytes.extend_from_slice(data);
            }
            _ => pieces.push((place, data.to_vec())),
        }
    }
    let mut merged = DataSection::new();
    for (place, bytes) in pieces {
        merged.active(0, &offset(place), bytes);
    }
    Ok(Some(merged))
}

fn offset(place: usize) -> ConstExpr {
    // What was read as the bits of an i32 is written as the same bits.
    ConstExpr::i32_const(u32::try_from(place).unwrap_or(u32::MAX).cast_signed())
}

/// Where an active segment of the first memory lies, if that is a constant.
fn place(data: &Data<'_>) -> Result<Option<usize>, wasmparser::BinaryReaderError> {
    let DataKind::Active { memory_index: 0, offset_expr } = &data.kind else { return Ok(None) };
    let mut operators = offset_expr.get_operators_reader();
    let Operator::I32Const { value } = operators.read()? else { return Ok(None) };
    let end = matches!(operators.read()?, Operator::End);
    Ok(end.then_some(value.cast_unsigned() as usize))
}

fn embed(module: &mut Vec<u8>, wit: &Path) -> anyhow::Result<()> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(wit)?;
    let world = resolve.select_world(&[package], Some("manager"))?;
    embed_component_metadata(module, &resolve, world, StringEncoding::UTF8)
}

fn failed(error: &anyhow::Error) -> AuthoringError {
    let why = format!("{error:#}");
    AuthoringError::Output {
        what: "the compiled module makes no component".to_owned(),
        why: no_files(&why).unwrap_or(why),
    }
}

/// What a module wants of the system that no manager has, in words of its author's: the adapter answers for
/// clocks, randomness and output, and for nothing else.
fn no_files(why: &str) -> Option<String> {
    let (_, function) = why.split_once("adapter module did not export `")?;
    let (function, _) = function.split_once('`')?;
    Some(format!(
        "it calls `{function}` of the system (WASI preview 1): a manager has no files, sockets, threads or \
         programs beside it; look for what opens a file or a connection, also in libraries, and keep data in \
         the store"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_manager_has_is_named() {
        let why = "failed to decode: adapter module did not export `path_open`";
        assert!(no_files(why).unwrap().starts_with("it calls `path_open` of the system"));
        assert_eq!(no_files("another reason"), None);
    }

    #[test]
    fn a_component_that_exports_nothing_is_told() {
        let check = |text: &str, expect: bool| {
            let bytes = wat::parse_str(text).unwrap();
            assert_eq!(exports_anything(&bytes), expect, "{text}");
        };
        check("(component)", false);
        check("(component (component (component $c) (export \"c\" (component $c))))", false);
        check("(component (core module (func (export \"f\"))))", false);
        check("(component (component $c) (export \"c\" (component $c)))", true);
    }

    fn tidy_text(text: &str) -> Vec<(usize, Vec<u8>)> {
        let module = tidy(&wat::parse_str(text).unwrap()).unwrap();
        wasmparser::validate(&module).unwrap();
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(&module) {
            match payload.unwrap() {
                Payload::DataSection(section) => {
                    for data in section {
                        let data = data.unwrap();
                        found.push((
                            place(&data).unwrap().unwrap_or(usize::MAX),
                            data.data.to_vec(),
                        ));
                    }
                }
                Payload::CustomSection(section) => assert_eq!(section.name(), "name"),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn data_that_lies_side_by_side_is_one_piece_and_names_stay() {
        let text = r#"(module $m (memory 1) (@custom ".debug_info" "x") (@custom "producers" "\00")
            (data (i32.const 12) "c") (data (i32.const 8) "ab") (data (i32.const 1000) "d"))"#;
        assert_eq!(tidy_text(text), [(8, b"ab\0\0c".to_vec()), (1000, b"d".to_vec())]);
    }

    #[test]
    fn data_that_is_named_or_written_over_stays_as_it_is() {
        let over = r#"(module (memory 1) (data (i32.const 8) "abc") (data (i32.const 9) "x"))"#;
        assert_eq!(tidy_text(over), [(8, b"abc".to_vec()), (9, b"x".to_vec())]);
        let passive = r#"(module (memory 1) (data "p") (data (i32.const 8) "a") (data (i32.const 9) "b")
            (func (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1))))"#;
        let expect = [(usize::MAX, b"p".to_vec()), (8, b"a".to_vec()), (9, b"b".to_vec())];
        assert_eq!(tidy_text(passive), expect);
    }
}
