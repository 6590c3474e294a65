/*
 * A host in memory, for tests of managers on native targets.
 *
 * It keeps the promises that a manager can see (own writes are read, keys come in byte order and in
 * pages, increments are decimal text) and knows no schedule: harness.c has that.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef __wasm__

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tourbillon/context.h>
#include <tourbillon/memory.h>
#include <tourbillon/panic.h>
#include <tourbillon/testing.h>

#include "memory_host.h"

/* As many keys as the real host puts on a page. */
#define PAGE 1000

/* A key and its value, or a name and what it stands for. A NUL stands after both. */
typedef struct entry {
  char *key;
  char *value;
  size_t size;
} entry;

/* Entries in the order of their keys' bytes. */
typedef struct table {
  entry *entries;
  size_t count;
} table;

typedef struct bucket {
  char *name;
  table values;
} bucket;

typedef struct buckets {
  bucket *items;
  size_t count;
} buckets;

/* The keys that a list has not given yet. */
typedef struct list {
  uint64_t cursor;
  char **keys;
  size_t count;
} list;

static struct {
  table config;
  buckets stores; /* the first one is the manager's own */
  buckets before;
  tb_log_line *log;
  size_t log_count;
  list *lists;
  size_t list_count;
  uint64_t last_cursor;
  uint32_t attempt;
  const char *trigger;
} host = {.trigger = ""};

void *tb_test_realloc(void *block, size_t size) {
  block = realloc(block, size == 0 ? 1 : size);
  if (block == NULL) {
    tb_panic("no memory for %zu bytes", size);
  }
  return block;
}

char *tb_test_copy(const void *bytes, size_t size) {
  char *copy = tb_test_realloc(NULL, size + 1);
  if (size > 0) {
    memcpy(copy, bytes, size);
  }
  copy[size] = 0;
  return copy;
}

/* ---- tables ---- */

/* Where the key is, or where it would be. */
static size_t place_of(const table *table, const char *key, bool *found) {
  size_t low = 0, high = table->count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(table->entries[middle].key, key) < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  *found = low < table->count && strcmp(table->entries[low].key, key) == 0;
  return low;
}

static const entry *look_up(const table *table, const char *key) {
  bool found;
  size_t place = place_of(table, key, &found);
  return found ? &table->entries[place] : NULL;
}

static void put(table *table, const char *key, const void *bytes, size_t size) {
  bool found;
  size_t place = place_of(table, key, &found);
  if (!found) {
    table->entries = tb_test_realloc(table->entries, (table->count + 1) * sizeof(entry));
    memmove(table->entries + place + 1, table->entries + place,
            (table->count - place) * sizeof(entry));
    table->entries[place] = (entry){tb_test_copy(key, strlen(key)), NULL, 0};
    table->count++;
  }
  char *old = table->entries[place].value;
  table->entries[place].value = tb_test_copy(bytes, size);
  table->entries[place].size = size;
  free(old);
}

static void take(table *table, const char *key) {
  bool found;
  size_t place = place_of(table, key, &found);
  if (found) {
    free(table->entries[place].key);
    free(table->entries[place].value);
    table->count--;
    memmove(table->entries + place, table->entries + place + 1,
            (table->count - place) * sizeof(entry));
  }
}

static void empty(table *table) {
  for (size_t i = 0; i < table->count; i++) {
    free(table->entries[i].key);
    free(table->entries[i].value);
  }
  free(table->entries);
  table->entries = NULL;
  table->count = 0;
}

static void forget_buckets(buckets *all) {
  for (size_t i = 0; i < all->count; i++) {
    free(all->items[i].name);
    empty(&all->items[i].values);
  }
  free(all->items);
  *all = (buckets){NULL, 0};
}

static table *add_bucket(buckets *all, const char *name) {
  all->items = tb_test_realloc(all->items, (all->count + 1) * sizeof(bucket));
  all->items[all->count] = (bucket){tb_test_copy(name, strlen(name)), {NULL, 0}};
  return &all->items[all->count++].values;
}

