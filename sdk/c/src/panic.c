/*
 * A panic is reported before it becomes a trap, which has a backtrace but no text.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <stdarg.h>
#include <stdio.h>

#include <tourbillon/panic.h>

#include "internal.h"

/* A longer text is cut. There may be no memory left to say it in, so it is said in this. */
static char panic_text[1024];

void tb_panic_at(const char *file, int line, const char *format, ...) {
  int used = line > 0 ? snprintf(panic_text, sizeof panic_text, "panicked at %s:%d: ", file, line)
                      : snprintf(panic_text, sizeof panic_text, "panicked in %s: ", file);
  if (used > 0 && (size_t)used < sizeof panic_text) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(panic_text + used, sizeof panic_text - (size_t)used, format, arguments);
    va_end(arguments);
  }
  for (char *s = panic_text; *s != 0; s++) {
    if ((unsigned char)*s < 0x20 || *s == 0x7F) {
      *s = ' ';
    }
  }
  /* A text that was cut, or never was UTF-8, is shortened to what the host takes. */
  for (char *end = panic_text + sizeof panic_text - 1; !tb_is_utf8(panic_text); end--) {
    *end = 0;
  }
  tb_host_log(TB_CRITICAL, "panic", panic_text);
  tb_host_trap(panic_text);
}
