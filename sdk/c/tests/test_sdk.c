/*
 * Tests of the SDK for C on its host in memory: an ordinary program, without WebAssembly.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#undef NDEBUG
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <tourbillon.h>
#include <tourbillon/testing.h>

static void is_text(const char *got, const char *expected) {
  if (got == NULL || strcmp(got, expected) != 0) {
    fprintf(stderr, "got %s, expected %s\n", got == NULL ? "NULL" : got, expected);
    assert(0);
  }
}

/* ---- tasks and inheritance ---- */

TOURBILLON_TASK(a) {
  tb_info("a of the base");
  return tb_ok();
}
TOURBILLON_TASK(b, .ticks_between_runs = 1, .summary = "Of the base") {
  tb_info("b of the base");
  return tb_ok();
}
static const tb_manager base = {.tasks = TOURBILLON_TASKS(a, b)};

TOURBILLON_TASK(other, .name = "c.2") { return tb_ok_skip(4); }
TOURBILLON_TASK(again, .name = "a", .overrides = true, .ticks_between_runs = 2) {
  tb_info("a of the child");
  return tb_run_task(&base, run->task, self, run);
}
static const tb_manager child = {.base = &base, .tasks = TOURBILLON_TASKS(other, again)};

TOURBILLON_TASK(mine, .name = "b", .overrides = true, .as_inherited = true) {
  tb_info("b of the grandchild");
  return tb_run_task(&base, run->task, self, run);
}
static const tb_manager grandchild = {.base = &child, .tasks = TOURBILLON_TASKS(mine)};

/* The tasks and ticks at which they ran, in one line. */
static const char *ran(const tb_manager *manager, uint64_t ticks) {
  static char line[256];
  tb_harness *harness = tb_harness_new(manager);
  size_t count, used = 0;
  tb_harness_ticks(harness, ticks);
  const tb_outcome *outcomes = tb_harness_outcomes(harness, &count);
  line[0] = 0;
  for (size_t i = 0; i < count; i++) {
    used += (size_t)snprintf(line + used, sizeof line - used, "%s@%" PRIu64 " ", outcomes[i].task,
                             outcomes[i].tick);
  }
  tb_harness_free(harness);
  return line;
}

static void s05_s06_inherited_tasks_come_first_and_are_replaced_in_place(void) {
  is_text(ran(&child, 6), "c.2@1 b@2 a@3 b@4 a@6 b@6 c.2@6 ");
  is_text(ran(&base, 2), "a@1 a@2 b@2 ");
}

static void s06_one_that_is_as_inherited_has_the_inherited_schedule(void) {
  is_text(ran(&grandchild, 3), "c.2@1 b@2 a@3 ");
  tb_harness *harness = tb_harness_new(&grandchild);
  tb_harness_ticks(harness, 2);
  size_t count;
  const tb_log_line *log = tb_test_log(&count);
  assert(count == 2);
  is_text(log[0].message, "b of the grandchild");
  is_text(log[1].message, "b of the base");
  tb_harness_free(harness);
}

static void a_task_calls_the_one_that_it_replaces(void) {
  tb_harness *harness = tb_harness_new(&child);
  tb_harness_ticks(harness, 3);
  size_t count;
  const tb_log_line *log = tb_test_log(&count);
  assert(count == 3);
  is_text(log[1].message, "a of the child");
  is_text(log[2].message, "a of the base");
  is_text(log[2].context, "test_sdk.c");
  tb_harness_free(harness);
}

TOURBILLON_TASK(Wrong) { return tb_ok(); }
enum { WRONG_LINE = __LINE__ - 1 };
TOURBILLON_TASK(lost, .overrides = true) { return tb_ok(); }
TOURBILLON_TASK(alone, .as_inherited = true) { return tb_ok(); }
TOURBILLON_TASK(stated, .name = "b", .overrides = true, .as_inherited = true,
                .summary = "Of the child") {
  return tb_ok();
}

