/*
 * How something ended: tb_result, which tasks return and which every function of the SDK returns
 * that can fail. TB_TRY hands a failure on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_RESULT_H
#define TOURBILLON_RESULT_H

#include <stdarg.h>

#include <tourbillon/common.h>

/* What kind of failure, for code that tells them apart. TB_OK is success. */
typedef enum tb_kind {
  /* Success. */
  TB_OK = 0,
  /* A failure of the manager's own making. */
  TB_FAILED,
  /* There is no bucket of this name, or it is not granted to this manager. */
  TB_NO_SUCH_STORE,
  /* The manager may not use the bucket in this way, or not at this moment. */
  TB_ACCESS_DENIED,
  /* More bytes or keys than granted; nothing was stored. */
  TB_QUOTA,
  /* A value or a key is not what it should be. */
  TB_INVALID,
  /* The host failed; the message has its words. */
  TB_HOST
} tb_kind;

/* A success, perhaps with a wish when to run again, or a failure with its reason. */
typedef struct tb_result {
  tb_kind kind;
  /* Whether ticks_to_skip is a wish; the host clamps it (0 to 1,000,000 by default). */
  bool asks_to_skip;
  /* "Skip this many ticks, then run me again", once. 0 asks for the very next tick. */
  uint32_t ticks_to_skip;
  /* One line for people, in the run's memory; NULL with TB_OK. The host cuts it after 4 KiB. */
  const char *message;
  /* Where it was made: the manager's line, also for a failure of the SDK. It is logged with the failure of a
   * run; NULL in one that was put together by hand. */
  const char *file;
  int line;
} tb_result;

/* Success: `return tb_ok();`. */
#define tb_ok() ((tb_result){TB_OK, false, 0, NULL, NULL, 0})

/* Success, and a wish: skip so many ticks, then run again, once. */
#define tb_ok_skip(ticks) ((tb_result){TB_OK, true, (ticks), NULL, NULL, 0})

/*
 * The same result; a failure without a place gets that of this line. Each function of the SDK that returns
 * a tb_result is a macro of its own name around this, so that a failure that is returned as it is, without
 * TB_TRY, is logged with the line that called. The SDK's own lines are no place that an author looks for,
 * so its sources define TB_PLACELESS; C++ has std::source_location instead.
 */
#ifdef TB_PLACELESS
#define TB_PLACED(result) (result)
#else
#define TB_PLACED(result) tb_passed_on((result), __FILE__, __LINE__)
#endif

/* A failure with this message, formatted as by printf: `return tb_fail("no %s", name);`. */
#define tb_fail(...) tb_failed(TB_FAILED, __FILE__, __LINE__, __VA_ARGS__)

/* A failure that asks to skip so many ticks before the next run, once. */
#define tb_fail_skip(ticks, ...) tb_skip_ticks(tb_fail(__VA_ARGS__), (ticks))

/*
 * Returns from the function if the expression, a tb_result, is a failure. With it goes the file and line
 * that handed it on first, if it has none yet.
 */
#define TB_TRY(expression)                                              \
  do {                                                                  \
    tb_result tb_try_result_ = (expression);                            \
    if (tb_try_result_.kind != TB_OK) {                                 \
      return TB_PLACED(tb_try_result_);                                 \
    }                                                                   \
  } while (0)

TB_BEGIN_DECLS

/* What tb_fail expands to: a failure of this kind, made at this place. Control characters become
 * spaces, and bytes that are no UTF-8 a replacement character. */
tb_result tb_failed(tb_kind kind, const char *file, int line, const char *format, ...)
    TB_PRINTF(4, 5);

/* The same failure with a context and a colon before its message: `TB_TRY(tb_context(…, "x"))`.
 * A success stays as it is. */
tb_result tb_context(tb_result result, const char *format, ...) TB_PRINTF(2, 3);

/* The same result, asking the host to skip so many ticks before the next run, once. */
tb_result tb_skip_ticks(tb_result result, uint32_t ticks);

/* What TB_TRY and TB_PLACED expand to: the same failure, with this place if it has none yet. */
tb_result tb_passed_on(tb_result result, const char *file, int line) TB_MUST_USE;

TB_END_DECLS

#endif
