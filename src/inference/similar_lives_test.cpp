#include "inference/similar_lives.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

/// A life of one sensor that falls over its last fifty rows; and noise beside it.
std::vector<double> life_of(std::size_t rows, Random& random, std::size_t seen) {
  std::vector<double> life;
  for (std::size_t i = 0; i < seen; ++i) {
    const auto left = static_cast<double>(rows - 1 - i);
    life.push_back(std::min(left, 50.0) / 10.0 + 0.1 * random.normal());
    life.push_back(random.normal());
  }
  return life;
}

SimilarLives library(SimilarityOptions options = {.window = 40, .width = 0.01}) {
  Random random(1);
  std::vector<std::vector<double>> lives;
  for (std::size_t i = 0; i < 20; ++i) lives.push_back(life_of(80 + 5 * i, random, 80 + 5 * i));
  const std::vector<std::span<const double>> spans(lives.begin(), lives.end());
  return {spans, 2, 60.0, options};
}

TEST(SimilarLives, SayWhatWasLeftWhereOthersWereAlike) {
  const auto lives = library();
  Random random(2);
  for (const std::size_t left : {5, 20, 35}) {
    const auto opinion = lives.of(life_of(120, random, 120 - left), 2);
    EXPECT_NEAR(opinion.mean, static_cast<double>(left), 4.0);
    EXPECT_TRUE(std::ranges::is_sorted(opinion.values));
    EXPECT_LE(opinion.values.front(), opinion.mean);
    EXPECT_GE(opinion.values.back(), opinion.mean);
  }
}

TEST(SimilarLives, AreUnsureWhereNothingShowsYet) {
  const auto lives = library();
  Random random(2);
  const auto spread = [&](std::size_t left) {
    const auto opinion = lives.of(life_of(140, random, 140 - left), 2);
    return opinion.values[90] - opinion.values[10];
  };
  EXPECT_GT(spread(80), 2.0 * spread(15));
}

TEST(SimilarLives, TakeALifeThatIsShorterThanTheWindow) {
  Random random(2);
  const auto opinion = library({.window = 80, .width = 0.02}).of(life_of(100, random, 16), 2);
  EXPECT_TRUE(std::isfinite(opinion.mean));
  EXPECT_GT(opinion.mean, 30.0);
}

TEST(EquallyLikely, AreTheQuantilesOfTheWeights) {
  EXPECT_EQ(equally_likely({{3.0, 1.0}, {1.0, 1.0}, {2.0, 2.0}}, 4),
            (std::vector<double>{1.0, 2.0, 2.0, 3.0}));
  EXPECT_EQ(equally_likely({{5.0, 1e-30}}, 2), (std::vector<double>{5.0, 5.0}));
}

}  // namespace
}  // namespace gemel::inference
