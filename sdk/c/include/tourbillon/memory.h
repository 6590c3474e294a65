/*
 * Memory of the run: what the SDK hands out, and what a manager may take in the same way.
 *
 * Everything from here is freed by the SDK when the task (or init_host) has returned. So a task
 * need not free, and must not keep: what is to last is copied into the manager's own struct, or
 * better into the store. malloc and free are there as always, for memory that outlives a run.
 *
 * There is no failure to check: where the host refuses more memory, the run ends as out-of-memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_MEMORY_H
#define TOURBILLON_MEMORY_H

#include <stdarg.h>

#include <tourbillon/common.h>

TB_BEGIN_DECLS

/* So many zeroed bytes of the run's memory; never NULL. */
void *tb_alloc(size_t size);

/*
 * The same block with another size, perhaps elsewhere; bytes that are new are not zeroed. NULL
 * makes a new block.
 */
void *tb_realloc(void *block, size_t size);

/* Frees a block of the run's memory early, for a task that handles much. NULL is allowed. */
void tb_free(const void *block);

/* A text, formatted as by printf, in the run's memory. */
char *tb_printf(const char *format, ...) TB_PRINTF(1, 2);

/* The same for a list of arguments. */
char *tb_vprintf(const char *format, va_list arguments) TB_PRINTF(1, 0);

/* A copy of so many bytes and a NUL after them, in the run's memory. */
char *tb_copy(const void *bytes, size_t size);

TB_END_DECLS

#endif
