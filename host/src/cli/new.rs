//! `tourbillon new`: a small project in a language, which builds and ticks at once.

use std::io::{self, Write};

use super::args::New as Args;
use super::ending::{Ended, Status, Stop};
use super::printing::{json_line, shown};
use crate::authoring::{self, Scaffold};

/// Makes a project, and says what comes next.
pub(super) fn new(args: &Args) -> Ended {
    let dir = args.dir.clone().unwrap_or_else(|| args.name.as_str().into());
    let it = Scaffold { name: args.name.clone(), language: args.lang, dir };
    let files = authoring::scaffold(&it).map_err(Stop::from)?;
    let mut out = io::stdout().lock();
    let dir = shown(&it.dir);
    if args.json {
        let view =
            serde_json::json!({ "directory": dir, "language": args.lang.as_str(), "files": files });
        json_line(&mut out, &view)?;
    } else {
        writeln!(out, "{dir} is a manager in {}:", args.lang.title())?;
        for file in &files {
            writeln!(out, "  {file}")?;
        }
        writeln!(out, "\nNow:\n  cd {dir}\n  tourbillon tick . --ticks 3")?;
    }
    out.flush()?;
    Ok(Status::Well)
}
