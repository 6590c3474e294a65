/*
 * The host behind the imports of a component. Nothing here decides anything: types are translated,
 * no more. Texts of the host move into the memory of the run.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifdef __wasm__

#include <stdlib.h>
#include <string.h>

#include <tourbillon/context.h>
#include <tourbillon/memory.h>

#include "../bindings/manager.h"
#include "internal.h"

/* A text of ours for the host, which only reads it. */
static manager_string_t lent(const char *text) {
  return (manager_string_t){(uint8_t *)text, strlen(text)};
}

/* A text of the host's, with a NUL, in the memory of the run. */
static const char *taken(manager_string_t *text) {
  const char *copy = tb_copy(text->ptr, text->len);
  manager_string_free(text);
  return copy;
}

void tb_host_log(tb_level level, const char *context, const char *message) {
  manager_string_t where = lent(context), what = lent(message);
  wasi_logging_logging_log((wasi_logging_logging_level_t)level, &where, &what);
}

void tb_host_trap(const char *message) {
  (void)message;
  __builtin_trap();
}

static tb_result config_failed(wasi_config_store_error_t *error) {
  tb_result result = tb_failed(TB_HOST, NULL, 0, "the host cannot read its configuration: %.*s",
                               (int)error->val.io.len, (const char *)error->val.io.ptr);
  wasi_config_store_error_free(error);
  return result;
}

tb_result tb_host_config_get(const char *key, const char **value) {
  manager_string_t name = lent(key);
  manager_option_string_t found;
  wasi_config_store_error_t error;
  if (!wasi_config_store_get(&name, &found, &error)) {
    return config_failed(&error);
  }
  *value = found.is_some ? taken(&found.val) : NULL;
  return tb_ok();
}

tb_result tb_host_config_all(tb_pairs *all) {
  manager_list_tuple2_string_string_t found;
  wasi_config_store_error_t error;
  if (!wasi_config_store_get_all(&found, &error)) {
    return config_failed(&error);
  }
  all->items = tb_alloc(found.len * sizeof *all->items);
  all->count = found.len;
  for (size_t i = 0; i < found.len; i++) {
    all->items[i] = (tb_pair){taken(&found.ptr[i].f0), taken(&found.ptr[i].f1)};
  }
  manager_list_tuple2_string_string_free(&found);
  return tb_ok();
}

static tb_result store_failed(wasi_keyvalue_store_error_t *error, const char *bucket) {
  static const char quota[] = "quota: ";
  if (error->tag == WASI_KEYVALUE_STORE_ERROR_NO_SUCH_STORE) {
    return tb_failed(TB_NO_SUCH_STORE, NULL, 0, "no bucket %s is granted to this manager",
                     tb_quoted(bucket));
  }
  if (error->tag == WASI_KEYVALUE_STORE_ERROR_ACCESS_DENIED) {
    return tb_failed(TB_ACCESS_DENIED, NULL, 0, "the host denies access to the bucket");
  }
  const char *reason = taken(&error->val.other);
  if (strncmp(reason, quota, strlen(quota)) == 0) {
    return tb_failed(TB_QUOTA, NULL, 0, "over the bucket's quota: %s", reason + strlen(quota));
  }
  return tb_failed(TB_HOST, NULL, 0, "the store failed: %s", reason);
}

/* Opening costs a call and a handle, so an open bucket is kept as long as the instance lives. */
static struct opened {
  struct opened *next;
  int32_t handle;
  char name[];
} *opened;

tb_result tb_host_open(const char *name, tb_bucket *bucket) {
  for (struct opened *known = opened; known != NULL; known = known->next) {
    if (strcmp(known->name, name) == 0) {
      bucket->handle = known->handle;
      return tb_ok();
    }
  }
  manager_string_t identifier = lent(name);
  wasi_keyvalue_store_own_bucket_t handle;
  wasi_keyvalue_store_error_t error;
  if (!wasi_keyvalue_store_open(&identifier, &handle, &error)) {
    return store_failed(&error, name);
  }
  bucket->handle = handle.__handle;
  struct opened *entry = malloc(sizeof *entry + strlen(name) + 1);
  if (entry != NULL) {
    entry->next = opened;
    entry->handle = handle.__handle;
    strcpy(entry->name, name);
    opened = entry;
  }
  return tb_ok();
}

