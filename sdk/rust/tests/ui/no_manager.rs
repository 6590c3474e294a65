use tourbillon_sdk::prelude::*;

#[derive(Default)]
struct Plain;

tourbillon_sdk::export!(Plain);

struct NoDefault;

#[manager]
impl Manager for NoDefault {}

tourbillon_sdk::export!(NoDefault);

struct Child {
    base: Plain,
}

#[manager(extends(base: Plain))]
impl Manager for Child {}

fn main() {}
