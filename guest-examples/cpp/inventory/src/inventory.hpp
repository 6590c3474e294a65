// A manager that others inherit from: it counts things of some kind, and knows not which. What the
// kind is, children say by overriding two functions. No component exports it.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tourbillon.hpp>

namespace tb = tourbillon;

class Inventory : public tb::Manager {
 public:
  tb::Result<> init_host(std::string_view host) override {
    tb::info("counting {} for {}", plural(), host);
    return {};
  }

  std::string service_version() const override { return "0.1.0"; }

  tb::Result<> collect(const tb::Run& run) {
    auto store = TB_TRY(tb::Bucket::own());
    return store.set("count", tb::format("{}", observe(run.tick)));
  }

  tb::Result<> report() {
    auto store = TB_TRY(tb::Bucket::own());
    auto count = TB_TRY(store.get("count"));
    if (!count) return tb::fail("nothing was counted yet");
    tb::info("{} {}", *count, plural());
    return {};
  }

  static consteval auto tasks() {
    return tb::task_list(
        tb::periodic_task<&Inventory::collect>(
            {.run_immediately = true, .summary = "Counts what is there."}),
        tb::periodic_task<&Inventory::report>(
            {.ticks_between_runs = 3, .summary = "Logs the last count."}));
  }

 protected:
  // The name of what is counted, in the plural.
  virtual std::string_view plural() const = 0;

  // How many there are at this tick. A real one would ask an API.
  virtual std::uint64_t observe(std::uint64_t tick) const = 0;
};
