#pragma once
// What can be said of a handful of numbers.

#include <span>
#include <utility>

namespace gemel {

/// The p-quantile, linear between the order statistics; reorders `values`, which must not be empty.
double quantile(std::span<double> values, double p);

/// Of values that are not empty.
double mean_of(std::span<const double> values);

/// [low, high] that holds the mean of what independent numbers were drawn from, with this
/// confidence: Student's. One number alone: that number.
std::pair<double, double> mean_interval(std::span<const double> values, double confidence);

}  // namespace gemel
