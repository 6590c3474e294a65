//! Methods that can be no task.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Manager for Mine {
    #[periodic_task]
    fn no_receiver() {}

    #[periodic_task]
    fn by_value(self) {}

    #[periodic_task]
    fn run_by_value(&mut self, run: Run) {}

    #[periodic_task]
    fn too_many(&mut self, run: &Run, more: u32) {}

    #[periodic_task]
    async fn waits(&mut self) {}

    #[periodic_task]
    fn generic<T>(&mut self) {}

    #[periodic_task]
    unsafe fn dangerous(&mut self) {}
}

fn main() {}
