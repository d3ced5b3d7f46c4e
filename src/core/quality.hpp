#pragma once
// How far a value may be trusted, and why not further.

#include <cstdint>
#include <string>
#include <string_view>

namespace gemel {

enum class Grade : std::uint8_t {
  Good,
  Uncertain,  // usable, with a doubt
  Bad,        // measured, not usable; kept as evidence
  Missing,    // no value where one was due
};

/// Why a value is not Good; several may hold at once.
enum class Cause : std::uint16_t {
  OutOfRange = 1 << 0,
  RateOfChange = 1 << 1,
  Stuck = 1 << 2,
  Late = 1 << 3,         // arrived after newer samples of its signal
  ClockSkew = 1 << 4,    // stamped in the future; its time was set to its arrival
  Gap = 1 << 5,          // nothing came for longer than the signal's gap
  SensorFault = 1 << 6,  // the source itself said null, bad or unreadable
  LinkLost = 1 << 7,
  Extrapolated = 1 << 8,  // an estimate outside what its simulator or detector has seen
};

struct Quality {
  Grade grade = Grade::Good;
  std::uint16_t causes = 0;

  bool usable() const { return grade <= Grade::Uncertain; }
  bool has(Cause cause) const { return (causes & static_cast<std::uint16_t>(cause)) != 0; }

  /// Adds a cause and lowers the grade to at most `at_best`.
  void mark(Cause cause, Grade at_best) {
    causes |= static_cast<std::uint16_t>(cause);
    if (grade < at_best) grade = at_best;
  }
  friend bool operator==(const Quality&, const Quality&) = default;
};

/// "good", "bad: out of range, stuck".
std::string to_string(Quality quality);
std::string_view to_string(Grade grade);
std::string_view to_string(Cause cause);

}  // namespace gemel
