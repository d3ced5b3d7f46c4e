#include "inference/adaptive_threshold.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {

AdaptiveThreshold::AdaptiveThreshold(double rate_per_s, double most)
    : rate_per_s_(rate_per_s), steps_max_(std::log(most) / std::log(kStep)) {
  GEMEL_CHECK(rate_per_s > 0.0 && most >= 1.0);
}

double AdaptiveThreshold::steps_at(Timestamp at) const {
  if (last_ == Timestamp::min()) return 0.0;
  const double sunk = rate_per_s_ * std::max(0.0, (at - last_).in_seconds());
  return std::max(0.0, steps_ - sunk);
}

void AdaptiveThreshold::raised(Timestamp onset) {
  steps_ = std::min(steps_max_, steps_at(onset) + 1.0);
  last_ = std::max(last_, onset);
}

double AdaptiveThreshold::factor(Timestamp at) const { return std::pow(kStep, steps_at(at)); }

}  // namespace gemel::inference
