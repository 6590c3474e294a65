// Tourbillon's SDK for C++: everything that a manager needs, in one include. C++23, no exceptions.
//
// A manager is a component with some periodic tasks. The host counts ticks and decides when a task
// is due; the manager says what the task does, and knows nothing of clocks, threads or counters.
//
// Tests include <tourbillon/testing.hpp> as well, which brings a small host in memory. It all sits
// on the SDK for C, whose sources are compiled along.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tourbillon/config.hpp>
#include <tourbillon/context.hpp>
#include <tourbillon/format.hpp>
#include <tourbillon/log.hpp>
#include <tourbillon/manager.hpp>
#include <tourbillon/panic.hpp>
#include <tourbillon/result.hpp>
#include <tourbillon/store.hpp>
#include <tourbillon/task.hpp>

// The version of this SDK, which is the version of the WIT package that it speaks.
#define TOURBILLON_VERSION "0.1.0"
