#pragma once
// How a quantity moves away from its present value: by measuring noise at once, by real change with
// time.

#include <span>

#include "base/time.hpp"

namespace gemel::simulation {

/// E[(v(t + τ) − v(t))²] = 2 noise² + 2 drift² (1 − exp(−τ/memory)).
struct Wander {
  double noise_sd = 0.0;
  double drift_sd = 0.0;
  double memory_s = 60.0;

  /// Variance of the part of the change that falls between `from_s` and `until_s` after the start.
  /// Summing independent steps of these variances gives the drift above at every time.
  double step_variance(double from_s, double until_s) const;
};

/// Fits the form above to a series of equal steps, by its structure function at lags up to a
/// quarter of its length. An empty or constant series has no wander.
Wander fit_wander(std::span<const double> series, Duration step);

}  // namespace gemel::simulation
