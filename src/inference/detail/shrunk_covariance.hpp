#pragma once
// A covariance that few points can be trusted with.

#include <Eigen/Dense>

namespace gemel::inference::detail {

/// The sample covariance of centred points, shrunk towards the mean variance as far as the
/// products' own scatter demands. Shapes: a point a row. Source: Ledoit, Wolf, J. Multivar. Anal.
/// 2004.
Eigen::MatrixXd shrunk_covariance(const Eigen::MatrixXd& centred);

}  // namespace gemel::inference::detail
