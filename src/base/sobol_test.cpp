#include "base/sobol.hpp"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel {
namespace {

TEST(Sobol, EachOf1024SlicesOfEachAxisHoldsOnePoint) {
  const Sobol points(40, 5);
  for (std::size_t d = 0; d < Sobol::kDimensions; ++d) {
    std::set<int> slices;
    for (std::size_t i = 0; i < 1024; ++i) slices.insert(static_cast<int>(points.at(i, d) * 1024));
    EXPECT_EQ(slices.size(), 1024u) << d;
  }
}

TEST(Sobol, SquaresOfTwoAxesHoldOnePointEach) {
  // The first two dimensions make a (0, m, 2)-net: every box of area 1/1024, however long, has one.
  const Sobol points(20, 9);  // of so many that digits are not interlaced
  for (int across = 0; across <= 10; ++across) {
    std::set<int> boxes;
    for (std::size_t i = 0; i < 1024; ++i) {
      const int x = static_cast<int>(points.at(i, 0) * (1 << across));
      const int y = static_cast<int>(points.at(i, 1) * (1 << (10 - across)));
      boxes.insert(x << (10 - across) | y);
    }
    EXPECT_EQ(boxes.size(), 1024u) << across;
  }
}

TEST(Sobol, AveragesOfSmoothFunctionsAreHundredsOfTimesNearerThanByChance) {
  // Of three smooth factors; the exact mean is 1.
  const auto value = [](double a, double b, double c) {
    return std::exp(a) / (std::exp(1.0) - 1) * (1 + 0.5 * std::sin(6.283185307179586 * b)) *
           (2.0 / 3.0 + c * c);
  };
  double by_points = 0.0, by_chance = 0.0;
  const int seeds = 40;
  for (std::uint64_t seed = 0; seed < seeds; ++seed) {
    const Sobol points(3, seed);
    Random random(seed);
    double even = 0.0, drawn = 0.0;
    for (std::size_t i = 0; i < 1024; ++i) {
      even += value(points.at(i, 0), points.at(i, 1), points.at(i, 2)) / 1024;
      const double a = random.uniform(), b = random.uniform(), c = random.uniform();
      drawn += value(a, b, c) / 1024;
    }
    by_points += (even - 1) * (even - 1);
    by_chance += (drawn - 1) * (drawn - 1);
  }
  EXPECT_GT(std::sqrt(by_chance / by_points), 200.0);
}

TEST(Sobol, SeedsGiveOtherPointsAndOneSeedTheSame) {
  const Sobol a(50, 1), b(50, 1), c(50, 2);
  EXPECT_EQ(a.at(77, 3), b.at(77, 3));
  EXPECT_NE(a.at(77, 3), c.at(77, 3));
  EXPECT_NE(a.at(77, 45), a.at(78, 45));
  for (std::size_t d = 0; d < 50; ++d) {
    EXPECT_GT(a.at(0, d), 0.0);
    EXPECT_LT(a.at(0, d), 1.0);
  }
}

}  // namespace
}  // namespace gemel
