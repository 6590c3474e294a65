/*
 * Inheritance: the tasks of a manager and its bases in order (rules S5 and S6), and which function
 * answers the host.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
/* A failure's place is the manager's line, which the macros of managers know. */
#define TB_PLACELESS

#include <stdlib.h>
#include <string.h>

#include <tourbillon/memory.h>
#include <tourbillon/panic.h>

#include "internal.h"

const char *tb_task_name(const tb_task *task) {
  return task->name == NULL ? task->function : task->name;
}

static const char *name_fault(const char *name) {
  size_t size = strlen(name);
  if (size < 1 || size > 64 || *name < 'a' || *name > 'z' ||
      strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789._-") != size) {
    return tb_printf("task %s: a name has 1 to 64 of a-z 0-9 . _ -, and starts with a letter",
                     tb_quoted(name));
  }
  return NULL;
}

static size_t count_tasks(const tb_manager *manager) {
  size_t count = 0;
  while (manager->tasks != NULL && manager->tasks[count] != NULL) {
    count++;
  }
  return count;
}

static size_t find(const tb_task *const *tasks, size_t count, const char *name) {
  size_t i = 0;
  while (i < count && strcmp(tb_task_name(tasks[i]), name) != 0) {
    i++;
  }
  return i;
}

/* Who takes the inherited declaration states none. */
static const char *as_inherited_fault(const tb_task *task, const char *name) {
  if (!task->overrides) {
    return tb_printf("task %s: .as_inherited belongs to a task that .overrides one: add that", name);
  }
  if (task->ticks_between_runs != 0 || task->run_immediately || task->summary != NULL) {
    return tb_printf("task %s: .as_inherited takes the base's schedule and summary: state none "
                     "beside it", name);
  }
  return NULL;
}

/* What is wrong with a task of a manager, file and line first, or NULL. */
static const char *task_fault(const tb_manager *manager, size_t which, bool inherited) {
  const tb_task *task = manager->tasks[which];
  const char *name = tb_task_name(task);
  const char *fault = name_fault(name);
  if (fault == NULL && find(manager->tasks, which, name) < which) {
    fault = tb_printf("task %s: this manager declares two tasks of this name", name);
  } else if (fault == NULL && inherited && !task->overrides) {
    fault = tb_printf("task %s: a task of this name is inherited: add .overrides = true to replace "
                      "it, or take another name", name);
  } else if (fault == NULL && !inherited && task->overrides) {
    fault = tb_printf("task %s: no task of this name is inherited: remove .overrides, or correct "
                      "the name", name);
  } else if (fault == NULL && task->as_inherited) {
    fault = as_inherited_fault(task, name);
  }
  return fault == NULL || task->file == NULL
             ? fault
             : tb_printf("%s:%d: %s", task->file, task->line, fault);
}

const tb_task **tb_all_tasks(const tb_manager *manager, size_t *count, const char **fault) {
  const tb_task **all = NULL;
  *count = 0;
  *fault = NULL;
  if (manager->base != NULL) {
    all = tb_all_tasks(manager->base, count, fault);
    if (*fault == NULL && manager->size != 0 && manager->size < manager->base->size) {
      *fault = "the struct of a manager does not begin with the struct of its base";
    }
  }
  size_t inherited = *count;
  size_t own = count_tasks(manager);
  all = tb_realloc(all, (inherited + own) * sizeof(const tb_task *));
  for (size_t i = 0; i < own && *fault == NULL; i++) {
    size_t place = find(all, inherited, tb_task_name(manager->tasks[i]));
    *fault = task_fault(manager, i, place < inherited);
    /* Runs are found by name, so the inherited declaration may stand for what is run. */
    if (*fault == NULL && !manager->tasks[i]->as_inherited) {
      all[place == inherited ? (*count)++ : place] = manager->tasks[i];
    }
  }
  return all;
}

const char *tb_manager_fault(const tb_manager *manager) {
  size_t count;
  const char *fault;
  tb_free(tb_all_tasks(manager, &count, &fault));
  return fault;
}

