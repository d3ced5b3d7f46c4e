#pragma once
// JSON text written straight away, for answers that hold thousands of values: a tree of them would
// cost ten times the text.

#include <array>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "core/quality.hpp"

namespace gemel::api {

/// Appends values; commas and brackets are the caller's. Threads: one.
class JsonWriter {
 public:
  explicit JsonWriter(std::size_t expected_bytes) { out_.reserve(expected_bytes); }

  /// JSON as it is: "{\"t\":[".
  JsonWriter& raw(std::string_view json) {
    out_ += json;
    return *this;
  }
  /// A quoted text; bytes that are not UTF-8 are shown as such.
  JsonWriter& text(std::string_view text);
  /// null where the number is none.
  JsonWriter& number(double value);
  JsonWriter& integer(std::int64_t value);
  /// As encode_time().
  JsonWriter& time(Timestamp t);
  /// ["stuck","late"]
  JsonWriter& causes(Quality quality);

  /// A list of what `append` appends for each item.
  template <class Items, class Append>
  JsonWriter& list(const Items& items, Append append) {
    out_ += '[';
    for (const auto& item : items) {
      if (&item != &*items.begin()) out_ += ',';
      append(item);
    }
    out_ += ']';
    return *this;
  }

  std::string take() { return std::move(out_); }

 private:
  void digits(std::uint64_t value, int count);

  std::string out_;
  std::int64_t day_ = INT64_MIN;  // the day of `date_`: neighbours in an answer mostly share it
  std::array<char, 10> date_{};   // "2026-01-31"
};

/// Whole milliseconds since 1970, rounded down.
constexpr std::int64_t milliseconds(Timestamp t) {
  return t.ns >= 0 ? t.ns / 1'000'000 : -((-t.ns + 999'999) / 1'000'000);
}

}  // namespace gemel::api
