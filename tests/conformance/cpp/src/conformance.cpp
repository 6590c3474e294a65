// The conformance manager in C++: what every SDK must be able to do, in tasks of the same names,
// order and deeds in all languages. A task does its deed only if the configuration has its name as a
// key.
//
// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <cstring>
#include <string>

#include "base.hpp"

namespace {

// Ends the task well unless the key is set; else `value` is what it is set to.
#define ARMED_BY(key, value)                              \
  auto value##_if_set = TB_TRY(tb::config::get(key));     \
  if (!value##_if_set) return {};                         \
  [[maybe_unused]] const std::string& value = *value##_if_set

// Functions for the backtrace: none is inlined, and none calls the next one last.
volatile int depth;

[[gnu::noinline]] void the_cage() {
  depth = depth + 1;
  __builtin_trap();
}

[[gnu::noinline]] void deep_in() {
  depth = depth + 1;
  the_cage();
  depth = depth - 1;
}

class Conformance : public Base {
 public:
  tb::Result<> init_host(std::string_view host) override {
    tb::info("init on {}", host);
    if (auto message = TB_TRY(tb::config::get("fail-init"))) return tb::fail("{}", *message);
    return {};
  }

  std::string service_version() const override { return "1.2.3"; }
  tb::Pairs service_config() const override { return {{"suite", "conformance"}}; }

  // Replaces the base's task in its place, and calls it.
  void overridden() {
    tb::info("child, then");
    Base::overridden();
  }

  // Runs in place of the base's, as that is declared.
  void kept() {
    tb::info("kept, by the child");
    Base::kept();
  }

  tb::Result<> fail() {
    ARMED_BY("fail", message);
    return tb::fail("{}", message);
  }

  tb::Result<> fail_later() {
    ARMED_BY("fail-later", set);
    auto ticks = TB_TRY(tb::config::parse<std::uint32_t>("fail-later")).value_or(0);
    return tb::fail("later").skip_ticks(ticks);
  }

  tb::Result<> trap() {
    ARMED_BY("trap", set);
    deep_in();
    return {};
  }

  tb::Result<> crash() {
    ARMED_BY("crash", set);
    tb::panic("uncaught on purpose");
  }

  tb::Result<std::optional<tb::Skip>> delay() {
    ARMED_BY("delay", set);
    return tb::Skip{TB_TRY(tb::config::parse<std::uint32_t>("delay")).value_or(0)};
  }

  tb::Result<> spin() {
    ARMED_BY("spin", set);
    for (;;) depth = depth + 1;
  }

  tb::Result<> grow() {
    ARMED_BY("grow", set);
    // Only touched, not filled: memory is to run out, and not fuel.
    for (;;) *static_cast<volatile char*>(::operator new(1 << 20)) = 1;
  }

  tb::Result<> config() {
    tb::info("config: {}", TB_TRY(tb::config::get("text")).value_or("none"));
    tb::info("config: {} keys", TB_TRY(tb::config::all()).size());
    return {};
  }

  tb::Result<> store() {
    ARMED_BY("store", how);
    auto bucket = TB_TRY(tb::Bucket::own());
    if (how == "fail") {
      TB_TRY(bucket.set("poison", "1"));
      return tb::fail("on purpose");
    }
    TB_TRY(bucket.set("a", "1"));
    if (TB_TRY(bucket.get("a")) != "1" || !TB_TRY(bucket.exists("a"))) {
      return tb::fail("a is not what was stored");
    }
    TB_TRY(bucket.increment("n", 2));
    TB_TRY(bucket.set("b", "x"));
    TB_TRY(bucket.erase("b"));
    std::string joined;
    for (const auto& item : bucket.keys()) {
      auto key = TB_TRY(item);
      if (key != "a" && key != "b" && key != "n") continue;
      joined += (joined.empty() ? "" : ",") + key;
    }
    tb::info("store: {}", joined);
    return {};
  }

  tb::Result<> unicode() {
    ARMED_BY("unicode", set);
    auto bucket = TB_TRY(tb::Bucket::own());
    TB_TRY(bucket.set("ключ/🦀", "значение ✓ 漢字"));
    auto value = TB_TRY(bucket.get("ключ/🦀"));
    if (!value) return tb::fail("the value is gone");
    tb::info("unicode: {}", *value);
    return {};
  }

  tb::Result<> values() {
    ARMED_BY("values", set);
    std::string bytes(61'440, '\0');
    for (std::size_t i = 0; i < bytes.size(); i++) bytes[i] = static_cast<char>(i % 251);
    auto bucket = TB_TRY(tb::Bucket::own());
    TB_TRY(bucket.set("empty", ""));
    TB_TRY(bucket.set("huge", bytes));
    auto empty = TB_TRY(bucket.get("empty"));
    auto huge = TB_TRY(bucket.get("huge"));
    if (empty != "") return tb::fail("empty is not what was stored");
    if (huge != bytes) return tb::fail("huge is not what was stored");
    tb::info("values: {} and {}", empty->size(), huge->size());
    return {};
  }

  tb::Result<> instances() {
    ARMED_BY("instances", set);
    auto bucket = TB_TRY(tb::Bucket::own());
    auto stored = TB_TRY(bucket.increment("instances", 1));
    tb::info("instances: {} in memory, {} stored", ++runs_, stored);
    return {};
  }

  tb::Result<> levels() {
    ARMED_BY("levels", set);
    tb::trace("a trace");
    tb::debug("a debug");
    tb::info("an info");
    tb::warn("a warn");
    tb::error("an error");
    tb::critical("a critical");
    return {};
  }

  tb::Result<> identity(const tb::Run& run) {
    ARMED_BY("identity", set);
    tb::info("identity: {} {} {} {} {} {} {} {}", run.id, run.task, run.tick, run.scheduled_at_ms,
             tb::context::manager(), tb::context::host(), tb::context::attempt(),
             tb::context::trigger());
    return {};
  }

  static consteval auto tasks() {
    using tb::periodic_task;
    return tb::task_list(
        Base::tasks(),
        periodic_task<&Conformance::overridden>(
            {.ticks_between_runs = 2, .overrides = true, .summary = "Of the child"}),
        periodic_task<&Conformance::kept>({.overrides = true, .as_inherited = true}),
        periodic_task<&Conformance::fail>(),
        periodic_task<&Conformance::fail_later>({.name = "fail-later"}),
        periodic_task<&Conformance::trap>(), periodic_task<&Conformance::crash>(),
        periodic_task<&Conformance::delay>(), periodic_task<&Conformance::spin>(),
        periodic_task<&Conformance::grow>(), periodic_task<&Conformance::config>(),
        periodic_task<&Conformance::store>(), periodic_task<&Conformance::unicode>(),
        periodic_task<&Conformance::values>(), periodic_task<&Conformance::instances>(),
        periodic_task<&Conformance::levels>(), periodic_task<&Conformance::identity>());
  }

 private:
  // What an instance remembers.
  std::uint64_t runs_ = 0;
};

}  // namespace

TOURBILLON_EXPORT(Conformance)
