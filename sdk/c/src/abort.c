/*
 * A failed assert(), abort() and exit() are reported as a panic is, in place of libc's functions, which
 * would trap without a word.
 *
 * The linker takes whichever it meets first, so the objects of the SDK stand before those of the
 * manager when a component is linked, and this one (its name sees to it) before all others. They are
 * weak so that another order costs the message and does not fail.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifdef __wasm__

#include <stdio.h>

#include <tourbillon/panic.h>

#include "internal.h"

/* What assert() calls. */
__attribute__((weak, noreturn)) void __assert_fail(const char *expression, const char *file,
                                                   int line, const char *function) {
  tb_panic_at(file, line, "assertion failed in %s: %s", function, expression);
}

/* Where abort() was called is in the backtrace of the trap. */
__attribute__((weak, noreturn)) void abort(void) {
  tb_host_log(TB_CRITICAL, "panic", "abort() was called");
  tb_host_trap("abort() was called");
}

/* Where it was called is in the backtrace here, too. Nothing that was to happen atexit happens. */
static _Noreturn void exited(const char *function, int status) {
  char text[64];
  snprintf(text, sizeof text, "%s(%d) was called: a manager returns, and never exits", function, status);
  tb_host_log(TB_CRITICAL, "panic", text);
  tb_host_trap(text);
}

__attribute__((weak, noreturn)) void exit(int status) {
  exited("exit", status);
}

__attribute__((weak, noreturn)) void _Exit(int status) {
  exited("_Exit", status);
}

__attribute__((weak, noreturn)) void _exit(int status) {
  exited("_exit", status);
}

__attribute__((weak, noreturn)) void quick_exit(int status) {
  exited("quick_exit", status);
}

#endif
