// Periodic tasks: member functions of a manager, listed in its static function tasks().
//
//     static consteval auto tasks() {
//       return tourbillon::task_list(
//           tourbillon::periodic_task<&Janitor::sweep>({.ticks_between_runs = 3,
//                                                       .run_immediately = true,
//                                                       .summary = "Removes what is too old"}));
//     }
//
// A manager that inherits gives its parent's list first: task_list(Parent::tasks(), …). Wrong names,
// two tasks of one name and wrong signatures do not compile.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include <tourbillon/result.hpp>
#include <tourbillon/task.h>

namespace tourbillon {

class Manager;

// One run: one execution of one task at one tick. The texts live as long as the run.
struct Run {
  // The run's identity, `manager/task/tick`. A repeated run carries the same: whoever writes outside
  // of the key-value store can drop duplicates by it.
  std::string_view id;
  // The name of the task.
  std::string_view task;
  // The manager's tick, counted from 1. It never goes back.
  std::uint64_t tick;
  // When the tick was due, in milliseconds since the Unix epoch. Under simulation this is simulated
  // time, which is why a task should measure by it and not by a clock.
  std::uint64_t scheduled_at_ms;

  // When the tick was due.
  std::chrono::sys_time<std::chrono::milliseconds> scheduled_at() const {
    return std::chrono::sys_time<std::chrono::milliseconds>(
        std::chrono::milliseconds(scheduled_at_ms));
  }
};

// What a task declares; give fields in this order.
struct TaskOptions {
  // 1 to 64 of `a-z 0-9 . _ -`, starting with a letter; the function's name if it is left out.
  const char* name = nullptr;
  // How many ticks are skipped between two runs: 0 runs on every tick, N on every (N+1)-th.
  std::uint32_t ticks_between_runs = 0;
  // Whether the first run is at the first tick; otherwise it is at tick N+1.
  bool run_immediately = false;
  // Replaces the inherited task of this name, in its place.
  bool overrides = false;
  // With .overrides: takes the inherited task's schedule and summary; none may be stated beside it.
  bool as_inherited = false;
  // One line for people.
  const char* summary = "";
};

namespace detail {

// Not constexpr on purpose: the compiler names what was called, and with which task.
void a_task_name_has_1_to_64_of_a_z_0_9_dot_underscore_hyphen_and_starts_with_a_letter(
    std::string_view name);
void this_manager_declares_two_tasks_of_this_name(std::string_view name);
void a_task_of_this_name_is_inherited_add_overrides_to_replace_it(std::string_view name);
void no_task_of_this_name_is_inherited_remove_overrides(std::string_view name);
void as_inherited_belongs_to_a_task_that_overrides_one(std::string_view name);
void as_inherited_takes_the_schedule_and_the_summary_so_state_none(std::string_view name);

constexpr std::string_view name_in(std::string_view pretty) {
  // "… [with auto Method = &Janitor::sweep]" of GCC, "… [Method = &Janitor::sweep]" of Clang.
  std::size_t end = pretty.find_last_of("];");
  std::size_t begin = pretty.rfind(':', end) + 1;
  return pretty.substr(begin, end - begin);
}

template <auto Method>
consteval auto method_name() {
  constexpr std::string_view name = name_in(__PRETTY_FUNCTION__);
  std::array<char, name.size() + 1> text{};
  for (std::size_t i = 0; i < name.size(); i++) text[i] = name[i];
  return text;
}

template <auto Method>
inline constexpr auto name_of = method_name<Method>();

template <class T>
struct ClassOf;
template <class T, class Member>
struct ClassOf<Member T::*> {
  using type = T;
};

constexpr tb_result succeeded(std::optional<Skip> skip) {
  return {TB_OK, skip.has_value(), skip ? skip->ticks : 0, nullptr, nullptr, 0};
}

inline constexpr bool no_outcome = false;

// What a task may return: nothing, Skip, std::optional<Skip>, or a Result of one of them.
template <class T>
tb_result outcome(const T& returned) {
  if constexpr (std::convertible_to<const T&, std::optional<Skip>>) {
    return succeeded(returned);
  } else if constexpr (requires { returned.error(); returned.has_value(); }) {
    if (!returned) return lowered(returned.error());
    if constexpr (std::is_void_v<typename T::value_type>) {
      return succeeded(std::nullopt);
    } else {
      return outcome(*returned);
    }
  } else {
    static_assert(sizeof(T) == 0 && no_outcome,
                  "a task returns nothing, Skip, std::optional<Skip>, or a Result of one of them");
  }
}

// The instance, as the SDK for C keeps it: first a pointer to the manager, then the manager.
inline Manager& manager_at(void* self) { return **static_cast<Manager**>(self); }

template <auto Method>
tb_result run_method(void* self, const tb_run* raw) {
  using T = typename ClassOf<decltype(Method)>::type;
  static_assert(std::derived_from<T, Manager>, "a task is a member function of a Manager");
  T& manager = static_cast<T&>(manager_at(self));
  const Run run{raw->id, raw->task, raw->tick, raw->scheduled_at_ms};
  auto call = [&] {
    if constexpr (requires { (manager.*Method)(run); }) {
      return (manager.*Method)(run);
    } else {
      static_assert(requires { (manager.*Method)(); }, "a task takes nothing, or const Run&");
      return (manager.*Method)();
    }
  };
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    return succeeded(std::nullopt);
  } else {
    return outcome(call());
  }
}

constexpr bool is_task_name(std::string_view name) {
  return name.size() >= 1 && name.size() <= 64 && name[0] >= 'a' && name[0] <= 'z' &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789._-") == name.npos;
}

}  // namespace detail

