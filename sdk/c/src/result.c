/*
 * Failures: made, given a context, handed on.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <string.h>

#include <tourbillon/memory.h>
#include <tourbillon/result.h>

#include "internal.h"

/* Line breaks and other control characters become one space: the message is one line of a log. */
static const char *one_line(char *text) {
  char *end = text;
  bool gap = false;
  for (const char *s = text; *s != 0; s++) {
    if ((unsigned char)*s < 0x20 || *s == 0x7F) {
      gap = true;
      continue;
    }
    if (gap && end != text) {
      *end++ = ' ';
    }
    gap = false;
    *end++ = *s;
  }
  *end = 0;
  return tb_utf8(text);
}

tb_result tb_failed(tb_kind kind, const char *file, int line, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const char *message = one_line(tb_vprintf(format, arguments));
  va_end(arguments);
  return (tb_result){kind, false, 0, message, file, line};
}

tb_result tb_context(tb_result result, const char *format, ...) {
  if (result.kind != TB_OK) {
    va_list arguments;
    va_start(arguments, format);
    const char *context = tb_vprintf(format, arguments);
    va_end(arguments);
    result.message = one_line(tb_printf("%s: %s", context, result.message));
  }
  return result;
}

tb_result tb_skip_ticks(tb_result result, uint32_t ticks) {
  result.asks_to_skip = true;
  result.ticks_to_skip = ticks;
  return result;
}

tb_result tb_passed_on(tb_result result, const char *file, int line) {
  if (result.kind != TB_OK && result.file == NULL) {
    result.file = file;
    result.line = line;
  }
  return result;
}