static void faults_name_the_task(void) {
  const tb_manager twice = {.tasks = TOURBILLON_TASKS(a, b, a)};
  const tb_manager clash = {.base = &base, .tasks = TOURBILLON_TASKS(b)};
  const tb_manager nothing = {.base = &base, .tasks = TOURBILLON_TASKS(lost)};
  const tb_manager lonely = {.base = &base, .tasks = TOURBILLON_TASKS(alone)};
  const tb_manager stating = {.base = &base, .tasks = TOURBILLON_TASKS(stated)};
  assert(strstr(tb_manager_fault(&lonely), "task alone: .as_inherited belongs to a t") != NULL);
  assert(strstr(tb_manager_fault(&stating), "task b: .as_inherited takes the base's s") != NULL);
  const tb_manager wrong = {.tasks = TOURBILLON_TASKS(Wrong)};
  assert(strstr(tb_manager_fault(&twice), "task a: this manager declares two tasks of") != NULL);
  assert(strstr(tb_manager_fault(&clash), "task b: a task of this name is inherited") != NULL);
  assert(strstr(tb_manager_fault(&nothing), "task lost: no task of this name is inh") != NULL);
  assert(strstr(tb_manager_fault(&wrong), "task \"Wrong\": a name has 1 to 64 of") != NULL);
  const char *begin = tb_printf("%s:%d: task", __FILE__, WRONG_LINE);
  assert(strncmp(tb_manager_fault(&wrong), begin, strlen(begin)) == 0);
  const tb_task nowhere = {.function = "Nowhere"};
  const tb_manager placeless = {.tasks = (const tb_task *const[]){&nowhere, NULL}};
  assert(strncmp(tb_manager_fault(&placeless), "task \"Nowhere\"", 14) == 0);
  assert(tb_manager_fault(&child) == NULL && tb_manager_fault(&base) == NULL);
}

/* ---- results ---- */

static tb_result inner(void) { return tb_fail("disk\tfull\n"); }
static tb_result outer(void) {
  TB_TRY(tb_context(inner(), "cannot save %d", 7));
  return tb_ok();
}
TOURBILLON_TASK(failing, .run_immediately = true, .ticks_between_runs = 9) {
  tb_bucket store;
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_set_text(store, "k", "new"));
  return tb_skip_ticks(outer(), 1);
}
static const tb_manager failer = {.tasks = TOURBILLON_TASKS(failing)};

static void s10_s17_a_failure_has_a_wish_a_place_and_stores_nothing(void) {
  tb_harness *harness = tb_harness_new(&failer);
  assert(tb_harness_ticks(harness, 3) == 2);
  size_t count;
  tb_result result = tb_harness_outcomes(harness, &count)[0].result;
  is_text(result.message, "cannot save 7: disk full");
  assert(result.kind == TB_FAILED && result.asks_to_skip && result.ticks_to_skip == 1);
  assert(strstr(tb_test_last_message(), "failing failed at ") == tb_test_last_message());
  assert(strstr(tb_test_last_message(), "test_sdk.c:") != NULL);
  assert(tb_test_stored("k") == NULL);
  tb_harness_free(harness);
}

static void an_unknown_task_is_a_failure(void) {
  tb_harness *harness = tb_harness_new(&child);
  is_text(tb_harness_trigger(harness, "nope").message,
          "this manager has no task \"nope\"; it has: a, b, c.2");
  is_text(tb_test_last_message(), "nope failed at a place unknown: this manager has no task \"nope\"; "
                                  "it has: a, b, c.2");
  tb_harness_free(harness);
}

/* Each returns a failure of the SDK as it is, on the line of its name below. */
TOURBILLON_TASK(opening) { tb_bucket store; return tb_bucket_open("other", &store); }
TOURBILLON_TASK(reading) { uint64_t n; return tb_config_parse_u64("k", "many", 9, &n); }
TOURBILLON_TASK(calling) { return tb_run_task(&base, "nope", self, run); }
TOURBILLON_TASK(walking) {
  tb_keys keys = tb_bucket_keys((tb_bucket){0}); keys.has_cursor = true;
  for (const char *key; tb_keys_next(&keys, &key);) {
  }
  return keys.result;
}
TOURBILLON_TASK(handing_on) { TB_TRY(tb_bucket_set_text((tb_bucket){0}, "\xff", "x")); return tb_ok(); }
TOURBILLON_TASK(by_hand) { return (tb_result){.kind = TB_FAILED}; }
enum { OPENING_LINE = __LINE__ - 11 };
static tb_result init_failing(void *self, const char *host) {
  (void)self;
  return tb_context((tb_result){.kind = TB_FAILED, .message = "no"}, "%s", host);
}
static const tb_manager silent = {
    .tasks = TOURBILLON_TASKS(opening, reading, calling, walking, handing_on, by_hand),
    .init_host = init_failing,
};

