#include "simulation/wander.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::simulation {
namespace {

std::vector<double> wandering(double noise, double drift, double memory_s, double step_s,
                              int count) {
  Random random(5);
  const double keep = std::exp(-step_s / memory_s);
  double v = 0.0;
  std::vector<double> out;
  for (int i = 0; i < count; ++i) {
    v = keep * v + drift * std::sqrt(1.0 - keep * keep) * random.normal();
    out.push_back(v + noise * random.normal());
  }
  return out;
}

TEST(Wander, TellsNoiseFromDrift) {
  const auto w = fit_wander(wandering(0.5, 2.0, 120.0, 10.0, 20'000), Duration::seconds(10));
  EXPECT_NEAR(w.noise_sd, 0.5, 0.2);
  EXPECT_NEAR(w.drift_sd, 2.0, 0.2);
  EXPECT_EQ(w.memory_s, 120.0);
}

TEST(Wander, SeesNoDriftInWhiteNoise) {
  const auto w = fit_wander(wandering(1.0, 0.0, 60.0, 10.0, 5'000), Duration::seconds(10));
  EXPECT_NEAR(w.noise_sd, 1.0, 0.05);
  EXPECT_LT(w.drift_sd, 0.25);
}

TEST(Wander, HasNoneWhereNothingMoves) {
  EXPECT_EQ(fit_wander(std::vector<double>(100, 3.0), Duration::seconds(10)).drift_sd, 0.0);
  EXPECT_EQ(fit_wander(std::vector<double>(), Duration::seconds(10)).drift_sd, 0.0);
  EXPECT_EQ(fit_wander(std::vector<double>(1, 3.0), Duration::seconds(10)).noise_sd, 0.0);
}

TEST(Wander, StepsAddUpToTheWhole) {
  const Wander w{0.0, 2.0, 120.0};
  EXPECT_NEAR(w.step_variance(0.0, 7.0) + w.step_variance(7.0, 300.0), w.step_variance(0.0, 300.0),
              1e-12);
  EXPECT_NEAR(w.step_variance(0.0, 1e9), 8.0, 1e-9);
}

}  // namespace
}  // namespace gemel::simulation
