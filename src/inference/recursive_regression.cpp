#include "inference/recursive_regression.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"

namespace gemel::inference {

RecursiveRegression::RecursiveRegression(std::size_t width, double forgetting, double prior)
    : forgetting_(forgetting),
      uncertainty_max_(prior * prior),
      coefficients_(width),
      covariance_(width * width),
      gain_(width) {
  GEMEL_CHECK(width > 0 && forgetting > 0.0 && forgetting <= 1.0 && prior > 0.0);
  for (std::size_t i = 0; i < width; ++i) covariance_[i * width + i] = uncertainty_max_;
}

double RecursiveRegression::predict(std::span<const double> inputs) const {
  GEMEL_CHECK(inputs.size() == coefficients_.size());
  return std::inner_product(inputs.begin(), inputs.end(), coefficients_.begin(), 0.0);
}

void RecursiveRegression::learn(std::span<const double> inputs, double target) {
  const auto width = coefficients_.size();
  const double surprise = target - predict(inputs);
  if (!std::isfinite(surprise)) return;
  double excitation = forgetting_;
  for (std::size_t i = 0; i < width; ++i) {
    gain_[i] = std::inner_product(inputs.begin(), inputs.end(), &covariance_[i * width], 0.0);
    excitation += gain_[i] * inputs[i];
  }
  double trace = 0.0;
  for (std::size_t i = 0; i < width; ++i) {
    coefficients_[i] += gain_[i] / excitation * surprise;
    for (std::size_t j = 0; j <= i; ++j) {
      auto& shared = covariance_[i * width + j];
      shared = (shared - gain_[i] * gain_[j] / excitation) / forgetting_;
      covariance_[j * width + i] = shared;
    }
    trace += covariance_[i * width + i];
  }
  const double most = uncertainty_max_ * static_cast<double>(width);
  if (trace <= most) return;
  for (auto& c : covariance_) c *= most / trace;
}

}  // namespace gemel::inference
