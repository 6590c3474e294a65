//! Tasks that return what the host can not be told.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Manager for Mine {
    #[periodic_task]
    fn returns_text(&mut self) -> String {
        String::new()
    }

    #[periodic_task]
    fn fails_with_number(&mut self) -> std::result::Result<(), u32> {
        Ok(())
    }

    #[periodic_task]
    fn takes_text(&mut self, run: &str) {}

    #[periodic_task(ticks_between_runs = u64::MAX)]
    fn wide(&mut self) {}
}

fn main() {}
