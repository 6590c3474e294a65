/*
 * The manager's durable state, through wasi:keyvalue: bytes under text keys, in buckets.
 *
 * What a run writes is kept only if the run succeeds, all of it at once; a run reads its own
 * writes. Values and keys count against the manager's quota. Failures are TB_NO_SUCH_STORE,
 * TB_ACCESS_DENIED, TB_QUOTA, TB_INVALID (a key that is no UTF-8) and TB_HOST.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_STORE_H
#define TOURBILLON_STORE_H

#include <tourbillon/result.h>

/* An open bucket. There is nothing to close: it is good as long as its instance. */
typedef struct tb_bucket {
  int32_t handle;
} tb_bucket;

/* A value: data is NULL where there is none. A NUL stands after the bytes, so that text is text. */
typedef struct tb_value {
  const char *data;
  size_t size;
} tb_value;

/* A walk over the keys of a bucket; see tb_bucket_keys. */
typedef struct tb_keys {
  /* How it went: a failure ends the walk, so look when tb_keys_next returned false. */
  tb_result result;
  tb_bucket bucket;
  const char **page;
  size_t count;
  size_t next;
  uint64_t cursor;
  bool has_cursor;
} tb_keys;

TB_BEGIN_DECLS

/* The manager's own bucket; TB_ACCESS_DENIED while tasks are being declared. */
tb_result tb_bucket_own(tb_bucket *bucket) TB_MUST_USE;

/* A bucket that the operator granted under this name. */
tb_result tb_bucket_open(const char *name, tb_bucket *bucket) TB_MUST_USE;

/* The value under the key, in the run's memory; its data is NULL if there is none. */
tb_result tb_bucket_get(tb_bucket bucket, const char *key, tb_value *value) TB_MUST_USE;

/* Puts so many bytes under the key, in place of what was there. */
tb_result tb_bucket_set(tb_bucket bucket, const char *key, const void *bytes, size_t size)
    TB_MUST_USE;

/* Puts a text under the key, formatted as by printf, in place of what was there. */
tb_result tb_bucket_set_text(tb_bucket bucket, const char *key, const char *format, ...)
    TB_PRINTF(3, 4) TB_MUST_USE;

/* The decimal number under the key, as tb_bucket_increment keeps it; left as it was if there is no
 * value, and TB_INVALID if that is no number. */
tb_result tb_bucket_get_u64(tb_bucket bucket, const char *key, uint64_t *number) TB_MUST_USE;

/* Removes the key; that there was none is no failure. */
tb_result tb_bucket_delete(tb_bucket bucket, const char *key) TB_MUST_USE;

/* Whether there is a value under the key. */
tb_result tb_bucket_exists(tb_bucket bucket, const char *key, bool *exists) TB_MUST_USE;

/* Adds delta to the number under the key, which starts at 0, and gives the sum (sum may be NULL).
 * The number is kept as decimal text; TB_HOST if the value is no number, or the sum too large. */
tb_result tb_bucket_increment(tb_bucket bucket, const char *key, uint64_t delta, uint64_t *sum)
    TB_MUST_USE;

/*
 * All keys in the order of their bytes, asked for page by page:
 *
 *     const char *key;
 *     tb_keys keys = tb_bucket_keys(bucket);
 *     while (tb_keys_next(&keys, &key)) { … }
 *     TB_TRY(keys.result);
 *
 * The list is the one that stood when the first page was asked for: deleting while listing skips
 * none. The keys are in the run's memory.
 */
tb_keys tb_bucket_keys(tb_bucket bucket);

/* The next key; false at the end, or after a failure. */
bool tb_keys_next(tb_keys *keys, const char **key);

/* What tb_bucket_keys is where it is a macro: the same walk, which fails at this place. */
tb_keys tb_keys_placed(tb_keys keys, const char *file, int line);

#if !defined(TB_PLACELESS) && !defined(__cplusplus)
/* With the place of the call; see TB_PLACED. */
#define tb_bucket_own(...) TB_PLACED(tb_bucket_own(__VA_ARGS__))
#define tb_bucket_open(...) TB_PLACED(tb_bucket_open(__VA_ARGS__))
#define tb_bucket_get(...) TB_PLACED(tb_bucket_get(__VA_ARGS__))
#define tb_bucket_set(...) TB_PLACED(tb_bucket_set(__VA_ARGS__))
#define tb_bucket_set_text(...) TB_PLACED(tb_bucket_set_text(__VA_ARGS__))
#define tb_bucket_get_u64(...) TB_PLACED(tb_bucket_get_u64(__VA_ARGS__))
#define tb_bucket_delete(...) TB_PLACED(tb_bucket_delete(__VA_ARGS__))
#define tb_bucket_exists(...) TB_PLACED(tb_bucket_exists(__VA_ARGS__))
#define tb_bucket_increment(...) TB_PLACED(tb_bucket_increment(__VA_ARGS__))
#define tb_bucket_keys(...) tb_keys_placed(tb_bucket_keys(__VA_ARGS__), __FILE__, __LINE__)
#endif

TB_END_DECLS

#endif
