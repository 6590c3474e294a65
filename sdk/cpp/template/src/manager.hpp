// {{name}}: a manager with two periodic tasks.
#pragma once

#include <string>

#include <tourbillon.hpp>

namespace tb = tourbillon;

// An instance may be dropped and made anew at any time: what must last goes into the store.
class Greeter : public tb::Manager {
 public:
  // Called once for each new instance, before its first task.
  tb::Result<> init_host(std::string_view host) override;

  std::string service_version() const override { return "0.1.0"; }

  // Greets, and counts how often, on every tick.
  tb::Result<> greet(const tb::Run& run);

  // Says how things stand: on one tick of three, since two are skipped between two runs.
  tb::Result<> report();

  static consteval auto tasks() {
    return tb::task_list(
        tb::periodic_task<&Greeter::greet>(
            {.run_immediately = true, .summary = "Greets, and counts how often, on every tick."}),
        tb::periodic_task<&Greeter::report>(
            {.ticks_between_runs = 2, .summary = "Says how things stand."}));
  }

 private:
  std::string greeting_;
};
