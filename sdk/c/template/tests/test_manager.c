/*
 * Tests of {{name}}: an ordinary program, without WebAssembly. `make test` runs it.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <tourbillon/testing.h>

#include "../src/manager.h"

static void counts_on_every_tick_and_reports_on_every_third(void) {
  tb_test_set_config("limit", "5");
  tb_harness *harness = tb_harness_new(&manager);
  assert(tb_harness_init_host(harness).kind == TB_OK);
  assert(tb_harness_ticks(harness, 6) == 6 + 2);
  assert(strcmp(tb_test_stored("count"), "6") == 0);
  assert(strcmp(tb_test_last_message(), "counted to 6 at tick 6") == 0);
  /* The limit is reached: report rests for ten ticks. */
  assert(tb_harness_ticks(harness, 10) == 10);
  tb_harness_free(harness);
}

int main(void) {
  counts_on_every_tick_and_reports_on_every_third();
  puts("1 test passed");
}
