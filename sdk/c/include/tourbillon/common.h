/*
 * What the other headers share: C linkage, attributes of the compiler.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_COMMON_H
#define TOURBILLON_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define TB_BEGIN_DECLS extern "C" {
#define TB_END_DECLS }
#else
#define TB_BEGIN_DECLS
#define TB_END_DECLS
#endif

/* The compiler checks the arguments as it does for printf. */
#define TB_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* To drop such a result is to swallow an error. */
#define TB_MUST_USE __attribute__((warn_unused_result))

/* A table of pairs of texts, as the configuration is. It lives in the memory of the run. */
typedef struct tb_pair {
  const char *name;
  const char *value;
} tb_pair;

typedef struct tb_pairs {
  tb_pair *items;
  size_t count;
} tb_pairs;

TB_BEGIN_DECLS

/* Adds a pair; the value is formatted as by printf. Both are copied. */
void tb_pairs_add(tb_pairs *pairs, const char *name, const char *format, ...) TB_PRINTF(3, 4);

TB_END_DECLS

#endif
