#include "random.hpp"

#include <gtest/gtest.h>

namespace riverside {
namespace {

TEST(Random, DrawsTheNormalsOfBoxAndMullerFromItsUniforms) {
  Random chance(5), uniforms(5);
  for (int i = 0; i < 10'000; ++i) {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniforms.uniform()));
    const double angle = 2.0 * std::numbers::pi * uniforms.uniform();
    ASSERT_NEAR(chance.normal(), radius * std::cos(angle), 1e-14);
    ASSERT_NEAR(chance.normal(), radius * std::sin(angle), 1e-14);
  }
}

TEST(Wander, HasItsSpreadFromTheStartWhenItIsScattered) {
  Random chance(5);
  double square = 0.0;
  for (int i = 0; i < 10'000; ++i) {
    Wander wander(100.0, 1.0);
    wander.scatter(chance);
    wander.advance(chance);
    square += wander.value() * wander.value();
  }
  EXPECT_NEAR(square / 10'000, 1.0, 0.05);
}

}  // namespace
}  // namespace riverside
