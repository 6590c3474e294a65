//! The languages in which a manager can be written, and how a directory shows which one it is.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

/// A language that a manager can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Rust, with cargo.
    Rust,
    /// Python, with componentize-py.
    Python,
    /// TypeScript, with esbuild and `QuickJS`.
    TypeScript,
    /// C, with zig's compiler.
    C,
    /// C++, with zig's compiler.
    Cpp,
    /// Go.
    Go,
}

impl Language {
    /// All of them, in the order of the documents.
    pub const ALL: [Self; 6] =
        [Self::Rust, Self::Python, Self::TypeScript, Self::C, Self::Cpp, Self::Go];

    /// Its name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Python => "python",
            Self::TypeScript => "typescript",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Go => "go",
        }
    }

    /// Other names that people type.
    pub const fn aliases(self) -> &'static [&'static str] {
        match self {
            Self::Rust => &["rs"],
            Self::Python => &["py", "python3"],
            Self::TypeScript => &["ts"],
            Self::C => &[],
            Self::Cpp => &["c++", "cxx", "cc"],
            Self::Go => &["golang"],
        }
    }

    /// Its name in a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
            Self::TypeScript => "TypeScript",
            Self::C => "C",
            Self::Cpp => "C++",
            Self::Go => "Go",
        }
    }

    /// What a directory of sources in it holds, for people.
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Rust => "Cargo.toml",
            Self::Python => "pyproject.toml",
            Self::TypeScript => "package.json",
            Self::C => "a file .c",
            Self::Cpp => "a file .cpp",
            Self::Go => "go.mod",
        }
    }

    /// Whether what a manager declares is found wrong when it is loaded, and not while it is built.
    pub const fn declares_when_loaded(self) -> bool {
        matches!(self, Self::C | Self::Go)
    }

    /// The language of a directory, by the files that its tools go by. C and C++ have none: their
    /// sources tell, in the directory or in its `src`; where there is any C++, it is C++.
    pub fn of(dir: &Path) -> Option<Self> {
        let marked = [Self::Rust, Self::TypeScript, Self::Go, Self::Python];
        if let Some(language) = marked.into_iter().find(|l| dir.join(l.mark()).is_file()) {
            return Some(language);
        }
        let holds = |extensions: &[&str]| {
            [dir.to_owned(), dir.join("src")].iter().any(|dir| {
                let mut files = std::fs::read_dir(dir).into_iter().flatten().flatten();
                files.any(|file| {
                    let path = file.path();
                    let extension = path.extension().and_then(|e| e.to_str());
                    extension.is_some_and(|e| extensions.contains(&e)) && path.is_file()
                })
            })
        };
        if holds(&["cpp", "cc", "cxx"]) {
            return Some(Self::Cpp);
        }
        holds(&["c"]).then_some(Self::C)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.to_lowercase();
        let called = |language: &Self| {
            language.as_str() == wanted || language.aliases().contains(&wanted.as_str())
        };
        let found = Self::ALL.into_iter().find(called);
        found.ok_or_else(|| format!("languages are {}", Self::ALL.map(Self::as_str).join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_shows_its_language() {
        let check = |files: &[&str], expect: Option<Language>| {
            let dir = tempfile::tempdir().unwrap();
            for file in files {
                let path = dir.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, "").unwrap();
            }
            assert_eq!(Language::of(dir.path()), expect, "{files:?}");
        };
        check(&[], None);
        check(&["README.md"], None);
        check(&["Cargo.toml", "src/lib.rs"], Some(Language::Rust));
        check(&["pyproject.toml"], Some(Language::Python));
        check(&["package.json", "vendor/x/x.c"], Some(Language::TypeScript));
        check(&["go.mod", "pyproject.toml"], Some(Language::Go));
        check(&["src/a.c"], Some(Language::C));
        check(&["a.c", "src/b.cpp"], Some(Language::Cpp));
    }

    #[test]
    fn a_language_has_the_names_that_people_type() {
        for language in Language::ALL {
            assert_eq!(language.as_str().parse(), Ok(language));
        }
        assert_eq!("C++".parse(), Ok(Language::Cpp));
        assert_eq!("ts".parse(), Ok(Language::TypeScript));
        assert!("perl".parse::<Language>().unwrap_err().contains("rust, python"));
    }
}
