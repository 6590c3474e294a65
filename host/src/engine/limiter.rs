//! What one store may hold: bytes over all its memories, elements over all its tables, and how many
//! of each; and a memory of what was denied.
//!
//! wasmtime asks about one memory at a time and forgets the answer. A denied growth reads as −1 in the
//! guest and may surface much later as some other trap, so the denial is written down here; what it
//! makes of an outcome is the runner's affair. One limiter lives as long as its store.

use std::fmt;

use rustix::io::Errno;
use wasmtime::{Error, ResourceLimiter, Result};

use crate::types::{ByteSize, InstanceLimits};

/// What a guest asked for and did not get.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Linear memory, in bytes over all memories of the instance.
    Memory {
        /// What it would have held.
        wanted: u64,
        /// What it may hold.
        limit: u64,
    },
    /// Tables, in elements over all tables of the instance.
    Table {
        /// What it would have held.
        wanted: u64,
        /// What it may hold.
        limit: u64,
    },
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Memory { wanted, limit } => {
                let sizes = [wanted, limit].map(|bytes| ByteSize::new(bytes).to_string());
                // Where they are too near to each other to be told apart in three digits.
                let [wanted, limit] = match sizes[0] == sizes[1] {
                    true => [wanted, limit].map(|bytes| format!("{bytes} bytes")),
                    false => sizes,
                };
                write!(
                    f,
                    "the guest asked for {wanted} of memory in all and is limited to {limit} (`memory`)"
                )
            }
            Self::Table { wanted, limit } => write!(
                f,
                "the guest asked for {wanted} table elements in all and is limited to {limit} (`table_elements`)"
            ),
        }
    }
}

/// The limiter of one store.
#[derive(Debug)]
pub struct Limiter {
    memory: Sum,
    table: Sum,
    memories: usize,
    tables: usize,
    instances: usize,
    denied: Option<Denied>,
}

/// A sum over all memories, or all tables, of a store.
#[derive(Debug, Clone, Copy)]
struct Sum {
    held: u64,
    limit: u64,
    /// The latest growth that was allowed: taken back if the engine then fails to do it.
    latest: u64,
}

impl Limiter {
    /// A limiter for a new store.
    pub fn new(limits: &InstanceLimits) -> Self {
        let sum = |limit| Sum { held: 0, limit, latest: 0 };
        Self {
            memory: sum(limits.memory.get()),
            table: sum(limits.table_elements),
            memories: count(limits.memories),
            tables: count(limits.tables),
            instances: count(limits.instances),
            denied: None,
        }
    }

    /// Forgets denials: call it before each run.
    pub fn start_run(&mut self) {
        self.denied = None;
    }

    /// The first growth that was denied since the run started.
    pub fn denied(&self) -> Option<Denied> {
        self.denied
    }

    /// Bytes of linear memory that the store holds.
    pub fn memory_bytes(&self) -> u64 {
        self.memory.held
    }

    /// Elements of tables that the store holds.
    pub fn table_elements(&self) -> u64 {
        self.table.held
    }

    fn deny_memory(&mut self, wanted: u64) {
        self.denied.get_or_insert(Denied::Memory { wanted, limit: self.memory.limit });
    }

    fn deny_table(&mut self, wanted: u64) {
        self.denied.get_or_insert(Denied::Table { wanted, limit: self.table.limit });
    }
}

impl Sum {
    /// Whether one part may grow; counts it if so. `Err` holds what the sum would have been.
    fn grow(&mut self, from: usize, to: usize, maximum: Option<usize>) -> Result<(), u64> {
        let by = (to as u64).saturating_sub(from as u64);
        let sum = self.held.saturating_add(by);
        // A growth past the declared maximum is bound to fail: it is denied here, so that it never is
        // counted.
        if sum > self.limit || maximum.is_some_and(|most| to > most) {
            return Err(sum);
        }
        (self.held, self.latest) = (sum, by);
        Ok(())
    }

