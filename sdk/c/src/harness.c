/*
 * The harness: drives a manager through ticks by the rules of the real host, on native targets.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef __wasm__

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <tourbillon/memory.h>
#include <tourbillon/panic.h>
#include <tourbillon/testing.h>

#include "memory_host.h"

typedef struct counter {
  const tb_task *task;
  uint32_t ticks_to_skip;
  bool due;
} counter;

struct tb_harness {
  tb_instance instance;
  counter *counters;
  size_t count;
  uint64_t tick;
  uint64_t tick_ms;
  tb_outcome *outcomes;
  size_t outcome_count;
  char **texts; /* the messages of outcomes */
  size_t text_count;
};

tb_harness *tb_harness_new(const tb_manager *manager) {
  tb_harness *harness = tb_test_realloc(NULL, sizeof *harness);
  *harness = (tb_harness){.tick_ms = 10000};
  const char *fault;
  const tb_task **tasks = tb_all_tasks(manager, &harness->count, &fault);
  if (fault != NULL) {
    tb_panic_at("the manager's declarations", 0, "%s", fault);
  }
  harness->counters = tb_test_realloc(NULL, harness->count * sizeof(counter));
  for (size_t i = 0; i < harness->count; i++) {
    harness->counters[i] = (counter){
        tasks[i], tasks[i]->run_immediately ? 0 : tasks[i]->ticks_between_runs, false};
  }
  tb_instance_start(&harness->instance, manager);
  tb_release_run();
  return harness;
}

void tb_harness_free(tb_harness *harness) {
  if (harness == NULL) {
    return;
  }
  tb_instance_end(&harness->instance);
  for (size_t i = 0; i < harness->text_count; i++) {
    free(harness->texts[i]);
  }
  free(harness->texts);
  free(harness->outcomes);
  free(harness->counters);
  free(harness);
  tb_test_reset();
}

void tb_harness_every_ms(tb_harness *harness, uint64_t tick_ms) {
  harness->tick_ms = tick_ms;
}

void *tb_harness_self(tb_harness *harness) {
  return harness->instance.self;
}

const tb_outcome *tb_harness_outcomes(const tb_harness *harness, size_t *count) {
  *count = harness->outcome_count;
  return harness->outcomes;
}

/* All or nothing: what was stored is undone after a failure. The message outlives the run. */
static tb_result ended(tb_harness *harness, tb_result result) {
  if (result.kind == TB_OK) {
    tb_test_keep();
  } else {
    tb_test_undo();
    char *text = tb_test_copy(result.message, strlen(result.message));
    harness->texts =
        tb_test_realloc(harness->texts, (harness->text_count + 1) * sizeof *harness->texts);
    harness->texts[harness->text_count++] = text;
    result.message = text;
  }
  tb_release_run();
  return result;
}

tb_result tb_harness_init_host(tb_harness *harness) {
  tb_test_begin();
  return ended(harness, tb_enter_init_host(&harness->instance, "test"));
}

static tb_result run_now(tb_harness *harness, const char *task, const char *trigger) {
  const char *id = tb_printf("test/%s/%" PRIu64, task, harness->tick);
  tb_run run = {id, tb_copy(task, strlen(task)), harness->tick, harness->tick * harness->tick_ms};
  tb_test_begin();
  tb_test_set_running(1, trigger);
  tb_result result = ended(harness, tb_enter_run(&harness->instance, &run));
  tb_test_set_running(0, "");
  return result;
}

static void tick(tb_harness *harness) {
  harness->tick++;
  for (size_t i = 0; i < harness->count; i++) {
    counter *counter = &harness->counters[i];
    counter->due = counter->ticks_to_skip == 0;
    counter->ticks_to_skip =
        counter->due ? counter->task->ticks_between_runs : counter->ticks_to_skip - 1;
  }
  for (size_t i = 0; i < harness->count; i++) {
    counter *counter = &harness->counters[i];
    if (!counter->due) {
      continue;
    }
    const char *task = tb_task_name(counter->task);
    tb_result result = run_now(harness, task, "schedule");
    if (result.asks_to_skip) {
      counter->ticks_to_skip = result.ticks_to_skip;
    }
    harness->outcomes = tb_test_realloc(harness->outcomes,
                                        (harness->outcome_count + 1) * sizeof *harness->outcomes);
    harness->outcomes[harness->outcome_count++] = (tb_outcome){task, harness->tick, result};
  }
}

size_t tb_harness_ticks(tb_harness *harness, uint64_t ticks) {
  harness->outcome_count = 0;
  for (uint64_t i = 0; i < ticks; i++) {
    tick(harness);
  }
  return harness->outcome_count;
}

tb_result tb_harness_trigger(tb_harness *harness, const char *task) {
  return run_now(harness, task, "operator");
}

#endif
