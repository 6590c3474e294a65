/*
 * The conformance manager in C: what every SDK must be able to do, in tasks of the same names, order
 * and deeds in all languages. A task does its deed only if the configuration has its name as a key.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base.h"

/* What an instance remembers. */
struct conformance {
  uint64_t runs;
};

/* Ends the task well unless the key is set; else `value` is what it is set to. */
#define ARMED_BY(key, value)                \
  const char *value;                        \
  TB_TRY(tb_config_get((key), &value));     \
  if (value == NULL) {                      \
    return tb_ok();                         \
  }

static tb_result init_host(void *self, const char *host) {
  (void)self;
  tb_info("init on %s", host);
  const char *fail;
  TB_TRY(tb_config_get("fail-init", &fail));
  return fail == NULL ? tb_ok() : tb_fail("%s", fail);
}

static const char *service_version(void *self) {
  (void)self;
  return "1.2.3";
}

static void service_config(void *self, tb_pairs *config) {
  (void)self;
  tb_pairs_add(config, "suite", "conformance");
}

/* Replaces the base's task in its place, and calls it. */
TOURBILLON_TASK(overridden, .overrides = true, .ticks_between_runs = 2,
                .summary = "Of the child") {
  tb_info("child, then");
  return tb_run_task(&base, run->task, self, run);
}

/* Runs in place of the base's, as that is declared. */
TOURBILLON_TASK(kept, .overrides = true, .as_inherited = true) {
  tb_info("kept, by the child");
  return tb_run_task(&base, run->task, self, run);
}

TOURBILLON_TASK(fail) {
  ARMED_BY("fail", message);
  return tb_fail("%s", message);
}

TOURBILLON_TASK(fail_later, .name = "fail-later") {
  uint32_t ticks = 0;
  ARMED_BY("fail-later", set);
  TB_TRY(tb_config_u32("fail-later", &ticks));
  return tb_fail_skip(ticks, "later");
}

/* Two functions for the backtrace: neither is inlined, and neither calls the next one last. */
static volatile int depth;

__attribute__((noinline)) static void the_cage(void) {
  depth++;
  __builtin_trap();
}

__attribute__((noinline)) static void deep_in(void) {
  depth++;
  the_cage();
  depth--;
}

TOURBILLON_TASK(trap) {
  ARMED_BY("trap", set);
  deep_in();
  return tb_ok();
}

TOURBILLON_TASK(crash) {
  ARMED_BY("crash", set);
  tb_panic("uncaught on purpose");
}

TOURBILLON_TASK(delay) {
  uint32_t ticks = 0;
  ARMED_BY("delay", set);
  TB_TRY(tb_config_u32("delay", &ticks));
  return tb_ok_skip(ticks);
}

TOURBILLON_TASK(spin) {
  ARMED_BY("spin", set);
  for (;;) {
    depth++;
  }
}

TOURBILLON_TASK(grow) {
  ARMED_BY("grow", set);
  for (;;) {
    /* Only touched, not filled: memory is to run out, and not fuel. */
    *(volatile char *)tb_realloc(NULL, 1 << 20) = 1;
  }
}

TOURBILLON_TASK(config) {
  const char *text;
  TB_TRY(tb_config_get("text", &text));
  tb_info("config: %s", text == NULL ? "none" : text);
  tb_pairs all;
  TB_TRY(tb_config_all(&all));
  tb_info("config: %zu keys", all.count);
  return tb_ok();
}

/* The keys of the bucket that are `a`, `b` or `n`, with commas between them. */
static tb_result short_keys(tb_bucket bucket, const char **joined) {
  *joined = "";
  tb_keys keys = tb_bucket_keys(bucket);
  for (const char *key; tb_keys_next(&keys, &key);) {
    if (strlen(key) == 1 && strchr("abn", *key) != NULL) {
      *joined = tb_printf("%s%s%s", *joined, **joined == 0 ? "" : ",", key);
    }
  }
  return keys.result;
}

