//! Names of a scenario that none of its components knows: slips of its author's, told with what was probably
//! meant before anything is played.
//!
//! Knows what a component declares and imports, and nothing of what it does.

use std::collections::BTreeSet;

use super::play::{Exchange, PlayError};
use super::scenario::Scenario;
use crate::config;
use crate::engine::{Item, ItemKind, WorldError};
use crate::registry::{Inspected, RegistryError};
use crate::types::TaskName;

impl Scenario {
    /// A name that no component of the scenario declares is a mistake in it.
    pub(super) fn check_names(
        &self,
        it: &Inspected,
        upgrades: &[Exchange<'_>],
    ) -> Result<(), PlayError> {
        let later = upgrades.iter().flat_map(|upgrade| upgrade.tasks.iter().flatten());
        let tasks: BTreeSet<_> =
            { it.tasks.iter().chain(later) }.map(|t| t.name.as_str()).collect();
        let only = self.only.iter().flatten().map(TaskName::as_str);
        let expect = &self.expect;
        let named = expect.outcomes.keys().chain(expect.errors.keys()).chain(expect.details.keys());
        let fuel = expect.fuel_below.keys().filter(|name| *name != "*");
        let mut named = named.chain(fuel).map(String::as_str).chain(only);
        named.find(|name| !tasks.contains(name)).map_or(Ok(()), |unknown| {
            let declared: Vec<_> = it.tasks.iter().map(|task| task.name.as_str()).collect();
            let near = config::closest(unknown, &declared);
            let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            Err(PlayError::Scenario(format!(
                "the manager has no task `{unknown}`: it declares {}{hint}",
                declared.join(", ")
            )))
        })
    }

    /// Why a component is refused: where an answer has a name that is almost the one that is missing, that is
    /// the mistake.
    pub(super) fn explained(&self, error: RegistryError) -> PlayError {
        let interfaces: Vec<_> = self.calls.interfaces().collect();
        let slip = match &error {
            RegistryError::World(WorldError::Imports { refused, .. }) => {
                refused.iter().find_map(|it| {
                    let near = config::closest(&it.import, &interfaces)?;
                    let line = self.calls.line(near, None);
                    let import = &it.import;
                    Some(format!(
                        "[calls] on line {line} answers for \"{near}\", and the component imports \"{import}\": \
                         did you mean that?"
                    ))
                })
            }
            RegistryError::Misfit(misfit) => self.unanswered(&misfit.to_string()),
            _ => None,
        };
        slip.map_or_else(|| error.into(), PlayError::Scenario)
    }

    /// The function of an interface for which nothing is answered, as the engine names it.
    fn unanswered(&self, misfit: &str) -> Option<String> {
        let of = |interface: &&str| misfit.contains(&format!("instance `{interface}`"));
        let interface = self.calls.interfaces().find(of)?;
        let (_, wanted) = misfit.split_once("instance export `")?;
        let (wanted, _) = wanted.split_once('`')?;
        let answered: Vec<_> = self.calls.functions(interface).collect();
        if answered.contains(&wanted) {
            return None;
        }
        let (line, near) = match config::closest(wanted, &answered) {
            Some(near) => (self.calls.line(interface, Some(near)), Some(near)),
            None => (self.calls.line(interface, None), None),
        };
        let help = near.map_or_else(
            || format!("write {wanted} = [ … ]"),
            |near| format!("did you mean that by `{near}`?"),
        );
        Some(format!(
            "[calls] on line {line} answers nothing for `{wanted}`, which the component imports of \
             \"{interface}\": {help}"
        ))
    }

    /// An interface that no component of the scenario can ask is a mistake in it.
    pub(super) fn check_calls(&self, it: &Inspected) -> Result<(), PlayError> {
        if self.upgrades.iter().any(|upgrade| upgrade.component.is_some()) {
            return Ok(());
        }
        let name = |interface: &str| interface.split('@').next().map(str::to_owned);
        let imports = &it.surface.imports;
        for interface in self.calls.interfaces() {
            let same = imports.iter().find(|item| name(&item.name) == name(interface));
            match same.filter(|item| answers(interface, &item.name)) {
                Some(item) => self.check_functions(interface, item)?,
                None => return Err(self.not_imported(interface, same, imports)),
            }
        }
        Ok(())
    }

    fn not_imported(&self, interface: &str, same: Option<&Item>, imports: &[Item]) -> PlayError {
        let of: Vec<_> = { imports.iter() }
            .filter(|item| item.kind == ItemKind::Interface && !item.functions.is_empty())
            .map(|item| item.name.as_str())
            .collect();
        let near = same.map(|item| item.name.as_str()).or_else(|| config::closest(interface, &of));
        let help = match (near, of.is_empty()) {
            (Some(near), _) => format!("did you mean \"{near}\"?"),
            (None, false) => format!("it imports {}", of.join(", ")),
            (None, true) => "it imports no functions at all".to_owned(),
        };
        let line = self.calls.line(interface, None);
        PlayError::Scenario(format!(
            "[calls] on line {line} answers for \"{interface}\", which the component does not import; {help}"
        ))
    }

    /// A function that the interface does not have, as the component imports it, is one too.
    fn check_functions(&self, interface: &str, item: &Item) -> Result<(), PlayError> {
        let names: Vec<_> =
            item.functions.iter().filter_map(|function| function.split(':').next()).collect();
        let unknown = self.calls.functions(interface).find(|name| !names.contains(name));
        let Some(unknown) = unknown else { return Ok(()) };
        let near = config::closest(unknown, &names);
        let at = near.and_then(|near| names.iter().position(|name| *name == near));
        let help = match at.and_then(|at| item.functions.get(at)) {
            Some(function) => format!("did you mean {function}?"),
            None => format!("it imports:\n  {}", item.functions.join("\n  ")),
        };
        let line = self.calls.line(interface, Some(unknown));
        Err(PlayError::Scenario(format!(
            "[calls] on line {line} answers for `{unknown}`, which the component does not import of \
             \"{interface}\"; {help}"
        )))
    }
}

/// Whether an interface answers for an import of the same name: as the engine's linker sees versions, of which
/// one stands for the others of its first number that is not zero.
fn answers(interface: &str, import: &str) -> bool {
    let first = |name: &str| {
        let (_, version) = name.split_once('@')?;
        let numbers: Vec<u64> =
            version.split('.').map(|n| n.parse().ok()).collect::<Option<_>>()?;
        match numbers[..] {
            [0, 0, _] => None,
            [0, minor, _] => Some((0, minor)),
            [major, _, _] => Some((major, 0)),
            _ => None,
        }
    };
    interface == import || first(interface).is_some_and(|it| first(import) == Some(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_answers_for_those_that_the_linker_takes_it_for() {
        let check = |interface: &str, import: &str, expect: bool| {
            assert_eq!(answers(interface, import), expect, "{interface} {import}");
        };
        check("a:b/c@1.0.0", "a:b/c@1.2.0", true);
        check("a:b/c@1.0.0", "a:b/c@2.0.0", false);
        check("a:b/c@0.2.0", "a:b/c@0.2.12", true);
        check("a:b/c@0.2.0", "a:b/c@0.3.0", false);
        check("a:b/c@0.0.1", "a:b/c@0.0.2", false);
        check("a:b/c@0.2.0-rc.1", "a:b/c@0.2.0-rc.1", true);
        check("a:b/c@0.2.0", "a:b/c@0.2.0-rc.1", false);
        check("a:b/c", "a:b/c", true);
        check("a:b/c", "a:b/c@1.0.0", false);
    }
}
