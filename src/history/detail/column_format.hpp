#pragma once
// What the writer and the reader of a column agree on. Every byte: docs/formats/history.md.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

namespace gemel::history::detail {

/// How a number follows from those before it. All arithmetic wraps around.
enum class Prediction : std::uint8_t {
  Constant,    // all numbers are the same
  Plain,       // none: each number stands for itself
  Level,       // the number before
  Smooth1,     // a level that follows the numbers by a half …
  Smooth2,     // … a quarter …
  Smooth3,     // … an eighth of each surprise (exponential smoothing)
  Difference,  // the number before, and its distance from the one before that
  Pace,        // a straight line along the places, some of which are skipped
};

/// The right shift of the surprise by which the level follows: 0 is the number before itself.
constexpr unsigned smoothing(Prediction prediction) {
  return static_cast<unsigned>(prediction) - static_cast<unsigned>(Prediction::Level);
}
/// By so many bits, rounded down, of a number that has a sign.
constexpr std::uint64_t shifted(std::uint64_t number, unsigned shift) {
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(number) >> shift);
}
constexpr bool is_level(Prediction prediction) {
  return prediction >= Prediction::Level && prediction <= Prediction::Smooth3;
}
/// How many of the numbers stand in the column's head instead of its body.
constexpr std::size_t numbers_in_head(Prediction prediction) {
  if (prediction == Prediction::Difference) return 2;
  return is_level(prediction) ? 1 : 0;
}

// The first byte: prediction, a flag, the code of the step.
inline constexpr unsigned kPredictionMask = 0x07;
inline constexpr unsigned kPatchedFlag = 0x08;  // there are patches …
inline constexpr unsigned kNearbyFlag = 0x08;   // … a constant: the same as the reference
inline constexpr unsigned kStepShift = 4;       // the step is 10^code …
inline constexpr unsigned kExplicitStep = 15;   // … or follows
// The second byte (a constant has none): width, a flag.
inline constexpr unsigned kWidthMask = 0x7f;
inline constexpr unsigned kFirstInSteps = 0x80;  // the first number is counted in steps

/// 10^0 … 10^14
inline constexpr auto kSteps = [] {
  std::array<std::uint64_t, kExplicitStep> steps{1};
  for (std::size_t i = 1; i < steps.size(); ++i) steps[i] = steps[i - 1] * 10;
  return steps;
}();

// A pace: (1 … 25) · 10^(0 … 4), or as it is with a fraction; with or without skipped places.
inline constexpr unsigned kPaceMantissas = 25;
inline constexpr unsigned kPaceCodes = 125;
inline constexpr unsigned kExplicitPace = 2 * kPaceCodes;
inline constexpr unsigned kPaceFractionMax = 16;  // bits behind the point

constexpr std::uint64_t coded_pace(unsigned code) {
  return (1 + code % kPaceMantissas) * kSteps[code / kPaceMantissas];
}

/// kPaceCodes when it has none.
constexpr unsigned pace_code(std::uint64_t pace) {
  for (unsigned zeros = 0; zeros < kPaceCodes / kPaceMantissas; ++zeros) {
    const auto mantissa = pace / kSteps[zeros];
    if (mantissa >= 1 && mantissa <= kPaceMantissas && mantissa * kSteps[zeros] == pace)
      return zeros * kPaceMantissas + static_cast<unsigned>(mantissa) - 1;
  }
  return kPaceCodes;
}

// How many patches, and, in two bits, how wide they are; or that their width follows.
inline constexpr unsigned kExplicitPatchWidth = 3;

constexpr unsigned position_width(std::size_t count) {
  return count == 0 ? 0 : static_cast<unsigned>(std::bit_width(count - 1));
}

/// A patch holds what stands above the body's bits: any number but 0, so that one bit says ±1.
constexpr std::uint64_t patch_code(std::int64_t high) {
  return static_cast<std::uint64_t>(high - (high > 0 ? 1 : 0));
}
constexpr std::uint64_t patched_high(std::uint64_t code, unsigned width) {
  // Sign extension; the shifts are of unsigned numbers, which wrap.
  const auto sign = std::uint64_t{1} << (width - 1);
  const auto high = (code ^ sign) - sign;
  return high + ((code & sign) == 0 ? 1 : 0);
}

}  // namespace gemel::history::detail
