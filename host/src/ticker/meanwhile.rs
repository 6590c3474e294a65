//! What is kept of a manager while it is busy: the ticks that it misses (S12, S19).
//!
//! Only whoever holds a manager commits for it, and that is who waits for its guest, or for a place for its
//! tick: the checkpoint of all others passes it over. Without this every tick that a long run delays would wait
//! for the end of it, and the host after one that died in it would give their numbers out again (S21).

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use super::core::Core;
use super::error::HostError;
use super::manager::Manager;
use super::seats::{Line, Place};

impl Core {
    /// Waits for a guest, and commits at least every `checkpoint` what its manager counted meanwhile. Where
    /// the store fails the guest is dropped: nothing more runs until the store was read (S17).
    pub(crate) async fn meanwhile<T>(
        &self,
        manager: &Manager,
        mut guest: Pin<&mut impl Future<Output = T>>,
    ) -> Result<T, HostError> {
        // Nearly always it returns at once.
        if let Poll::Ready(ended) = futures::poll!(guest.as_mut()) {
            return Ok(ended);
        }
        if !self.store.keeps_records() {
            return Ok(guest.await);
        }
        loop {
            tokio::select! {
                biased;
                ended = &mut guest => return Ok(ended),
                () = tokio::time::sleep(self.limits.checkpoint) => {}
            }
            let Some(commit) = manager.state().commit_meanwhile(&manager.name) else { continue };
            let mut kept = pin!(self.keep(manager, commit));
            tokio::select! {
                biased;
                ended = &mut guest => {
                    // One after the other: what follows must not be written over by this.
                    kept.await?;
                    return Ok(ended);
                }
                kept = &mut kept => kept?,
            }
        }
    }

    /// Waits for places for ticks of managers that it holds, and commits at least every `checkpoint` what their managers counted
    /// meanwhile; `None` where the host is gone.
    pub(crate) async fn wait_for_places(
        &self,
        line: &mut Line,
        most: usize,
        waiting: Vec<Arc<Manager>>,
    ) -> Option<Vec<Place>> {
        let keeps = self.store.keeps_records();
        let mut places = pin!(line.next(most));
        loop {
            tokio::select! {
                biased;
                places = &mut places => return places,
                () = tokio::time::sleep(self.limits.checkpoint), if keeps => {}
            }
            let changed = waiting.iter().filter_map(|manager| {
                let commit = manager.state().commit_meanwhile(&manager.name)?;
                Some((manager, commit))
            });
            let (managers, commits): (Vec<_>, Vec<_>) = changed.unzip();
            for (manager, kept) in managers.into_iter().zip(self.keep_each(commits).await) {
                if let Err(source) = kept {
                    // Whoever begins its tick reads the store first, and tells.
                    drop(manager.suspect(source));
                }
            }
        }
    }
}
