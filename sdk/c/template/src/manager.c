/*
 * {{name}}: a manager of periodic tasks.
 *
 * The struct is a cache: the host may replace an instance at any time. What must last goes to the
 * store.
 */
#include "manager.h"

#include <inttypes.h>

struct state {
  uint64_t limit;
};

/* A wrong value in the configuration fails here, with its name, before any task runs. */
static tb_result init_host(void *self, const char *host) {
  struct state *state = self;
  state->limit = 10;
  TB_TRY(tb_config_u64("limit", &state->limit));
  tb_info("{{name}} on %s counts to %" PRIu64, host, state->limit);
  return tb_ok();
}

/* Runs on every tick. What a failed run stored is undone. */
TOURBILLON_TASK(count, .run_immediately = true, .summary = "Counts its runs") {
  tb_bucket store;
  TB_TRY(tb_bucket_own(&store));
  return tb_bucket_increment(store, "count", 1, NULL);
}

/* Runs on every third tick, and rests for ten once the limit is reached. */
TOURBILLON_TASK(report, .ticks_between_runs = 2, .summary = "Logs how often count ran") {
  struct state *state = self;
  tb_bucket store;
  uint64_t count = 0;
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_get_u64(store, "count", &count));
  tb_info("counted to %" PRIu64 " at tick %" PRIu64, count, run->tick);
  return count < state->limit ? tb_ok() : tb_ok_skip(10);
}

const tb_manager manager = {
    .size = sizeof(struct state),
    .tasks = TOURBILLON_TASKS(count, report),
    .init_host = init_host,
};

TOURBILLON_EXPORT(manager)
