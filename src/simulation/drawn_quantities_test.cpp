#include "simulation/drawn_quantities.hpp"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

namespace gemel::simulation {
namespace {

Scenario two_uncertain(Sampling sampling) {
  return {.seed = 7,
          .uncertain = {{"wear", *Distribution::make("uniform", {0.0, 1.0})},
                        {"demand", *Distribution::make("normal", {1.0, 0.1}), How::Scale}},
          .sampling = sampling};
}

TEST(DrawnQuantities, AreTheSameForTheSameSeedAndDraw) {
  for (const auto sampling : {Sampling::Random, Sampling::Sobol}) {
    const DrawnQuantities one(two_uncertain(sampling)), other(two_uncertain(sampling));
    auto another_seed = two_uncertain(sampling);
    another_seed.seed = 8;
    const DrawnQuantities third(another_seed);
    EXPECT_EQ(one.value(0, 3, 0.0), other.value(0, 3, 0.0));
    EXPECT_NE(one.value(0, 3, 0.0), one.value(0, 4, 0.0));
    EXPECT_NE(one.value(0, 3, 0.0), third.value(0, 3, 0.0));
  }
}

TEST(DrawnQuantities, ScaleWhatIsThere) {
  const DrawnQuantities drawn(two_uncertain(Sampling::Random));
  double sum = 0.0;
  for (std::uint32_t d = 0; d < 1000; ++d) sum += drawn.value(1, d, 400.0);
  EXPECT_NEAR(sum / 1000, 400.0, 5.0);  // four standard errors of 40 / √1000
}

TEST(DrawnQuantities, MeetTheSameChanceWhenAnotherQuantityIsAdded) {
  auto more = two_uncertain(Sampling::Random);
  more.uncertain.push_back({"speed", Distribution::exponential(1.0)});
  const DrawnQuantities two(two_uncertain(Sampling::Random)), three(more);
  for (std::uint32_t d = 0; d < 10; ++d) EXPECT_EQ(two.value(1, d, 1.0), three.value(1, d, 1.0));
}

TEST(DrawnQuantities, FillTheRangeEvenlyBySobolsPoints) {
  const DrawnQuantities drawn(two_uncertain(Sampling::Sobol));
  std::vector<int> parts(64);
  for (std::uint32_t d = 0; d < 64; ++d)
    ++parts[static_cast<std::size_t>(drawn.value(0, d, 0.0) * 64)];
  EXPECT_EQ(std::ranges::count(parts, 1), 64);  // one in each
}

}  // namespace
}  // namespace gemel::simulation
