/*
 * The configuration: texts of the host, read as numbers and lengths of time.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
/* A failure's place is the manager's line, which the macros of managers know. */
#define TB_PLACELESS

#include <inttypes.h>
#include <string.h>

#include <tourbillon/config.h>
#include <tourbillon/memory.h>

#include "internal.h"

static const char white[] = " \t\n\v\f\r";

static tb_result invalid(const char *key, const char *value, const char *reason) {
  return tb_failed(TB_INVALID, NULL, 0, "config %s = %s: %s", key, tb_quoted(value), reason);
}

/* A copy of the text without white space around it. */
static const char *trimmed(const char *text) {
  text += strspn(text, white);
  size_t size = strlen(text);
  while (size > 0 && strchr(white, text[size - 1]) != NULL) {
    size--;
  }
  return tb_copy(text, size);
}

tb_result tb_config_get(const char *key, const char **value) {
  *value = NULL;
  if (!tb_is_utf8(key)) {
    return tb_failed(TB_INVALID, NULL, 0, "config key %s is no UTF-8", tb_quoted(key));
  }
  return tb_host_config_get(key, value);
}

tb_result tb_config_all(tb_pairs *all) {
  *all = (tb_pairs){NULL, 0};
  return tb_host_config_all(all);
}

tb_result tb_config_parse_u64(const char *key, const char *value, uint64_t most,
                              uint64_t *number) {
  if (tb_text_u64(trimmed(value), most, number)) {
    return tb_ok();
  }
  return invalid(key, value, tb_printf("expected a whole number from 0 to %" PRIu64, most));
}

tb_result tb_config_parse_i64(const char *key, const char *value, int64_t least, int64_t most,
                              int64_t *number) {
  const char *text = trimmed(value);
  bool negative = text[0] == '-' && text[1] != 0 && text[1] != '+';
  /* As unsigned numbers: the smallest one has no positive counterpart. */
  uint64_t limit = negative ? 0 - (uint64_t)least : (uint64_t)most;
  uint64_t magnitude;
  if (!tb_text_u64(text + negative, limit, &magnitude)) {
    return invalid(key, value, tb_printf("expected a whole number from %" PRId64 " to %" PRId64,
                                         least, most));
  }
  *number = (int64_t)(negative ? 0 - magnitude : magnitude);
  return tb_ok();
}

tb_result tb_config_parse_bool(const char *key, const char *value, bool *flag) {
  const char *text = trimmed(value);
  if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
    return invalid(key, value, "expected true or false");
  }
  *flag = text[0] == 't';
  return tb_ok();
}

tb_result tb_config_parse_duration(const char *key, const char *value, uint64_t *milliseconds) {
  static const struct {
    const char *unit;
    uint64_t factor;
  } units[] = {{"", 1000},     {"ms", 1},       {"s", 1000},     {"m", 60000},
               {"h", 3600000}, {"d", 86400000}, {"w", 604800000}};
  const char *text = trimmed(value);
  size_t digits = strspn(text, "0123456789");
  const char *unit = text + digits + strspn(text + digits, white);
  uint64_t factor = 0, number;
  for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
    if (strcmp(unit, units[i].unit) == 0) {
      factor = units[i].factor;
    }
  }
  if (factor == 0) {
    return invalid(key, value,
                   tb_printf("unknown unit %s: use ms, s, m, h, d or w", tb_quoted(unit)));
  }
  if (!tb_text_u64(tb_copy(text, digits), UINT64_MAX, &number)) {
    return invalid(key, value, "expected a whole number and a unit, like 7d, 90s or 500ms");
  }
  if (number > UINT64_MAX / factor) {
    return invalid(key, value, "longer than can be counted");
  }
  *milliseconds = number * factor;
  return tb_ok();
}

tb_result tb_config_u64(const char *key, uint64_t *number) {
  const char *value;
  TB_TRY(tb_config_get(key, &value));
  return value == NULL ? tb_ok() : tb_config_parse_u64(key, value, UINT64_MAX, number);
}

tb_result tb_config_u32(const char *key, uint32_t *number) {
  const char *value;
  uint64_t wide = *number;
  TB_TRY(tb_config_get(key, &value));
  if (value != NULL) {
    TB_TRY(tb_config_parse_u64(key, value, UINT32_MAX, &wide));
  }
  *number = (uint32_t)wide;
  return tb_ok();
}

tb_result tb_config_i64(const char *key, int64_t *number) {
  const char *value;
  TB_TRY(tb_config_get(key, &value));
  return value == NULL ? tb_ok() : tb_config_parse_i64(key, value, INT64_MIN, INT64_MAX, number);
}

tb_result tb_config_bool(const char *key, bool *flag) {
  const char *value;
  TB_TRY(tb_config_get(key, &value));
  return value == NULL ? tb_ok() : tb_config_parse_bool(key, value, flag);
}

tb_result tb_config_duration(const char *key, uint64_t *milliseconds) {
  const char *value;
  TB_TRY(tb_config_get(key, &value));
  return value == NULL ? tb_ok() : tb_config_parse_duration(key, value, milliseconds);
}

const char *tb_duration_text(uint64_t milliseconds) {
  unsigned long long seconds = milliseconds / 1000;
  unsigned rest = (unsigned)(milliseconds % 1000);
  if (seconds == 0) {
    return rest == 0 ? "0ns" : tb_printf("%ums", rest);
  }
  if (rest == 0) {
    return tb_printf("%llus", seconds);
  }
  int digits = 3;
  while (rest % 10 == 0) {
    rest /= 10;
    digits--;
  }
  return tb_printf("%llu.%0*us", seconds, digits, rest);
}
