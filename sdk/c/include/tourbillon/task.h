/*
 * Periodic tasks: what a task is, and how it is declared.
 *
 *     TOURBILLON_TASK(sweep, .ticks_between_runs = 3, .run_immediately = true,
 *                     .summary = "Removes what is too old") {
 *       struct janitor *janitor = self;
 *       …
 *       return tb_ok();
 *     }
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_TASK_H
#define TOURBILLON_TASK_H

#include <tourbillon/result.h>

/* One run: one execution of one task at one tick. */
typedef struct tb_run {
  /* The run's identity, `manager/task/tick`. A repeated run carries the same: whoever writes
   * outside of the key-value store can drop duplicates by it. */
  const char *id;
  /* The name of the task. */
  const char *task;
  /* The manager's tick, counted from 1. It never goes back. */
  uint64_t tick;
  /* When the tick was due, in milliseconds since the Unix epoch. Under simulation this is simulated
   * time, which is why a task should measure by it and not by a clock. */
  uint64_t scheduled_at_ms;
} tb_run;

/* One declared task. TOURBILLON_TASK fills in the first two and the last two; the rest may be given
 * to it. */
typedef struct tb_task {
  /* The name of the function, which is the task's name unless .name is given. */
  const char *function;
  tb_result (*run)(void *self, const tb_run *run);
  /* How many ticks are skipped between two runs: 0, the default, runs on every tick, N on every
   * (N+1)-th. */
  uint32_t ticks_between_runs;
  /* Whether the first run is at the first tick; otherwise it is at tick N+1. */
  bool run_immediately;
  /* Replaces the inherited task of this name, in its place. Without it two tasks of one name are an
   * error, and with it one that replaces nothing. */
  bool overrides;
  /* With .overrides: takes the inherited task's schedule and summary; none may be stated beside it. */
  bool as_inherited;
  /* 1 to 64 of `a-z 0-9 . _ -`, starting with a letter; NULL for the function's name. */
  const char *name;
  /* One line for people; may be NULL. */
  const char *summary;
  /* Where it is declared, for who reads what is wrong with it; the file may be NULL. */
  const char *file;
  int line;
} tb_task;

/*
 * Begins the definition of a task: a function with `void *self`, the manager's struct, and
 * `const tb_run *run`, that returns a tb_result. Other arguments set fields of tb_task; a number that
 * its field cannot hold, such as -1, is an error.
 */
#define TOURBILLON_TASK(function_, ...)                                                     \
  _Static_assert(sizeof(#function_) <= 65, "a task's name has at most 64 characters");      \
  static tb_result function_(void *self, const tb_run *run);                                \
  _Pragma("GCC diagnostic push")                                                            \
  _Pragma("GCC diagnostic error \"-Wsign-conversion\"")                                     \
  static const tb_task function_##_task = {.function = #function_,                          \
                                           .run = function_,                                \
                                           .file = __FILE__,                                \
                                           .line = __LINE__ __VA_OPT__(, ) __VA_ARGS__};    \
  _Pragma("GCC diagnostic pop")                                                             \
  static tb_result function_(__attribute__((unused)) void *self,                            \
                             __attribute__((unused)) const tb_run *run)

/* The tasks of a manager in the order in which they run: TOURBILLON_TASKS(intake, sweep). */
#define TOURBILLON_TASKS(...) \
  ((const tb_task *const[]){TB_EACH(TB_TASK_ADDRESS, __VA_ARGS__) NULL})

#define TB_TASK_ADDRESS(function_) &function_##_task,

/* TB_EACH(macro, a, b, …) is macro(a) macro(b) …, for up to 250 arguments. */
#define TB_EACH(macro, ...) __VA_OPT__(TB_EXPAND(TB_EACH_STEP(macro, __VA_ARGS__)))
#define TB_EACH_STEP(macro, first, ...) \
  macro(first) __VA_OPT__(TB_EACH_AGAIN TB_PARENS(macro, __VA_ARGS__))
#define TB_EACH_AGAIN() TB_EACH_STEP
#define TB_PARENS ()
#define TB_EXPAND(...) TB_EXPAND4(TB_EXPAND4(TB_EXPAND4(TB_EXPAND4(__VA_ARGS__))))
#define TB_EXPAND4(...) TB_EXPAND3(TB_EXPAND3(TB_EXPAND3(TB_EXPAND3(__VA_ARGS__))))
#define TB_EXPAND3(...) TB_EXPAND2(TB_EXPAND2(TB_EXPAND2(TB_EXPAND2(__VA_ARGS__))))
#define TB_EXPAND2(...) TB_EXPAND1(TB_EXPAND1(TB_EXPAND1(TB_EXPAND1(__VA_ARGS__))))
#define TB_EXPAND1(...) __VA_ARGS__

#endif
