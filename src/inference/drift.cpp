#include "inference/drift.hpp"

#include <algorithm>
#include <cmath>

#include "base/check.hpp"
#include "inference/robust.hpp"

namespace gemel::inference {
namespace {

double squared_distance(std::span<const double> a, std::span<const double> b) {
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

}  // namespace

bool PageHinkley::observe(double value) {
  if (!std::isfinite(value)) return false;
  ++count_;
  mean_ += (value - mean_) / static_cast<double>(count_);
  sum_ += value - mean_ - slack_;
  least_ = std::min(least_, sum_);
  if (sum() <= limit_) return false;
  *this = PageHinkley(slack_, limit_);
  return true;
}

double population_stability(std::span<double> then, std::span<double> now) {
  GEMEL_CHECK(!then.empty() && !now.empty());
  constexpr std::size_t kBins = 10;
  std::sort(then.begin(), then.end());
  std::sort(now.begin(), now.end());
  double index = 0.0;
  auto then_from = then.begin();
  auto now_from = now.begin();
  for (std::size_t bin = 1; bin <= kBins; ++bin) {
    auto then_to = then.end();
    auto now_to = now.end();
    if (bin < kBins) {
      const double edge = then[then.size() * bin / kBins];
      then_to = std::upper_bound(then_from, then.end(), edge);
      now_to = std::upper_bound(now_from, now.end(), edge);
    }
    // Half a value more everywhere: an empty bin would make the index endless.
    const auto share = [](auto count, std::size_t all) {
      return (static_cast<double>(count) + 0.5) / (static_cast<double>(all) + 0.5 * kBins);
    };
    const double before = share(then_to - then_from, then.size());
    const double after = share(now_to - now_from, now.size());
    index += (after - before) * std::log(after / before);
    then_from = then_to;
    now_from = now_to;
  }
  return index;
}

DistributionTest kolmogorov_smirnov(std::span<double> then, std::span<double> now) {
  GEMEL_CHECK(!then.empty() && !now.empty());
  std::sort(then.begin(), then.end());
  std::sort(now.begin(), now.end());
  const auto n = static_cast<double>(then.size()), m = static_cast<double>(now.size());
  DistributionTest test;
  for (std::size_t i = 0, j = 0; i < then.size() && j < now.size();) {
    const double x = std::min(then[i], now[j]);
    while (i < then.size() && then[i] <= x) ++i;
    while (j < now.size() && now[j] <= x) ++j;
    test.distance =
        std::max(test.distance, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
  }
  const double root = std::sqrt(n * m / (n + m));
  const double lambda = (root + 0.12 + 0.11 / root) * test.distance;
  if (lambda < 0.2) return test;  // the series does not converge, and the chance is 1
  double chance = 0.0, sign = 2.0;
  for (int k = 1; k <= 100; ++k, sign = -sign) {
    const double term = sign * std::exp(-2.0 * k * k * lambda * lambda);
    chance += term;
    if (std::abs(term) < 1e-12) break;
  }
  test.chance = std::clamp(chance, 0.0, 1.0);
  return test;
}

double mean_discrepancy(std::span<const double> then, std::span<const double> now,
                        std::size_t width) {
  GEMEL_CHECK(width > 0 && then.size() >= 2 * width && now.size() >= 2 * width);
  const auto rows = [=](std::span<const double> points) { return points.size() / width; };
  const auto row = [=](std::span<const double> points, std::size_t i) {
    return points.subspan(i * width, width);
  };
  std::vector<double> distances;
  for (std::size_t i = 0; i < rows(then); ++i) {
    for (std::size_t j = 0; j < rows(now); ++j)
      distances.push_back(squared_distance(row(then, i), row(now, j)));
  }
  std::vector<double> copy = distances;
  const double scale = std::max(quantile(copy, 0.5), 1e-300);
  const auto kernel = [=](double squared) { return std::exp(-squared / scale); };
  const auto within = [&](std::span<const double> points) {
    double sum = 0.0;
    const auto n = rows(points);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < i; ++j)
        sum += 2.0 * kernel(squared_distance(row(points, i), row(points, j)));
    }
    return sum / (static_cast<double>(n) * static_cast<double>(n - 1));
  };
  double between = 0.0;
  for (const auto squared : distances) between += kernel(squared);
  return within(then) + within(now) - 2.0 * between / static_cast<double>(distances.size());
}

}  // namespace gemel::inference
