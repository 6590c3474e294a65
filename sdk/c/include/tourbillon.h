/*
 * Tourbillon's SDK for C: everything that a manager needs, in one include.
 *
 * A manager is a component with some periodic tasks. The host counts ticks and decides when a task
 * is due; the manager says what the task does, and knows nothing of clocks, threads or counters.
 *
 * Tests include <tourbillon/testing.h> as well, which brings a small host in memory.
 *
 * SPDX-License-Identifier: Apache-2.0
 */
#ifndef TOURBILLON_H
#define TOURBILLON_H

#include <tourbillon/config.h>
#include <tourbillon/context.h>
#include <tourbillon/log.h>
#include <tourbillon/manager.h>
#include <tourbillon/memory.h>
#include <tourbillon/panic.h>
#include <tourbillon/result.h>
#include <tourbillon/store.h>
#include <tourbillon/task.h>

/* The version of this SDK, which is the version of the WIT package that it speaks. */
#define TOURBILLON_VERSION "0.1.0"

#endif
