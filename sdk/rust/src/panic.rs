//! A panic is reported before it becomes a trap.
//!
//! In WebAssembly a panic aborts: the host sees a trap and, where the component kept its names, a
//! backtrace, but not the message. So a hook logs the message with file and line, as *critical*.
//! Without the feature `panic-log` nothing is set and `wasi:logging` is not imported for it.

/// Sets the hook. Called on every entry into the component, and cheap after the first.
#[cfg(all(target_family = "wasm", feature = "panic-log"))]
pub(crate) fn install() {
    static INSTALLED: std::sync::Once = std::sync::Once::new();
    INSTALLED.call_once(|| {
        // Its text reads "panicked at src/lib.rs:12:5:", a line break, and the message.
        std::panic::set_hook(Box::new(|info| {
            let text = info.to_string().replace('\n', " ");
            crate::log::log(crate::log::Level::Critical, "panic", &text);
        }));
    });
}

/// Natively the test harness owns the hook.
#[cfg(not(all(target_family = "wasm", feature = "panic-log")))]
pub(crate) fn install() {}
