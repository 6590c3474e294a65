/*
 * {{name}}: a manager with two periodic tasks.
 */
#include "manager.h"

#include <inttypes.h>
#include <stdio.h>

/* An instance may be dropped and made anew at any time: what must last goes into the store. */
struct greeter {
  char greeting[64];
};

/* Called once for each new instance, before its first task. */
static tb_result init_host(void *self, const char *host) {
  struct greeter *greeter = self;
  const char *greeting;
  TB_TRY(tb_config_get("greeting", &greeting));
  /* The text lives as long as this call, so it is copied. */
  snprintf(greeter->greeting, sizeof greeter->greeting, "%s", greeting ? greeting : "hello");
  tb_info("{{name}} begins on %s", host);
  return tb_ok();
}

static const char *service_version(void *self) {
  (void)self;
  return "0.1.0";
}

TOURBILLON_TASK(greet, .run_immediately = true,
                .summary = "Greets, and counts how often, on every tick.") {
  struct greeter *greeter = self;
  tb_bucket store;
  uint64_t greetings;
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_increment(store, "greetings", 1, &greetings));
  tb_info("%s, tick %" PRIu64 ": greeting %" PRIu64, greeter->greeting, run->tick, greetings);
  return tb_ok();
}

/* On one tick of three, since two are skipped between two runs. */
TOURBILLON_TASK(report, .ticks_between_runs = 2, .summary = "Says how things stand.") {
  tb_bucket store;
  tb_value greetings;
  TB_TRY(tb_bucket_own(&store));
  TB_TRY(tb_bucket_get(store, "greetings", &greetings));
  tb_info("%s greetings so far", greetings.data ? greetings.data : "no");
  return tb_ok();
}

const tb_manager manager = {
    .size = sizeof(struct greeter),
    .tasks = TOURBILLON_TASKS(greet, report),
    .init_host = init_host,
    .service_version = service_version,
};

TOURBILLON_EXPORT(manager)
