// An inventory of servers: the inherited tasks, then one of its own.
//
// The order on a tick is collect, report, alarm.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "inventory.hpp"

class ServerInventory : public Inventory {
 public:
  // Warns when there are many, and then rests for a while.
  tb::Result<std::optional<tb::Skip>> alarm() {
    auto limit = TB_TRY(tb::config::parse<std::uint64_t>("limit")).value_or(25);
    auto store = TB_TRY(tb::Bucket::own());
    auto count = TB_TRY(store.get_number("count")).value_or(0);
    if (count < limit) return std::nullopt;
    tb::warn("{} servers, {} are many", count, limit);
    return tb::Skip{5};
  }

  static consteval auto tasks() {
    return tb::task_list(
        Inventory::tasks(),
        tb::periodic_task<&ServerInventory::alarm>(
            {.summary = "Warns when there are many, and then rests for a while."}));
  }

 protected:
  std::string_view plural() const override { return "servers"; }

  // Servers come and go.
  std::uint64_t observe(std::uint64_t tick) const override { return 20 + tick % 7; }
};