TOURBILLON_TASK(store) {
  ARMED_BY("store", how);
  tb_bucket bucket;
  TB_TRY(tb_bucket_own(&bucket));
  if (strcmp(how, "fail") == 0) {
    TB_TRY(tb_bucket_set_text(bucket, "poison", "1"));
    return tb_fail("on purpose");
  }
  tb_value value;
  bool exists;
  TB_TRY(tb_bucket_set_text(bucket, "a", "1"));
  TB_TRY(tb_bucket_get(bucket, "a", &value));
  TB_TRY(tb_bucket_exists(bucket, "a", &exists));
  if (!exists || value.data == NULL || strcmp(value.data, "1") != 0) {
    return tb_fail("a is not what was stored");
  }
  TB_TRY(tb_bucket_increment(bucket, "n", 2, NULL));
  TB_TRY(tb_bucket_set_text(bucket, "b", "x"));
  TB_TRY(tb_bucket_delete(bucket, "b"));
  const char *joined;
  TB_TRY(short_keys(bucket, &joined));
  tb_info("store: %s", joined);
  return tb_ok();
}

TOURBILLON_TASK(unicode) {
  ARMED_BY("unicode", set);
  tb_bucket bucket;
  tb_value value;
  TB_TRY(tb_bucket_own(&bucket));
  TB_TRY(tb_bucket_set_text(bucket, "ключ/🦀", "значение ✓ 漢字"));
  TB_TRY(tb_bucket_get(bucket, "ключ/🦀", &value));
  if (value.data == NULL) {
    return tb_fail("the value is gone");
  }
  tb_info("unicode: %s", value.data);
  return tb_ok();
}

TOURBILLON_TASK(values) {
  ARMED_BY("values", set);
  enum { HUGE_SIZE = 61440 };
  char *bytes = tb_alloc(HUGE_SIZE);
  for (int i = 0; i < HUGE_SIZE; i++) {
    bytes[i] = (char)(i % 251);
  }
  tb_bucket bucket;
  tb_value empty, huge;
  TB_TRY(tb_bucket_own(&bucket));
  TB_TRY(tb_bucket_set(bucket, "empty", NULL, 0));
  TB_TRY(tb_bucket_set(bucket, "huge", bytes, HUGE_SIZE));
  TB_TRY(tb_bucket_get(bucket, "empty", &empty));
  TB_TRY(tb_bucket_get(bucket, "huge", &huge));
  if (empty.data == NULL || empty.size != 0) {
    return tb_fail("empty is not what was stored");
  }
  if (huge.size != HUGE_SIZE || memcmp(huge.data, bytes, HUGE_SIZE) != 0) {
    return tb_fail("huge is not what was stored");
  }
  tb_info("values: %zu and %zu", empty.size, huge.size);
  return tb_ok();
}

TOURBILLON_TASK(instances) {
  struct conformance *conformance = self;
  ARMED_BY("instances", set);
  tb_bucket bucket;
  uint64_t stored;
  TB_TRY(tb_bucket_own(&bucket));
  TB_TRY(tb_bucket_increment(bucket, "instances", 1, &stored));
  conformance->runs++;
  tb_info("instances: %" PRIu64 " in memory, %" PRIu64 " stored", conformance->runs, stored);
  return tb_ok();
}

TOURBILLON_TASK(levels) {
  ARMED_BY("levels", set);
  tb_trace("a trace");
  tb_debug("a debug");
  tb_info("an info");
  tb_warn("a warn");
  tb_error("an error");
  tb_critical("a critical");
  return tb_ok();
}

TOURBILLON_TASK(identity) {
  ARMED_BY("identity", set);
  tb_info("identity: %s %s %" PRIu64 " %" PRIu64 " %s %s %" PRIu32 " %s", run->id, run->task,
          run->tick, run->scheduled_at_ms, tb_manager_name(), tb_host_name(), tb_attempt(),
          tb_trigger());
  return tb_ok();
}

static const tb_manager conformance = {
    .base = &base,
    .size = sizeof(struct conformance),
    .tasks = TOURBILLON_TASKS(overridden, kept, fail, fail_later, trap, crash, delay, spin, grow, config,
                              store, unicode, values, instances, levels, identity),
    .init_host = init_host,
    .service_version = service_version,
    .service_config = service_config,
};

TOURBILLON_EXPORT(conformance)
