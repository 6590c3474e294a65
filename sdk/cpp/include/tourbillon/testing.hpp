// Tests of a manager without a host and without WebAssembly: compile the manager and the SDK with
// the native compiler, and drive it from an ordinary program.
//
// There is a small host in memory. A Harness drives a manager through ticks by the same rules as the
// real host (periods, first runs, asked-for delays, writes kept only on success), but without limits:
// a task that never ends hangs the test. One harness at a time.
//
//     tourbillon::testing::set_config("retention", "30s");
//     tourbillon::testing::Harness<Janitor> janitor;
//     assert(janitor.init_host());
//     janitor.ticks(12);
//     assert(janitor.stored("swept") == "8");
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tourbillon/log.hpp>
#include <tourbillon/manager.hpp>
#include <tourbillon/testing.h>

namespace tourbillon::testing {

// One message that the manager logged.
struct LogLine {
  Level level;
  std::string context;
  std::string message;
  friend bool operator==(const LogLine&, const LogLine&) = default;
};

// How one run ended; the result holds the wish of a success.
struct Outcome {
  std::string task;
  std::uint64_t tick;
  Result<std::optional<Skip>> result;
};

// Sets a value of the configuration; until the next harness ends.
inline void set_config(const std::string& key, const std::string& value) {
  tb_test_set_config(key.c_str(), value.c_str());
}

// Grants an empty bucket of this name, beside the manager's own; until the next harness ends.
inline void grant_bucket(const std::string& name) { tb_test_grant_bucket(name.c_str()); }

// Takes what was logged since the last call.
inline std::vector<LogLine> take_log() {
  std::size_t count;
  const tb_log_line* lines = tb_test_log(&count);
  std::vector<LogLine> taken;
  for (std::size_t i = 0; i < count; i++) {
    taken.push_back({static_cast<Level>(lines[i].level), lines[i].context, lines[i].message});
  }
  tb_test_forget_log();
  return taken;
}

// Drives one manager, tick by tick. When it ends the host forgets everything.
template <class M>
class Harness {
 public:
  // A manager that has not been initialized, before its first tick.
  Harness() : harness_(tb_harness_new(&detail::Exported<M>::table)) {}
  ~Harness() { tb_harness_free(harness_); }
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;

  // Sets how much time passes from tick to tick: 10 s unless this is called.
  void every(std::chrono::milliseconds time) {
    tb_harness_every_ms(harness_, static_cast<std::uint64_t>(time.count()));
  }

  // Calls init_host with the host's name `test`. What it stored is undone if it fails.
  Result<> init_host() {
    return detail::lifted(tb_harness_init_host(harness_), std::source_location::current());
  }

  // So many ticks: the outcomes of the tasks that were due, in order.
  std::vector<Outcome> ticks(std::uint64_t ticks = 1) {
    tb_harness_ticks(harness_, ticks);
    std::size_t count;
    const tb_outcome* raw = tb_harness_outcomes(harness_, &count);
    std::vector<Outcome> outcomes;
    for (std::size_t i = 0; i < count; i++) {
      outcomes.push_back({raw[i].task, raw[i].tick, result_of(raw[i].result)});
    }
    return outcomes;
  }

  // Runs a task now, as an operator would, and leaves its counter alone.
  Result<std::optional<Skip>> trigger(const std::string& task) {
    return result_of(tb_harness_trigger(harness_, task.c_str()));
  }

  // The value in the manager's own bucket.
  std::optional<std::string> stored(const std::string& key) const {
    tb_value value = tb_test_stored_value(key.c_str());
    if (value.data == nullptr) return std::nullopt;
    return std::string(value.data, value.size);
  }

  // The manager itself.
  M& manager() {
    return static_cast<M&>(detail::manager_at(tb_harness_self(harness_)));
  }

 private:
  static Result<std::optional<Skip>> result_of(tb_result raw) {
    auto lifted = detail::lifted(raw, std::source_location::current());
    if (!lifted) return std::unexpected(lifted.error());
    return raw.asks_to_skip ? std::optional(Skip{raw.ticks_to_skip}) : std::nullopt;
  }

  tb_harness* harness_;
};

}  // namespace tourbillon::testing
