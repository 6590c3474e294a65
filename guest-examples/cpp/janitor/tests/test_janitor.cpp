// Tests of the janitor: an ordinary program, without WebAssembly.
//
// SPDX-License-Identifier: Apache-2.0
#undef NDEBUG
#include <cassert>
#include <cstdio>

#include <tourbillon/testing.hpp>

#include "../src/janitor.hpp"

using namespace tb::testing;

namespace {

void records_live_as_long_as_the_retention() {
  set_config("retention", "30s");
  set_config("intake", "1");
  Harness<Janitor> janitor;
  assert(janitor.init_host());
  for (const auto& outcome : janitor.ticks(12)) assert(outcome.result);
  // Tick 12 is at 120 s: what came in before 90 s, at the ticks 1 to 8, is gone.
  assert(janitor.stored("swept") == "8");
  assert(take_log().back().message == "4 records kept, 8 swept so far");
}

void records_are_json() {
  Harness<Janitor> janitor;
  assert(janitor.init_host());
  janitor.ticks();
  assert(janitor.stored("record/000000000001-0") ==
         R"({"created_ms":10000,"payload":10451216379200822465})");
}

void a_bad_retention_is_named() {
  set_config("retention", "a week");
  Harness<Janitor> janitor;
  assert(janitor.init_host().error().message().starts_with(R"(config retention = "a week")"));
}

}  // namespace

int main() {
  records_live_as_long_as_the_retention();
  records_are_json();
  a_bad_retention_is_named();
  std::puts("janitor: all tests passed");
}
