#include "inference/linear_forecast.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

std::vector<double> waves(std::size_t length, double level, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series(length);
  for (std::size_t i = 0; i < length; ++i)
    series[i] = level + std::sin(0.26 * static_cast<double>(i)) + 0.01 * random.normal();
  return series;
}

double error_of(const LinearForecast& forecast, std::span<const double> series) {
  const auto [lookback, horizon] =
      std::pair(forecast.options().lookback, forecast.options().horizon);
  std::vector<double> next(horizon);
  double worst = 0.0;
  for (std::size_t from = 0; from + lookback + horizon <= series.size(); from += 7) {
    forecast.forecast(series.subspan(from, lookback), next);
    for (std::size_t h = 0; h < horizon; ++h)
      worst = std::max(worst, std::abs(next[h] - series[from + lookback + h]));
  }
  return worst;
}

TEST(LinearForecast, GoesOnWithAWaveAtALevelItNeverSaw) {
  const auto learnt = waves(2000, 0.0, 1), other = waves(300, 50.0, 2);
  const std::span<const double> series(learnt);
  for (const bool from_last : {false, true}) {
    const LinearForecast forecast({&series, 1}, {48, 24, 0.01, from_last});
    EXPECT_LT(error_of(forecast, other), 0.1);
  }
}

TEST(LinearForecast, LeavesOutWindowsWithHoles) {
  auto learnt = waves(2000, 0.0, 3);
  learnt[1000] = std::nan("");
  const std::span<const double> series(learnt);
  EXPECT_LT(error_of(LinearForecast({&series, 1}, {48, 24, 0.01}), waves(300, 0.0, 4)), 0.1);
}

TEST(LinearForecast, LearnsOneRuleFromSeveralSeries) {
  const auto a = waves(150, 0.0, 5), b = waves(150, 3.0, 6);
  const std::vector<std::span<const double>> both{a, b};
  EXPECT_LT(error_of(LinearForecast(both, {48, 24, 0.01}), waves(300, -1.0, 7)), 0.2);
}

}  // namespace
}  // namespace gemel::inference
