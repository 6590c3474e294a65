/*
 * Buckets: the host's functions with checked keys, numbers, and the walk over all keys.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
/* A failure's place is the manager's line, which the macros of managers know. */
#define TB_PLACELESS

#include <inttypes.h>
#include <string.h>

#include <tourbillon/memory.h>
#include <tourbillon/store.h>

#include "internal.h"

/* A text that is no UTF-8 would end the run at the host's door. */
static tb_result checked(const char *what, const char *text) {
  return tb_is_utf8(text) ? tb_ok()
                          : tb_failed(TB_INVALID, NULL, 0, "%s %s is no UTF-8", what,
                                      tb_quoted(text));
}

tb_result tb_bucket_own(tb_bucket *bucket) {
  return tb_host_open("default", bucket);
}

tb_result tb_bucket_open(const char *name, tb_bucket *bucket) {
  TB_TRY(checked("bucket", name));
  return tb_host_open(name, bucket);
}

tb_result tb_bucket_get(tb_bucket bucket, const char *key, tb_value *value) {
  *value = (tb_value){NULL, 0};
  TB_TRY(checked("key", key));
  return tb_host_get(bucket, key, value);
}

tb_result tb_bucket_get_u64(tb_bucket bucket, const char *key, uint64_t *number) {
  tb_value value;
  TB_TRY(tb_bucket_get(bucket, key, &value));
  if (value.data == NULL) {
    return tb_ok();
  }
  if (tb_decimal(value.data, value.size, number)) {
    return tb_ok();
  }
  return tb_failed(TB_INVALID, NULL, 0,
                   "value of key %s: expected a whole number from 0 to %" PRIu64, tb_quoted(key),
                   UINT64_MAX);
}

tb_result tb_bucket_set(tb_bucket bucket, const char *key, const void *bytes, size_t size) {
  TB_TRY(checked("key", key));
  return tb_host_set(bucket, key, bytes, size);
}

tb_result tb_bucket_set_text(tb_bucket bucket, const char *key, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *text = tb_vprintf(format, arguments);
  va_end(arguments);
  tb_result result = tb_bucket_set(bucket, key, text, strlen(text));
  tb_free(text);
  return result;
}

tb_result tb_bucket_delete(tb_bucket bucket, const char *key) {
  TB_TRY(checked("key", key));
  return tb_host_delete(bucket, key);
}

tb_result tb_bucket_exists(tb_bucket bucket, const char *key, bool *exists) {
  TB_TRY(checked("key", key));
  return tb_host_exists(bucket, key, exists);
}

tb_result tb_bucket_increment(tb_bucket bucket, const char *key, uint64_t delta, uint64_t *sum) {
  TB_TRY(checked("key", key));
  uint64_t ignored;
  return tb_host_increment(bucket, key, delta, sum == NULL ? &ignored : sum);
}

tb_keys tb_bucket_keys(tb_bucket bucket) {
  tb_keys keys = {.bucket = bucket};
  keys.result = tb_host_list_keys(&keys);
  return keys;
}

bool tb_keys_next(tb_keys *keys, const char **key) {
  while (keys->result.kind == TB_OK) {
    if (keys->next < keys->count) {
      *key = keys->page[keys->next++];
      return true;
    }
    if (!keys->has_cursor) {
      return false;
    }
    tb_free(keys->page);
    keys->next = 0;
    keys->count = 0;
    /* A walk that goes well keeps its place for the page that may fail. */
    const char *file = keys->result.file;
    int line = keys->result.line;
    keys->result = tb_host_list_keys(keys);
    *keys = tb_keys_placed(*keys, file, line);
  }
  return false;
}

tb_keys tb_keys_placed(tb_keys keys, const char *file, int line) {
  if (keys.result.file == NULL) {
    keys.result.file = file;
    keys.result.line = line;
  }
  return keys;
}
