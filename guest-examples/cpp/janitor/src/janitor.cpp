// The tasks of the janitor.
//
// SPDX-License-Identifier: Apache-2.0
#include "janitor.hpp"

#include <charconv>

using namespace std::chrono_literals;

namespace {

// Records are stored under this prefix; other keys are left alone.
constexpr std::string_view prefix = "record/";

// One record, kept as JSON.
struct Record {
  std::uint64_t created_ms;
  std::uint64_t payload;
};

std::string to_json(const Record& record) {
  return tb::format("{{\"created_ms\":{},\"payload\":{}}}", record.created_ms, record.payload);
}

// Takes the text off the front.
bool skip(std::string_view& json, std::string_view text) {
  bool there = json.starts_with(text);
  if (there) json.remove_prefix(text.size());
  return there;
}

bool read_number(std::string_view& json, std::uint64_t& number) {
  auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), number);
  json.remove_prefix(static_cast<std::size_t>(end - json.data()));
  return error == std::errc();
}

tb::Result<Record> from_json(std::string_view json) {
  Record record{};
  if (skip(json, "{\"created_ms\":") && read_number(json, record.created_ms) &&
      skip(json, ",\"payload\":") && read_number(json, record.payload) && json == "}") {
    return record;
  }
  return tb::fail("no record: {}", json);
}

// Numbers that look random and are the same every time (splitmix64).
std::uint64_t mix(std::uint64_t seed, std::uint64_t tick, std::uint64_t n) {
  std::uint64_t x = seed + tick * 0x9e3779b97f4a7c15 + n;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

// A wrong value fails here, with its name, before any task runs.
tb::Result<> Janitor::init_host(std::string_view host) {
  retention_ = TB_TRY(tb::config::duration("retention")).value_or(60s);
  intake_ = TB_TRY(tb::config::parse<std::uint64_t>("intake")).value_or(2);
  seed_ = TB_TRY(tb::config::parse<std::uint64_t>("seed")).value_or(1);
  tb::info("cleaning on {}: records live for {}", host, retention_);
  return {};
}

tb::Pairs Janitor::service_config() const {
  return {{"retention", tb::format("{}", retention_)},
          {"intake", tb::format("{}", intake_)},
          {"seed", tb::format("{}", seed_)}};
}

tb::Result<> Janitor::intake(const tb::Run& run) {
  auto store = TB_TRY(tb::Bucket::own());
  for (std::uint64_t n = 0; n < intake_; n++) {
    // The key holds the tick: the same run, started once more, writes the same records and no
    // others.
    auto key = tb::format("{}{:012}-{}", prefix, run.tick, n);
    TB_TRY(store.set(key, to_json({run.scheduled_at_ms, mix(seed_, run.tick, n)})));
  }
  return {};
}

tb::Result<> Janitor::sweep(const tb::Run& run) {
  auto retention_ms = static_cast<std::uint64_t>(retention_.count());
  auto oldest_ms = run.scheduled_at_ms > retention_ms ? run.scheduled_at_ms - retention_ms : 0;
  auto store = TB_TRY(tb::Bucket::own());
  std::uint64_t swept = 0;
  // Deleting while listing is allowed: the list is the one from the beginning.
  for (const auto& item : store.keys()) {
    auto key = TB_TRY(item);
    if (!key.starts_with(prefix)) continue;
    auto json = TB_TRY(store.get(key));
    if (!json) continue;
    auto record = TB_TRY(tb::context_of(from_json(*json), "cannot sweep: value of key {}", key));
    if (record.created_ms < oldest_ms) {
      TB_TRY(store.erase(key));
      swept++;
    }
  }
  // If anything above failed, nothing of it was kept, this count included.
  TB_TRY(store.increment("swept", swept));
  return {};
}

tb::Result<> Janitor::report() {
  auto store = TB_TRY(tb::Bucket::own());
  std::uint64_t kept = 0;
  for (const auto& item : store.keys()) {
    auto key = TB_TRY(item);
    kept += key.starts_with(prefix);
  }
  auto swept = TB_TRY(store.get("swept")).value_or("0");
  tb::info("{} records kept, {} swept so far", kept, swept);
  return {};
}
