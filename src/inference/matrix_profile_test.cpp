#include "inference/matrix_profile.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

std::vector<double> noise(std::size_t length, std::uint64_t seed) {
  Random random(seed);
  std::vector<double> series(length);
  double level = 0.0;
  for (auto& x : series) x = 100.0 + (level = 0.9 * level + random.normal());
  return series;
}

/// Word for word.
WindowNeighbours by_definition(std::span<const double> in, std::span<const double> of,
                               std::size_t length, std::size_t exclusion) {
  const auto centred = [&](std::span<const double> series, std::size_t at) {
    std::vector<double> window(series.begin() + static_cast<std::ptrdiff_t>(at),
                               series.begin() + static_cast<std::ptrdiff_t>(at + length));
    double mean = 0.0;
    for (const auto x : window) mean += x / static_cast<double>(length);
    for (auto& x : window) x -= mean;
    return window;
  };
  WindowNeighbours found;
  for (std::size_t j = 0; j + length <= of.size(); ++j) {
    const auto b = centred(of, j);
    double best_r = -1.0, best_d = INFINITY;
    for (std::size_t i = 0; i + length <= in.size(); ++i) {
      if (exclusion > 0 && (i > j ? i - j : j - i) < exclusion) continue;
      const auto a = centred(in, i);
      double ab = 0.0, aa = 0.0, bb = 0.0, d = 0.0;
      for (std::size_t k = 0; k < length; ++k) {
        ab += a[k] * b[k];
        aa += a[k] * a[k];
        bb += b[k] * b[k];
        d += (a[k] - b[k]) * (a[k] - b[k]) / static_cast<double>(length);
      }
      best_r = std::max(best_r, ab / std::sqrt(aa * bb));
      best_d = std::min(best_d, std::sqrt(d));
    }
    found.correlation.push_back(static_cast<float>(best_r));
    found.distance.push_back(static_cast<float>(best_d));
  }
  return found;
}

void expect_same(const WindowNeighbours& a, const WindowNeighbours& b) {
  ASSERT_EQ(a.correlation.size(), b.correlation.size());
  for (std::size_t i = 0; i < a.correlation.size(); ++i) {
    EXPECT_NEAR(a.correlation[i], b.correlation[i], 1e-4) << i;
    EXPECT_NEAR(a.distance[i], b.distance[i], 1e-3) << i;
  }
}

TEST(MatrixProfile, IsThatOfItsDefinitionBetweenTwoSeries) {
  for (const auto& [in, of] : {std::pair{150, 200}, {200, 61}, {20, 300}, {300, 20}, {20, 20}}) {
    const auto a = noise(static_cast<std::size_t>(in), 1),
               b = noise(static_cast<std::size_t>(of), 2);
    expect_same(nearest_windows(a, b, 16), by_definition(a, b, 16, 0));
  }
}

TEST(MatrixProfile, IsThatOfItsDefinitionWithinOneSeries) {
  for (const std::size_t length : {3, 10, 33}) {
    const auto series = noise(260, length);
    expect_same(nearest_windows(series, series, length, length),
                by_definition(series, series, length, length));
  }
}

TEST(MatrixProfile, FindsTheBeatThatIsNotLikeTheOthers) {
  std::vector<double> series;
  for (int i = 0; i < 3000; ++i) series.push_back(std::sin(2 * M_PI * i / 50));
  for (int i = 2010; i < 2030; ++i) series[static_cast<std::size_t>(i)] *= 0.3;
  const auto found =
      nearest_windows(std::span(series).first(1000), std::span(series).subspan(1000), 50);
  const auto worst = std::min_element(found.correlation.begin(), found.correlation.end()) -
                     found.correlation.begin();
  EXPECT_NEAR(static_cast<double>(worst), 1010 - 20, 30);
}

TEST(MatrixProfile, TakesStretchesThatDoNotMove) {
  std::vector<double> series(200, 5.0);
  for (int i = 100; i < 140; ++i) series[static_cast<std::size_t>(i)] = 5.0 + std::sin(i);
  const auto found = nearest_windows(series, series, 20, 20);
  EXPECT_EQ(found.correlation[0], 1.0F);
  for (const auto d : found.distance) EXPECT_TRUE(std::isfinite(d));
}

TEST(DominantPeriod, IsTheShortestThatRepeats) {
  std::vector<double> series;
  for (int i = 0; i < 2000; ++i)
    series.push_back(std::sin(2 * M_PI * i / 80) + 0.5 * std::sin(2 * M_PI * i / 20));
  EXPECT_EQ(dominant_period(series, 8, 600), 80u);
  EXPECT_EQ(dominant_period(std::vector<double>(100, 1.0), 8, 600), 0u);
}

}  // namespace
}  // namespace gemel::inference
