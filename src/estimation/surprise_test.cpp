// Sudden changes and wrong values, told apart.

#include "estimation/detail/surprise.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "estimation/filter.hpp"

namespace gemel::estimation {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

/// Three slow quantities that stay as they are, seen by five gauges; the last gauge bends.
struct Slow final : Propagator {
  std::size_t states() const override { return 3; }
  Result<void> advance(std::span<double>, double, double) override { return {}; }
};

std::array<double, 5> shown_by(const std::array<double, 3>& x) {
  return {x[0] + x[1], x[1] - x[2], x[0] - 2.0 * x[2], x[2], x[0] * x[0] + x[1]};
}

/// What the gauges of a plant say, and the filter that follows it.
struct Followed {
  explicit Followed(std::uint64_t seed, FilterKind kind = FilterKind::Unscented) : random(seed) {
    const FilterSettings settings{.kind = kind,
                                  .surprise = 5.0,
                                  .sudden = {20.0, 20.0, 20.0},
                                  .low = {0.0, -1e9, -1e9},
                                  .high = {1e9, 1e9, 1e9},
                                  .noise_per_time = {1e-6, 1e-6, 1e-6}};
    const std::vector<double> start{2.0, 1.0, 0.0}, spreads{0.1, 0.1, 0.1};
    auto made = make_filter(system, Gaussian::independent(start, spreads), 0.0, settings);
    if (!made) throw std::runtime_error(made.error().message);
    filter = *std::move(made);
  }

  Innovation step() {
    const auto values = shown_by(truth);
    Measurement seen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      seen.values.push_back(values[i] + error[i] + kNoise * random.normal());
      seen.spreads.push_back(kNoise);
    }
    seen.observe = [](std::span<const double> x, std::span<double> y) {
      const auto all = shown_by({x[0], x[1], x[2]});
      std::copy(all.begin(), all.end(), y.begin());
    };
    time += 1.0;
    EXPECT_TRUE(filter->forecast(time));
    auto told = filter->update(seen);
    if (!told) throw std::runtime_error(told.error().message);
    return *std::move(told);
  }
  Innovation steps(int count) {
    Innovation last;
    for (int i = 0; i < count; ++i) last = step();
    return last;
  }
  void expect_found(double within) const {
    for (std::size_t i = 0; i < truth.size(); ++i) {
      EXPECT_NEAR(filter->mean()[i], truth[i], within) << i;
      EXPECT_LT(std::abs(filter->mean()[i] - truth[i]), 4.5 * filter->spread()[i]) << i;
    }
  }

  static constexpr double kNoise = 0.02;
  Slow system;
  Random random;
  std::unique_ptr<Filter> filter;
  std::array<double, 3> truth{2.0, 1.0, 0.0};
  std::array<double, 5> error{};
  double time = 0.0;
};

TEST(Surprise, ADeviateOfSquaresIsStandardNormal) {
  Random random(5);
  double sum = 0.0, squares = 0.0;
  constexpr int kTrials = 20'000;
  for (int i = 0; i < kTrials; ++i) {
    double of = 0.0;
    for (int k = 0; k < 7; ++k) {
      const double each = random.normal();
      of += each * each;
    }
    const double deviate = detail::deviate_of(of, 7);
    sum += deviate;
    squares += deviate * deviate;
  }
  EXPECT_NEAR(sum / kTrials, 0.0, 0.03);
  EXPECT_NEAR(squares / kTrials, 1.0, 0.05);
}

TEST(Surprise, ThereIsNoneInAThousandMeasurementsAsExpected) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    Followed plant(seed);
    for (int i = 0; i < 1'000; ++i) {
      const auto told = plant.step();
      EXPECT_THAT(told.changed, IsEmpty());
      EXPECT_THAT(told.doubted, IsEmpty());
      EXPECT_FALSE(told.unexplained);
    }
    plant.expect_found(0.01);
  }
}

