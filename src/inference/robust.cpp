#include "inference/robust.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {

Spread robust_spread(std::span<double> values, double floor) {
  const double middle = quantile(values, 0.5);
  // 3.29: the central 90 % of a normal distribution, in standard deviations.
  const double central = (quantile(values, 0.95) - quantile(values, 0.05)) / 3.29;
  for (auto& v : values) v = std::abs(v - middle);
  const double deviation = 1.4826 * quantile(values, 0.5);
  return {middle, std::max(deviation > 0.0 ? deviation : central, floor)};
}

}  // namespace gemel::inference
