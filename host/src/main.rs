//! The command `tourbillon`.

fn main() {
    tourbillon::engine::compiler_main_if_asked();
}
