/*
 * The tasks that every inventory has.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "inventory.h"

#include <inttypes.h>

static tb_result init_host(void *self, const char *host) {
  struct inventory *inventory = self;
  tb_info("counting %s for %s", inventory->kind->plural, host);
  return tb_ok();
}

static const char *service_version(void *self) {
  (void)self;
  return "0.1.0";
}

TOURBILLON_TASK(collect, .run_immediately = true, .summary = "Counts what is there.") {
  struct inventory *inventory = self;
  tb_bucket store;
  TB_TRY(tb_bucket_own(&store));
  return tb_bucket_set_text(store, "count", "%" PRIu64, inventory->kind->observe(run->tick));
}

TOURBILLON_TASK(report, .ticks_between_runs = 3, .summary = "Logs the last count.") {
  struct inventory *inventory = self;
  tb_bucket store;
  tb_value count;
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_get(store, "count", &count));
  if (count.data == NULL) {
    return tb_fail("nothing was counted yet");
  }
  tb_info("%s %s", count.data, inventory->kind->plural);
  return tb_ok();
}

const tb_manager inventory = {
    .size = sizeof(struct inventory),
    .tasks = TOURBILLON_TASKS(collect, report),
    .init_host = init_host,
    .service_version = service_version,
};
