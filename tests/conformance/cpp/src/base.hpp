// The manager that the conformance manager inherits from: one task that stays as it is, one that is
// replaced, one that runs at once, one whose method is replaced.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tourbillon.hpp>

namespace tb = tourbillon;

class Base : public tb::Manager {
 public:
  void inherited() { tb::info("inherited"); }
  void overridden() { tb::info("base"); }
  void immediate() { tb::info("immediate"); }
  void kept() { tb::info("kept"); }

  static consteval auto tasks() {
    return tb::task_list(
        tb::periodic_task<&Base::inherited>({.summary = "Inherited as it is"}),
        tb::periodic_task<&Base::overridden>({.ticks_between_runs = 1, .summary = "Of the base"}),
        tb::periodic_task<&Base::immediate>({.ticks_between_runs = 3,
                                             .run_immediately = true,
                                             .summary = "Runs on the first tick"}),
        tb::periodic_task<&Base::kept>(
            {.ticks_between_runs = 1, .run_immediately = true, .summary = "Of the base"}));
  }
};
