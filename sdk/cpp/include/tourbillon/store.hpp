// The manager's durable state, through wasi:keyvalue: bytes under text keys, in buckets.
//
// What a run writes is kept only if the run succeeds, all of it at once; a run reads its own writes.
// Values and keys count against the manager's quota. Errors are Kind::no_such_store, access_denied,
// quota, invalid (a key that is no UTF-8 or has a NUL) and host.
//
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <charconv>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include <tourbillon/memory.h>
#include <tourbillon/result.hpp>
#include <tourbillon/store.h>

namespace tourbillon {

// The keys of a bucket, as a range of Result<std::string>; see Bucket::keys.
class Keys {
 public:
  using Here = std::source_location;

  class Iterator {
   public:
    using value_type = Result<std::string>;
    using difference_type = std::ptrdiff_t;

    explicit Iterator(Keys* keys) : keys_(keys) { ++*this; }
    const value_type& operator*() const { return item_; }
    Iterator& operator++() {
      const char* key;
      if (tb_keys_next(&keys_->keys_, &key)) {
        item_ = std::string(key);
      } else if (keys_->keys_.result.kind != TB_OK && !keys_->told_) {
        // A failure is the last item.
        keys_->told_ = true;
        item_ = std::unexpected(detail::lifted(keys_->keys_.result, keys_->where_).error());
      } else {
        keys_ = nullptr;
      }
      return *this;
    }
    void operator++(int) { ++*this; }
    bool operator==(std::default_sentinel_t) const { return keys_ == nullptr; }

   private:
    Keys* keys_;
    value_type item_;
  };

  Keys(tb_bucket bucket, Here where) : keys_(tb_bucket_keys(bucket)), where_(where) {}
  Iterator begin() { return Iterator(this); }
  std::default_sentinel_t end() const { return {}; }

 private:
  tb_keys keys_;
  Here where_;
  bool told_ = false;
};

// An open bucket. There is nothing to close: it is good as long as its instance.
class Bucket {
 public:
  using Here = std::source_location;

  // The manager's own bucket; Kind::access_denied while tasks are being declared.
  static Result<Bucket> own(Here where = Here::current()) {
    tb_bucket handle;
    TB_TRY(detail::lifted(tb_bucket_own(&handle), where));
    return Bucket(handle);
  }

  // A bucket that the operator granted under this name.
  static Result<Bucket> open(const std::string& name, Here where = Here::current()) {
    tb_bucket handle;
    TB_TRY(detail::lifted(tb_bucket_open(name.c_str(), &handle), where));
    return Bucket(handle);
  }

  // The value under the key, if there is one. Its bytes need not be text.
  Result<std::optional<std::string>> get(std::string_view key, Here where = Here::current()) const {
    auto name = TB_TRY(checked(key, where));
    tb_value value;
    TB_TRY(detail::lifted(tb_bucket_get(handle_, name.c_str(), &value), where));
    if (value.data == nullptr) return std::nullopt;
    std::string bytes(value.data, value.size);
    tb_free(value.data);
    return bytes;
  }

  // The decimal number under the key, as increment keeps it; Kind::invalid if it is none.
  Result<std::optional<std::uint64_t>> get_number(std::string_view key,
                                                  Here where = Here::current()) const {
    auto value = TB_TRY(get(key, where));
    if (!value) return std::nullopt;
    std::uint64_t number = 0;
    const char* end = value->data() + value->size();
    auto [parsed, wrong] = std::from_chars(value->data(), end, number);
    if (wrong == std::errc() && parsed == end) return number;
    return std::unexpected(
        Error(Kind::invalid,
              tourbillon::format("value of key \"{}\": expected a whole number from 0 to {}", key,
                                 std::numeric_limits<std::uint64_t>::max()),
              where));
  }

  // Puts these bytes under the key, in place of what was there.
  Result<> set(std::string_view key, std::string_view bytes, Here where = Here::current()) const {
    auto name = TB_TRY(checked(key, where));
    return detail::lifted(tb_bucket_set(handle_, name.c_str(), bytes.data(), bytes.size()), where);
  }

  // Removes the key; that there was none is no error.
  Result<> erase(std::string_view key, Here where = Here::current()) const {
    auto name = TB_TRY(checked(key, where));
    return detail::lifted(tb_bucket_delete(handle_, name.c_str()), where);
  }

  // Whether there is a value under the key.
  Result<bool> exists(std::string_view key, Here where = Here::current()) const {
    auto name = TB_TRY(checked(key, where));
    bool exists = false;
    TB_TRY(detail::lifted(tb_bucket_exists(handle_, name.c_str(), &exists), where));
    return exists;
  }

  // Adds delta to the number under the key, which starts at 0, and returns the sum. The number is
  // kept as decimal text; Kind::host if the value is no number, or the sum too large.
  Result<std::uint64_t> increment(std::string_view key, std::uint64_t delta,
                                  Here where = Here::current()) const {
    auto name = TB_TRY(checked(key, where));
    std::uint64_t sum = 0;
    TB_TRY(detail::lifted(tb_bucket_increment(handle_, name.c_str(), delta, &sum), where));
    return sum;
  }

  // All keys in the order of their bytes, asked for page by page as the loop advances:
  //
  //     for (const auto& item : store.keys()) { auto key = TB_TRY(item); … }
  //
  // The list is the one that stood when the first page was asked for: deleting while listing skips
  // none. A failure is the last item.
  Keys keys(Here where = Here::current()) const { return Keys(handle_, where); }

 private:
  explicit Bucket(tb_bucket handle) : handle_(handle) {}

  // The key with a NUL after it, as the SDK for C wants it.
  static Result<std::string> checked(std::string_view key, Here where) {
    if (key.find('\0') != key.npos) {
      return std::unexpected(Error(Kind::invalid, "a key has a NUL in it", where));
    }
    return std::string(key);
  }

  tb_bucket handle_;
};

}  // namespace tourbillon
