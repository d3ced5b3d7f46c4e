#include "inference/usual_error.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::inference {
namespace {

/// Estimates of two signals between 80 and 120 and around 5; the first is off by a bend in it.
struct Stretch {
  std::vector<double> estimates, residuals;
};
double bend(double estimate) { return 2.0 * std::pow((estimate - 100.0) / 10.0, 2.0); }
Stretch stretch() {
  Random random(1);
  Stretch out;
  for (int i = 0; i < 4'000; ++i) {
    const double first = 100.0 + 20.0 * std::sin(i / 60.0);
    const double second = 5.0 + 0.5 * random.normal();
    out.estimates.insert(out.estimates.end(), {first, second});
    out.residuals.insert(out.residuals.end(), {bend(first) + random.normal(), random.normal()});
  }
  return out;
}

struct Looked {
  double first, second, doubt;
};
Looked look(const UsualError& error, double first, double second) {
  auto scratch = error.scratch();
  std::vector<double> expected(2);
  const double doubt = error.look(std::vector<double>{first, second}, expected, scratch);
  return {expected[0], expected[1], doubt};
}

TEST(UsualError, KnowsWhereTheModelBends) {
  const auto seen = stretch();
  const UsualError error(seen.estimates, seen.residuals, 2, 20.0);
  for (const double at : {85.0, 100.0, 118.0}) {
    EXPECT_NEAR(look(error, at, 5.0).first, bend(at), 0.5) << at;
    EXPECT_NEAR(look(error, at, 5.0).second, 0.0, 0.3) << at;
  }
}

TEST(UsualError, DoubtsWhatItHasNotSeen) {
  const auto seen = stretch();
  const UsualError error(seen.estimates, seen.residuals, 2, 20.0);
  const double within = look(error, 105.0, 5.0).doubt;
  EXPECT_LT(within, 0.1);
  EXPECT_GT(look(error, 200.0, 5.0).doubt, 10.0 * within);
  EXPECT_GT(look(error, 105.0, 15.0).doubt, 10.0 * within);
}

TEST(UsualError, CountsRowsThatHangTogetherForLess) {
  const auto seen = stretch();
  const UsualError steady(seen.estimates, seen.residuals, 2, 10.0);
  const UsualError wandering(seen.estimates, seen.residuals, 2, 400.0);
  EXPECT_GT(look(wandering, 105.0, 5.0).doubt, 10.0 * look(steady, 105.0, 5.0).doubt);
}

TEST(UsualError, TakesAnUnknownEstimateForUsualAndLearnsNothingFromIt) {
  auto seen = stretch();
  const UsualError whole(seen.estimates, seen.residuals, 2, 20.0);
  for (std::size_t i = 0; i < 100; ++i) {
    seen.estimates.insert(seen.estimates.end(), {std::nan(""), 5.0});
    seen.residuals.insert(seen.residuals.end(), {1e6, 1e6});
  }
  const UsualError holed(seen.estimates, seen.residuals, 2, 20.0);
  EXPECT_NEAR(look(holed, 110.0, 5.0).first, look(whole, 110.0, 5.0).first, 0.05);
  EXPECT_TRUE(std::isfinite(look(whole, std::nan(""), 5.0).first));
}

}  // namespace
}  // namespace gemel::inference
