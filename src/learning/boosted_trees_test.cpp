#include "learning/boosted_trees.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::learning {
namespace {

/// y = x0² + noise as wide as 1 + |x1|.
Examples bowl(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  Examples examples;
  for (std::size_t i = 0; i < rows; ++i) {
    const std::vector<float> x{static_cast<float>(random.normal()),
                               static_cast<float>(random.normal())};
    examples.add(x, x[0] * x[0] + (1.0F + std::abs(x[1])) * static_cast<float>(random.normal()));
  }
  return examples;
}

TEST(BoostedTrees, FitTheMean) {
  const auto trees = fit_boosted_trees(bowl(4000, 1), {});
  ASSERT_TRUE(trees) << trees.error().message;
  EXPECT_NEAR(trees->predict(std::vector<float>{2.0F, 0.0F}), 4.0, 0.8);
  EXPECT_NEAR(trees->predict(std::vector<float>{0.0F, 0.0F}), 0.0, 0.4);
}

TEST(BoostedTrees, FitQuantilesThatCoverTheirShare) {
  const auto learnt = bowl(6000, 2), fresh = bowl(3000, 3);
  for (const double q : {0.1, 0.9}) {
    const auto trees = fit_boosted_trees(learnt, {.rounds = 400, .quantile = q});
    ASSERT_TRUE(trees) << trees.error().message;
    std::size_t below = 0;
    for (std::size_t i = 0; i < fresh.rows(); ++i)
      below += fresh.targets[i] <= trees->predict(fresh.row(i));
    EXPECT_NEAR(static_cast<double>(below) / static_cast<double>(fresh.rows()), q, 0.05);
  }
}

TEST(BoostedTrees, AreTheSameForTheSameSeed) {
  const auto examples = bowl(500, 4);
  const auto predict = [&](std::uint32_t seed) {
    const auto trees = fit_boosted_trees(examples, {.rounds = 20, .seed = seed});
    std::vector<double> predicted;
    for (std::size_t i = 0; i < examples.rows(); ++i)
      predicted.push_back(trees->predict(examples.row(i)));
    return predicted;
  };
  EXPECT_EQ(predict(1), predict(1));
  EXPECT_NE(predict(1), predict(2));
}

TEST(BoostedTrees, SayWhatTheyCannotLearnFrom) {
  EXPECT_EQ(fit_boosted_trees({}, {}).error().code, ErrorCode::InvalidInput);
  EXPECT_EQ(fit_boosted_trees(bowl(10, 5), {.rate = -1.0}).error().code, ErrorCode::InvalidInput);
}

}  // namespace
}  // namespace gemel::learning
