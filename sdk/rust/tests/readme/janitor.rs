use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Janitor;

#[manager]
impl Manager for Janitor {
    /// Expires what is too old. A record's key is the millisecond at which it came in.
    #[periodic_task(ticks_between_runs = 2, run_immediately)]
    fn sweep(&mut self, run: &Run) -> Result<()> {
        let retention = config::duration("retention")?.ok_or("how long do records live?")?;
        let oldest = run.scheduled_at_ms.saturating_sub(retention.as_millis() as u64);
        let store = Bucket::own()?;
        for key in store.keys() {
            let key = key?;
            if key.parse::<u64>()? < oldest {
                store.delete(&key)?;
            }
        }
        Ok(())
    }
}

tourbillon_sdk::export!(Janitor);
