/*
 * The inside of the host in memory, for the harness.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_MEMORY_HOST_H
#define TOURBILLON_MEMORY_HOST_H

#include "internal.h"

/* What a run sees of itself; attempt 0 is outside of a run. */
void tb_test_set_running(uint32_t attempt, const char *trigger);

/* Keeps a copy of all buckets; puts it back; or drops it. */
void tb_test_begin(void);
void tb_test_undo(void);
void tb_test_keep(void);

/* malloc and its kin for tests: they end the program if there is no memory. */
void *tb_test_realloc(void *block, size_t size);
char *tb_test_copy(const void *bytes, size_t size);

#endif
