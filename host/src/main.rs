//! The program: for now only the compiler that it is when asked.

fn main() {
    tourbillon::engine::compiler_main_if_asked();
}