static void every_failure_is_logged_with_the_managers_line(void) {
  static const struct {
    const char *task;
    int line;
  } tasks[] = {{"opening", 0}, {"reading", 1}, {"calling", 2}, {"walking", 4}, {"handing_on", 9}};
  tb_harness *harness = tb_harness_new(&silent);
  for (size_t i = 0; i < sizeof tasks / sizeof *tasks; i++) {
    const char *task = tasks[i].task;
    const char *message = tb_harness_trigger(harness, task).message;
    const char *place = tb_printf("%s:%d", __FILE__, OPENING_LINE + tasks[i].line);
    is_text(tb_test_last_message(), tb_printf("%s failed at %s: %s", task, place, message));
  }
  assert(tb_harness_trigger(harness, "by_hand").kind == TB_FAILED);
  is_text(tb_test_last_message(), tb_printf("by_hand failed, declared at %s:%d: no reason is given",
                                            __FILE__, OPENING_LINE + 10));
  is_text(tb_harness_init_host(harness).message, "test: no");
  is_text(tb_test_last_message(), "init_host failed at a place unknown: test: no");
  tb_harness_free(harness);
}

/* ---- configuration ---- */

static void durations_are_read(void) {
  static const struct {
    const char *text;
    uint64_t expected;
  } good[] = {{"7d", 604800000}, {"90", 90000},   {" 90 s ", 90000}, {"500ms", 500},
              {"2h", 7200000},   {"1w", 604800000}, {"0", 0},        {"3m", 180000}};
  static const char *const bad[] = {
      "", "7 days", "-1s", "1.5h", "99999999999999999999", "18446744073709551615w", "s"};
  uint64_t got;
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    assert(tb_config_parse_duration("k", good[i].text, &got).kind == TB_OK);
    assert(got == good[i].expected);
  }
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert(tb_config_parse_duration("k", bad[i], &got).kind == TB_INVALID);
  }
  is_text(tb_config_parse_duration("k", "7 days", &got).message,
          "config k = \"7 days\": unknown unit \"days\": use ms, s, m, h, d or w");
  is_text(tb_duration_text(1250), "1.25s");
  is_text(tb_duration_text(1005), "1.005s");
  is_text(tb_duration_text(60000), "60s");
  is_text(tb_duration_text(500), "500ms");
}

static void a_bad_value_names_its_key_and_an_absent_one_changes_nothing(void) {
  uint32_t limit = 7;
  int64_t number = 0;
  bool flag = false;
  assert(tb_config_u32("limit", &limit).kind == TB_OK && limit == 7);
  tb_test_set_config("limit", "many");
  is_text(tb_config_u32("limit", &limit).message,
          "config limit = \"many\": expected a whole number from 0 to 4294967295");
  tb_test_set_config("limit", "4294967296");
  is_text(tb_config_u32("limit", &limit).message,
          "config limit = \"4294967296\": expected a whole number from 0 to 4294967295");
  tb_test_set_config("limit", " 4294967295");
  assert(tb_config_u32("limit", &limit).kind == TB_OK && limit == UINT32_MAX);
  tb_test_set_config("number", "-9223372036854775808");
  assert(tb_config_i64("number", &number).kind == TB_OK && number == INT64_MIN);
  tb_test_set_config("number", "-9223372036854775809");
  is_text(tb_config_i64("number", &number).message,
          "config number = \"-9223372036854775809\": expected a whole number from "
          "-9223372036854775808 to 9223372036854775807");
  tb_test_set_config("flag", "true");
  assert(tb_config_bool("flag", &flag).kind == TB_OK && flag);
  tb_pairs all;
  assert(tb_config_all(&all).kind == TB_OK && all.count == 3);
  is_text(all.items[0].name, "flag");
  tb_test_reset();
}

