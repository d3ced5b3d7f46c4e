// What a soft sensor is made of: a regression that goes on learning, intervals that keep their
// promise, monitors of drift.

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/adaptive_interval.hpp"
#include "inference/drift.hpp"
#include "inference/recursive_regression.hpp"

namespace gemel::inference {
namespace {

TEST(RecursiveRegression, FindsTheCoefficientsOfLeastSquares) {
  Random random(1);
  RecursiveRegression regression(3, 1.0, 1e3);
  for (int i = 0; i < 500; ++i) {
    const std::vector<double> x{1.0, random.normal(), random.normal()};
    regression.learn(x, 4.0 - 2.0 * x[1] + 0.5 * x[2] + 0.01 * random.normal());
  }
  EXPECT_NEAR(regression.coefficients()[0], 4.0, 0.01);
  EXPECT_NEAR(regression.coefficients()[1], -2.0, 0.01);
  EXPECT_NEAR(regression.coefficients()[2], 0.5, 0.01);
}

TEST(RecursiveRegression, FollowsAPlantThatChanges) {
  Random random(2);
  RecursiveRegression forgets(2, 0.98), remembers(2, 1.0);
  for (int i = 0; i < 1000; ++i) {
    const std::vector<double> x{1.0, random.normal()};
    const double y = (i < 500 ? 1.0 : 3.0) * x[1];
    forgets.learn(x, y);
    remembers.learn(x, y);
  }
  EXPECT_NEAR(forgets.coefficients()[1], 3.0, 0.01);
  EXPECT_LT(remembers.coefficients()[1], 2.5);
}

TEST(RecursiveRegression, StaysFiniteWhenNothingMovesOrValuesAreMissing) {
  RecursiveRegression regression(2, 0.9);
  const std::vector<double> still{1.0, 0.0};
  for (int i = 0; i < 10'000; ++i) regression.learn(still, 5.0);
  regression.learn(still, std::nan(""));
  regression.learn(std::vector<double>{1.0, 3.0}, 6.0);
  EXPECT_TRUE(std::isfinite(regression.predict(std::vector<double>{1.0, 1.0})));
  EXPECT_NEAR(regression.predict(still), 5.0, 0.5);
}

TEST(AdaptiveInterval, KeepsItsPromiseWhileTheNoiseGrowsTenfold) {
  Random random(3);
  AdaptiveInterval interval(0.1);
  int missed = 0, asked = 0;
  for (int i = 0; i < 20'000; ++i) {
    const double residual = (1.0 + 9.0 * i / 20'000) * random.normal();
    if (i >= 500) {
      ++asked;
      missed += std::abs(residual) > interval.half_width();
    }
    interval.observe(residual);
  }
  EXPECT_NEAR(static_cast<double>(missed) / asked, 0.1, 0.01);
}

TEST(AdaptiveInterval, PromisesNothingBeforeItHasSeenEnough) {
  AdaptiveInterval interval(0.1);
  for (int i = 0; i < 5; ++i) interval.observe(1.0);
  EXPECT_TRUE(std::isinf(interval.half_width()));
  for (int i = 0; i < 20; ++i) interval.observe(1.0);
  EXPECT_EQ(interval.half_width(), 1.0);
}

TEST(PageHinkley, RaisesAnAlarmAfterARiseAndNoneBefore) {
  Random random(4);
  PageHinkley monitor(0.2, 30);
  int before = 0, after = 0;
  for (int i = 0; i < 4000; ++i) {
    const bool raised = monitor.observe(random.normal() + (i < 2000 ? 0.0 : 1.0));
    (i < 2000 ? before : after) += raised;
  }
  EXPECT_EQ(before, 0);
  EXPECT_GE(after, 1);
}

TEST(PopulationStability, TellsASmallShiftFromALargeOne) {
  Random random(5);
  std::vector<double> then(5000), same(5000), shifted(5000);
  for (auto& x : then) x = random.normal();
  for (auto& x : same) x = random.normal();
  for (auto& x : shifted) x = random.normal() + 1.0;
  EXPECT_LT(population_stability(then, same), 0.1);
  EXPECT_GT(population_stability(then, shifted), 0.25);
}

TEST(KolmogorovSmirnov, GivesTheChanceOfSoLargeADistance) {
  Random random(6);
  int rejected = 0;
  for (int trial = 0; trial < 400; ++trial) {
    std::vector<double> a(200), b(300);
    for (auto& x : a) x = random.normal();
    for (auto& x : b) x = random.normal();
    rejected += kolmogorov_smirnov(a, b).chance < 0.05;
  }
  EXPECT_NEAR(rejected, 20, 14);
  std::vector<double> a{1, 2, 3, 4}, b{11, 12, 13, 14};
  EXPECT_EQ(kolmogorov_smirnov(a, b).distance, 1.0);
}

TEST(MeanDiscrepancy, SeesABrokenRelationOfSignalsThatLookTheSame) {
  Random random(7);
  std::vector<double> then, same, apart;
  for (int i = 0; i < 300; ++i) {
    const double a = random.normal(), b = random.normal(), c = random.normal();
    then.insert(then.end(), {a, a});
    same.insert(same.end(), {b, b});
    apart.insert(apart.end(), {c, -c});
  }
  EXPECT_NEAR(mean_discrepancy(then, same, 2), 0.0, 0.02);
  EXPECT_GT(mean_discrepancy(then, apart, 2), 0.1);
}

}  // namespace
}  // namespace gemel::inference
