#include "inference/robust.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"

namespace gemel::inference {

double quantile(std::span<double> values, double p) {
  GEMEL_CHECK(!values.empty());
  const double place = std::clamp(p, 0.0, 1.0) * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), at, values.end());
  if (below + 1 == values.size()) return *at;
  const double next = *std::min_element(at + 1, values.end());
  return *at + (place - static_cast<double>(below)) * (next - *at);
}

Spread robust_spread(std::span<double> values, double floor) {
  const double middle = quantile(values, 0.5);
  // 3.29: the central 90 % of a normal distribution, in standard deviations.
  const double central = (quantile(values, 0.95) - quantile(values, 0.05)) / 3.29;
  for (auto& v : values) v = std::abs(v - middle);
  const double deviation = 1.4826 * quantile(values, 0.5);
  return {middle, std::max(deviation > 0.0 ? deviation : central, floor)};
}

}  // namespace gemel::inference
