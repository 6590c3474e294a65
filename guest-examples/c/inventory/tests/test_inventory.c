/*
 * Tests of the inventories: an ordinary program, without WebAssembly.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <tourbillon/testing.h>

#include "../src/inventory.h"

static void inherited_tasks_run_first(void) {
  static const char *const expected[] = {"collect", "alarm",   "collect", "alarm", "collect",
                                         "alarm",   "collect", "report",  "alarm"};
  tb_harness *harness = tb_harness_new(&server_inventory);
  assert(tb_harness_init_host(harness).kind == TB_OK);
  assert(strcmp(tb_test_last_message(), "counting servers for test") == 0);
  size_t count = tb_harness_ticks(harness, 4);
  assert(count == sizeof expected / sizeof *expected);
  for (size_t i = 0; i < count; i++) {
    assert(strcmp(tb_harness_outcomes(harness, &count)[i].task, expected[i]) == 0);
  }
  tb_harness_free(harness);
}

static size_t alarms_in(tb_harness *harness, uint64_t ticks) {
  size_t alarms = 0, count = tb_harness_ticks(harness, ticks);
  for (size_t i = 0; i < count; i++) {
    alarms += strcmp(tb_harness_outcomes(harness, &count)[i].task, "alarm") == 0;
  }
  return alarms;
}

static void an_alarm_rests_for_five_ticks(void) {
  tb_harness *harness = tb_harness_new(&server_inventory);
  /* At tick 5 there are 25 servers; the next look is at tick 11. */
  assert(alarms_in(harness, 5) == 5);
  assert(alarms_in(harness, 5) == 0);
  assert(alarms_in(harness, 1) == 1);
  tb_harness_free(harness);
}

static void the_replaced_task_keeps_its_place(void) {
  tb_harness *harness = tb_harness_new(&volume_inventory);
  size_t count = tb_harness_ticks(harness, 2);
  assert(count == 3);
  assert(strcmp(tb_harness_outcomes(harness, &count)[1].task, "collect") == 0);
  assert(strcmp(tb_harness_outcomes(harness, &count)[2].task, "report") == 0);
  tb_harness_ticks(harness, 2);
  assert(strcmp(tb_test_stored("reports"), "2") == 0);
  tb_harness_free(harness);
}

int main(void) {
  inherited_tasks_run_first();
  an_alarm_rests_for_five_ticks();
  the_replaced_task_keeps_its_place();
  puts("inventory: all tests passed");
}
