//! Whose turn it is: the question that every tick asks before it decides anything.
//!
//! Today the answer is always [`Solo`]'s: one host, and the store's lock keeps a second one away. The
//! way of a tick passes here already, so that a cluster changes this room alone (S22, S23).

use std::fmt;

use crate::types::ManagerName;

/// Whether this host may tick a manager now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// It is ours.
    Ours,
    /// It is another host's: nothing is delivered here.
    Theirs,
}

/// Who says whose turn it is.
pub trait Cluster: fmt::Debug + Send + Sync + 'static {
    /// Whether this host may tick `manager` now.
    fn turn(&self, manager: &ManagerName) -> Turn;

    /// Whether every turn is ours, and stays so: managers that are idle are then ticked without a
    /// question for each.
    fn is_alone(&self) -> bool {
        false
    }
}

/// A host alone: every turn is its own.
#[derive(Debug, Clone, Copy, Default)]
pub struct Solo;

impl Cluster for Solo {
    fn turn(&self, _: &ManagerName) -> Turn {
        Turn::Ours
    }

    fn is_alone(&self) -> bool {
        true
    }
}