// The tasks of a manager, own and inherited, in the order in which they run. Made by task_list.
template <std::size_t Capacity>
struct Tasks {
  std::array<tb_task, Capacity> items{};
  std::size_t count = 0;

  // The place of the task of this name among the first `limit`, or `limit`.
  constexpr std::size_t find(std::string_view name, std::size_t limit) const {
    std::size_t i = 0;
    while (i < limit && items[i].name != name) i++;
    return i;
  }
};

// Declares a member function as a task.
template <auto Method>
consteval tb_task periodic_task(TaskOptions options = {}) {
  const char* name = options.name == nullptr ? detail::name_of<Method>.data() : options.name;
  if (!detail::is_task_name(name)) {
    detail::a_task_name_has_1_to_64_of_a_z_0_9_dot_underscore_hyphen_and_starts_with_a_letter(name);
  }
  if (options.as_inherited && !options.overrides) {
    detail::as_inherited_belongs_to_a_task_that_overrides_one(name);
  }
  if (options.as_inherited && (options.ticks_between_runs != 0 || options.run_immediately ||
                               !std::string_view(options.summary).empty())) {
    detail::as_inherited_takes_the_schedule_and_the_summary_so_state_none(name);
  }
  return {name,
          detail::run_method<Method>,
          options.ticks_between_runs,
          options.run_immediately,
          options.overrides,
          options.as_inherited,
          name,
          options.summary,
          nullptr,
          0};
}

// The list of a manager that inherits: the parent's tasks, each replaced in place where this manager
// overrides it, then this manager's own. The parent's list is not changed.
template <std::size_t N, std::same_as<tb_task>... Own>
consteval auto task_list(const Tasks<N>& parent, Own... own) {
  Tasks<N + sizeof...(Own)> all;
  for (std::size_t i = 0; i < parent.count; i++) all.items[i] = parent.items[i];
  all.count = parent.count;
  std::array<std::string_view, sizeof...(Own)> seen{};
  std::size_t index = 0;
  auto add = [&](tb_task task) {
    std::string_view name = task.name;
    for (std::size_t i = 0; i < index; i++) {
      if (seen[i] == name) detail::this_manager_declares_two_tasks_of_this_name(name);
    }
    seen[index++] = name;
    std::size_t place = all.find(name, parent.count);
    if (place < parent.count && !task.overrides) {
      detail::a_task_of_this_name_is_inherited_add_overrides_to_replace_it(name);
    }
    if (place == parent.count && task.overrides) {
      detail::no_task_of_this_name_is_inherited_remove_overrides(name);
    }
    if (task.as_inherited) {
      const tb_task& inherited = all.items[place];
      task.ticks_between_runs = inherited.ticks_between_runs;
      task.run_immediately = inherited.run_immediately;
      task.summary = inherited.summary;
    }
    // The list is whole from here on: nothing is left to override.
    task.overrides = task.as_inherited = false;
    all.items[place < parent.count ? place : all.count++] = task;
  };
  (add(own), ...);
  return all;
}

// The list of a manager that inherits from no other.
template <std::same_as<tb_task>... Own>
consteval auto task_list(Own... own) {
  return task_list(Tasks<0>{}, own...);
}

}  // namespace tourbillon
