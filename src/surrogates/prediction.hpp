#pragma once
// What a surrogate says of one place.

namespace gemel::surrogates {

/// Standard deviations to both sides of a normal variable's mean that hold 90 % of it.
inline constexpr double kNinety = 1.6448536269514722;

/// An answer as it is expected, and how far off that may be.
struct Prediction {
  double mean = 0.0;
  double spread = 0.0;  // standard deviation of the error
  /// The 90 % interval.
  double low() const { return mean - kNinety * spread; }
  double high() const { return mean + kNinety * spread; }
};

}  // namespace gemel::surrogates
