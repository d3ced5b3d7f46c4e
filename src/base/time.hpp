#pragma once
// Moments and spans of time as 64-bit nanoseconds, UTC, and the Clock through which alone the
// present is known.

#include <compare>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace gemel {

/// A span of time. Units: nanoseconds.
struct Duration {
  std::int64_t ns = 0;

  static constexpr Duration nanoseconds(std::int64_t n) { return {n}; }
  static constexpr Duration microseconds(std::int64_t n) { return {n * 1'000}; }
  static constexpr Duration milliseconds(std::int64_t n) { return {n * 1'000'000}; }
  static constexpr Duration seconds(std::int64_t n) { return {n * 1'000'000'000}; }
  static constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr Duration hours(std::int64_t n) { return seconds(n * 3600); }
  static constexpr Duration days(std::int64_t n) { return seconds(n * 86'400); }
  static constexpr Duration from_seconds(double s) { return {static_cast<std::int64_t>(s * 1e9)}; }

  constexpr double in_seconds() const { return static_cast<double>(ns) / 1e9; }

  friend constexpr auto operator<=>(Duration, Duration) = default;
  friend constexpr Duration operator+(Duration a, Duration b) { return {a.ns + b.ns}; }
  friend constexpr Duration operator-(Duration a, Duration b) { return {a.ns - b.ns}; }
  friend constexpr Duration operator*(Duration a, std::int64_t k) { return {a.ns * k}; }
  friend constexpr Duration operator/(Duration a, std::int64_t k) { return {a.ns / k}; }
};

/// A moment. Units: nanoseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t ns = 0;

  static constexpr Timestamp min() { return {std::numeric_limits<std::int64_t>::min()}; }
  static constexpr Timestamp max() { return {std::numeric_limits<std::int64_t>::max()}; }

  friend constexpr auto operator<=>(Timestamp, Timestamp) = default;
  friend constexpr Timestamp operator+(Timestamp t, Duration d) { return {t.ns + d.ns}; }
  friend constexpr Timestamp operator-(Timestamp t, Duration d) { return {t.ns - d.ns}; }
  friend constexpr Duration operator-(Timestamp a, Timestamp b) { return {a.ns - b.ns}; }
};

/// From `from` (included) to `until` (excluded).
struct TimeRange {
  Timestamp from = Timestamp::min();
  Timestamp until = Timestamp::max();

  constexpr bool contains(Timestamp t) const { return from <= t && t < until; }
  friend constexpr bool operator==(const TimeRange&, const TimeRange&) = default;
};

/// ISO 8601, UTC, with as many decimals (0, 3, 6 or 9) as the value needs:
/// "2026-01-31T08:30:00.250Z".
std::string to_string(Timestamp t);

/// Reads ISO 8601 ("2026-01-31T08:30:00.25+01:00", "2026-01-31 08:30:00", "2026-01-31"; no zone
/// means UTC). Errors: InvalidInput.
Result<Timestamp> parse_timestamp(std::string_view text);

/// "1.5 s", "250 ms", "2 h 5 min", "3 d".
std::string to_string(Duration d);

/// Reads "5 s", "250ms", "1.5 h", "90" (seconds), "2 d", "1 week". Errors: InvalidInput.
Result<Duration> parse_duration(std::string_view text);

/// The only source of the present. Threads: now() from any thread.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

/// The machine's wall clock.
class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

/// A clock that stands still until it is told to move. Threads: set() from one, now() from any.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start = {}) : now_ns_(start.ns) {}
  Timestamp now() const override { return {__atomic_load_n(&now_ns_, __ATOMIC_ACQUIRE)}; }
  void set(Timestamp t) { __atomic_store_n(&now_ns_, t.ns, __ATOMIC_RELEASE); }
  void advance(Duration d) { set(now() + d); }

 private:
  std::int64_t now_ns_;
};

}  // namespace gemel
