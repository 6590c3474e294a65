// The manager's configuration, through wasi:config: texts under text keys, set by the operator under
// `[manager.NAME] config = { … }`.
//
// A missing key is std::nullopt and no error: `TB_TRY(config::parse<int>("limit")).value_or(25)`. A
// value that cannot be read as what was asked for is an error (Kind::invalid) that names the key and
// the value.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <tourbillon/config.h>
#include <tourbillon/result.hpp>

namespace tourbillon {

// Names and values.
using Pairs = std::vector<std::pair<std::string, std::string>>;

namespace config {

// The value under the key, if it is set.
inline Result<std::optional<std::string>> get(
    const std::string& key, std::source_location where = std::source_location::current()) {
  const char* value;
  TB_TRY(detail::lifted(tb_config_get(key.c_str(), &value), where));
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// Every key and value.
inline Result<Pairs> all(std::source_location where = std::source_location::current()) {
  tb_pairs found;
  TB_TRY(detail::lifted(tb_config_all(&found), where));
  Pairs pairs;
  for (std::size_t i = 0; i < found.count; i++) {
    pairs.emplace_back(found.items[i].name, found.items[i].value);
  }
  return pairs;
}

// The value under the key as a bool or as an integer that a T can hold, if it is set.
template <std::integral T>
Result<std::optional<T>> parse(const std::string& key,
                               std::source_location where = std::source_location::current()) {
  auto value = TB_TRY(get(key, where));
  if (!value) return std::nullopt;
  using Limits = std::numeric_limits<T>;
  const char *name = key.c_str(), *text = value->c_str();
  if constexpr (std::same_as<T, bool>) {
    bool flag = false;
    TB_TRY(detail::lifted(tb_config_parse_bool(name, text, &flag), where));
    return flag;
  } else if constexpr (std::signed_integral<T>) {
    std::int64_t number = 0;
    TB_TRY(detail::lifted(tb_config_parse_i64(name, text, Limits::min(), Limits::max(), &number),
                          where));
    return static_cast<T>(number);
  } else {
    std::uint64_t number = 0;
    TB_TRY(detail::lifted(tb_config_parse_u64(name, text, Limits::max(), &number), where));
    return static_cast<T>(number);
  }
}

// The value under the key as a length of time, if it is set: a whole number with one of the units
// ms, s, m, h, d, w (`7d`, `90s`, `500ms`); without a unit it counts seconds.
inline Result<std::optional<std::chrono::milliseconds>> duration(
    const std::string& key, std::source_location where = std::source_location::current()) {
  auto value = TB_TRY(get(key, where));
  if (!value) return std::nullopt;
  std::uint64_t milliseconds = 0;
  TB_TRY(detail::lifted(tb_config_parse_duration(key.c_str(), value->c_str(), &milliseconds), where));
  if (milliseconds > static_cast<std::uint64_t>(std::chrono::milliseconds::max().count())) {
    return std::unexpected(Error(Kind::invalid, "config " + key + ": longer than can be counted",
                                 where));
  }
  return std::chrono::milliseconds(milliseconds);
}

}  // namespace config
}  // namespace tourbillon
