//! C and C++: zig's compiler, which brings headers and libraries for WASI, and an adapter for that.
//!
//! The sources are those in the project's directory and in its `src`. The SDK is compiled along with them;
//! zig remembers what it has compiled.

use std::path::{Path, PathBuf};

use super::super::component;
use super::super::error::AuthoringError;
use super::super::packed;
use super::super::process::Run;
use super::Site;
use crate::authoring::Language;

/// For all sources. Debug information is made for the names that come with it, and cut off afterwards.
const FLAGS: &[&str] = &["--target=wasm32-wasi", "-Os", "-g", "-UNDEBUG", "-Wall", "-Wextra"];

/// The dialects. A component has no exceptions.
const C: &[&str] = &["cc", "-std=gnu17"];
const CPP: &[&str] = &["c++", "-std=c++23", "-fno-exceptions", "-fno-rtti"];

/// Said where nothing was built before.
const FIRST: &str = " (the first time on a machine it builds its libraries: half a minute)";

/// A module that waits to be called, with a stack that fits an instance's memory.
const LINK: &[&str] = &["-mexec-model=reactor", "-Wl,-z,stack-size=262144"];

pub(super) fn build(site: &mut Site<'_>) -> Result<Vec<u8>, AuthoringError> {
    let zig = site.tools.file(site.project.language, "ziglang", "ziglang/zig")?;
    let sdk = site.sdk()?;
    let dir = &site.project.dir;
    let (sdk_c, sdk_cpp) = match site.project.language {
        Language::Cpp => (sdk.join("c"), Some(sdk.join("cpp"))),
        _ => (sdk, None),
    };
    let folders = |sdk: &Path| [sdk.join("src"), sdk.join("bindings")];
    let own = [dir.clone(), dir.join("src")];
    let c = files(folders(&sdk_c).iter().chain(&own), &["c"])?;
    let cpp =
        sdk_cpp.as_ref().map(|sdk| files(folders(sdk).iter().chain(&own), &["cpp", "cc", "cxx"]));
    let includes =
        [Some(&sdk_c), sdk_cpp.as_ref()].into_iter().flatten().map(|sdk| sdk.join("include"));
    let includes = includes.chain([dir.join("include"), dir.join("src"), dir.clone()]);
    let includes: Vec<_> = includes.filter(|dir| dir.is_dir()).collect();
    // A failure names its file as the project does, wherever the project lies.
    let mapped = format!("-ffile-prefix-map={}/=", dir.display());
    let run = |dialect: &[&str]| {
        let run = site.tools.run(&zig).args(dialect).args(FLAGS).args([&mapped]).within(dir);
        includes.iter().fold(run, |run, dir| run.args(["-I".as_ref(), dir.as_os_str()]))
    };
    let hint = if site.project.component().exists() { "" } else { FIRST };
    (site.say)(&format!("compiling with zig{hint}"));
    // The file's name is the module's, and stands before each function of a backtrace.
    let modules = site.fresh("module")?;
    let out = modules.join(site.project.name.as_str());
    let objects = site.fresh("objects")?;
    let mut link = |run: Run| {
        let run = run.args(LINK).args(["-o".as_ref(), out.as_os_str()]);
        run.run_telling("compiling the manager", site.say)
    };
    match cpp {
        None => link(run(C).args(&c))?,
        Some(cpp) => {
            let mut made = Vec::new();
            for (nth, file) in c.iter().enumerate() {
                let object = objects.join(format!("{nth}.o"));
                let words = ["-c".as_ref(), file.as_os_str(), "-o".as_ref(), object.as_os_str()];
                run(C).args(words).run("compiling the SDK")?;
                made.push(object);
            }
            link(run(CPP).args(cpp?).args(made))?
        }
    };
    (site.say)("making a component of it");
    let wit = site.fresh("wit")?;
    packed::write_wit(&wit)?;
    component::adapt(&component::tidy(&super::take(&out)?)?, &wit)
}

/// The files with one of these extensions, folder by folder, by name: of the SDK, `abort.c` is to be first.
fn files<'a>(
    folders: impl Iterator<Item = &'a PathBuf>,
    extensions: &[&str],
) -> Result<Vec<PathBuf>, AuthoringError> {
    let mut all = Vec::new();
    for folder in folders.filter(|folder| folder.is_dir()) {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(AuthoringError::file("list", folder))? {
            let path = entry.map_err(AuthoringError::file("list", folder))?.path();
            let extension = path.extension().and_then(|e| e.to_str());
            if extension.is_some_and(|e| extensions.contains(&e)) && path.is_file() {
                found.push(path);
            }
        }
        found.sort();
        all.append(&mut found);
    }
    Ok(all)
}