/* ---- the store ---- */

static void a_bucket_keeps_what_it_is_given(void) {
  tb_bucket store;
  tb_value value;
  uint64_t sum, number = 9;
  bool exists;
  assert(tb_bucket_own(&store).kind == TB_OK);
  assert(tb_bucket_get(store, "k", &value).kind == TB_OK && value.data == NULL);
  assert(tb_bucket_set(store, "k", "v\0w", 3).kind == TB_OK);
  assert(tb_bucket_get(store, "k", &value).kind == TB_OK && value.size == 3);
  assert(memcmp(value.data, "v\0w", 4) == 0);
  assert(tb_bucket_get_u64(store, "k", &number).kind == TB_INVALID);
  is_text(tb_bucket_get_u64(store, "k", &number).message,
          "value of key \"k\": expected a whole number from 0 to 18446744073709551615");
  assert(tb_bucket_set_text(store, "k", "+7").kind == TB_OK);
  assert(tb_bucket_get_u64(store, "k", &number).kind == TB_INVALID);
  is_text(tb_bucket_increment(store, "k", 1, &sum).message,
          "the store failed: the value is not a decimal number");
  assert(tb_bucket_delete(store, "k").kind == TB_OK);
  assert(tb_bucket_delete(store, "k").kind == TB_OK);
  assert(tb_bucket_exists(store, "k", &exists).kind == TB_OK && !exists);
  assert(tb_bucket_get_u64(store, "k", &number).kind == TB_OK && number == 9);
  assert(tb_bucket_increment(store, "n", 2, NULL).kind == TB_OK);
  assert(tb_bucket_increment(store, "n", 3, &sum).kind == TB_OK && sum == 5);
  is_text(tb_test_stored("n"), "5");
  assert(tb_bucket_get_u64(store, "n", &number).kind == TB_OK && number == 5);
  is_text(tb_bucket_increment(store, "n", UINT64_MAX, &sum).message,
          "the store failed: the sum does not fit into 64 bits");
  assert(tb_bucket_set_text(store, "\xff", "x").kind == TB_INVALID);
  is_text(tb_bucket_open("other", &store).message,
          "no bucket \"other\" is granted to this manager");
  tb_test_grant_bucket("other");
  assert(tb_bucket_open("other", &store).kind == TB_OK);
  tb_test_reset();
}

static void deleting_while_listing_skips_no_key(void) {
  tb_bucket store;
  assert(tb_bucket_own(&store).kind == TB_OK);
  /* More than the host gives on one page. */
  for (int n = 0; n < 2500; n++) {
    assert(tb_bucket_set(store, tb_printf("%04d", n), "", 0).kind == TB_OK);
  }
  int seen = 0;
  tb_keys keys = tb_bucket_keys(store);
  for (const char *key; tb_keys_next(&keys, &key); seen++) {
    is_text(key, tb_printf("%04d", seen));
    assert(tb_bucket_delete(store, key).kind == TB_OK);
  }
  assert(keys.result.kind == TB_OK && seen == 2500);
  tb_test_reset();
}

/* ---- texts ---- */

static void texts_reach_the_host_as_utf8(void) {
  tb_info("caf\xc3\xa9 \xff %s", "漢");
  is_text(tb_test_last_message(), "café \xEF\xBF\xBD 漢");
  is_text(tb_fail("\xc3").message, "\xEF\xBF\xBD");
  tb_test_reset();
}

int main(void) {
  s05_s06_inherited_tasks_come_first_and_are_replaced_in_place();
  s06_one_that_is_as_inherited_has_the_inherited_schedule();
  a_task_calls_the_one_that_it_replaces();
  faults_name_the_task();
  s10_s17_a_failure_has_a_wish_a_place_and_stores_nothing();
  an_unknown_task_is_a_failure();
  every_failure_is_logged_with_the_managers_line();
  durations_are_read();
  a_bad_value_names_its_key_and_an_absent_one_changes_nothing();
  a_bucket_keeps_what_it_is_given();
  deleting_while_listing_skips_no_key();
  texts_reach_the_host_as_utf8();
  puts("sdk for C: all tests passed");
}
