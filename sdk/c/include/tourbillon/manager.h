/*
 * A manager: a table of tasks, a struct of its own, and what else it answers the host.
 *
 *     const tb_manager janitor = {
 *         .size = sizeof(struct janitor),
 *         .tasks = TOURBILLON_TASKS(intake, sweep),
 *         .init_host = init_host,
 *     };
 *     TOURBILLON_EXPORT(janitor)
 *
 * A manager inherits by `.base = &other`: the other's tasks come first, in their order; a task that
 * `.overrides` one takes its place; functions that are NULL are the base's. Its struct begins with
 * the base's struct, so that the base's tasks find their own at `self`. A base is never changed by
 * who inherits from it.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_MANAGER_H
#define TOURBILLON_MANAGER_H

#include <tourbillon/task.h>

/* What a manager is. Every field may be left out. */
typedef struct tb_manager {
  /* The manager that this one inherits from. */
  const struct tb_manager *base;
  /* Its own tasks, written with TOURBILLON_TASKS. */
  const tb_task *const *tasks;
  /* The size of the struct at `self`, which is zeroed for each instance; 0 for the base's. The host
   * may drop an instance at any time and make another one: the struct is a cache, and what must
   * last belongs into the store. */
  size_t size;
  /* Fills in a new struct, after the base did; and the opposite, before the base. */
  void (*construct)(void *self);
  void (*destruct)(void *self);
  /* Prepares the instance on the host of this name; called before its first run. What it stores is
   * kept if it succeeds. If it fails the manager is *not ready*, and the host tries again later. */
  tb_result (*init_host)(void *self, const char *host);
  /* The version of the service, for people; "" by default. */
  const char *(*service_version)(void *self);
  /* The configuration that the service runs with, for people; by default none. Add to it with
   * tb_pairs_add, and never a secret. */
  void (*service_config)(void *self, tb_pairs *config);
} tb_manager;

/* Makes a manager what the component exports; once in a component, at the end of a file. */
#define TOURBILLON_EXPORT(manager) const tb_manager *const tb_exported_manager = &(manager);

TB_BEGIN_DECLS

/* The manager of TOURBILLON_EXPORT. The linker tells the name in quotes where it is missing. */
extern const tb_manager *const tb_exported_manager
    __asm__("one_file_of_a_manager_ends_with_TOURBILLON_EXPORT");

/*
 * What is wrong with the declarations of a manager, in words that name the task, or NULL. In a
 * component a manager with such a fault panics when the host asks for its tasks, so a test that
 * calls this finds it earlier (tb_harness_new does).
 */
const char *tb_manager_fault(const tb_manager *manager);

/* Runs a task of a manager, or of one of its bases, by name, on a struct that is in use: so a task
 * that overrides another one calls it, `tb_run_task(&base, run->task, self, run)`. */
tb_result tb_run_task(const tb_manager *manager, const char *task, void *self, const tb_run *run)
    TB_MUST_USE;

#if !defined(TB_PLACELESS) && !defined(__cplusplus)
/* With the place of the call; see TB_PLACED. */
#define tb_run_task(...) TB_PLACED(tb_run_task(__VA_ARGS__))
#endif

TB_END_DECLS

#endif
