#include "inference/isolation_forest.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "inference/robust_limits.hpp"

namespace gemel::inference {
namespace {

PointTable cloud(std::size_t rows, std::size_t width, std::uint64_t seed) {
  Random random(seed);
  PointTable points;
  points.width = width;
  for (std::size_t i = 0; i < rows * width; ++i)
    points.values.push_back(static_cast<float>(random.normal()));
  return points;
}

IsolationForest forest_of(const PointTable& points, std::uint64_t seed = 1,
                          std::size_t features_per_signal = 1) {
  return {points, ForestOptions{100, 256, features_per_signal, seed}};
}

TEST(IsolationForest, FindsAPointApartStrangerThanEveryPointOfTheCloud) {
  const auto points = cloud(500, 4, 1);
  const auto forest = forest_of(points);
  const std::vector<float> apart{6, -6, 6, -6};
  double strangest = 0.0;
  for (std::size_t i = 0; i < points.rows(); ++i)
    strangest = std::max(strangest, forest.score(points.row(i)));
  EXPECT_GT(forest.score(apart), strangest);
  EXPECT_GT(forest.score(apart), 0.6);
  EXPECT_LT(forest.score(std::vector<float>(4, 0.0F)), 0.5);
}

TEST(IsolationForest, FindsWhatIsStrangeOnlyInCombination) {
  // Two signals that always move together; each value by itself is usual.
  Random random(3);
  PointTable points;
  points.width = 2;
  for (int i = 0; i < 1000; ++i) {
    const double x = random.normal();
    points.values.push_back(static_cast<float>(x));
    points.values.push_back(static_cast<float>(x + 0.05 * random.normal()));
  }
  const auto forest = forest_of(points);
  EXPECT_GT(forest.score(std::vector<float>{1.5F, -1.5F}),
            forest.score(std::vector<float>{1.5F, 1.5F}) + 0.05);
}

TEST(IsolationForest, GivesTheSameScoresForTheSameSeedAndOthersForAnother) {
  const auto points = cloud(300, 3, 1);
  const std::vector<float> point{1, 2, -1};
  EXPECT_EQ(forest_of(points, 7).score(point), forest_of(points, 7).score(point));
  EXPECT_NE(forest_of(points, 7).score(point), forest_of(points, 8).score(point));
}

TEST(IsolationForest, NeverScoresHigherThanItSays) {
  const auto forest = forest_of(cloud(300, 3, 1));
  const auto wild = cloud(500, 3, 2);
  for (std::size_t i = 0; i < wild.rows(); ++i) {
    std::vector<float> point(wild.row(i).begin(), wild.row(i).end());
    for (auto& x : point) x *= 100.0F;
    EXPECT_LE(forest.score(point), forest.highest());
  }
}

TEST(IsolationForest, ScoresConstantTrainingPointsWithoutFallingOver) {
  PointTable same;
  same.width = 2;
  same.values.assign(200, 1.0F);
  const auto forest = forest_of(same);
  EXPECT_GT(forest.score(std::vector<float>{1, 1}), 0.0);
  EXPECT_EQ(forest.score(std::vector<float>{1, 1}), forest.score(std::vector<float>{9, 9}));
}

TEST(IsolationForest, ScoresTheSameWithAnyNumberOfTreesPastAMultipleOfFour) {
  const auto points = cloud(100, 2, 1);
  for (const std::uint32_t trees : {1U, 3U, 4U, 5U, 7U}) {
    const IsolationForest forest(points, ForestOptions{trees, 64, 1, 1});
    EXPECT_EQ(forest.trees(), trees);
    EXPECT_GT(forest.score(points.row(0)), 0.2);
    EXPECT_LT(forest.score(points.row(0)), 0.9);
  }
}

template <class AnyJudge>
std::size_t heaviest(const AnyJudge& judge, std::vector<float> point, std::size_t signals) {
  std::vector<double> weights(signals);
  const auto before = point;
  judge.weigh(point, weights);
  EXPECT_EQ(point, before);
  for (const double w : weights) EXPECT_GE(w, 0.0);
  return static_cast<std::size_t>(std::ranges::max_element(weights) - weights.begin());
}

TEST(Weights, NameTheDisturbedSignalFirst) {
  constexpr std::size_t kSignals = 5;
  const auto points = cloud(600, 2 * kSignals, 4);  // two features a signal
  const auto forest = forest_of(points, 1, 2);
  const RobustLimits limits(points, 2);
  const auto fresh = cloud(40, 2 * kSignals, 5);
  int forest_right = 0;
  for (std::size_t i = 0; i < fresh.rows(); ++i) {
    const std::size_t disturbed = i % kSignals;
    std::vector<float> point(fresh.row(i).begin(), fresh.row(i).end());
    point[2 * disturbed] += 8.0F;
    point[2 * disturbed + 1] -= 8.0F;
    forest_right += heaviest(forest, point, kSignals) == disturbed ? 1 : 0;
    EXPECT_EQ(heaviest(limits, point, kSignals), disturbed);
  }
  EXPECT_GE(forest_right, 38);
}

TEST(RobustLimits, ScoreOneIsAboutWhatOneInAHundredExceedsOnASide) {
  const auto points = cloud(20'000, 1, 6);
  const RobustLimits limits(points, 1);
  int above = 0;
  for (std::size_t i = 0; i < points.rows(); ++i)
    above += limits.score(points.row(i)) > 1.0 ? 1 : 0;
  EXPECT_NEAR(above / 20'000.0, 0.02, 0.005);
  EXPECT_NEAR(limits.score(std::vector<float>{23.26F}), 10.0, 1.0);
}

TEST(RobustLimits, AreNotOpenedByAFewWildTrainingValues) {
  auto points = cloud(1000, 1, 7);
  for (std::size_t i = 0; i < 30; ++i) points.values[i * 30] = 1000.0F;
  EXPECT_GT(RobustLimits(points, 1).score(std::vector<float>{50.0F}), 3.0);
}

}  // namespace
}  // namespace gemel::inference
