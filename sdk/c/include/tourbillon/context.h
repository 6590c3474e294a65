/*
 * What a manager may ask about the run in progress, beside what tb_run tells it.
 *
 * Outside of a run tb_manager_name, tb_host_name and tb_fence answer; the rest are 0 or empty. Each
 * function is one call to the host and one more use of the import tourbillon:manager/context. Texts
 * are in the run's memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_CONTEXT_H
#define TOURBILLON_CONTEXT_H

#include <tourbillon/common.h>

TB_BEGIN_DECLS

/* The manager's name on this host. */
const char *tb_manager_name(void);

/* The name of the host. */
const char *tb_host_name(void);

/* 1, or 2 where a run that was lost with its host is repeated (`on_lost = "repeat"`). */
uint32_t tb_attempt(void);

/* The host's fencing number; it grows with every start of a host. A sink that remembers the highest
 * one can refuse writers of the past. */
uint64_t tb_fence(void);

/* What started this run: `schedule` or `operator`. */
const char *tb_trigger(void);

/* The fuel granted to this run. */
uint64_t tb_fuel_granted(void);

/* The fuel that is left of it. */
uint64_t tb_fuel_left(void);

/* This run's time limit in milliseconds, from entry, without the time that it waited for a core. */
uint64_t tb_time_limit_ms(void);

/* How many ticks were missed directly before this one. */
uint64_t tb_missed_before(void);

TB_END_DECLS

#endif
