//! Components that are loaded already: whoever loads the same one again shares its code.
//!
//! Ten thousand managers of one component then hold its code once, and of many that load it at the same
//! time one compiles. The memo holds on to the latest few; what was evicted lives as long as its
//! instances. Knows nothing of how a component is loaded.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use wasmtime::component::Component;

use crate::types::{Digest, InstanceMode};

/// Components that the memo holds on to.
const KEPT: usize = 64;

/// Bytes of code that it holds on to; the latest component stays even if it is larger.
const KEPT_BYTES: usize = 256 << 20;

type Slot = Arc<OnceCell<Component>>;

/// The latest components, newest first.
#[derive(Default)]
pub(super) struct Memo {
    slots: Mutex<VecDeque<(Digest, InstanceMode, Slot)>>,
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Memo")
    }
}

impl Memo {
    /// The place of a component, empty where it must be loaded: whoever fills it does so once.
    pub(super) fn slot(&self, component: &Digest, mode: InstanceMode) -> Slot {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let at = slots.iter().position(|(d, m, _)| (d, *m) == (component, mode));
        let found = at.and_then(|at| slots.remove(at));
        let (.., slot) = found.unwrap_or_else(|| (*component, mode, Slot::default()));
        slots.push_front((*component, mode, Arc::clone(&slot)));
        slots.truncate(KEPT);
        let mut bytes = 0_usize;
        let fits = |(.., slot): &(Digest, InstanceMode, Slot)| {
            bytes = bytes.saturating_add(slot.get().map_or(0, code_bytes));
            bytes <= KEPT_BYTES
        };
        let kept = slots.iter().map(fits).take_while(|&fits| fits).count().max(1);
        slots.truncate(kept);
        slot
    }
}

fn code_bytes(component: &Component) -> usize {
    let range = component.image_range();
    (range.end as usize).saturating_sub(range.start as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: usize) -> Digest {
        Digest::new([u8::try_from(n).unwrap(); 32])
    }

    #[test]
    fn the_same_component_in_the_same_mode_has_one_place() {
        let memo = Memo::default();
        let (resident, per_run) = (InstanceMode::Resident, InstanceMode::PerRun);
        let first = memo.slot(&digest(1), resident);
        assert!(Arc::ptr_eq(&first, &memo.slot(&digest(1), resident)));
        assert!(!Arc::ptr_eq(&first, &memo.slot(&digest(1), per_run)));
        assert!(!Arc::ptr_eq(&first, &memo.slot(&digest(2), resident)));
    }

    #[test]
    fn the_latest_are_kept_and_a_bounded_number_of_them() {
        let memo = Memo::default();
        let slot = |n| memo.slot(&digest(n), InstanceMode::Resident);
        let (first, second) = (slot(0), slot(1));
        (2..KEPT).map(slot).for_each(drop);
        assert!(Arc::ptr_eq(&first, &slot(0)), "now the latest");
        drop(slot(KEPT));
        assert!(Arc::ptr_eq(&first, &slot(0)));
        assert!(!Arc::ptr_eq(&second, &slot(1)), "the oldest went");
    }
}
