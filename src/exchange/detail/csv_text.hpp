#pragma once
// Fields of CSV, appended to a text without making strings on the way.

#include <string>
#include <string_view>

#include "base/time.hpp"

namespace gemel::exchange::detail {

/// RFC 4180: quoted where it must be.
std::string csv_field(std::string_view text);

/// The shortest decimal that reads back as the same double.
void append_number(std::string& out, double value);

/// Times as ISO 8601, the same text as to_string() gives. It remembers the day of the last one,
/// because rows come in the order of time. Threads: one.
class TimeWriter {
 public:
  void append(std::string& out, Timestamp time);

 private:
  std::int64_t day_ = INT64_MIN;
  std::string date_;  // "2026-01-31T"
};

}  // namespace gemel::exchange::detail
