//! Whether a component is made for this host's world, and imports only what it was granted.
//!
//! Names and versions are compared here, one by one, and never left to a linker, whose semantic
//! versioning would hand a guest of tomorrow an interface of today. Types are compared where functions
//! are bound. Knows nothing of what an interface does.

use std::fmt;

use wasmtime::component::Component;

use super::surface::{ItemKind, kind, shown};
use crate::types::{Grants, ManagerName};

/// What every manager exports.
const LIFECYCLE: Name<'static> =
    Name { package: "tourbillon:manager", interface: "lifecycle", version: "0.1.0" };

/// The newest `wasi:…@0.2.x` of which this host has the functions.
const WASI_PATCH: u64 = 12;

/// Names listed in one message.
const LISTED: usize = 20;

/// Why a component is not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorldError {
    /// It exports `lifecycle` of another version.
    #[error(
        "the component is a manager of another version: it exports {found}, and this host serves {LIFECYCLE}; rebuild it with an SDK of this host's version"
    )]
    Version {
        /// What it exports.
        found: String,
    },
    /// It is no manager.
    #[error(
        "the component is not a manager: it does not export {LIFECYCLE}; it exports {exports}; build it for the world `tourbillon:manager/manager`, see `tourbillon new`"
    )]
    NotAManager {
        /// What it exports.
        exports: String,
    },
    /// It imports what it may not have.
    #[error("{}", imports(.refused, .manager))]
    Imports {
        /// Each import that is refused.
        refused: Vec<Refused>,
        /// The manager whose configuration may grant them.
        manager: ManagerName,
    },
}

/// One import that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Its name.
    pub import: String,
    /// Why.
    pub why: String,
    /// What would grant it, where anything can.
    pub grant: Option<Grant>,
}

/// A setting under `grants` that lets an interface be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    /// A switch that is off.
    Switch(&'static str),
    /// Its name among `interfaces`.
    Interface(String),
}

fn imports(refused: &[Refused], manager: &ManagerName) -> String {
    let shown = refused.iter().take(LISTED);
    let mut lines = vec!["the component imports what it may not have:".to_owned()];
    lines.extend(shown.map(|r| format!("  {}: {}", r.import, r.why)));
    if refused.len() > LISTED {
        lines.push(format!("  … and {} more", refused.len() - LISTED));
    }
    let grants = || refused.iter().take(LISTED).filter_map(|r| r.grant.as_ref());
    let mut settings: Vec<String> = grants()
        .filter_map(
            |g| if let Grant::Switch(name) = g { Some(format!("{name} = true")) } else { None },
        )
        .collect();
    settings.dedup();
    let names: Vec<String> = grants()
        .filter_map(
            |g| if let Grant::Interface(name) = g { Some(format!("\"{name}\"")) } else { None },
        )
        .collect();
    if !names.is_empty() {
        settings.push(format!("interfaces = [{}]", names.join(", ")));
    }
    if !settings.is_empty() {
        lines.push(format!("to grant what can be granted, write under [manager.{manager}]:"));
        lines.push(format!("  grants = {{ {} }}", settings.join(", ")));
    }
    lines.join("\n")
}

/// The name of an interface, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Name<'a> {
    package: &'a str,
    interface: &'a str,
    version: &'a str,
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}@{}", self.package, self.interface, self.version)
    }
}

impl<'a> Name<'a> {
    /// `None` where the name is none of a versioned interface in a package.
    fn parse(text: &'a str) -> Option<Self> {
        let (path, version) = text.split_once('@')?;
        let (package, interface) = path.split_once('/')?;
        let plain = !package.is_empty() && package.contains(':') && !interface.contains('/');
        plain.then_some(Self { package, interface, version })
    }
}

/// Which versions of an interface are served.
enum Served {
    Exactly(&'static str),
    /// 0.2.0 to 0.2.[`WASI_PATCH`].
    Wasi02,
}

impl Served {
    fn accepts(&self, version: &str) -> bool {
        match self {
            Self::Exactly(own) => version == *own,
            Self::Wasi02 => (0..=WASI_PATCH).any(|x| version == format!("0.2.{x}")),
        }
    }
}

impl fmt::Display for Served {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exactly(own) => f.write_str(own),
            Self::Wasi02 => write!(f, "0.2.0 to 0.2.{WASI_PATCH}"),
        }
    }
}

/// Who lets a manager import an interface.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gate {
    Always,
    Clocks,
    Random,
}

/// The interfaces of the house: what a manager may import without naming it.
fn own(package: &str, interface: &str) -> Option<(Served, Gate)> {
    let is = |names: &[&str]| names.contains(&interface);
    let wasi = |gate| Some((Served::Wasi02, gate));
    match package {
        "tourbillon:manager" if is(&["types", "context"]) => {
            Some((Served::Exactly(LIFECYCLE.version), Gate::Always))
        }
        "wasi:logging" if is(&["logging"]) => Some((Served::Exactly("0.1.0-draft"), Gate::Always)),
        "wasi:config" if is(&["store"]) => Some((Served::Exactly("0.2.0-rc.1"), Gate::Always)),
        "wasi:keyvalue" if is(&["store", "atomics", "batch"]) => {
            Some((Served::Exactly("0.2.0-draft"), Gate::Always))
        }
        "wasi:io" if is(&["error", "poll", "streams"]) => wasi(Gate::Always),
        "wasi:cli" if is(&CLI) => wasi(Gate::Always),
        "wasi:clocks" if is(&["wall-clock", "monotonic-clock"]) => wasi(Gate::Clocks),
        "wasi:random" if is(&["random", "insecure", "insecure-seed"]) => wasi(Gate::Random),
        _ => None,
    }
}

