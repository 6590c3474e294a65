// Tests of the inventories: an ordinary program, without WebAssembly.
//
// SPDX-License-Identifier: Apache-2.0
#undef NDEBUG
#include <algorithm>
#include <cassert>
#include <cstdio>

#include <tourbillon/testing.hpp>

#include "../src/servers.hpp"
#include "../src/volumes.hpp"

using namespace tb::testing;

namespace {

std::vector<std::string> names(const std::vector<Outcome>& outcomes) {
  std::vector<std::string> names;
  for (const auto& outcome : outcomes) names.push_back(outcome.task);
  return names;
}

void inherited_tasks_run_first() {
  Harness<ServerInventory> inventory;
  assert(inventory.init_host());
  assert(names(inventory.ticks(4)) ==
         std::vector<std::string>({"collect", "alarm", "collect", "alarm", "collect", "alarm",
                                   "collect", "report", "alarm"}));
}

void an_alarm_rests_for_five_ticks() {
  Harness<ServerInventory> inventory;
  auto alarms = [&](std::uint64_t ticks) {
    return std::ranges::count(names(inventory.ticks(ticks)), "alarm");
  };
  // At tick 5 there are 25 servers; the next look is at tick 11.
  assert(alarms(5) == 5);
  assert(alarms(5) == 0);
  assert(alarms(1) == 1);
}

void the_replaced_task_keeps_its_place() {
  Harness<VolumeInventory> inventory;
  assert(names(inventory.ticks(2)) == std::vector<std::string>({"collect", "collect", "report"}));
  inventory.ticks(2);
  assert(inventory.stored("reports") == "2");
}

}  // namespace

int main() {
  inherited_tasks_run_first();
  an_alarm_rests_for_five_ticks();
  the_replaced_task_keeps_its_place();
  std::puts("inventory: all tests passed");
}
