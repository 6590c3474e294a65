/*
 * Keeps a store clean: records come in, and those that are too old go.
 *
 * Three tasks, in the order in which they run on a tick where all are due:
 *
 * - intake writes some records, so that there is something to see;
 * - sweep removes the records that are older than `retention`;
 * - report logs how many there are.
 *
 * Configuration: `retention` (a length of time such as `7d` or `90s`, default 60 s), `intake`
 * (records per run, default 2) and `seed` (a number that their contents come from, default 1).
 *
 * Time is the run's scheduled time and never a clock. So the janitor does the same thing in a
 * simulation of a year that takes a second, and in a test.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include "janitor.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Records are stored under this prefix; other keys are left alone. */
#define PREFIX "record/"

/* An instance may be dropped and replaced at any time, so what is kept here is only what can be
 * read again: the configuration. */
struct janitor {
  uint64_t retention_ms;
  uint64_t intake;
  uint64_t seed;
};

/* A wrong value fails here, with its name, before any task runs. */
static tb_result init_host(void *self, const char *host) {
  struct janitor *janitor = self;
  *janitor = (struct janitor){.retention_ms = 60000, .intake = 2, .seed = 1};
  TB_TRY(tb_config_duration("retention", &janitor->retention_ms));
  TB_TRY(tb_config_u64("intake", &janitor->intake));
  TB_TRY(tb_config_u64("seed", &janitor->seed));
  tb_info("cleaning on %s: records live for %s", host, tb_duration_text(janitor->retention_ms));
  return tb_ok();
}

static const char *service_version(void *self) {
  (void)self;
  return "0.1.0";
}

static void service_config(void *self, tb_pairs *config) {
  struct janitor *janitor = self;
  tb_pairs_add(config, "retention", "%s", tb_duration_text(janitor->retention_ms));
  tb_pairs_add(config, "intake", "%" PRIu64, janitor->intake);
  tb_pairs_add(config, "seed", "%" PRIu64, janitor->seed);
}

/* Numbers that look random and are the same every time (splitmix64). */
static uint64_t mix(uint64_t seed, uint64_t tick, uint64_t n) {
  uint64_t x = seed + tick * 0x9e3779b97f4a7c15 + n;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

static bool is_record(const char *key) {
  return strncmp(key, PREFIX, strlen(PREFIX)) == 0;
}

/* Reads back when a record came in. */
static tb_result created_ms(const char *key, tb_value record, uint64_t *created) {
  uint64_t payload;
  int end = 0;
  sscanf(record.data, "{\"created_ms\":%" SCNu64 ",\"payload\":%" SCNu64 "}%n", created, &payload,
         &end);
  if (end == 0 || (size_t)end != record.size) {
    return tb_fail("cannot sweep: value of key %s: no record: %s", key, record.data);
  }
  return tb_ok();
}

TOURBILLON_TASK(intake, .run_immediately = true, .summary = "Takes in new records.") {
  struct janitor *janitor = self;
  tb_bucket store;
  TB_TRY(tb_bucket_own(&store));
  for (uint64_t n = 0; n < janitor->intake; n++) {
    /* The key holds the tick: the same run, started once more, writes the same records and no
     * others. */
    const char *key = tb_printf(PREFIX "%012" PRIu64 "-%" PRIu64, run->tick, n);
    TB_TRY(tb_bucket_set_text(store, key, "{\"created_ms\":%" PRIu64 ",\"payload\":%" PRIu64 "}",
                              run->scheduled_at_ms, mix(janitor->seed, run->tick, n)));
  }
  return tb_ok();
}

TOURBILLON_TASK(sweep, .ticks_between_runs = 2,
                .summary = "Removes records that are older than `retention`.") {
  struct janitor *janitor = self;
  uint64_t now = run->scheduled_at_ms;
  uint64_t oldest_ms = now > janitor->retention_ms ? now - janitor->retention_ms : 0;
  tb_bucket store;
  TB_TRY(tb_bucket_own(&store));
  uint64_t swept = 0;
  /* Deleting while listing is allowed: the list is the one from the beginning. */
  tb_keys keys = tb_bucket_keys(store);
  for (const char *key; tb_keys_next(&keys, &key);) {
    if (!is_record(key)) {
      continue;
    }
    tb_value record;
    uint64_t created;
    TB_TRY(tb_bucket_get(store, key, &record));
    if (record.data == NULL) {
      continue;
    }
    TB_TRY(created_ms(key, record, &created));
    if (created < oldest_ms) {
      TB_TRY(tb_bucket_delete(store, key));
      swept++;
    }
  }
  TB_TRY(keys.result);
  /* If anything above failed, nothing of it was kept, this count included. */
  return tb_bucket_increment(store, "swept", swept, NULL);
}

TOURBILLON_TASK(report, .ticks_between_runs = 1, .summary = "Logs how many records there are.") {
  tb_bucket store;
  TB_TRY(tb_bucket_own(&store));
  uint64_t kept = 0, swept = 0;
  tb_keys keys = tb_bucket_keys(store);
  for (const char *key; tb_keys_next(&keys, &key);) {
    kept += is_record(key);
  }
  TB_TRY(keys.result);
  TB_TRY(tb_bucket_get_u64(store, "swept", &swept));
  tb_info("%" PRIu64 " records kept, %" PRIu64 " swept so far", kept, swept);
  return tb_ok();
}

const tb_manager janitor = {
    .size = sizeof(struct janitor),
    .tasks = TOURBILLON_TASKS(intake, sweep, report),
    .init_host = init_host,
    .service_version = service_version,
    .service_config = service_config,
};

TOURBILLON_EXPORT(janitor)
