// How something ended: Result<T>, which is std::expected with the Error of this SDK. There are no
// exceptions in a component; TB_TRY hands an error on.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include <tourbillon/format.hpp>
#include <tourbillon/result.h>

namespace tourbillon {

// "Skip this many ticks, then run me again", once; afterwards the declared number holds again. The
// host clamps it (0 to 1,000,000 by default). Skip{0} asks for the very next tick.
struct Skip {
  std::uint32_t ticks;
  friend bool operator==(Skip, Skip) = default;
};

// What kind of failure, for code that tells them apart.
enum class Kind {
  failed = TB_FAILED,                 // of the manager's own making
  no_such_store = TB_NO_SUCH_STORE,   // no bucket of this name is granted to this manager
  access_denied = TB_ACCESS_DENIED,   // not this bucket, or not at this moment
  quota = TB_QUOTA,                   // more bytes or keys than granted; nothing was stored
  invalid = TB_INVALID,               // a value or a key is not what it should be
  host = TB_HOST,                     // the host failed; the message has its words
};

// Why something failed: one line of text, the place in the source, and perhaps a wish when to be run
// again. The host cuts the text after 4 KiB.
class Error {
 public:
  Error(Kind kind, std::string message, std::source_location where = std::source_location::current())
      : kind_(kind), message_(std::move(message)), where_(where) {}

  Kind kind() const { return kind_; }
  const std::string& message() const { return message_; }
  std::optional<Skip> skip() const { return skip_; }
  // Where it was made, or first handed on.
  std::source_location where() const { return where_; }

  // Puts a context and a colon before the message.
  void add_context(std::string_view context) {
    message_.insert(0, ": ").insert(0, context);
  }
  // Asks the host to skip so many ticks before the next run, once.
  void skip_ticks(std::uint32_t ticks) { skip_ = Skip{ticks}; }

 private:
  Kind kind_;
  std::string message_;
  std::source_location where_;
  std::optional<Skip> skip_;
};

// A T, or why there is none. Result<> is success or failure.
template <class T = void>
using Result = std::expected<T, Error>;

// What fail() makes: it converts into any Result.
class Failure : public std::unexpected<Error> {
 public:
  using std::unexpected<Error>::unexpected;

  // The same failure, asking the host to skip so many ticks before the next run, once.
  Failure skip_ticks(std::uint32_t ticks) && {
    error().skip_ticks(ticks);
    return std::move(*this);
  }
};

// A failure with this message: `return fail("no {}", name);`.
template <class... Values>
Failure fail(Format<Values...> text, const Values&... values) {
  return Failure(Error(Kind::failed, tourbillon::format<Values...>(text, values...), text.where));
}

// The same result; if it is a failure, with a context and a colon before its message.
template <class T, class... Values>
Result<T> context_of(Result<T> result, Format<Values...> text, const Values&... values) {
  if (!result) result.error().add_context(tourbillon::format<Values...>(text, values...));
  return result;
}

namespace detail {

// A result of the SDK for C as one of this SDK.
inline Result<> lifted(tb_result result, std::source_location where) {
  if (result.kind == TB_OK) return {};
  Error error(static_cast<Kind>(result.kind), result.message, where);
  if (result.asks_to_skip) error.skip_ticks(result.ticks_to_skip);
  return std::unexpected(std::move(error));
}

// And back, with its text in the memory of the run.
inline tb_result lowered(const Error& error) {
  tb_result result = tb_failed(static_cast<tb_kind>(error.kind()), error.where().file_name(),
                               static_cast<int>(error.where().line()), "%s",
                               error.message().c_str());
  return error.skip() ? tb_skip_ticks(result, error.skip()->ticks) : result;
}

}  // namespace detail
}  // namespace tourbillon

// The value of a Result; or returns its error from the function, which must return a Result as well:
// `auto store = TB_TRY(Bucket::own());`. (A statement expression, which GCC and Clang know.)
#undef TB_TRY
#define TB_TRY(...)                                            \
  ({                                                           \
    auto tb_try_result_ = (__VA_ARGS__);                       \
    if (!tb_try_result_) {                                     \
      return std::unexpected(std::move(tb_try_result_).error()); \
    }                                                          \
    *std::move(tb_try_result_);                                \
  })
