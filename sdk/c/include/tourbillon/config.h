/*
 * The manager's configuration, through wasi:config: texts under text keys, set by the operator
 * under `[manager.NAME] config = { … }`.
 *
 * A missing key is no error. The functions that read a number leave their result as it was then, so
 * that a default is written before the call:
 *
 *     uint64_t limit = 25;
 *     TB_TRY(tb_config_u64("limit", &limit));
 *
 * A value that cannot be read as what was asked for is a failure (TB_INVALID) that names the key
 * and the value.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_CONFIG_H
#define TOURBILLON_CONFIG_H

#include <tourbillon/result.h>

TB_BEGIN_DECLS

/* The value under the key, in the run's memory, or NULL if it is not set. */
tb_result tb_config_get(const char *key, const char **value) TB_MUST_USE;

/* Every key and value. */
tb_result tb_config_all(tb_pairs *all) TB_MUST_USE;

/* The value as a whole number from 0. */
tb_result tb_config_u64(const char *key, uint64_t *number) TB_MUST_USE;

/* The value as a whole number from 0 to 4,294,967,295, as a number of ticks is. */
tb_result tb_config_u32(const char *key, uint32_t *number) TB_MUST_USE;

/* The value as a whole number, which may be negative. */
tb_result tb_config_i64(const char *key, int64_t *number) TB_MUST_USE;

/* The value as `true` or `false`. */
tb_result tb_config_bool(const char *key, bool *flag) TB_MUST_USE;

/*
 * The value as a length of time in milliseconds: a whole number with one of the units ms, s, m, h,
 * d, w (`7d`, `90s`, `500ms`); without a unit it counts seconds.
 */
tb_result tb_config_duration(const char *key, uint64_t *milliseconds) TB_MUST_USE;

/* The same for a value at hand, such as one of a list; the key is for the message of a failure. */
tb_result tb_config_parse_u64(const char *key, const char *value, uint64_t most, uint64_t *number)
    TB_MUST_USE;
tb_result tb_config_parse_i64(const char *key, const char *value, int64_t least, int64_t most,
                              int64_t *number) TB_MUST_USE;
tb_result tb_config_parse_bool(const char *key, const char *value, bool *flag) TB_MUST_USE;
tb_result tb_config_parse_duration(const char *key, const char *value, uint64_t *milliseconds)
    TB_MUST_USE;

/* A length of time for people, in the run's memory: `500ms`, `1.5s`, `604800s`. */
const char *tb_duration_text(uint64_t milliseconds);

#if !defined(TB_PLACELESS) && !defined(__cplusplus)
/* With the place of the call; see TB_PLACED. */
#define tb_config_get(...) TB_PLACED(tb_config_get(__VA_ARGS__))
#define tb_config_all(...) TB_PLACED(tb_config_all(__VA_ARGS__))
#define tb_config_u64(...) TB_PLACED(tb_config_u64(__VA_ARGS__))
#define tb_config_u32(...) TB_PLACED(tb_config_u32(__VA_ARGS__))
#define tb_config_i64(...) TB_PLACED(tb_config_i64(__VA_ARGS__))
#define tb_config_bool(...) TB_PLACED(tb_config_bool(__VA_ARGS__))
#define tb_config_duration(...) TB_PLACED(tb_config_duration(__VA_ARGS__))
#define tb_config_parse_u64(...) TB_PLACED(tb_config_parse_u64(__VA_ARGS__))
#define tb_config_parse_i64(...) TB_PLACED(tb_config_parse_i64(__VA_ARGS__))
#define tb_config_parse_bool(...) TB_PLACED(tb_config_parse_bool(__VA_ARGS__))
#define tb_config_parse_duration(...) TB_PLACED(tb_config_parse_duration(__VA_ARGS__))
#endif

TB_END_DECLS

#endif
