#pragma once
// Middles and spreads that a few wild values can't move.

#include <span>

#include "base/statistics.hpp"

namespace gemel::inference {

/// Median and 1.4826 x median absolute deviation (the standard deviation of a normal distribution).
struct Spread {
  double middle = 0.0;
  double width = 0.0;
};

/// Reorders and overwrites `values`, which must not be empty. More than half of the values may be
/// equal (a coarse sensor): then the width is that of the central 90 %, and at least `floor`.
Spread robust_spread(std::span<double> values, double floor);

}  // namespace gemel::inference
