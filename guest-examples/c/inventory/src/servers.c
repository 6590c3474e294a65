/*
 * An inventory of servers: the inherited tasks, then one of its own.
 *
 * The order on a tick is collect, report, alarm.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>

#include "inventory.h"

/* Servers come and go. */
static uint64_t observe(uint64_t tick) {
  return 20 + tick % 7;
}

static const struct kind servers = {"servers", observe};

static void construct(void *self) {
  struct inventory *inventory = self;
  inventory->kind = &servers;
}

TOURBILLON_TASK(alarm, .summary = "Warns when there are many, and then rests for a while.") {
  uint64_t limit = 25, count = 0;
  tb_bucket store;
  TB_TRY(tb_config_u64("limit", &limit));
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_get_u64(store, "count", &count));
  if (count < limit) {
    return tb_ok();
  }
  tb_warn("%" PRIu64 " servers, %" PRIu64 " are many", count, limit);
  return tb_ok_skip(5);
}

const tb_manager server_inventory = {
    .base = &inventory,
    .construct = construct,
    .tasks = TOURBILLON_TASKS(alarm),
};
