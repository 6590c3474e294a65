// The class that every manager derives from, and the way into a component.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>

#include <tourbillon/config.hpp>
#include <tourbillon/manager.h>
#include <tourbillon/task.hpp>

namespace tourbillon {

// A manager of periodic tasks. A class derives from it, publicly, has a default constructor and a
// static function tasks() (see task.hpp), and overrides what it wants to change.
//
// The host may drop an instance at any time and make another one: members are a cache, and what must
// last belongs into the store.
class Manager {
 public:
  Manager() = default;
  Manager(const Manager&) = delete;
  Manager& operator=(const Manager&) = delete;
  virtual ~Manager() = default;

  // Prepares the instance on the host of this name; called before its first run. What it stores is
  // kept if it succeeds. If it fails the manager is *not ready*, and the host tries again later.
  virtual Result<> init_host([[maybe_unused]] std::string_view host) { return {}; }

  // The version of the service, for people.
  virtual std::string service_version() const { return ""; }

  // The configuration that the service runs with, for people. Never put a secret here.
  virtual Pairs service_config() const { return {}; }
};

namespace detail {

// A manager behind the table of the SDK for C.
template <class M>
struct Exported {
  static_assert(std::derived_from<M, Manager>, "a manager derives from tourbillon::Manager");
  static_assert(std::default_initializable<M>, "a manager has a default constructor");

  struct Instance {
    Manager* manager = &value;
    M value;
  };
  static_assert(alignof(Instance) <= alignof(std::max_align_t));

  static constexpr auto tasks = M::tasks();

  static constexpr auto addresses = [] {
    std::array<const tb_task*, tasks.items.size() + 1> list{};
    for (std::size_t i = 0; i < tasks.count; i++) list[i] = &tasks.items[i];
    return list;
  }();

  static void construct(void* self) { new (self) Instance(); }
  static void destruct(void* self) { static_cast<Instance*>(self)->~Instance(); }

  static tb_result init_host(void* self, const char* host) {
    return outcome(manager_at(self).init_host(host));
  }
  static const char* service_version(void* self) {
    std::string version = manager_at(self).service_version();
    return tb_copy(version.data(), version.size());
  }
  static void service_config(void* self, tb_pairs* config) {
    for (const auto& [name, value] : manager_at(self).service_config()) {
      tb_pairs_add(config, name.c_str(), "%s", value.c_str());
    }
  }

  static constexpr tb_manager table = {
      nullptr,   addresses.data(), sizeof(Instance), construct, destruct,
      init_host, service_version,  service_config,
  };
};

}  // namespace detail
}  // namespace tourbillon

// Makes a manager what the component exports; once in a component, at the end of a file.
#undef TOURBILLON_EXPORT
#define TOURBILLON_EXPORT(...) \
  extern "C" const tb_manager *const tb_exported_manager = \
      &::tourbillon::detail::Exported<__VA_ARGS__>::table;
