// Keeps a store clean: records come in, and those that are too old go.
//
// Three tasks, in the order in which they run on a tick where all are due:
//
// - intake writes some records, so that there is something to see;
// - sweep removes the records that are older than `retention`;
// - report logs how many there are.
//
// Configuration: `retention` (a length of time such as `7d` or `90s`, default 60 s), `intake`
// (records per run, default 2) and `seed` (a number that their contents come from, default 1).
//
// Time is the run's scheduled time and never a clock. So the janitor does the same thing in a
// simulation of a year that takes a second, and in a test.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tourbillon.hpp>

namespace tb = tourbillon;

// An instance may be dropped and replaced at any time, so what is kept here is only what can be read
// again: the configuration.
class Janitor : public tb::Manager {
 public:
  tb::Result<> init_host(std::string_view host) override;
  std::string service_version() const override { return "0.1.0"; }
  tb::Pairs service_config() const override;

  tb::Result<> intake(const tb::Run& run);
  tb::Result<> sweep(const tb::Run& run);
  tb::Result<> report();

  static consteval auto tasks() {
    return tb::task_list(
        tb::periodic_task<&Janitor::intake>(
            {.run_immediately = true, .summary = "Takes in new records."}),
        tb::periodic_task<&Janitor::sweep>(
            {.ticks_between_runs = 2,
             .summary = "Removes records that are older than `retention`."}),
        tb::periodic_task<&Janitor::report>(
            {.ticks_between_runs = 1, .summary = "Logs how many records there are."}));
  }

 private:
  std::chrono::milliseconds retention_{0};
  std::uint64_t intake_ = 0;
  std::uint64_t seed_ = 0;
};
