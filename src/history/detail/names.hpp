#pragma once
// How files are named, and how the smallest things are written.

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.hpp"
#include "core/quality.hpp"

namespace gemel::history::detail {

inline std::string numbered(std::string_view kind, std::uint32_t number) {
  auto digits = std::to_string(number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return std::string(kind) + "-" + digits;
}
inline std::string wal_name(std::uint32_t number) { return numbered("wal", number); }
inline std::string segment_name(std::uint32_t number) { return numbered("seg", number); }
inline std::string events_name(std::uint32_t number) { return numbered("events", number); }

/// 7 of "seg-000007"; empty for other names.
inline std::optional<std::uint32_t> number_in(std::string_view name, std::string_view kind) {
  if (!name.starts_with(kind) || name.size() <= kind.size() + 1 || name[kind.size()] != '-')
    return std::nullopt;
  const auto digits = name.substr(kind.size() + 1);
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size() || number == 0)
    return std::nullopt;
  return number;
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
