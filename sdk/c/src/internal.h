/*
 * What the files of the SDK share and managers do not see: the entries of a component, and the one
 * door to the host, which is the imports in WebAssembly (host_wasm.c) and a small host in memory
 * elsewhere (host_memory.c).
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_INTERNAL_H
#define TOURBILLON_INTERNAL_H

#include <tourbillon/log.h>
#include <tourbillon/manager.h>
#include <tourbillon/store.h>

TB_BEGIN_DECLS

/* ---- text.c ---- */

/* The text if it is UTF-8, else a copy with U+FFFD in place of what is not. */
const char *tb_utf8(const char *text);

/* Whether the text is UTF-8. */
bool tb_is_utf8(const char *text);

/* The text in quotes, as it would stand in a program, in the run's memory. */
const char *tb_quoted(const char *text);

/* The text as a whole number of at most `most`; whether it is one. */
bool tb_text_u64(const char *text, uint64_t most, uint64_t *number);

/* The same of a value of the store, which has a NUL behind it, as the host reads one. */
bool tb_decimal(const char *bytes, size_t size, uint64_t *number);

/* ---- memory.c ---- */

/* Frees all memory of the run. */
void tb_release_run(void);

/* ---- inheritance.c ---- */

/* A manager and the struct of its one instance. */
typedef struct tb_instance {
  const tb_manager *manager;
  void *self;
} tb_instance;

/* Makes an instance; and the opposite. */
void tb_instance_start(tb_instance *instance, const tb_manager *manager);
void tb_instance_end(tb_instance *instance);

/* All tasks, own and inherited, in order, in the run's memory. `fault` gets words, or NULL. */
const tb_task **tb_all_tasks(const tb_manager *manager, size_t *count, const char **fault);

/* The name of a task: the given one, or that of its function. */
const char *tb_task_name(const tb_task *task);

/* What the host asks an instance, with inheritance; failures are logged with their place. The
 * caller releases the run's memory after it has copied what it needs. */
tb_result tb_enter_init_host(tb_instance *instance, const char *host);
tb_result tb_enter_run(tb_instance *instance, const tb_run *run);
const char *tb_enter_service_version(tb_instance *instance);
void tb_enter_service_config(tb_instance *instance, tb_pairs *config);

/* ---- host_wasm.c, host_memory.c ---- */

void tb_host_log(tb_level level, const char *context, const char *message);

tb_result tb_host_config_get(const char *key, const char **value);
tb_result tb_host_config_all(tb_pairs *all);

tb_result tb_host_open(const char *name, tb_bucket *bucket);
tb_result tb_host_get(tb_bucket bucket, const char *key, tb_value *value);
tb_result tb_host_set(tb_bucket bucket, const char *key, const void *bytes, size_t size);
tb_result tb_host_delete(tb_bucket bucket, const char *key);
tb_result tb_host_exists(tb_bucket bucket, const char *key, bool *exists);
tb_result tb_host_increment(tb_bucket bucket, const char *key, uint64_t delta, uint64_t *sum);

/* The page at keys->cursor, or the first one: sets page, count, cursor and has_cursor. */
tb_result tb_host_list_keys(tb_keys *keys);

/* Ends the program, after the panic was logged. */
__attribute__((noreturn)) void tb_host_trap(const char *message);

TB_END_DECLS

#endif
