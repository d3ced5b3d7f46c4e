#pragma once
// JSON text written straight away, for answers that hold thousands of values: a tree of them would
// cost ten times the text.

#include <cstring>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "core/quality.hpp"

namespace gemel::api {

/// Appends values; commas and brackets are the caller's. Threads: one.
class JsonWriter {
 public:
  explicit JsonWriter(std::size_t expected_bytes) : out_(expected_bytes, '\0') {}

  /// JSON as it is: "{\"t\":[".
  JsonWriter& raw(std::string_view json) {
    std::memcpy(room(json.size()), json.data(), json.size());
    size_ += json.size();
    return *this;
  }
  /// A quoted text; bytes that are not UTF-8 are shown as such.
  JsonWriter& text(std::string_view text);
  /// A quoted text in which nothing wants to be escaped.
  JsonWriter& plain_text(std::string_view text) { return raw("\"").raw(text).raw("\""); }
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
    raw("[");
    for (const auto& item : items) {
      if (&item != &*items.begin()) raw(",");
      append(item);
    }
    return raw("]");
  }

  std::string take() {
    out_.resize(size_);
    return std::move(out_);
  }

 private:
  /// Where so many bytes may be written; what of them is, size_ tells.
  char* room(std::size_t bytes) {
    if (out_.size() - size_ < bytes) out_.resize(2 * out_.size() + bytes);
    return out_.data() + size_;
  }
  bool decimal(double value);

  std::string out_;
  std::size_t size_ = 0;  // of what is written of it
};

/// Whole milliseconds since 1970, rounded down.
constexpr std::int64_t milliseconds(Timestamp t) {
  return t.ns >= 0 ? t.ns / 1'000'000 : -((-t.ns + 999'999) / 1'000'000);
}

}  // namespace gemel::api
