#pragma once
// What a filter follows: a system that can be moved ahead in time, and what is measured of it.

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace gemel::estimation {

/// A system moved ahead as a black box: equations, an FMU, whatever can be started from a state.
class Propagator {
 public:
  virtual ~Propagator() = default;
  virtual std::size_t states() const = 0;
  /// Moves every member on, without process noise. Shapes: `members` is states × members, a member
  /// being `states` numbers in a row. Errors: those of the system; then members are as they were,
  /// or as far as they came, and the filter must be begun anew.
  virtual Result<void> advance(std::span<double> members, double from, double until) = 0;
  /// A filter that draws its members anew tells which earlier member each one was, for a system
  /// that keeps more of a member than its numbers. Shapes: members.
  virtual void redrawn(std::span<const std::size_t> /*from*/) {}
};

/// What is measured at one moment, and how well.
struct Measurement {
  std::vector<double> values;
  std::vector<double> spreads;  // standard deviation of each value's error, > 0; independent
  /// What a member would show. Shapes: states → values. Order: ensembles ask of each member once,
  /// as advance() had them; other filters of any states.
  std::function<void(std::span<const double> state, std::span<double> shown)> observe;
  /// Where each value was measured, in the same terms as FilterSettings::places; only for filters
  /// that look no further than near it. Empty: everywhere.
  std::vector<double> places = {};
};

/// How far a measurement was from what was expected, before it was used.
struct Innovation {
  std::vector<double> off;              // measured − expected
  std::vector<double> expected_spread;  // of that difference, measurement's error included
  double log_likelihood = 0.0;          // of the measurement
  /// Of filters that look for what explains a surprise: states that changed at once, and values
  /// that were taken for wrong, by place.
  std::vector<std::size_t> changed = {}, doubted = {};
  bool unexplained = false;  // a surprise that this does not explain
};

/// Mean and covariance. Shapes: n and n × n, symmetric.
struct Gaussian {
  std::vector<double> mean;
  std::vector<double> covariance;

  double spread(std::size_t i) const;
  /// Of states that don't depend on each other.
  static Gaussian independent(std::span<const double> mean, std::span<const double> spreads);
};

}  // namespace gemel::estimation