/* The task of a manager, or of one of its bases, by its name; or NULL. */
static const tb_task *named(const tb_manager *manager, const char *task) {
  for (const tb_manager *m = manager; m != NULL; m = m->base) {
    size_t count = count_tasks(m);
    size_t place = find(m->tasks, count, task);
    if (place < count) {
      return m->tasks[place];
    }
  }
  return NULL;
}

/* What it has instead is told, for the name may be a slip of the pen. */
static tb_result no_task(const tb_manager *manager, const char *task) {
  size_t count;
  const char *fault, *has = "";
  const tb_task **tasks = tb_all_tasks(manager, &count, &fault);
  for (size_t i = 0; i < count; i++) {
    has = tb_printf("%s%s%s", has, i == 0 ? "" : ", ", tb_task_name(tasks[i]));
  }
  return tb_failed(TB_FAILED, NULL, 0, "this manager has no task %s; it has: %s", tb_quoted(task),
                   count == 0 ? "none" : has);
}

tb_result tb_run_task(const tb_manager *manager, const char *task, void *self, const tb_run *run) {
  const tb_task *found = named(manager, task);
  return found == NULL ? no_task(manager, task) : found->run(self, run);
}

static size_t struct_size(const tb_manager *manager) {
  while (manager->size == 0 && manager->base != NULL) {
    manager = manager->base;
  }
  return manager->size;
}

static void construct(const tb_manager *manager, void *self) {
  if (manager->base != NULL) {
    construct(manager->base, self);
  }
  if (manager->construct != NULL) {
    manager->construct(self);
  }
}

void tb_instance_start(tb_instance *instance, const tb_manager *manager) {
  size_t size = struct_size(manager);
  instance->manager = manager;
  instance->self = calloc(1, size == 0 ? 1 : size);
  if (instance->self == NULL) {
    tb_panic("no memory for a manager's struct of %zu bytes", size);
  }
  construct(manager, instance->self);
}

void tb_instance_end(tb_instance *instance) {
  for (const tb_manager *m = instance->manager; m != NULL; m = m->base) {
    if (m->destruct != NULL) {
      m->destruct(instance->self);
    }
  }
  free(instance->self);
  instance->self = NULL;
}

/*
 * The author looks for the place, the host only for the message: so the place goes into the log. A result
 * that was put together by hand has none, and the one of the task's declaration, if it has one, is the next best.
 */
static tb_result logged(const char *what, const tb_task *task, tb_result result) {
  if (result.kind == TB_OK) {
    return result;
  }
  if (result.message == NULL) {
    result.message = "no reason is given";
  }
  const char *relation = " at", *file = result.file;
  int line = result.line;
  if (file == NULL && task != NULL) {
    relation = ", declared at";
    file = task->file;
    line = task->line;
  }
  const char *slash = file == NULL ? NULL : strrchr(file, '/');
  const char *context = file == NULL ? "tourbillon" : slash == NULL ? file : slash + 1;
  const char *place = file == NULL ? " at a place unknown" : tb_printf("%s %s:%d", relation, file, line);
  tb_log(TB_ERROR, context, "%s failed%s: %s", what, place, result.message);
  return result;
}

tb_result tb_enter_init_host(tb_instance *instance, const char *host) {
  const tb_manager *m = instance->manager;
  while (m != NULL && m->init_host == NULL) {
    m = m->base;
  }
  return m == NULL ? tb_ok() : logged("init_host", NULL, m->init_host(instance->self, host));
}

tb_result tb_enter_run(tb_instance *instance, const tb_run *run) {
  const tb_manager *m = instance->manager;
  return logged(run->task, named(m, run->task), tb_run_task(m, run->task, instance->self, run));
}

const char *tb_enter_service_version(tb_instance *instance) {
  const tb_manager *m = instance->manager;
  while (m != NULL && m->service_version == NULL) {
    m = m->base;
  }
  return m == NULL ? "" : tb_utf8(m->service_version(instance->self));
}

void tb_enter_service_config(tb_instance *instance, tb_pairs *config) {
  const tb_manager *m = instance->manager;
  while (m != NULL && m->service_config == NULL) {
    m = m->base;
  }
  if (m != NULL) {
    m->service_config(instance->self, config);
  }
}
