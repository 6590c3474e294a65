// The tasks of {{name}}.
#include "manager.hpp"

tb::Result<> Greeter::init_host(std::string_view host) {
  greeting_ = TB_TRY(tb::config::get("greeting")).value_or("hello");
  tb::info("{{name}} begins on {}", host);
  return {};
}

tb::Result<> Greeter::greet(const tb::Run& run) {
  auto store = TB_TRY(tb::Bucket::own());
  auto greetings = TB_TRY(store.increment("greetings", 1));
  tb::info("{}, tick {}: greeting {}", greeting_, run.tick, greetings);
  return {};
}

tb::Result<> Greeter::report() {
  auto store = TB_TRY(tb::Bucket::own());
  auto greetings = TB_TRY(store.get("greetings"));
  tb::info("{} greetings so far", greetings.value_or("no"));
  return {};
}

TOURBILLON_EXPORT(Greeter)
