/*
 * Messages to the host's log.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#include <tourbillon/log.h>
#include <tourbillon/memory.h>

#include "internal.h"

void tb_log(tb_level level, const char *context, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  char *message = tb_vprintf(format, arguments);
  va_end(arguments);
  tb_host_log(level, tb_utf8(context), tb_utf8(message));
  tb_free(message);
}
