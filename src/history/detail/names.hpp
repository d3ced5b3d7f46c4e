#pragma once
// How files are named, and how the smallest things are written.

#include <charconv>
#include <compare>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "core/quality.hpp"

namespace gemel::history::detail {

/// There while a backup is being made: what is beside it may belong to different moments.
inline constexpr std::string_view kUnfinishedBackup = "backup.unfinished";

/// Numbers of logs, both included. A segment is named for the logs whose frames it holds.
struct LogRange {
  std::uint32_t first = 0;
  std::uint32_t last = 0;

  bool contains(LogRange other) const { return first <= other.first && other.last <= last; }
  bool contains(std::uint32_t log) const { return first <= log && log <= last; }
  friend auto operator<=>(const LogRange&, const LogRange&) = default;
};

inline std::string six_digits(std::uint32_t number) {
  auto digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return digits;
}
inline std::string wal_name(std::uint32_t number) { return "wal-" + six_digits(number); }
/// "seg-000007", or "seg-000001-000008" after merging.
inline std::string segment_name(LogRange logs) {
  const auto name = "seg-" + six_digits(logs.first);
  return logs.first == logs.last ? name : name + "-" + six_digits(logs.last);
}

namespace names {
inline std::optional<std::uint32_t> number(std::string_view digits) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number == 0)
    return std::nullopt;
  return number;
}
}  // namespace names

/// 7 of "wal-000007"; empty for other names.
inline std::optional<std::uint32_t> log_number(std::string_view name) {
  constexpr std::string_view kKind = "wal-";
  return name.starts_with(kKind) ? names::number(name.substr(kKind.size())) : std::nullopt;
}

/// {1, 8} of "seg-000001-000008", {7, 7} of "seg-000007"; empty for other names.
inline std::optional<LogRange> segment_logs(std::string_view name) {
  constexpr std::string_view kKind = "seg-";
  if (!name.starts_with(kKind)) return std::nullopt;
  const auto numbers = name.substr(kKind.size());
  const auto dash = numbers.find('-');
  const auto first = names::number(numbers.substr(0, dash));
  const auto last =
      dash == std::string_view::npos ? first : names::number(numbers.substr(dash + 1));
  if (!first || !last || *last < *first) return std::nullopt;
  return LogRange{*first, *last};
}

inline std::int64_t packed(Quality quality) {
  return static_cast<std::int64_t>(quality.grade) | static_cast<std::int64_t>(quality.causes) << 2;
}
/// Empty when the number is no quality.
inline std::optional<Quality> unpacked(std::int64_t number) {
  if (number < 0 || number >> 18 != 0) return std::nullopt;
  return Quality{static_cast<Grade>(number & 3), static_cast<std::uint16_t>(number >> 2)};
}

/// How much later it was known; differences wrap, so that any two times have one.
inline std::int64_t lag(Timestamp known_at, Timestamp source_time) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(known_at.ns) -
                                   static_cast<std::uint64_t>(source_time.ns));
}
inline Timestamp before(Timestamp known_at, std::int64_t lag) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(known_at.ns) -
                                    static_cast<std::uint64_t>(lag))};
}
inline Timestamp after(Timestamp source_time, std::int64_t lag) {
  return {static_cast<std::int64_t>(static_cast<std::uint64_t>(source_time.ns) +
                                    static_cast<std::uint64_t>(lag))};
}

}  // namespace gemel::history::detail
