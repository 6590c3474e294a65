/*
 * Tests of {{name}}: an ordinary program, without WebAssembly. `make test` runs it.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <tourbillon/testing.h>

#include "../src/manager.h"

static void greets_on_every_tick_and_reports_on_every_third(void) {
  static const char *const expected[] = {
      "good day, tick 1: greeting 1",
      "good day, tick 2: greeting 2",
      "good day, tick 3: greeting 3",
      "3 greetings so far",
  };
  tb_test_set_config("greeting", "good day");
  tb_harness *harness = tb_harness_new(&manager);
  assert(tb_harness_init_host(harness).kind == TB_OK);
  tb_test_forget_log();
  assert(tb_harness_ticks(harness, 3) == 4);
  size_t count;
  const tb_log_line *said = tb_test_log(&count);
  assert(count == sizeof expected / sizeof *expected);
  for (size_t i = 0; i < count; i++) {
    assert(strcmp(said[i].message, expected[i]) == 0);
  }
  tb_harness_free(harness);
}

int main(void) {
  greets_on_every_tick_and_reports_on_every_third();
  puts("all tests passed");
}
