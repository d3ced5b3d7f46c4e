#include "inference/principal_components.hpp"

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

/// Two signals that follow a third, with a little noise of their own.
PointTable hanging_together(std::size_t rows, std::uint64_t seed) {
  Random random(seed);
  PointTable points{{}, 3};
  for (std::size_t i = 0; i < rows; ++i) {
    const auto a = random.normal();
    points.values.push_back(static_cast<float>(a));
    points.values.push_back(static_cast<float>(a + 0.1 * random.normal()));
    points.values.push_back(static_cast<float>(-a + 0.1 * random.normal()));
  }
  return points;
}

TEST(PrincipalComponents, SeesABrokenRelationWhoseSignalsAreEachUsual) {
  const PrincipalComponents judge(hanging_together(1000, 1), 1);
  const std::vector<float> together{1, 1, -1}, apart{1, -1, -1};
  EXPECT_LT(judge.score(together), 1.0);
  EXPECT_GT(judge.score(apart), 10.0);
}

TEST(PrincipalComponents, BlamesTheSignalThatBreaksTheRelation) {
  const PrincipalComponents judge(hanging_together(1000, 2), 1);
  std::vector<float> point{0.5, -1.5, -0.5};
  std::vector<double> weights(3);
  judge.weigh(point, weights);
  EXPECT_GT(weights[1], 2 * weights[0]);
  EXPECT_GT(weights[1], 2 * weights[2]);
  EXPECT_EQ(point, (std::vector<float>{0.5, -1.5, -0.5}));
}

TEST(PrincipalComponents, ScoresFewTrainingPointsAboveOne) {
  const PrincipalComponents judge(hanging_together(2000, 3), 1);
  const auto fresh = hanging_together(2000, 4);
  int above = 0;
  for (std::size_t i = 0; i < fresh.rows(); ++i) above += judge.score(fresh.row(i)) > 1.0;
  EXPECT_LT(above, 60);  // each of the two statistics exceeds its share in 1 % of the rows
}

TEST(PrincipalComponents, TakesConstantsAndFewerPointsThanFeatures) {
  PointTable constant{std::vector<float>(40, 0.0F), 4};
  EXPECT_TRUE(std::isfinite(PrincipalComponents(constant, 2).score(constant.row(0))));
  Random random(5);
  PointTable wide{{}, 20};
  for (int i = 0; i < 5 * 20; ++i) wide.values.push_back(static_cast<float>(random.normal()));
  const PrincipalComponents judge(wide, 1);
  std::vector<float> far(20, 1e30F);
  EXPECT_TRUE(std::isfinite(judge.score(far)));
  EXPECT_GT(judge.score(far), judge.score(wide.row(0)));
}

}  // namespace
}  // namespace gemel::inference
