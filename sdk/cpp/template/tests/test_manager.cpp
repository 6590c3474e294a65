// Tests of {{name}}: an ordinary program, without WebAssembly. `make test` runs it.
#undef NDEBUG
#include <cassert>
#include <cstdio>
#include <string>
#include <vector>

#include <tourbillon/testing.hpp>

#include "../src/manager.hpp"

using namespace tourbillon::testing;

static void greets_on_every_tick_and_reports_on_every_third() {
  set_config("greeting", "good day");
  Harness<Greeter> greeter;
  assert(greeter.init_host());
  take_log();
  for (const auto& outcome : greeter.ticks(3)) assert(outcome.result);
  std::vector<std::string> said;
  for (const auto& line : take_log()) said.push_back(line.message);
  assert((said == std::vector<std::string>{
                      "good day, tick 1: greeting 1",
                      "good day, tick 2: greeting 2",
                      "good day, tick 3: greeting 3",
                      "3 greetings so far",
                  }));
}

int main() {
  greets_on_every_tick_and_reports_on_every_third();
  std::puts("all tests passed");
}
