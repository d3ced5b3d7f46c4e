#include "estimation/detail/checks.hpp"

#include <cmath>
#include <numbers>

#include "base/text.hpp"

namespace gemel::estimation::detail {

Result<void> check(const Measurement& measurement) {
  const auto count = measurement.values.size();
  if (count == 0 || measurement.spreads.size() != count ||
      (!measurement.places.empty() && measurement.places.size() != count)) {
    return Error{ErrorCode::InvalidInput,
                 "a measurement of " + std::to_string(count) + " values has " +
                     std::to_string(measurement.spreads.size()) + " spreads and " +
                     std::to_string(measurement.places.size()) +
                     " places; each value needs its own"};
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!std::isfinite(measurement.values[i])) {
      return Error{ErrorCode::InvalidInput,
                   "measured value " + std::to_string(i) +
                       " is not a finite number; leave out what is missing"};
    }
    if (!(measurement.spreads[i] > 0.0) || !std::isfinite(measurement.spreads[i])) {
      return Error{ErrorCode::InvalidInput, "the spread of measured value " + std::to_string(i) +
                                                " is " + text::number(measurement.spreads[i]) +
                                                "; it must be positive"};
    }
  }
  return {};
}

Error not_finite(double time) {
  return {ErrorCode::Internal, "the simulated state is no finite number at t = " +
                                   text::number(time) + " s; begin anew with less spread"};
}

Innovation innovation_of(const Eigen::VectorXd& off, const Eigen::MatrixXd& spread) {
  const Eigen::LLT<Eigen::MatrixXd> cholesky(spread);
  const Eigen::VectorXd whitened = cholesky.matrixL().solve(off);
  const Eigen::VectorXd root = spread.diagonal().cwiseSqrt();
  const double half_log_determinant = cholesky.matrixLLT().diagonal().array().log().sum();
  return {{off.begin(), off.end()},
          {root.begin(), root.end()},
          -0.5 * whitened.squaredNorm() - half_log_determinant -
              0.5 * static_cast<double>(off.size()) * std::log(2.0 * std::numbers::pi)};
}

}  // namespace gemel::estimation::detail
