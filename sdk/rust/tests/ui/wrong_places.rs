//! Attributes where they do not belong.

use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Mine;

#[manager]
impl Mine {
    #[periodic_task]
    fn inherent(&mut self) {}
}

struct Other;

impl Other {
    #[periodic_task]
    fn unmanaged(&mut self) {}
}

struct Third;

#[manager]
impl Manager for Third {
    fn init_hots(&mut self, host: &str) -> Result<()> {
        Ok(())
    }

    #[periodic_task]
    fn service_version(&self) -> String {
        String::new()
    }

    const LIMIT: u32 = 3;
}

fn main() {}