    /// Takes the latest growth back, once.
    fn undo(&mut self) {
        self.held = self.held.saturating_sub(std::mem::take(&mut self.latest));
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(&mut self, from: usize, to: usize, maximum: Option<usize>) -> Result<bool> {
        let grown = self.memory.grow(from, to, maximum);
        if let Err(wanted) = grown {
            self.deny_memory(wanted);
        }
        Ok(grown.is_ok())
    }

    /// Also called for growths that were never put to [`Self::memory_growing`]. Taking back an earlier
    /// growth then would let a guest reset the sum at will, so only an error of the system, which
    /// comes after an allowed growth and never else, takes one back.
    fn memory_grow_failed(&mut self, error: Error) -> Result<()> {
        let wanted = self.memory.held;
        if error.downcast_ref::<Errno>().is_some()
            || error.downcast_ref::<std::io::Error>().is_some()
        {
            self.memory.undo();
        }
        self.deny_memory(wanted);
        Ok(())
    }

    fn table_growing(&mut self, from: usize, to: usize, maximum: Option<usize>) -> Result<bool> {
        let grown = self.table.grow(from, to, maximum);
        if let Err(wanted) = grown {
            self.deny_table(wanted);
        }
        Ok(grown.is_ok())
    }

    fn table_grow_failed(&mut self, _error: Error) -> Result<()> {
        self.deny_table(self.table.held);
        Ok(())
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.tables
    }

    fn memories(&self) -> usize {
        self.memories
    }
}

fn count(n: u32) -> usize {
    usize::try_from(n).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: usize = 64 << 10;

    fn limiter() -> Limiter {
        Limiter::new(&InstanceLimits {
            memory: ByteSize::new(4 * PAGE as u64),
            table_elements: 10,
            ..InstanceLimits::default()
        })
    }

    #[test]
    fn what_was_asked_for_is_told_apart_from_the_limit() {
        let told = |wanted, limit| Denied::Memory { wanted, limit }.to_string();
        assert!(told(3_014_656, 3_000_000).contains("asked for 3014656 bytes of memory in all"));
        assert!(told(6 << 20, 3 << 20).contains("asked for 6.0 MiB of memory in all"));
    }

    #[test]
    fn memories_are_summed_and_the_first_denial_is_kept_until_the_next_run() {
        let mut l = limiter();
        assert!(l.memory_growing(0, 2 * PAGE, None).unwrap());
        assert!(l.memory_growing(0, PAGE, None).unwrap());
        assert!(!l.memory_growing(PAGE, 3 * PAGE, None).unwrap());
        assert!(l.memory_growing(2 * PAGE, 3 * PAGE, None).unwrap());
        assert!(!l.table_growing(0, 11, None).unwrap());
        assert_eq!(l.memory_bytes(), 4 * PAGE as u64);
        let said = l.denied().unwrap().to_string();
        insta::assert_snapshot!(said, @"the guest asked for 320.0 KiB of memory in all and is limited to 256.0 KiB (`memory`)");
        l.start_run();
        assert_eq!(l.denied(), None);
    }

    #[test]
    fn tables_are_summed() {
        let mut l = limiter();
        assert!(l.table_growing(0, 6, None).unwrap());
        assert!(!l.table_growing(0, 5, None).unwrap());
        assert!(l.table_growing(0, 4, None).unwrap());
        assert_eq!(l.denied(), Some(Denied::Table { wanted: 11, limit: 10 }));
        assert_eq!(l.table_elements(), 10);
    }

    #[test]
    fn a_growth_that_the_system_refused_is_taken_back_once_and_recorded() {
        let mut l = limiter();
        assert!(l.memory_growing(0, PAGE, None).unwrap());
        assert!(l.memory_growing(PAGE, 3 * PAGE, None).unwrap());
        l.memory_grow_failed(Errno::NOMEM.into()).unwrap();
        l.memory_grow_failed(Errno::NOMEM.into()).unwrap();
        assert_eq!(l.memory_bytes(), PAGE as u64);
        assert!(matches!(l.denied(), Some(Denied::Memory { .. })));
    }

    #[test]
    fn a_failure_that_was_never_asked_for_takes_nothing_back() {
        let mut l = limiter();
        assert!(l.memory_growing(0, 2 * PAGE, None).unwrap());
        l.memory_grow_failed(Error::msg("memory growth exceeds memory type's limits")).unwrap();
        assert_eq!(l.memory_bytes(), 2 * PAGE as u64);
        assert!(l.denied().is_some());
    }

    #[test]
    fn past_its_own_maximum_nothing_is_counted() {
        let mut l = limiter();
        assert!(!l.memory_growing(0, 2 * PAGE, Some(PAGE)).unwrap());
        assert_eq!(l.memory_bytes(), 0);
    }

    /// Calls `run` of an instance of `wat` under a limit of four pages.
    fn run(wat: &str) -> (Result<u32>, Limiter) {
        use wasmtime::component::{Component, Linker};
        let engine = crate::engine::settings::resident().unwrap();
        let component = Component::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
        let mut store = wasmtime::Store::new(&engine, limiter());
        store.limiter(|limiter| limiter);
        store.set_fuel(1_000_000).unwrap();
        store.set_epoch_deadline(1_000_000);
        let result = Linker::new(&engine).instantiate(&mut store, &component).and_then(|i| {
            let run = i.get_typed_func::<(), (u32,)>(&mut store, "run")?;
            run.call(&mut store, ()).map(|(n,)| n)
        });
        (result, store.into_data())
    }

    fn guest(memories: &[u32], body: &str) -> String {
        let modules: Vec<String> = memories
            .iter()
            .enumerate()
            .map(|(n, pages)| {
                format!("(core module $m{n} (memory {pages})) (core instance (instantiate $m{n}))")
            })
            .collect();
        format!(
            r#"(component {}
              (core module $m (memory 1) (func (export "run") (result i32) {body}))
              (core instance $i (instantiate $m))
              (func (export "run") (result u32) (canon lift (core func $i "run"))))"#,
            modules.join(" ")
        )
    }

    #[test]
    fn a_guest_is_told_minus_one_and_the_denial_is_known() {
        let (result, limiter) = run(&guest(&[1, 1], "(memory.grow (i32.const 2))"));
        assert_eq!(result.unwrap(), u32::MAX);
        assert_eq!(limiter.memory_bytes(), 3 * PAGE as u64);
        assert_eq!(
            limiter.denied(),
            Some(Denied::Memory { wanted: 5 * PAGE as u64, limit: 4 * PAGE as u64 })
        );
    }

    #[test]
    fn growing_past_what_memories_can_be_does_not_reset_the_sum() {
        let cheat = "(drop (memory.grow (i32.const 1))) (drop (memory.grow (i32.const 65536)))";
        let (result, limiter) = run(&guest(&[], &format!("{} (memory.size)", cheat.repeat(10))));
        assert_eq!(result.unwrap(), 4);
        assert_eq!(limiter.memory_bytes(), 4 * PAGE as u64);
    }

    #[test]
    fn initial_memories_over_the_limit_fail_the_instantiation_and_say_so() {
        let (result, limiter) = run(&guest(&[2, 2], "(i32.const 0)"));
        let said = result.unwrap_err().to_string();
        assert!(said.contains("exceeds memory limits"), "{said}");
        assert!(matches!(limiter.denied(), Some(Denied::Memory { .. })));
    }
}
