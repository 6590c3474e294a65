//! How many instances the process can hold.
//!
//! Linux gives a process 65,530 memory mappings unless told otherwise, and running out of them can end
//! the process from within wasmtime. So mappings are counted before an instance takes them, and one too
//! many is refused by name. Knows nothing of bytes: those are each guest's own limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use wasmtime::component::Component;

use super::EngineError;

/// Mappings that one instance takes besides those of its memories: its stack, and what the allocator
/// adds now and then.
const INSTANCE: u64 = 2;

/// Mappings that each linear memory takes: what is accessible and what is not.
const MEMORY: u64 = 2;

/// Mappings that the code of one component takes, however many instances share it.
const CODE: u64 = 3;

/// Linux's default, where the file that says it can't be read.
const MAX_MAP_COUNT: u64 = 65_530;

/// The mappings that guests may use, and who uses them.
#[derive(Debug)]
pub(super) struct Budget {
    limit: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    rooms: u64,
    /// For the code at an address, how many rooms use it.
    code: HashMap<usize, u64>,
}

/// Room for one instance, or for the code of a component; given back when dropped. Keep it as long as
/// the instance or the component.
#[derive(Debug)]
pub struct Room {
    budget: Arc<Budget>,
    mappings: u64,
    code: usize,
}

impl Budget {
    /// Three quarters of what the system allows: the rest is for threads, libraries and the allocator,
    /// and for mappings that the kernel can't merge. All hosts of a process share it.
    pub(super) fn of_this_process() -> Arc<Self> {
        static BUDGET: OnceLock<Arc<Budget>> = OnceLock::new();
        let make = || {
            let text = std::fs::read_to_string("/proc/sys/vm/max_map_count").unwrap_or_default();
            let most = text.trim().parse().unwrap_or(MAX_MAP_COUNT);
            Arc::new(Self { limit: most / 4 * 3, state: Mutex::default() })
        };
        Arc::clone(BUDGET.get_or_init(make))
    }

    /// Room for an instance of a component, and for its code.
    pub(super) fn instance(self: &Arc<Self>, of: &Component) -> Result<Room, EngineError> {
        // Without the figure a component imports core modules, which no linker of this host offers.
        let memories = of.resources_required().map_or(1, |r| u64::from(r.num_memories));
        self.take(INSTANCE + MEMORY * memories, address(of))
    }

    /// Room for the code of a component alone.
    pub(super) fn code(self: &Arc<Self>, of: &Component) -> Result<Room, EngineError> {
        self.take(0, address(of))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(self: &Arc<Self>, mappings: u64, code: usize) -> Result<Room, EngineError> {
        let mut state = self.state();
        let wanted = mappings + if state.code.contains_key(&code) { 0 } else { CODE };
        let sum = state.used.saturating_add(wanted);
        if sum > self.limit {
            return Err(EngineError::Full {
                held: state.rooms,
                used: state.used,
                budget: self.limit,
                wanted,
            });
        }
        state.used = sum;
        state.rooms += 1;
        *state.code.entry(code).or_default() += 1;
        Ok(Room { budget: Arc::clone(self), mappings, code })
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let mut state = self.budget.state();
        let mut freed = self.mappings;
        if let Some(users) = state.code.get_mut(&self.code) {
            *users -= 1;
            if *users == 0 {
                state.code.remove(&self.code);
                freed += CODE;
            }
        }
        state.used = state.used.saturating_sub(freed);
        state.rooms = state.rooms.saturating_sub(1);
    }
}

/// Where a component's code lies: the same for all clones of it, and for no other while one of them
/// lives.
fn address(component: &Component) -> usize {
    component.image_range().start as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_refused_by_name_and_given_back_code_with_its_last_user() {
        let budget = Arc::new(Budget { limit: 4 + 4 + CODE, state: Mutex::default() });
        let first = budget.take(4, 0xa).unwrap();
        let second = budget.take(4, 0xa).unwrap();
        let full = budget.take(4, 0xa).unwrap_err();
        insta::assert_snapshot!(full, @"no room for one more instance: the 2 instances here use 11 of the 11 memory mappings set aside for guests, and this one takes 4; raise the sysctl `vm.max_map_count`, or run fewer resident managers");
        drop(first);
        let other = budget.take(4, 0xb).unwrap_err();
        assert!(matches!(other, EngineError::Full { used: 7, wanted: 7, .. }), "{other}");
        drop(budget.take(0, 0xb).unwrap());
        drop(second);
        let state = budget.state();
        assert_eq!((state.used, state.rooms, state.code.len()), (0, 0, 0));
    }

    #[test]
    fn the_default_number_of_small_guests_fits_under_the_systems_default() {
        let instances = u64::from(crate::types::HostLimits::default().instances);
        assert!((INSTANCE + MEMORY) * instances + CODE <= MAX_MAP_COUNT / 4 * 3);
    }
}
