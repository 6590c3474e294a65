// {{name}}: a manager of periodic tasks.
//
// Members are a cache: the host may replace an instance at any time. What must last goes to the
// store.
#pragma once

#include <tourbillon.hpp>

namespace tb = tourbillon;

class Counter : public tb::Manager {
 public:
  tb::Result<> init_host(std::string_view host) override;

  // Runs on every tick. What a failed run stored is undone.
  tb::Result<> count();

  // Runs on every third tick, and rests for ten once the limit is reached.
  tb::Result<std::optional<tb::Skip>> report(const tb::Run& run);

  static consteval auto tasks() {
    return tb::task_list(
        tb::periodic_task<&Counter::count>({.run_immediately = true, .summary = "Counts its runs"}),
        tb::periodic_task<&Counter::report>(
            {.ticks_between_runs = 2, .summary = "Logs how often count ran"}));
  }

 private:
  std::uint64_t limit_ = 0;
};
