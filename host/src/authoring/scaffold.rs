//! A new project: the template of its language, with its name put in, and the SDK beside it.
//!
//! The SDK is copied into the project (`tourbillon-sdk/`): a project is whole, builds without this repository, and
//! goes on building with the SDK that it was begun with.

use std::path::{Path, PathBuf};

use super::Language;
use super::error::AuthoringError;
use super::packed::{self, Packed};
use crate::types::ManagerName;

/// What is to be made.
#[derive(Debug, Clone)]
pub struct Scaffold {
    /// The project's name, and its component's.
    pub name: ManagerName,
    /// Its language.
    pub language: Language,
    /// The directory, which must not be there yet, or be empty.
    pub dir: PathBuf,
}

/// Makes a project; returns the files that its author will look at, by their path in it.
pub fn scaffold(it: &Scaffold) -> Result<Vec<String>, AuthoringError> {
    // A file, there or further up, is no place for a project.
    if let Some(path) = it.dir.ancestors().find(|path| path.is_file()) {
        let remedy = "a project is made in a directory: name another one with --dir";
        return Err(AuthoringError::NotADirectory { path: path.to_owned(), remedy });
    }
    if is_taken(&it.dir) {
        return Err(AuthoringError::Exists { dir: it.dir.clone() });
    }
    if let Some(why) = refused(it) {
        return Err(AuthoringError::NoName { place: it.dir.clone(), why: why.to_owned() });
    }
    let mut shown = Vec::new();
    for Packed { path, bytes } in packed::template(it.language) {
        // A manifest or an ignore file of its own name would be taken at its word where it lies.
        let path = path.strip_suffix(".template").unwrap_or(&path);
        let path = if path == "gitignore" { ".gitignore" } else { path };
        let path = filled(path, &it.name);
        let text = std::str::from_utf8(&bytes).map(|text| filled(text, &it.name));
        let bytes = text.as_ref().map_or(&*bytes, |text| text.as_bytes());
        packed::write(&it.dir.join(&path), bytes)?;
        shown.push(path);
    }
    packed::write_sdk(it.language, &it.dir.join(packed::VENDOR))?;
    shown.sort();
    Ok(shown)
}

/// Why a name that a manager may have is none for a project of the language.
fn refused(it: &Scaffold) -> Option<&'static str> {
    match (it.language, it.name.as_str()) {
        (Language::Rust, name) if name.contains('.') => {
            Some("a package of Rust has no point in its name: write - in its place")
        }
        (Language::Rust, "tourbillon-sdk") => Some("the SDK is called so: give another name"),
        _ => None,
    }
}

/// Whether something would be written over.
fn is_taken(dir: &Path) -> bool {
    match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some(),
        Err(_) => dir.symlink_metadata().is_ok(),
    }
}

/// A text of a template with the project's name put in: as it is, as an identifier, and as a type.
fn filled(text: &str, name: &ManagerName) -> String {
    let name = name.as_str();
    let words = || name.split(['-', '_', '.']).filter(|word| !word.is_empty());
    let ident = words().collect::<Vec<_>>().join("_");
    let camel: String = words()
        .flat_map(|word| {
            let (first, rest) = word.split_at(1);
            [first.to_uppercase(), rest.to_owned()]
        })
        .collect();
    text.replace("{{name}}", name).replace("{{ident}}", &ident).replace("{{Name}}", &camel)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_put_in_as_the_place_needs_it() {
        let name = ManagerName::new("my-first.job").unwrap();
        assert_eq!(
            filled("{{name}} {{ident}} {{Name}}", &name),
            "my-first.job my_first_job MyFirstJob"
        );
    }

    #[test]
    fn a_name_that_the_language_refuses_is_refused_before_anything_is_written() {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("it");
        let check = |language, name: &str, refused: bool| {
            let name = ManagerName::new(name).unwrap();
            let it = Scaffold { name, language, dir: dir.clone() };
            assert_eq!(scaffold(&it).is_err(), refused, "{it:?}");
            assert_eq!(dir.exists(), !refused);
        };
        check(Language::Rust, "first.job", true);
        check(Language::Rust, "tourbillon-sdk", true);
        check(Language::Go, "first.job", false);
    }

    #[test]
    fn a_file_in_the_way_is_told_as_one() {
        let outer = tempfile::tempdir().unwrap();
        let file = outer.path().join("it");
        std::fs::write(&file, "kept").unwrap();
        for dir in [file.clone(), file.join("first-job")] {
            let name = ManagerName::new("first-job").unwrap();
            let told = scaffold(&Scaffold { name, language: Language::C, dir }).unwrap_err();
            let expect = format!("{} is a file: a project is made in a directory", file.display());
            assert!(told.to_string().starts_with(&expect), "{told}");
        }
    }

    #[test]
    fn every_language_has_a_template_and_nothing_is_left_open_in_it() {
        for language in Language::ALL {
            let outer = tempfile::tempdir().unwrap();
            let dir = outer.path().join("first-job");
            let name = ManagerName::new("first-job").unwrap();
            let it = Scaffold { name, language, dir: dir.clone() };
            let files = scaffold(&it).unwrap();
            for wanted in ["README.md", ".gitignore"] {
                assert!(files.iter().any(|file| file == wanted), "{language}: {files:?}");
            }
            for file in &files {
                let text = std::fs::read_to_string(dir.join(file)).unwrap();
                assert!(!text.contains("{{"), "{language}: {file}");
            }
            let tests = files.iter().any(|file| file.contains("test") || file == "src/lib.rs");
            assert!(tests, "{language}: a unit test is among {files:?}");
            assert_eq!(Language::of(&dir), Some(language));
            assert!(dir.join(packed::VENDOR).is_dir(), "{language}");
            let again = scaffold(&it).unwrap_err();
            assert!(again.to_string().contains("is there already"), "{again}");
        }
    }
}