TEST(Surprise, AStateThatChangesAtOnceIsFoundAtOnceWhereTheOthersStay) {
  for (const auto kind : {FilterKind::Unscented, FilterKind::Extended}) {
    for (std::size_t state = 0; state < 3; ++state) {
      Followed plant(10 + state, kind);
      plant.steps(200);
      plant.truth[state] += 5.0;  // 250 gauge errors; the first state is seen by its square too
      const auto told = plant.step();
      EXPECT_THAT(told.changed, ElementsAre(state));
      EXPECT_THAT(told.doubted, IsEmpty());
      plant.expect_found(0.15);
      plant.steps(20);
      plant.expect_found(0.03);
    }
  }
}

TEST(Surprise, WithoutLookingForItTheChangeIsSharedOutAmongAll) {
  Followed looks(4);
  Slow system;
  const std::vector<double> start{2.0, 1.0, 0.0}, spreads{0.1, 0.1, 0.1};
  auto blind = make_filter(system, Gaussian::independent(start, spreads), 0.0,
                           {.noise_per_time = {1e-6, 1e-6, 1e-6}});
  ASSERT_TRUE(blind);
  looks.steps(200);
  std::swap(looks.filter, *blind);
  looks.time = 0.0;
  looks.steps(200);
  looks.truth[0] += 5.0;
  looks.steps(5);
  EXPECT_GT(std::abs(looks.filter->mean()[1] - looks.truth[1]), 0.1);
}

TEST(Surprise, AValueThatIsWrongIsDoubtedAndMovesNothing) {
  for (std::size_t value = 0; value < 5; ++value) {
    Followed plant(20 + value);
    plant.steps(200);
    plant.error[value] = 3.0;
    for (int i = 0; i < 50; ++i) {
      const auto told = plant.step();
      EXPECT_THAT(told.doubted, ElementsAre(value));
      EXPECT_THAT(told.changed, IsEmpty());
    }
    plant.expect_found(0.03);
    plant.error[value] = 0.0;
    EXPECT_THAT(plant.step().doubted, IsEmpty());
  }
}

TEST(Surprise, TwoStatesAtOnceAreFoundTogether) {
  Followed plant(30);
  plant.steps(200);
  plant.truth[0] += 3.0;
  plant.truth[2] -= 2.0;
  EXPECT_THAT(plant.step().changed, UnorderedElementsAre(0U, 2U));
  plant.steps(20);
  plant.expect_found(0.03);
}

TEST(Surprise, WhatNothingExplainsIsSaid) {
  Followed plant(40);
  plant.steps(200);
  plant.error = {3.0, -2.0, 4.0, -5.0, 0.5};
  bool said = false;
  for (int i = 0; i < 5; ++i) {
    const auto told = plant.step();
    said = said || told.unexplained || told.doubted.size() + told.changed.size() >= 3;
  }
  EXPECT_TRUE(said);
}

TEST(Surprise, AnEstimateStaysWithinItsBounds) {
  Followed plant(50);
  plant.truth[0] = 0.0;  // its lowest
  for (int i = 0; i < 300; ++i) {
    plant.step();
    EXPECT_GE(plant.filter->mean()[0], 0.0);
  }
  EXPECT_NEAR(plant.filter->mean()[0], 0.0, 0.05);
  EXPECT_NEAR(plant.filter->mean()[1], 1.0, 0.05);
}

TEST(Surprise, SettingsThatDontFitAreRefused) {
  Slow system;
  const std::vector<double> start{2.0, 1.0, 0.0}, spreads{0.1, 0.1, 0.1};
  const auto belief = Gaussian::independent(start, spreads);
  const auto refused = [&](const FilterSettings& settings) {
    const auto made = make_filter(system, belief, 0.0, settings);
    return made ? std::string() : made.error().message;
  };
  EXPECT_THAT(refused({.surprise = 5.0}), HasSubstr("0 of 3 states"));
  EXPECT_THAT(refused({.surprise = -1.0}), HasSubstr("surprise of -1"));
  EXPECT_THAT(refused({.low = {0.0}, .high = {1.0}}), HasSubstr("bounds"));
  EXPECT_THAT(refused({.kind = FilterKind::Particle, .surprise = 5.0, .sudden = {1.0, 1.0, 1.0}}),
              HasSubstr("only extended and unscented"));
}

}  // namespace
}  // namespace gemel::estimation
