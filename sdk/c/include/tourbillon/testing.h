/*
 * Tests of a manager without a host and without WebAssembly: compile the manager and the SDK with
 * the native compiler, and drive it from an ordinary program.
 *
 * There is a small host in memory. A harness drives a manager through ticks by the same rules as the
 * real host (periods, first runs, asked-for delays, writes kept only on success), but without
 * limits: a task that never ends hangs the test. One harness at a time.
 *
 *     tb_test_set_config("retention", "30s");
 *     tb_harness *harness = tb_harness_new(&janitor);
 *     assert(tb_harness_init_host(harness).kind == TB_OK);
 *     tb_harness_ticks(harness, 12);
 *     assert(strcmp(tb_test_stored("swept"), "8") == 0);
 *     tb_harness_free(harness);
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_TESTING_H
#define TOURBILLON_TESTING_H

#include <tourbillon/log.h>
#include <tourbillon/manager.h>
#include <tourbillon/store.h>

/* One message that the manager logged. */
typedef struct tb_log_line {
  tb_level level;
  const char *context;
  const char *message;
} tb_log_line;

/* How one run ended. Its texts live as long as the harness. */
typedef struct tb_outcome {
  const char *task;
  uint64_t tick;
  tb_result result;
} tb_outcome;

/* Drives one manager, tick by tick. */
typedef struct tb_harness tb_harness;

TB_BEGIN_DECLS

/* A manager that has not been initialized, before its first tick, 10 s between ticks. Panics if its
 * declarations are at fault. The host's configuration, stores and log are as they were left. */
tb_harness *tb_harness_new(const tb_manager *manager);

/* Ends the manager and forgets all that the host has in memory. */
void tb_harness_free(tb_harness *harness);

/* Sets how many milliseconds pass from tick to tick. */
void tb_harness_every_ms(tb_harness *harness, uint64_t tick_ms);

/* Calls init_host with the host's name `test`. What it stored is undone if it fails. */
tb_result tb_harness_init_host(tb_harness *harness);

/* So many ticks. Returns how many tasks were due; their outcomes are in tb_harness_outcomes. */
size_t tb_harness_ticks(tb_harness *harness, uint64_t ticks);

/* The outcomes of the last tb_harness_ticks, in order. */
const tb_outcome *tb_harness_outcomes(const tb_harness *harness, size_t *count);

/* Runs a task now, as an operator would, and leaves its counter alone. */
tb_result tb_harness_trigger(tb_harness *harness, const char *task);

/* The manager's struct. */
void *tb_harness_self(tb_harness *harness);

/* Sets a value of the configuration. */
void tb_test_set_config(const char *key, const char *value);

/* Grants an empty bucket of this name, beside the manager's own. */
void tb_test_grant_bucket(const char *name);

/* The value in the manager's own bucket; its data is NULL if there is none. */
tb_value tb_test_stored_value(const char *key);

/* The same as text, or NULL. */
const char *tb_test_stored(const char *key);

/* All messages since the last tb_test_forget_log. */
const tb_log_line *tb_test_log(size_t *count);

/* The last message, or "". */
const char *tb_test_last_message(void);

/* Forgets what was logged. */
void tb_test_forget_log(void);

/* Forgets the configuration, all buckets and the log. */
void tb_test_reset(void);

TB_END_DECLS

#endif
