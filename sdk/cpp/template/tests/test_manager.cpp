// Tests of {{name}}: an ordinary program, without WebAssembly. `make test` runs it.
#undef NDEBUG
#include <cassert>
#include <cstdio>

#include <tourbillon/testing.hpp>

#include "../src/manager.hpp"

using namespace tourbillon::testing;

static void counts_on_every_tick_and_reports_on_every_third() {
  set_config("limit", "5");
  Harness<Counter> counter;
  assert(counter.init_host());
  assert(counter.ticks(6).size() == 6 + 2);
  assert(counter.stored("count") == "6");
  assert(take_log().back().message == "counted to 6 at tick 6");
  // The limit is reached: report rests for ten ticks.
  assert(counter.ticks(10).size() == 10);
}

int main() {
  counts_on_every_tick_and_reports_on_every_third();
  std::puts("1 test passed");
}
