#include "simulation/least_squares.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel::simulation {
namespace {

/// y = 2 + 3 t, with white or correlated errors of sd 0.1.
Regression line_with_noise(std::uint64_t seed, double keep) {
  Random random(seed);
  Regression r;
  r.priors = {{0.0, 100.0}, {0.0, 100.0}};
  double error = 0.1 * random.normal();
  for (int i = 0; i < 300; ++i) {
    const double t = i / 300.0;
    error = keep * error + 0.1 * std::sqrt(1.0 - keep * keep) * random.normal();
    r.add({1.0, t}, 2.0 + 3.0 * t + error);
  }
  return r;
}

/// Share of seeds in which the truth is within 1.645 standard deviations: 90 % if the spread is
/// honest.
double coverage_of_slope(double keep) {
  int inside = 0;
  constexpr int kSeeds = 400;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto fitted = regress(line_with_noise(seed, keep)).estimate;
    if (std::abs(fitted.value[1] - 3.0) < 1.645 * fitted.sd(1)) ++inside;
  }
  return static_cast<double>(inside) / kSeeds;
}

TEST(Regression, RecoversALine) {
  const auto fitted = regress(line_with_noise(1, 0.0)).estimate;
  EXPECT_NEAR(fitted.value[0], 2.0, 0.05);
  EXPECT_NEAR(fitted.value[1], 3.0, 0.08);
}

TEST(Regression, KnowsItsErrorWhenNoiseIsIndependent) {
  const double coverage = coverage_of_slope(0.0);
  EXPECT_GT(coverage, 0.87);
  EXPECT_LT(coverage, 0.97);
}

TEST(Regression, KnowsItsErrorWhenNeighboursErrTogether) {
  const double coverage = coverage_of_slope(0.9);
  EXPECT_GT(coverage, 0.82);
  EXPECT_LT(coverage, 0.97);
}

TEST(Regression, ShrugsOffOutliers) {
  auto r = line_with_noise(1, 0.0);
  for (std::size_t i = 0; i < r.rows(); i += 7) r.y[i] += 50.0;
  EXPECT_NEAR(regress(r).estimate.value[1], 3.0, 0.1);
}

TEST(Regression, FallsBackOnPriorsWhereDataAreSilent) {
  Regression r;
  r.priors = {{1.0, 0.5}, {7.0, 0.5}};
  for (int i = 0; i < 100; ++i) r.add({1.0, 0.0}, 2.0 + 0.01 * (i % 3));
  const auto fitted = regress(r).estimate;
  EXPECT_NEAR(fitted.value[0], 2.01, 0.02);
  EXPECT_NEAR(fitted.value[1], 7.0, 1e-9);
  EXPECT_NEAR(fitted.sd(1), 0.5, 1e-6);
}

TEST(Regression, AnswersWithThePriorsWhenThereAreNoRows) {
  Regression r;
  r.priors = {{1.0, 0.5}};
  const auto fitted = regress(r).estimate;
  EXPECT_EQ(fitted.value[0], 1.0);
  EXPECT_NEAR(fitted.sd(0), 0.5, 1e-9);
}

TEST(Estimate, DrawsWithItsOwnCovariance) {
  Regression r;
  r.priors = {{0.0, 10.0}, {0.0, 10.0}};
  Random noise(3);
  for (int i = 0; i < 200; ++i) r.add({1.0, 1.0 + 0.01 * (i % 5)}, 1.0 + 0.1 * noise.normal());
  const auto fitted = regress(r).estimate;
  Random random(1);
  double sum = 0.0, squares = 0.0;
  constexpr int kDraws = 20'000;
  for (int i = 0; i < kDraws; ++i) {
    const auto drawn = fitted.draw(random);
    const double along =
        drawn[0] + 1.02 * drawn[1];  // what the data tell well, though neither parameter alone
    sum += along;
    squares += along * along;
  }
  const double mean = sum / kDraws;
  EXPECT_NEAR(mean, 1.0, 0.05);
  EXPECT_LT(std::sqrt(squares / kDraws - mean * mean), 0.05);
  EXPECT_GT(fitted.sd(0), 0.2);
}

}  // namespace
}  // namespace gemel::simulation
