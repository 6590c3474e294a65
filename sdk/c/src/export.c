/*
 * What a component exports: the functions of tourbillon:manager/lifecycle, for the manager of
 * TOURBILLON_EXPORT.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifdef __wasm__

#include <stdlib.h>
#include <string.h>

#include <tourbillon/memory.h>
#include <tourbillon/panic.h>

#include "../bindings/manager.h"
#include "internal.h"

/*
 * The bindings ask for this so that a generated object file with the description of the world is
 * linked. Here the description is embedded by a later step of the build, and no object file exists.
 */
void __component_type_object_force_link_manager(void);
void __component_type_object_force_link_manager(void) {}

/* The one instance of the manager in its component, made on first use. */
static tb_instance *instance(void) {
  static tb_instance the_one;
  if (the_one.manager == NULL) {
    tb_instance_start(&the_one, tb_exported_manager);
  }
  return &the_one;
}

/* A text of the host's with a NUL, in the memory of the run. */
static const char *taken(manager_string_t *text) {
  const char *copy = tb_copy(text->ptr, text->len);
  manager_string_free(text);
  return copy;
}

/* Memory for a list that the bindings free when the host has read it; an empty one has none. */
static void *new_list(size_t count, size_t size) {
  void *list = count == 0 ? NULL : calloc(count, size);
  if (list == NULL && count > 0) {
    tb_panic("no memory for a list of %zu", count);
  }
  return list;
}

bool exports_tourbillon_manager_lifecycle_init_host(manager_string_t *host,
                                                    manager_string_t *error) {
  tb_result result = tb_enter_init_host(instance(), taken(host));
  if (result.kind != TB_OK) {
    manager_string_dup(error, result.message);
  }
  tb_release_run();
  return result.kind == TB_OK;
}

/* No instance: what is declared is constant, and the store is refused at this time. */
void exports_tourbillon_manager_lifecycle_periodic_tasks(
    exports_tourbillon_manager_lifecycle_list_task_t *list) {
  const char *fault;
  const tb_task **tasks = tb_all_tasks(tb_exported_manager, &list->len, &fault);
  if (fault != NULL) {
    tb_panic_at("the manager's declarations", 0, "%s", fault);
  }
  list->ptr = new_list(list->len, sizeof *list->ptr);
  for (size_t i = 0; i < list->len; i++) {
    exports_tourbillon_manager_lifecycle_task_t *task = &list->ptr[i];
    manager_string_dup(&task->name, tb_task_name(tasks[i]));
    task->ticks_between_runs = tasks[i]->ticks_between_runs;
    task->run_immediately = tasks[i]->run_immediately;
    manager_string_dup(&task->summary,
                       tasks[i]->summary == NULL ? "" : tb_utf8(tasks[i]->summary));
  }
  tb_release_run();
}

bool exports_tourbillon_manager_lifecycle_run_periodic_task(
    exports_tourbillon_manager_lifecycle_run_t *run, manager_option_u32_t *skip,
    exports_tourbillon_manager_lifecycle_task_error_t *error) {
  tb_run told = {taken(&run->id), taken(&run->task), run->tick, run->scheduled_at_ms};
  tb_result result = tb_enter_run(instance(), &told);
  manager_option_u32_t asked = {result.asks_to_skip, result.ticks_to_skip};
  if (result.kind == TB_OK) {
    *skip = asked;
  } else {
    manager_string_dup(&error->message, result.message);
    error->ticks_to_skip = asked;
  }
  tb_release_run();
  return result.kind == TB_OK;
}

void exports_tourbillon_manager_lifecycle_service_version(manager_string_t *version) {
  manager_string_dup(version, tb_enter_service_version(instance()));
  tb_release_run();
}

void exports_tourbillon_manager_lifecycle_service_config(
    manager_list_tuple2_string_string_t *list) {
  tb_pairs config = {NULL, 0};
  tb_enter_service_config(instance(), &config);
  list->len = config.count;
  list->ptr = new_list(list->len, sizeof *list->ptr);
  for (size_t i = 0; i < config.count; i++) {
    manager_string_dup(&list->ptr[i].f0, tb_utf8(config.items[i].name));
    manager_string_dup(&list->ptr[i].f1, tb_utf8(config.items[i].value));
  }
  tb_release_run();
}

#endif