const CLI: [&str; 10] = [
    "environment",
    "exit",
    "stdin",
    "stdout",
    "stderr",
    "terminal-input",
    "terminal-output",
    "terminal-stdin",
    "terminal-stdout",
    "terminal-stderr",
];

/// Checks a component against this host's world, the interfaces that its capabilities serve beside it,
/// and a manager's grants. `manager` is the name that the lines of configuration in a refusal are for.
pub fn check_world(
    component: &Component,
    served: &[&str],
    grants: &Grants,
    manager: &ManagerName,
) -> Result<(), WorldError> {
    let (ty, engine) = (component.component_type(), component.engine());
    let exports: Vec<(&str, ItemKind)> =
        ty.exports(engine).map(|(name, e)| (name, kind(&e.ty))).collect();
    check_exports(&exports)?;
    let refused: Vec<Refused> = ty
        .imports(engine)
        .filter_map(|(name, e)| check_import(name, kind(&e.ty), served, grants))
        .collect();
    if refused.is_empty() {
        Ok(())
    } else {
        Err(WorldError::Imports { refused, manager: manager.clone() })
    }
}

fn check_exports(exports: &[(&str, ItemKind)]) -> Result<(), WorldError> {
    let mut other = None;
    for (text, kind) in exports {
        match Name::parse(text) {
            Some(name) if name == LIFECYCLE && *kind == ItemKind::Interface => return Ok(()),
            Some(Name { package, interface, .. })
                if (package, interface) == (LIFECYCLE.package, LIFECYCLE.interface) =>
            {
                other = Some(shown(text));
            }
            _ => {}
        }
    }
    if let Some(found) = other {
        return Err(WorldError::Version { found });
    }
    let names: Vec<String> = exports.iter().take(LISTED).map(|(name, _)| shown(name)).collect();
    let exports = match exports.len() {
        0 => "nothing".to_owned(),
        n if n > LISTED => format!("{} and {} more", names.join(", "), n - LISTED),
        _ => names.join(", "),
    };
    Err(WorldError::NotAManager { exports })
}

fn check_import(text: &str, kind: ItemKind, served: &[&str], grants: &Grants) -> Option<Refused> {
    let refuse = |why: String, grant| Some(Refused { import: shown(text), why, grant });
    if kind != ItemKind::Interface {
        return refuse(format!("is a {kind}; a manager imports interfaces only"), None);
    }
    let Some(name) = Name::parse(text) else {
        return refuse("is not a versioned interface of a package".into(), None);
    };
    if let Some((served, gate)) = own(name.package, name.interface) {
        return check_own(name, &served, gate, grants).and_then(|(why, grant)| refuse(why, grant));
    }
    if !served.contains(&text) {
        return refuse(unserved(name, served), None);
    }
    if grants.interfaces.contains(text) {
        return None;
    }
    refuse("is not granted".into(), Some(Grant::Interface(shown(text))))
}

/// Why an interface that nothing on this host serves is refused: no grant would help.
fn unserved(name: Name<'_>, served: &[&str]) -> String {
    let mut served = served.iter().filter_map(|s| Name::parse(s));
    let same = |s: &Name<'_>| (s.package, s.interface) == (name.package, name.interface);
    if let Some(other) = served.find(same) {
        let (version, other) = (shown(name.version), shown(other.version));
        return format!(
            "is of version {version}, and this host serves {other}; build the component against that"
        );
    }
    match (name.package, name.interface) {
        ("wasi:sockets", _) => "is never served; leave network connections to the host".into(),
        ("wasi:filesystem", _) => {
            "is served by nothing on this host; keep data in wasi:keyvalue/store".into()
        }
        ("wasi:http", _) => "is served by nothing on this host: there is no network yet".into(),
        (package, "lifecycle") if package == LIFECYCLE.package => {
            "is what managers export: no manager can call another one".into()
        }
        (package, _) if package == LIFECYCLE.package => {
            format!("is no interface of {package}@{}", LIFECYCLE.version)
        }
        _ => "is served by nothing on this host: it takes a program that embeds the host and brings it"
            .into(),
    }
}

/// Why an interface of the house is refused, if it is, and what would grant it.
fn check_own(
    name: Name<'_>,
    served: &Served,
    gate: Gate,
    grants: &Grants,
) -> Option<(String, Option<Grant>)> {
    if !served.accepts(name.version) {
        let version = shown(name.version);
        let why = format!(
            "is of version {version}, and this host serves {served}; build the component against that"
        );
        return Some((why, None));
    }
    let (granted, switch) = match gate {
        Gate::Always => return None,
        Gate::Clocks => (grants.clocks, "clocks"),
        Gate::Random => (grants.random, "random"),
    };
    let why = || ("is denied by the configuration".into(), Some(Grant::Switch(switch)));
    (!granted).then(why)
}

#[cfg(test)]
mod tests;
