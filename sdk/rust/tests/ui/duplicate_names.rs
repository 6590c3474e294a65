//! Two tasks of one name.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Manager for Mine {
    #[periodic_task]
    fn sweep(&mut self) {}

    #[periodic_task(name = "sweep")]
    fn clean(&mut self) {}
}

fn main() {}
