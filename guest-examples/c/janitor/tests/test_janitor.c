/*
 * Tests of the janitor: an ordinary program, without WebAssembly.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <tourbillon/testing.h>

#include "../src/janitor.h"

static void records_live_as_long_as_the_retention(void) {
  tb_test_set_config("retention", "30s");
  tb_test_set_config("intake", "1");
  tb_harness *harness = tb_harness_new(&janitor);
  assert(tb_harness_init_host(harness).kind == TB_OK);
  tb_harness_ticks(harness, 12);
  size_t count;
  const tb_outcome *outcomes = tb_harness_outcomes(harness, &count);
  for (size_t i = 0; i < count; i++) {
    assert(outcomes[i].result.kind == TB_OK);
  }
  /* Tick 12 is at 120 s: what came in before 90 s, at the ticks 1 to 8, is gone. */
  assert(strcmp(tb_test_stored("swept"), "8") == 0);
  assert(strcmp(tb_test_last_message(), "4 records kept, 8 swept so far") == 0);
  tb_harness_free(harness);
}

static void records_are_json(void) {
  tb_harness *harness = tb_harness_new(&janitor);
  assert(tb_harness_init_host(harness).kind == TB_OK);
  tb_harness_ticks(harness, 1);
  assert(strcmp(tb_test_stored("record/000000000001-0"),
                "{\"created_ms\":10000,\"payload\":10451216379200822465}") == 0);
  tb_harness_free(harness);
}

static void a_bad_retention_is_named(void) {
  tb_test_set_config("retention", "a week");
  tb_harness *harness = tb_harness_new(&janitor);
  const char *message = tb_harness_init_host(harness).message;
  assert(strstr(message, "config retention = \"a week\"") == message);
  tb_harness_free(harness);
}

int main(void) {
  records_live_as_long_as_the_retention();
  records_are_json();
  a_bad_retention_is_named();
  puts("janitor: all tests passed");
}