static wasi_keyvalue_store_borrow_bucket_t borrowed(tb_bucket bucket) {
  return (wasi_keyvalue_store_borrow_bucket_t){bucket.handle};
}

tb_result tb_host_get(tb_bucket bucket, const char *key, tb_value *value) {
  manager_string_t name = lent(key);
  manager_option_list_u8_t found;
  wasi_keyvalue_store_error_t error;
  if (!wasi_keyvalue_store_method_bucket_get(borrowed(bucket), &name, &found, &error)) {
    return store_failed(&error, "");
  }
  if (found.is_some) {
    *value = (tb_value){tb_copy(found.val.ptr, found.val.len), found.val.len};
    manager_list_u8_free(&found.val);
  }
  return tb_ok();
}

tb_result tb_host_set(tb_bucket bucket, const char *key, const void *bytes, size_t size) {
  manager_string_t name = lent(key);
  manager_list_u8_t value = {(uint8_t *)bytes, size};
  wasi_keyvalue_store_error_t error;
  return wasi_keyvalue_store_method_bucket_set(borrowed(bucket), &name, &value, &error)
             ? tb_ok()
             : store_failed(&error, "");
}

tb_result tb_host_delete(tb_bucket bucket, const char *key) {
  manager_string_t name = lent(key);
  wasi_keyvalue_store_error_t error;
  return wasi_keyvalue_store_method_bucket_delete(borrowed(bucket), &name, &error)
             ? tb_ok()
             : store_failed(&error, "");
}

tb_result tb_host_exists(tb_bucket bucket, const char *key, bool *exists) {
  manager_string_t name = lent(key);
  wasi_keyvalue_store_error_t error;
  return wasi_keyvalue_store_method_bucket_exists(borrowed(bucket), &name, exists, &error)
             ? tb_ok()
             : store_failed(&error, "");
}

tb_result tb_host_increment(tb_bucket bucket, const char *key, uint64_t delta, uint64_t *sum) {
  manager_string_t name = lent(key);
  wasi_keyvalue_atomics_error_t error;
  return wasi_keyvalue_atomics_increment(borrowed(bucket), &name, delta, sum, &error)
             ? tb_ok()
             : store_failed(&error, "");
}

tb_result tb_host_list_keys(tb_keys *keys) {
  wasi_keyvalue_store_key_response_t page;
  wasi_keyvalue_store_error_t error;
  uint64_t *cursor = keys->has_cursor ? &keys->cursor : NULL;
  if (!wasi_keyvalue_store_method_bucket_list_keys(borrowed(keys->bucket), cursor, &page, &error)) {
    return store_failed(&error, "");
  }
  keys->page = tb_alloc(page.keys.len * sizeof *keys->page);
  keys->count = page.keys.len;
  keys->has_cursor = page.cursor.is_some;
  keys->cursor = page.cursor.val;
  for (size_t i = 0; i < page.keys.len; i++) {
    keys->page[i] = taken(&page.keys.ptr[i]);
  }
  wasi_keyvalue_store_key_response_free(&page);
  return tb_ok();
}

const char *tb_manager_name(void) {
  manager_string_t text;
  tourbillon_manager_context_manager(&text);
  return taken(&text);
}

const char *tb_host_name(void) {
  manager_string_t text;
  tourbillon_manager_context_host(&text);
  return taken(&text);
}

const char *tb_trigger(void) {
  manager_string_t text;
  tourbillon_manager_context_trigger(&text);
  return taken(&text);
}

uint32_t tb_attempt(void) {
  return tourbillon_manager_context_attempt();
}

uint64_t tb_fence(void) {
  return tourbillon_manager_context_fence();
}

uint64_t tb_fuel_granted(void) {
  return tourbillon_manager_context_fuel_granted();
}

uint64_t tb_fuel_left(void) {
  return tourbillon_manager_context_fuel_left();
}

uint64_t tb_time_limit_ms(void) {
  return tourbillon_manager_context_time_limit_ms();
}

uint64_t tb_missed_before(void) {
  return tourbillon_manager_context_missed_before();
}

#endif