static table *values_of(tb_bucket bucket) {
  if (host.stores.count == 0) {
    add_bucket(&host.stores, "");
  }
  if (bucket.handle < 0 || (size_t)bucket.handle >= host.stores.count) {
    tb_panic("this bucket was never opened");
  }
  return &host.stores.items[bucket.handle].values;
}

static const tb_bucket own = {0};

/* ---- what the harness and tests ask for ---- */

void tb_test_begin(void) {
  values_of(own);
  forget_buckets(&host.before);
  for (size_t i = 0; i < host.stores.count; i++) {
    table *copy = add_bucket(&host.before, host.stores.items[i].name);
    const table *values = &host.stores.items[i].values;
    for (size_t k = 0; k < values->count; k++) {
      put(copy, values->entries[k].key, values->entries[k].value, values->entries[k].size);
    }
  }
}

void tb_test_undo(void) {
  forget_buckets(&host.stores);
  host.stores = host.before;
  host.before = (buckets){NULL, 0};
}

void tb_test_keep(void) {
  forget_buckets(&host.before);
}

void tb_test_set_running(uint32_t attempt, const char *trigger) {
  host.attempt = attempt;
  host.trigger = trigger;
}

void tb_test_set_config(const char *key, const char *value) {
  put(&host.config, key, value, strlen(value));
}

void tb_test_grant_bucket(const char *name) {
  values_of(own);
  add_bucket(&host.stores, name);
}

tb_value tb_test_stored_value(const char *key) {
  const entry *found = look_up(values_of(own), key);
  return found == NULL ? (tb_value){NULL, 0} : (tb_value){found->value, found->size};
}

const char *tb_test_stored(const char *key) {
  return tb_test_stored_value(key).data;
}

const tb_log_line *tb_test_log(size_t *count) {
  *count = host.log_count;
  return host.log;
}

const char *tb_test_last_message(void) {
  return host.log_count == 0 ? "" : host.log[host.log_count - 1].message;
}

void tb_test_forget_log(void) {
  for (size_t i = 0; i < host.log_count; i++) {
    free((char *)host.log[i].context);
    free((char *)host.log[i].message);
  }
  free(host.log);
  host.log = NULL;
  host.log_count = 0;
}

static void forget_list(list *list) {
  for (size_t i = 0; i < list->count; i++) {
    free(list->keys[i]);
  }
  free(list->keys);
}

void tb_test_reset(void) {
  empty(&host.config);
  forget_buckets(&host.stores);
  forget_buckets(&host.before);
  tb_test_forget_log();
  for (size_t i = 0; i < host.list_count; i++) {
    forget_list(&host.lists[i]);
  }
  free(host.lists);
  host.lists = NULL;
  host.list_count = 0;
  tb_release_run();
}

/* ---- the door ---- */

void tb_host_log(tb_level level, const char *context, const char *message) {
  host.log = tb_test_realloc(host.log, (host.log_count + 1) * sizeof *host.log);
  host.log[host.log_count++] = (tb_log_line){level, tb_test_copy(context, strlen(context)),
                                             tb_test_copy(message, strlen(message))};
}

void tb_host_trap(const char *message) {
  fprintf(stderr, "%s\n", message);
  abort();
}

tb_result tb_host_config_get(const char *key, const char **value) {
  const entry *found = look_up(&host.config, key);
  *value = found == NULL ? NULL : tb_copy(found->value, found->size);
  return tb_ok();
}

tb_result tb_host_config_all(tb_pairs *all) {
  for (size_t i = 0; i < host.config.count; i++) {
    tb_pairs_add(all, host.config.entries[i].key, "%s", host.config.entries[i].value);
  }
  return tb_ok();
}

tb_result tb_host_open(const char *name, tb_bucket *bucket) {
  *bucket = own;
  values_of(own);
  if (*name == 0 || strcmp(name, "default") == 0) {
    return tb_ok();
  }
  for (size_t i = 1; i < host.stores.count; i++) {
    if (strcmp(host.stores.items[i].name, name) == 0) {
      bucket->handle = (int32_t)i;
      return tb_ok();
    }
  }
  return tb_failed(TB_NO_SUCH_STORE, NULL, 0, "no bucket %s is granted to this manager",
                   tb_quoted(name));
}

