// An inventory of volumes: it replaces an inherited task, in its place.
//
// The order on a tick is collect, report, as in the parent, but report is the one below and runs on
// every second tick. The parent, and whoever else inherits from it, is not changed.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory.hpp"

class VolumeInventory : public Inventory {
 public:
  tb::Result<> report() {
    // The parent's task is a function like any other.
    TB_TRY(Inventory::report());
    auto store = TB_TRY(tb::Bucket::own());
    auto reports = TB_TRY(store.increment("reports", 1));
    tb::debug("report number {}", reports);
    return {};
  }

  static consteval auto tasks() {
    return tb::task_list(
        Inventory::tasks(),
        tb::periodic_task<&VolumeInventory::report>(
            {.ticks_between_runs = 1,
             .overrides = true,
             .summary = "Logs the last count, and keeps how often it did."}));
  }

 protected:
  std::string_view plural() const override { return "volumes"; }

  // Volumes only grow in number.
  std::uint64_t observe(std::uint64_t tick) const override { return 100 + tick / 3; }
};
