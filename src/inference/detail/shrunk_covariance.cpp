#include "inference/detail/shrunk_covariance.hpp"

#include <algorithm>

namespace gemel::inference::detail {

Eigen::MatrixXd shrunk_covariance(const Eigen::MatrixXd& centred) {
  const auto rows = static_cast<double>(centred.rows());
  const auto width = static_cast<double>(centred.cols());
  Eigen::MatrixXd sample = centred.transpose() * centred / rows;
  const double mean_variance = sample.trace() / width;
  Eigen::MatrixXd distance = sample;
  distance.diagonal().array() -= mean_variance;
  const double dispersion = distance.squaredNorm();
  // The mean over the points of |x x' - S|², without building each x x'.
  const double fourth = centred.rowwise().squaredNorm().array().square().sum();
  const double scatter = (fourth - rows * sample.squaredNorm()) / (rows * rows);
  const double share = dispersion > 0.0 ? std::clamp(scatter / dispersion, 0.0, 1.0) : 0.0;
  sample *= 1.0 - share;
  sample.diagonal().array() += share * mean_variance;
  return sample;
}

}  // namespace gemel::inference::detail
