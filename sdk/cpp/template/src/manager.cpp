// The tasks of {{name}}.
#include "manager.hpp"

// A wrong value in the configuration fails here, with its name, before any task runs.
tb::Result<> Counter::init_host(std::string_view host) {
  limit_ = TB_TRY(tb::config::parse<std::uint64_t>("limit")).value_or(10);
  tb::info("{{name}} on {} counts to {}", host, limit_);
  return {};
}

tb::Result<> Counter::count() {
  auto store = TB_TRY(tb::Bucket::own());
  TB_TRY(store.increment("count", 1));
  return {};
}

tb::Result<std::optional<tb::Skip>> Counter::report(const tb::Run& run) {
  auto store = TB_TRY(tb::Bucket::own());
  auto count = TB_TRY(store.get_number("count")).value_or(0);
  tb::info("counted to {} at tick {}", count, run.tick);
  if (count < limit_) return std::nullopt;
  return tb::Skip{10};
}

TOURBILLON_EXPORT(Counter)
