#include "surrogates/sensitivity.hpp"

#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

namespace gemel::surrogates {
namespace {

/// Ishigami's function, the usual example: its indices are known exactly.
/// Source: Ishigami & Homma, ISUMA, 1990.
TEST(Sensitivities, AreThoseOfIshigamisFunction) {
  constexpr double kA = 7.0, kB = 0.1, kPi = std::numbers::pi;
  const auto ishigami = [](std::span<const double> x) -> Result<std::vector<double>> {
    return std::vector{std::sin(x[0]) + kA * std::sin(x[1]) * std::sin(x[1]) +
                       kB * std::pow(x[2], 4) * std::sin(x[0])};
  };
  const auto trained =
      TrainedSurrogate::train({{"x1", -kPi, kPi}, {"x2", -kPi, kPi}, {"x3", -kPi, kPi}}, 1,
                              ishigami, {.first = 400, .answers_max = 400});
  ASSERT_TRUE(trained);
  const double first = 0.5 * std::pow(1.0 + kB * std::pow(kPi, 4) / 5.0, 2);
  const double second = kA * kA / 8.0;
  const double both = kB * kB * std::pow(kPi, 8) * (1.0 / 18.0 - 1.0 / 50.0);
  const double variance = first + second + both;
  const auto found = sensitivities(*trained, 0);
  EXPECT_NEAR(found[0].alone, first / variance, 0.02);
  EXPECT_NEAR(found[1].alone, second / variance, 0.02);
  EXPECT_NEAR(found[2].alone, 0.0, 0.02);
  EXPECT_NEAR(found[0].total, (first + both) / variance, 0.02);
  EXPECT_NEAR(found[1].total, second / variance, 0.02);
  EXPECT_NEAR(found[2].total, both / variance, 0.02);
}

}  // namespace
}  // namespace gemel::surrogates
