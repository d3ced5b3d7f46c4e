#include "base/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/check.hpp"
#include "base/distribution.hpp"

namespace gemel {

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

double mean_of(std::span<const double> values) {
  GEMEL_CHECK(!values.empty());
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::pair<double, double> mean_interval(std::span<const double> values, double confidence) {
  const double mean = mean_of(values);
  if (values.size() < 2) return {mean, mean};
  const auto count = static_cast<double>(values.size());
  double squares = 0.0;
  for (const double each : values) squares += (each - mean) * (each - mean);
  const double error = std::sqrt(squares / (count - 1.0) / count);
  const double half =
      error * student_quantile(0.5 + 0.5 * confidence, static_cast<unsigned>(values.size() - 1));
  return {mean - half, mean + half};
}

}  // namespace gemel
