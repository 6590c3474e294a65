// Texts with values in them: format("{} of {:03}", name, 7). A small relative of std::format, which
// would bring hundreds of kilobytes along.
//
// `{}` takes any integer, bool, character, text, floating-point number, std::chrono duration or
// Error; `{:0N}` an integer, with zeros in front up to N characters; `{{` and `}}` are braces. Their
// number and form are checked when the text is compiled.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <string>
#include <string_view>
#include <type_traits>

#include <tourbillon/config.h>
#include <tourbillon/memory.h>

namespace tourbillon {

namespace detail {

// Not constexpr on purpose: the compiler names what was called where a format is wrong. They exist
// in name only, so calls stand where nothing but the compiler passes.
void a_placeholder_is_not_closed();
void a_brace_is_not_opened();
void a_placeholder_is_neither_empty_nor_a_width();
void not_as_many_values_as_placeholders();

struct Placeholder {
  std::size_t begin;
  std::size_t end;    // after the closing brace
  std::size_t width;  // 0 for none
};

// The next placeholder at or after `from`; begin == text.size() if there is none.
constexpr Placeholder next_placeholder(std::string_view text, std::size_t from) {
  for (std::size_t i = from; i < text.size(); i++) {
    bool doubled = i + 1 < text.size() && text[i + 1] == text[i];
    if (text[i] == '}') {
      if consteval {
        if (!doubled) a_brace_is_not_opened();
      }
      i++;
    } else if (text[i] == '{' && doubled) {
      i++;
    } else if (text[i] == '{') {
      std::size_t close = text.find('}', i);
      if (close == text.npos) {
        if consteval {
          a_placeholder_is_not_closed();
        }
        close = text.size() - 1;
      }
      std::size_t width = 0;
      if (close != i + 1) {
        if consteval {
          std::string_view digits = text.substr(i + 1, close - i - 1);
          if (digits.size() < 3 || !digits.starts_with(":0") ||
              digits.find_first_not_of("0123456789", 1) != digits.npos) {
            a_placeholder_is_neither_empty_nor_a_width();
          }
        }
        for (std::size_t k = i + 3; k < close; k++) {
          width = width * 10 + static_cast<std::size_t>(text[k] - '0');
        }
      }
      return {i, close + 1, width};
    }
  }
  return {text.size(), text.size(), 0};
}

// Adds literal text, in which braces are doubled.
inline void append_literal(std::string& out, std::string_view text) {
  for (std::size_t i = 0; i < text.size(); i++) {
    out += text[i];
    if (text[i] == '{' || text[i] == '}') i++;
  }
}

template <class T>
void append(std::string& out, const T& value, std::size_t width) {
  if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::same_as<T, char>) {
    out += value;
  } else if constexpr (std::integral<T> || std::floating_point<T>) {
    char digits[64];
    auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    auto size = static_cast<std::size_t>(end - digits);
    if (size < width) out.append(width - size, '0');
    out.append(digits, size);
  } else if constexpr (std::convertible_to<const T&, std::string_view>) {
    out += std::string_view(value);
  } else if constexpr (requires { { value.message() } -> std::convertible_to<std::string_view>; }) {
    out += std::string_view(value.message());
  } else {
    static_assert(requires { std::chrono::duration_cast<std::chrono::milliseconds>(value); },
                  "this type cannot be written into a text");
    auto time = std::chrono::duration_cast<std::chrono::milliseconds>(value);
    out += tb_duration_text(static_cast<std::uint64_t>(time.count()));
  }
}

}  // namespace detail

// A text with one placeholder for each value, and the place where it stands.
template <class... Values>
struct BasicFormat {
  std::string_view text;
  std::source_location where;

  template <std::size_t N>
  consteval BasicFormat(const char (&literal)[N],
                        std::source_location here = std::source_location::current())
      : text(literal, N - 1), where(here) {
    std::size_t placeholders = 0;
    for (auto p = detail::next_placeholder(text, 0); p.begin < text.size();
         p = detail::next_placeholder(text, p.end)) {
      placeholders++;
    }
    if (placeholders != sizeof...(Values)) detail::not_as_many_values_as_placeholders();
  }
};

// What functions that format take: `Format<Values...> format, const Values&... values`.
template <class... Values>
using Format = BasicFormat<std::type_identity_t<Values>...>;

// The text with the values in place of its placeholders.
template <class... Values>
std::string format(Format<Values...> format, const Values&... values) {
  std::string out;
  std::size_t from = 0;
  [[maybe_unused]] auto one = [&](const auto& value) {
    auto place = detail::next_placeholder(format.text, from);
    detail::append_literal(out, format.text.substr(from, place.begin - from));
    detail::append<std::decay_t<decltype(value)>>(out, value, place.width);
    from = place.end;
  };
  (one(values), ...);
  detail::append_literal(out, format.text.substr(from));
  return out;
}

}  // namespace tourbillon
