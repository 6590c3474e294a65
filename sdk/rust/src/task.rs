//! Declarations of tasks, and how a manager's own join those that it inherits (rules S5 and S6).
//!
//! Everything here is constant: what a manager declares is known when it is compiled, so that the
//! compiler refuses what a host would refuse at load. It does not know what a task does.

/// One declared task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Task {
    /// 1 to 64 of `a-z 0-9 . _ -`, starting with a letter.
    pub name: &'static str,
    /// How many ticks are skipped between two runs: 0 runs on every tick, N on every (N+1)-th.
    pub ticks_between_runs: u32,
    /// Whether the first run is at the first tick; otherwise it is at tick N+1.
    pub run_immediately: bool,
    /// One line for people; may be empty.
    pub summary: &'static str,
}

/// The tasks of a manager: its own, and a link to those of the manager that it extends.
///
/// The link makes the list cheap and lets a parent stay what it was, whatever its children do.
#[derive(Debug, Clone, Copy)]
pub struct Tasks {
    inherited: Option<&'static Tasks>,
    own: &'static [Task],
}

impl Tasks {
    /// The tasks of a manager that extends no other.
    pub const fn new(own: &'static [Task]) -> Self {
        Self { inherited: None, own }
    }

    /// The tasks of a manager that extends another one.
    pub const fn extending(inherited: &'static Tasks, own: &'static [Task]) -> Self {
        Self { inherited: Some(inherited), own }
    }

    /// All tasks in the order in which they run: inherited ones first, each replaced in place where
    /// this manager overrides it, then this manager's own.
    pub fn all(&self) -> Vec<Task> {
        let mut all = self.inherited.map(Tasks::all).unwrap_or_default();
        for task in self.own {
            match all.iter_mut().find(|other| other.name == task.name) {
                Some(inherited) => *inherited = *task,
                None => all.push(*task),
            }
        }
        all
    }

    /// Whether a task of this name is declared, here or by an ancestor.
    pub const fn contains(&self, name: &str) -> bool {
        if count(self.own, name) > 0 {
            return true;
        }
        match self.inherited {
            Some(inherited) => inherited.contains(name),
            None => false,
        }
    }

    /// Whether a task of this name comes from an ancestor.
    pub const fn inherits(&self, name: &str) -> bool {
        match self.inherited {
            Some(inherited) => inherited.contains(name),
            None => false,
        }
    }

    /// How the task of this name is declared, by this manager or its nearest ancestor.
    pub const fn declaration(&self, name: &str) -> Option<Task> {
        let mut index = 0;
        while index < self.own.len() {
            if equal(self.own[index].name.as_bytes(), name.as_bytes()) {
                return Some(self.own[index]);
            }
            index += 1;
        }
        match self.inherited {
            Some(inherited) => inherited.declaration(name),
            None => None,
        }
    }

    /// How often this manager itself declares the name; the macro refuses more than once.
    pub const fn declared(&self, name: &str) -> usize {
        count(self.own, name)
    }
}

const fn count(tasks: &[Task], name: &str) -> usize {
    let mut found = 0;
    let mut index = 0;
    while index < tasks.len() {
        if equal(tasks[index].name.as_bytes(), name.as_bytes()) {
            found += 1;
        }
        index += 1;
    }
    found
}

/// `==` on byte strings is not yet constant.
const fn equal(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn task(name: &'static str, ticks_between_runs: u32) -> Task {
        Task { name, ticks_between_runs, run_immediately: false, summary: "" }
    }

    static GRANDPARENT: Tasks = Tasks::new(&[task("a", 0), task("b", 0)]);
    static PARENT: Tasks = Tasks::extending(&GRANDPARENT, &[task("c", 0), task("a", 1)]);
    static CHILD: Tasks = Tasks::extending(&PARENT, &[task("d", 0), task("c", 2), task("a", 3)]);

    fn check(tasks: &Tasks, expect: &[(&str, u32)]) {
        let got: Vec<_> =
            tasks.all().iter().map(|task| (task.name, task.ticks_between_runs)).collect();
        assert_eq!(got, expect);
    }

    #[test]
    fn s05_inherited_tasks_come_first_in_declared_order() {
        check(&CHILD, &[("a", 3), ("b", 0), ("c", 2), ("d", 0)]);
    }

    #[test]
    fn s06_a_child_never_changes_its_parent() {
        check(&GRANDPARENT, &[("a", 0), ("b", 0)]);
        check(&PARENT, &[("a", 1), ("b", 0), ("c", 0)]);
    }

    #[test]
    fn names_are_found_through_all_generations() {
        assert!(CHILD.contains("b") && CHILD.inherits("b"));
        assert!(CHILD.contains("d") && !CHILD.inherits("d"));
        assert!(!CHILD.contains("e"));
        assert_eq!((CHILD.declared("a"), CHILD.declared("b")), (1, 0));
    }
}
