#include "inference/half_space_trees.hpp"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

PointTable cloud(std::size_t rows, float middle, std::uint64_t seed) {
  Random random(seed);
  PointTable points{{}, 3};
  for (std::size_t i = 0; i < 3 * rows; ++i)
    points.values.push_back(middle + static_cast<float>(random.normal()));
  return points;
}

double mean_score(HalfSpaceTrees::Run& run, const PointTable& points) {
  double sum = 0.0;
  for (std::size_t i = 0; i < points.rows(); ++i) sum += run.score(points.row(i));
  return sum / static_cast<double>(points.rows());
}

TEST(HalfSpaceTrees, FindsThePointApartStranger) {
  const auto points = cloud(1000, 0.0F, 1);
  const HalfSpaceTrees trees(points, {});
  HalfSpaceTrees::Run run(trees, points);
  std::vector<double> usual;
  const auto others = cloud(200, 0.0F, 2);
  for (std::size_t i = 0; i < others.rows(); ++i) usual.push_back(run.score(others.row(i)));
  std::ranges::sort(usual);
  EXPECT_GT(run.score(std::vector<float>{6.0F, -6.0F, 6.0F}), usual[195]);
}

TEST(HalfSpaceTrees, TakesWhatHasComeToStayForUsualAfterAWindow) {
  const auto points = cloud(1000, 0.0F, 3);
  const HalfSpaceTrees trees(points, {.window = 200});
  HalfSpaceTrees::Run run(trees, points);
  const auto elsewhere = cloud(400, 2.5F, 4);
  const double before = mean_score(run, elsewhere);
  for (std::size_t i = 0; i < 199; ++i) run.take(elsewhere.row(i));
  EXPECT_DOUBLE_EQ(mean_score(run, elsewhere), before) << "the window is not full yet";
  run.take(elsewhere.row(199));
  EXPECT_LT(mean_score(run, elsewhere), before - 1.0);
}

TEST(HalfSpaceTrees, ScoresTheSameWhetherItTakesOrLooks) {
  const auto points = cloud(500, 0.0F, 5);
  const HalfSpaceTrees trees(points, {.trees = 10, .window = 100});
  HalfSpaceTrees::Run run(trees, points);
  const auto stream = cloud(350, 0.5F, 6);
  for (std::size_t i = 0; i < stream.rows(); ++i) {
    const double looked = run.score(stream.row(i));
    EXPECT_DOUBLE_EQ(run.take(stream.row(i)), looked) << i;
  }
}

TEST(HalfSpaceTrees, NamesTheSignalThatIsStrange) {
  const auto points = cloud(2000, 0.0F, 7);
  const HalfSpaceTrees trees(points, {.trees = 100});
  const HalfSpaceTrees::Run run(trees, points);
  std::vector<float> point{0.1F, 7.0F, -0.1F};
  std::vector<double> weights(3);
  run.weigh(point, weights);
  EXPECT_EQ(std::ranges::max_element(weights) - weights.begin(), 1);
  EXPECT_EQ(point[1], 7.0F);
}

}  // namespace
}  // namespace gemel::inference
