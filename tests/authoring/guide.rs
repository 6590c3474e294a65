//! The authoring guide, a page a language: each command of a page is run as it stands there, in order, from
//! an empty directory to a manager that runs.
//!
//! What brings a language's tools is compared with `sdk/tools.toml`, and run where nothing is prepared
//! (`cargo xtask test --cold`).

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::root;

/// A page has fewer commands than this.
const COMMANDS: usize = 10;

/// What ends only when it is told to is started, left until three lines came, and interrupted.
const PRELUDE: &str = r#"
set -euo pipefail
tourbillon() {
  case $1 in
    run | dev)
      exec 3< <(exec "$TOURBILLON" "$@")
      local pid=$!
      for _ in 1 2 3; do
        read -r -t 120 line <&3
        echo "$line"
      done
      kill -INT "$pid"
      wait "$pid"
      exec 3<&-
      ;;
    *) "$TOURBILLON" "$@" ;;
  esac
}
"#;

/// The blocks of a page that are fenced with these words.
fn blocks(page: &str, fence: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line == fence {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            found.push(block.join("\n"));
        }
    }
    found
}

/// The commands of blocks: lines that are neither empty nor a comment.
fn commands(blocks: &[String]) -> Vec<&str> {
    let lines = blocks.iter().flat_map(|block| block.lines());
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

#[derive(Deserialize)]
struct Pin {
    registry: String,
    version: String,
    languages: Vec<String>,
}

/// The commands that bring a language's tools, as the program names them.
fn bringing(language: &str) -> Vec<String> {
    if language == "rust" {
        return vec!["rustup target add wasm32-unknown-unknown".to_owned()];
    }
    let pins = std::fs::read_to_string(root().join("sdk/tools.toml")).unwrap();
    let pins: BTreeMap<String, Pin> = toml::from_str(&pins).unwrap();
    let pins = pins.iter().filter(|(_, pin)| pin.languages.iter().any(|l| l == language));
    let command = |(tool, pin): (&String, &Pin)| {
        let Pin { registry, version, .. } = pin;
        let dir = format!("~/.cache/tourbillon/tools/{tool}-{version}");
        match registry.as_str() {
            "pypi" => format!("python3 -m pip install --target {dir} {tool}=={version}"),
            _ => format!("npm install --prefix {dir} --ignore-scripts --no-save {tool}@{version}"),
        }
    };
    pins.map(command).collect()
}

fn check(language: &str) {
    let page = root().join(format!("docs/authoring/{language}.md"));
    let page = std::fs::read_to_string(page).unwrap();
    let (tools, steps) = (blocks(&page, "```sh tools"), blocks(&page, "```sh"));
    assert_eq!(commands(&tools), bringing(language), "what brings the tools of {language}");
    let steps = commands(&steps);
    let count = tools.len() + steps.len();
    assert!(count < COMMANDS, "{count} commands:\n{}", steps.join("\n"));
    for wanted in ["new ", "build", "test", "tick ", "run "] {
        let wanted = format!("tourbillon {wanted}");
        assert!(steps.iter().any(|step| step.starts_with(&wanted)), "{wanted} is not in the page");
    }

    let (empty, home) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut bash = Command::new("bash");
    bash.current_dir(empty.path()).env("TOURBILLON", env!("CARGO_BIN_EXE_tourbillon"));
    bash.env("CARGO_TARGET_DIR", root().join("target/authoring")).env_remove("TOURBILLON_LOG");
    let mut script = PRELUDE.to_owned();
    // Rust's target comes with a toolchain that the caller has made.
    let cold = std::env::var_os("TOURBILLON_COLD").is_some() && language != "rust";
    if cold {
        bash.env("HOME", home.path()).env_remove("XDG_CACHE_HOME");
        script.push_str(&tools.join("\n"));
        script.push('\n');
    }
    script.push_str(&steps.join("\n"));
    let output = bash.args(["-c", &script]).output().unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{script}\n--- printed\n{printed}\n--- said\n{said}");
    assert!(Path::new(&empty.path().join("first-job/build/first-job.wasm")).is_file());
}

in_each_language!(check);

#[test]
fn blocks_are_found_by_their_fence_alone() {
    let page = "x\n```sh tools\na\n```\n```sh\n# no command\nb\n\nc\n```\n```text\nd\n```\n";
    assert_eq!(commands(&blocks(page, "```sh tools")), ["a"]);
    assert_eq!(commands(&blocks(page, "```sh")), ["b", "c"]);
}
