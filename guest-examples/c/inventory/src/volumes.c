/*
 * An inventory of volumes: it replaces an inherited task, in its place.
 *
 * The order on a tick is collect, report, as in the parent, but report is the one below and runs on
 * every second tick. The parent, and whoever else inherits from it, is not changed.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>

#include "inventory.h"

/* Volumes only grow in number. */
static uint64_t observe(uint64_t tick) {
  return 100 + tick / 3;
}

static const struct kind volumes = {"volumes", observe};

static void construct(void *self) {
  struct inventory *inventory = self;
  inventory->kind = &volumes;
}

TOURBILLON_TASK(report, .overrides = true, .ticks_between_runs = 1,
                .summary = "Logs the last count, and keeps how often it did.") {
  TB_TRY(tb_run_task(&inventory, "report", self, run));
  tb_bucket store;
  uint64_t reports;
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_increment(store, "reports", 1, &reports));
  tb_debug("report number %" PRIu64, reports);
  return tb_ok();
}

const tb_manager volume_inventory = {
    .base = &inventory,
    .construct = construct,
    .tasks = TOURBILLON_TASKS(report),
};