tb_result tb_host_get(tb_bucket bucket, const char *key, tb_value *value) {
  const entry *found = look_up(values_of(bucket), key);
  if (found != NULL) {
    *value = (tb_value){tb_copy(found->value, found->size), found->size};
  }
  return tb_ok();
}

tb_result tb_host_set(tb_bucket bucket, const char *key, const void *bytes, size_t size) {
  put(values_of(bucket), key, bytes, size);
  return tb_ok();
}

tb_result tb_host_delete(tb_bucket bucket, const char *key) {
  take(values_of(bucket), key);
  return tb_ok();
}

tb_result tb_host_exists(tb_bucket bucket, const char *key, bool *exists) {
  *exists = look_up(values_of(bucket), key) != NULL;
  return tb_ok();
}

tb_result tb_host_increment(tb_bucket bucket, const char *key, uint64_t delta, uint64_t *sum) {
  const entry *found = look_up(values_of(bucket), key);
  uint64_t number = 0;
  if (found != NULL && (found->size == 0 || strspn(found->value, "0123456789") != found->size)) {
    return tb_failed(TB_HOST, NULL, 0, "the store failed: the value is not a decimal number");
  }
  if (found != NULL && !tb_text_u64(found->value, UINT64_MAX - delta, &number)) {
    return tb_failed(TB_HOST, NULL, 0, "the store failed: the sum does not fit into 64 bits");
  }
  *sum = number + delta;
  char text[24];
  int size = snprintf(text, sizeof text, "%" PRIu64, *sum);
  put(values_of(bucket), key, text, (size_t)size);
  return tb_ok();
}

/* All keys of a bucket, as they stand now. */
static list list_of(const table *values) {
  list all = {0, tb_test_realloc(NULL, values->count * sizeof(char *)), values->count};
  for (size_t i = 0; i < values->count; i++) {
    all.keys[i] = tb_test_copy(values->entries[i].key, strlen(values->entries[i].key));
  }
  return all;
}

/* Takes the list of this cursor out of those that are kept. */
static bool list_at(uint64_t cursor, list *found) {
  for (size_t i = 0; i < host.list_count; i++) {
    if (host.lists[i].cursor == cursor) {
      *found = host.lists[i];
      host.lists[i] = host.lists[--host.list_count];
      return true;
    }
  }
  return false;
}

tb_result tb_host_list_keys(tb_keys *keys) {
  list rest;
  if (!keys->has_cursor) {
    rest = list_of(values_of(keys->bucket));
  } else if (!list_at(keys->cursor, &rest)) {
    return tb_failed(TB_HOST, NULL, 0, "the store failed: no list has the cursor %" PRIu64,
                     keys->cursor);
  }
  keys->count = rest.count < PAGE ? rest.count : PAGE;
  keys->has_cursor = rest.count > PAGE;
  keys->page = tb_alloc(keys->count * sizeof *keys->page);
  for (size_t i = 0; i < keys->count; i++) {
    keys->page[i] = tb_copy(rest.keys[i], strlen(rest.keys[i]));
    free(rest.keys[i]);
  }
  rest.count -= keys->count;
  memmove(rest.keys, rest.keys + keys->count, rest.count * sizeof(char *));
  if (!keys->has_cursor) {
    free(rest.keys);
    return tb_ok();
  }
  keys->cursor = rest.cursor = ++host.last_cursor;
  host.lists = tb_test_realloc(host.lists, (host.list_count + 1) * sizeof(list));
  host.lists[host.list_count++] = rest;
  return tb_ok();
}

const char *tb_manager_name(void) {
  return "test";
}

const char *tb_host_name(void) {
  return "test";
}

const char *tb_trigger(void) {
  return host.trigger;
}

uint32_t tb_attempt(void) {
  return host.attempt;
}

uint64_t tb_fence(void) {
  return 1;
}

uint64_t tb_fuel_granted(void) {
  return host.attempt > 0 ? 100000000 : 0;
}

uint64_t tb_fuel_left(void) {
  return tb_fuel_granted();
}

uint64_t tb_time_limit_ms(void) {
  return host.attempt > 0 ? 5000 : 0;
}

uint64_t tb_missed_before(void) {
  return 0;
}

#endif
