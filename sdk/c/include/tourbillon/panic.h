/*
 * The end of a run that cannot go on: a message in the log, then a trap.
 *
 * The host discards the instance and runs the task again in a new one when it is due. assert(), abort()
 * and exit() go the same way in WebAssembly, so that their text is found in the log as well.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_PANIC_H
#define TOURBILLON_PANIC_H

#include <tourbillon/common.h>

/* Logs the message as critical, with file and line, and traps. For what can only be a bug; for all
 * else a task returns tb_fail. In native tests it prints the message and aborts. */
#define tb_panic(...) tb_panic_at(__FILE__, __LINE__, __VA_ARGS__)

TB_BEGIN_DECLS

/* What tb_panic expands to. Line 0 stands for an unknown one. */
__attribute__((noreturn)) void tb_panic_at(const char *file, int line, const char *format, ...)
    TB_PRINTF(3, 4);

TB_END_DECLS

#endif
