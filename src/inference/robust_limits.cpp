#include "inference/robust_limits.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

constexpr double kNormal99 = 2.326;

float side(double measured) {
  return static_cast<float>(std::clamp(measured, kNormal99, 6.0 * kNormal99));
}

}  // namespace

RobustLimits::RobustLimits(const PointTable& points, std::size_t features_per_signal)
    : features_per_signal_(features_per_signal) {
  GEMEL_CHECK(points.rows() >= 2);
  std::vector<double> column(points.rows());
  for (std::size_t f = 0; f < points.width; ++f) {
    for (std::size_t i = 0; i < points.rows(); ++i) column[i] = points.row(i)[f];
    const double low = quantile(column, 0.01);
    sides_.push_back({side(-low), side(quantile(column, 0.99))});
  }
}

double RobustLimits::score(std::span<const float> point) const {
  GEMEL_CHECK(point.size() == sides_.size());
  float worst = 0.0F;
  for (std::size_t f = 0; f < point.size(); ++f)
    worst = std::max(worst, sides_[f].distance(point[f]));
  return worst;
}

void RobustLimits::weigh(std::span<float> point, std::span<double> weights) const {
  const double worst = score(point);
  for (std::size_t s = 0; s < weights.size(); ++s) {
    float distance = 0.0F;
    for (std::size_t f = s * features_per_signal_; f < (s + 1) * features_per_signal_; ++f) {
      distance = std::max(distance, sides_[f].distance(point[f]));
    }
    weights[s] = 2.0 * distance >= worst ? static_cast<double>(distance) * distance : 0.0;
  }
}

}  // namespace gemel::inference
