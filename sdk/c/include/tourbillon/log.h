/*
 * Messages to the host's log, through wasi:logging.
 *
 * The macros format like printf and name the source file that they stand in as the context; the
 * host adds the manager, task, tick and run. Lines or bytes over the run's limit are dropped and
 * counted, and never end a run. (printf itself writes to nowhere: a manager has no stdout.)
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_LOG_H
#define TOURBILLON_LOG_H

#include <tourbillon/common.h>

/* How serious a message is, from the least to the most. */
typedef enum tb_level {
  /* The finest detail. */
  TB_TRACE,
  /* For whoever looks for a fault. */
  TB_DEBUG,
  /* Ordinary course of events. */
  TB_INFO,
  /* Something unexpected that did no harm yet. */
  TB_WARN,
  /* Something went wrong. */
  TB_ERROR,
  /* Something went wrong that needs a person. */
  TB_CRITICAL
} tb_level;

/* What a message belongs to; define it before the include for another one. */
#ifndef TB_LOG_CONTEXT
#define TB_LOG_CONTEXT __FILE_NAME__
#endif

#define tb_trace(...) tb_log(TB_TRACE, TB_LOG_CONTEXT, __VA_ARGS__)
#define tb_debug(...) tb_log(TB_DEBUG, TB_LOG_CONTEXT, __VA_ARGS__)
#define tb_info(...) tb_log(TB_INFO, TB_LOG_CONTEXT, __VA_ARGS__)
#define tb_warn(...) tb_log(TB_WARN, TB_LOG_CONTEXT, __VA_ARGS__)
#define tb_error(...) tb_log(TB_ERROR, TB_LOG_CONTEXT, __VA_ARGS__)
#define tb_critical(...) tb_log(TB_CRITICAL, TB_LOG_CONTEXT, __VA_ARGS__)

TB_BEGIN_DECLS

/* Writes one message, formatted as by printf; the host keeps the context as a field. */
void tb_log(tb_level level, const char *context, const char *format, ...) TB_PRINTF(3, 4);

TB_END_DECLS

#endif
