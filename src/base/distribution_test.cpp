#include "base/distribution.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gemel {
namespace {

TEST(Quantile, OfTheNormalDistributionIsTheTables) {
  EXPECT_NEAR(normal_quantile(0.975), 1.959963984540054, 1e-14);
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-13);
  EXPECT_NEAR(normal_quantile(1e-12), -7.034483825301132, 1e-11);
  EXPECT_EQ(normal_quantile(0.5), 0.0);
}

TEST(Quantile, OfStudentsDistributionIsTheTables) {
  EXPECT_NEAR(student_quantile(0.975, 1), 12.706204736174694, 1e-9);
  EXPECT_NEAR(student_quantile(0.975, 2), 4.302652729749464, 1e-11);
  EXPECT_NEAR(student_quantile(0.975, 9), 2.262157162798205, 1e-12);
  EXPECT_NEAR(student_quantile(0.95, 30), 1.6972608865939574, 1e-12);
  EXPECT_NEAR(student_quantile(0.025, 9), -2.262157162798205, 1e-12);
}

TEST(Distribution, DrawsHaveItsMeanAndSpread) {
  const std::pair<const char*, std::vector<double>> cases[] = {
      {"constant", {3}},      {"uniform", {1, 4}},   {"triangular", {1, 2, 6}},
      {"exponential", {2.5}}, {"normal", {-1, 0.5}}, {"lognormal", {3, 2}},
      {"weibull", {1.7, 4}},  {"erlang", {6, 3}}};
  for (const auto& [kind, numbers] : cases) {
    const auto made = Distribution::make(kind, numbers);
    ASSERT_TRUE(made) << made.error().message;
    Random random(5);
    double sum = 0.0, squares = 0.0;
    const int n = 200'000;
    for (int i = 0; i < n; ++i) {
      const double x = made->draw(random);
      sum += x;
      squares += (x - made->mean()) * (x - made->mean());
    }
    EXPECT_NEAR(sum / n, made->mean(), 0.01 * (1.0 + made->standard_deviation())) << kind;
    EXPECT_NEAR(std::sqrt(squares / n), made->standard_deviation(),
                0.02 * made->standard_deviation())
        << kind;
  }
}

TEST(Distribution, ItsQuantilesAscend) {
  for (const auto& each :
       {*Distribution::make("erlang", {2, 4}), *Distribution::make("weibull", {0.8, 1}),
        *Distribution::make("lognormal", {1, 3})}) {
    double last = 0.0;
    for (double p = 0.001; p < 1.0; p += 0.001) {
      EXPECT_GT(each.quantile(p), last) << each.to_string();
      last = each.quantile(p);
    }
  }
}

TEST(Distribution, ItsProbabilitiesAreItsQuantilesTheOtherWayRound) {
  const std::pair<const char*, std::vector<double>> cases[] = {
      {"uniform", {1, 4}},   {"triangular", {1, 2, 6}}, {"exponential", {2.5}},
      {"normal", {-1, 0.5}}, {"lognormal", {3, 2}},     {"weibull", {1.7, 4}},
      {"erlang", {6, 3}}};
  for (const auto& [kind, numbers] : cases) {
    const auto made = *Distribution::make(kind, numbers);
    for (double p = 0.01; p < 1.0; p += 0.01) {
      EXPECT_NEAR(made.probability(made.quantile(p)), p, 1e-9) << kind;
      EXPECT_NEAR(made.scaled(3.0).quantile(p), 3.0 * made.quantile(p), 1e-9) << kind;
    }
    EXPECT_NEAR(made.scaled(3.0).mean(), 3.0 * made.mean(), 1e-9) << kind;
  }
  EXPECT_EQ(Distribution::constant(2.0).probability(1.9), 0.0);
  EXPECT_EQ(Distribution::constant(2.0).probability(2.0), 1.0);
}

TEST(Distribution, RefusesWhatItCanNotBe) {
  const auto refusal = [](const char* kind, const std::vector<double>& numbers) {
    const auto made = Distribution::make(kind, numbers);
    return made ? made->to_string() : made.error().message;
  };
  EXPECT_EQ(refusal("uniform", {2, 1}), "a distribution uniform takes low and high, not (2, 1)");
  EXPECT_EQ(refusal("normal", {2}),
            "a distribution normal takes a mean and a standard deviation ≥ 0, not (2)");
  EXPECT_THAT(refusal("expontial", {2}), ::testing::HasSubstr("did you mean 'exponential'"));
  EXPECT_EQ(refusal("triangular", {1, 2, 3}), "triangular(1, 2, 3)");
}

}  // namespace
}  // namespace gemel
