#pragma once
// What all filters ask of a measurement, and what they tell of it.

#include <Eigen/Dense>

#include "estimation/system.hpp"

namespace gemel::estimation::detail {

/// Distance of the points that derivatives are taken from, in spreads of the belief.
inline constexpr double kDifference = 1e-3;

Result<void> check(const Measurement& measurement);
Error not_finite(double time);
/// `spread` is the covariance of `off`.
Innovation innovation_of(const Eigen::VectorXd& off, const Eigen::MatrixXd& spread);

}  // namespace gemel::estimation::detail
