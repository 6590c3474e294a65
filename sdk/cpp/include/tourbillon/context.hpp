// What a manager may ask about the run in progress, beside what Run tells it.
//
// Outside of a run manager(), host() and fence() answer; the rest are 0 or empty. Each function is
// one call to the host and one more use of the import tourbillon:manager/context.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <tourbillon/context.h>

namespace tourbillon::context {

// The manager's name on this host.
inline std::string manager() { return tb_manager_name(); }

// The name of the host.
inline std::string host() { return tb_host_name(); }

// 1, or 2 where a run that was lost with its host is repeated (`on_lost = "repeat"`).
inline std::uint32_t attempt() { return tb_attempt(); }

// The host's fencing number; it grows with every start of a host. A sink that remembers the highest
// one can refuse writers of the past.
inline std::uint64_t fence() { return tb_fence(); }

// What started this run: `schedule` or `operator`.
inline std::string trigger() { return tb_trigger(); }

// The fuel granted to this run.
inline std::uint64_t fuel_granted() { return tb_fuel_granted(); }

// The fuel that is left of it.
inline std::uint64_t fuel_left() { return tb_fuel_left(); }

// This run's time limit, from entry, without the time that it waited for a core.
inline std::chrono::milliseconds time_limit() {
  return std::chrono::milliseconds(tb_time_limit_ms());
}

// How many ticks were missed directly before this one.
inline std::uint64_t missed_before() { return tb_missed_before(); }

}  // namespace tourbillon::context
