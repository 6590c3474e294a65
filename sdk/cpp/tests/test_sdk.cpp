// Tests of the SDK for C++ on the host in memory: an ordinary program, without WebAssembly. What the
// SDK for C does is tested there.
//
// SPDX-License-Identifier: Apache-2.0
#undef NDEBUG
#include <cassert>
#include <cstdio>

#include <tourbillon.hpp>
#include <tourbillon/testing.hpp>

namespace tb = tourbillon;
using namespace tb::testing;

namespace {

class Parent : public tb::Manager {
 public:
  void a() { tb::info("a of the parent"); }
  void b() {}
  static consteval auto tasks() {
    return tb::task_list(tb::periodic_task<&Parent::a>(),
                         tb::periodic_task<&Parent::b>({.ticks_between_runs = 1}));
  }
};

class Child : public Parent {
 public:
  void a() {
    tb::info("a of the child");
    Parent::a();
  }
  tb::Skip later() { return {4}; }
  static consteval auto tasks() {
    return tb::task_list(
        Parent::tasks(), tb::periodic_task<&Child::later>({.name = "c.2"}),
        tb::periodic_task<&Child::a>({.ticks_between_runs = 2, .overrides = true}));
  }
};

class Grandchild : public Child {
 public:
  void b() { tb::info("b of the grandchild"); }
  static consteval auto tasks() {
    return tb::task_list(Child::tasks(), tb::periodic_task<&Grandchild::b>(
                                             {.overrides = true, .as_inherited = true}));
  }
};

std::string line_of(const std::vector<Outcome>& outcomes) {
  std::string line;
  for (const auto& outcome : outcomes) line += tb::format("{}@{} ", outcome.task, outcome.tick);
  return line;
}

void s05_s06_inherited_tasks_come_first_and_are_replaced_in_place() {
  assert(line_of(Harness<Child>().ticks(6)) == "c.2@1 b@2 a@3 b@4 a@6 b@6 c.2@6 ");
  assert(line_of(Harness<Parent>().ticks(2)) == "a@1 a@2 b@2 ");
}

void s06_one_that_is_as_inherited_has_the_inherited_schedule() {
  Harness<Grandchild> grandchild;
  assert(line_of(grandchild.ticks(3)) == "c.2@1 b@2 a@3 ");
  assert(take_log()[0].message == "b of the grandchild");
}

void a_task_calls_the_one_that_it_replaces() {
  Harness<Child> child;
  child.ticks(3);
  auto log = take_log();
  assert(log.size() == 2 && log[1].message == "a of the parent");
  assert(log[1].context == "test_sdk.cpp" && log[1].level == tb::Level::info);
}

tb::Result<int> inner(bool good) {
  if (good) return 7;
  return tb::fail("disk {}", "full");
}

class Returns : public tb::Manager {
 public:
  void nothing() const {}
  tb::Skip skip() { return {3}; }
  std::optional<tb::Skip> no_wish(const tb::Run& run) {
    assert(run.task == "no_wish" && run.id == "test/no_wish/0");
    return std::nullopt;
  }
  tb::Result<tb::Skip> well() { return tb::Skip{static_cast<std::uint32_t>(TB_TRY(inner(true)))}; }
  tb::Result<> badly() {
    auto store = TB_TRY(tb::Bucket::own());
    TB_TRY(store.set("k", "new"));
    TB_TRY(tb::context_of(inner(false), "cannot save {}", 7));
    return {};
  }
  tb::Result<> badly_with_a_wish() { return tb::fail("no").skip_ticks(9); }
  static consteval auto tasks() {
    using tb::periodic_task;
    return tb::task_list(periodic_task<&Returns::nothing>(), periodic_task<&Returns::skip>(),
                         periodic_task<&Returns::no_wish>(), periodic_task<&Returns::well>(),
                         periodic_task<&Returns::badly>(),
                         periodic_task<&Returns::badly_with_a_wish>());
  }
};

void s10_s17_every_kind_of_return_is_understood() {
  Harness<Returns> returns;
  assert(returns.trigger("nothing").value() == std::nullopt);
  assert(returns.trigger("skip").value() == tb::Skip{3});
  assert(returns.trigger("no_wish").value() == std::nullopt);
  assert(returns.trigger("well").value() == tb::Skip{7});
  auto badly = returns.trigger("badly");
  assert(badly.error().message() == "cannot save 7: disk full" && !badly.error().skip());
  assert(take_log().back().message.find("test_sdk.cpp:") != std::string::npos);
  assert(!returns.stored("k"));
  assert(returns.trigger("badly_with_a_wish").error().skip() == tb::Skip{9});
  assert(returns.trigger("nope").error().message() ==
         "this manager has no task \"nope\"; it has: nothing, skip, no_wish, well, badly, "
         "badly_with_a_wish");
}

void values_are_written_into_texts() {
  assert(tb::format("{} {} {} {}", 1, true, 'c', std::string("s")) == "1 true c s");
  assert(tb::format("{:03}|{:02}|{{{}}}", 7, 123u, -5) == "007|123|{-5}");
  assert(tb::format("{}", std::chrono::minutes(2)) == "120s");
  assert(tb::format("{}", 1.5) == "1.5");
  assert(tb::format("no value") == "no value");
}

void the_configuration_is_read() {
  set_config("limit", "300");
  set_config("rest", "90s");
  set_config("flag", "false");
  assert(tb::config::parse<int>("limit").value() == 300);
  assert(tb::config::parse<std::uint8_t>("limit").error().message() ==
         "config limit = \"300\": expected a whole number from 0 to 255");
  assert(tb::config::parse<bool>("flag").value() == false);
  assert(tb::config::parse<int>("absent").value() == std::nullopt);
  assert(tb::config::duration("rest").value() == std::chrono::seconds(90));
  assert(tb::config::all().value().size() == 3);
  tb_test_reset();
}

void a_bucket_keeps_what_it_is_given() {
  auto store = tb::Bucket::own().value();
  assert(store.get("k").value() == std::nullopt);
  assert(store.set("k", std::string_view("v\0w", 3)));
  assert(store.get("k").value() == std::string("v\0w", 3));
  assert(store.get_number("k").error().kind() == tb::Kind::invalid);
  assert(store.get_number("k").error().message() ==
         "value of key \"k\": expected a whole number from 0 to 18446744073709551615");
  assert(store.erase("k") && !store.exists("k").value());
  assert(store.increment("n", 2).value() == 2 && store.get_number("n").value() == 2u);
  assert(store.set(std::string_view("a\0b", 3), "").error().kind() == tb::Kind::invalid);
  assert(tb::Bucket::open("other").error().kind() == tb::Kind::no_such_store);
  grant_bucket("other");
  assert(tb::Bucket::open("other"));
  tb_test_reset();
}

void deleting_while_listing_skips_no_key() {
  auto store = tb::Bucket::own().value();
  // More than the host gives on one page.
  for (int n = 0; n < 2500; n++) assert(store.set(tb::format("{:04}", n), ""));
  int seen = 0;
  for (const auto& key : store.keys()) {
    assert(key.value() == tb::format("{:04}", seen++));
    assert(store.erase(*key));
  }
  assert(seen == 2500 && store.keys().begin() == std::default_sentinel);
  tb_test_reset();
}

}  // namespace

int main() {
  s05_s06_inherited_tasks_come_first_and_are_replaced_in_place();
  s06_one_that_is_as_inherited_has_the_inherited_schedule();
  a_task_calls_the_one_that_it_replaces();
  s10_s17_every_kind_of_return_is_understood();
  values_are_written_into_texts();
  the_configuration_is_read();
  a_bucket_keeps_what_it_is_given();
  deleting_while_listing_skips_no_key();
  std::puts("sdk for C++: all tests passed");
}
