#include "estimation/filter.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::estimation {
namespace {

using ::testing::HasSubstr;

/// A body that coasts: place and speed.
struct Coasting final : Propagator {
  std::size_t states() const override { return 2; }
  Result<void> advance(std::span<double> members, double from, double until) override {
    for (std::size_t i = 0; i < members.size(); i += 2)
      members[i] += (until - from) * members[i + 1];
    return {};
  }
};

Measurement place(double value, double spread) {
  return {.values = {value},
          .spreads = {spread},
          .observe = [](std::span<const double> x, std::span<double> y) { y[0] = x[0]; }};
}

/// Kalman's own equations for it, by hand.
struct ByHand {
  double x = 0, v = 0, xx = 4, xv = 0, vv = 1;
  void forecast(double dt, double noise) {
    x += dt * v;
    xx += 2 * dt * xv + dt * dt * vv;
    xv += dt * vv;
    vv += noise * dt;
  }
  void update(double y, double variance) {
    const double s = xx + variance, off = y - x, kx = xx / s, kv = xv / s;
    x += kx * off;
    v += kv * off;
    vv -= kv * xv;
    xv -= kv * xx;
    xx -= kx * xx;
  }
};

std::unique_ptr<Filter> coasting_filter(Coasting& system, FilterSettings settings) {
  settings.noise_per_time = {0.0, 0.05};
  const std::vector<double> mean{0, 0}, spreads{2, 1};
  auto made = make_filter(system, Gaussian::independent(mean, spreads), 0.0, settings);
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

void run_beside(Filter& filter, ByHand& by_hand, int steps) {
  Random random(3);
  double place_now = 1.0, speed = 0.7;
  for (int k = 1; k <= steps; ++k) {
    place_now += 0.5 * speed;
    const double y = place_now + 0.3 * random.normal();
    ASSERT_TRUE(filter.forecast(0.5 * k));
    ASSERT_TRUE(filter.update(place(y, 0.3)));
    by_hand.forecast(0.5, 0.05);
    by_hand.update(y, 0.09);
  }
}

TEST(Filter, OnALinearSystemTheGaussianOnesAreKalmans) {
  for (const auto kind : {FilterKind::Extended, FilterKind::Unscented}) {
    Coasting system;
    const auto filter = coasting_filter(system, {.kind = kind});
    ByHand by_hand;
    run_beside(*filter, by_hand, 30);
    EXPECT_NEAR(filter->mean()[0], by_hand.x, 1e-7);
    EXPECT_NEAR(filter->mean()[1], by_hand.v, 1e-7);
    EXPECT_NEAR(filter->spread()[0], std::sqrt(by_hand.xx), 1e-7);
    EXPECT_NEAR(filter->spread()[1], std::sqrt(by_hand.vv), 1e-7);
    EXPECT_EQ(filter->time(), 15.0);
  }
}

TEST(Filter, ManyMembersComeNearKalmans) {
  struct Case {
    FilterKind kind;
    std::size_t members;
    double within;
  };
  for (const auto& each :
       {Case{FilterKind::Ensemble, 2000, 0.03}, Case{FilterKind::Transform, 200, 0.06},
        Case{FilterKind::Deterministic, 2000, 0.03}, Case{FilterKind::Particle, 20'000, 0.04}}) {
    Coasting system;
    const auto filter = coasting_filter(system, {.kind = each.kind, .members = each.members});
    ByHand by_hand;
    run_beside(*filter, by_hand, 12);
    EXPECT_NEAR(filter->mean()[0], by_hand.x, each.within) << to_string(each.kind);
    EXPECT_NEAR(filter->mean()[1], by_hand.v, each.within) << to_string(each.kind);
    // Half the gain for the distances keeps more spread than is due when a measurement says much.
    const double most = each.kind == FilterKind::Deterministic ? 1.3 : 1.12;
    EXPECT_LT(filter->spread()[0], most * std::sqrt(by_hand.xx)) << to_string(each.kind);
    EXPECT_GT(filter->spread()[0], 0.88 * std::sqrt(by_hand.xx)) << to_string(each.kind);
  }
}

TEST(Filter, ParticlesHoldABeliefOfTwoHumps) {
  // Only the square is measured: the state may be +2 or −2, and a filter of one hump would say 0.
  struct Still final : Propagator {
    std::size_t states() const override { return 1; }
    Result<void> advance(std::span<double>, double, double) override { return {}; }
  } system;
  const std::vector<double> mean{0}, spreads{2};
  auto filter = make_filter(system, Gaussian::independent(mean, spreads), 0.0,
                            {.kind = FilterKind::Particle, .members = 5000});
  ASSERT_TRUE(filter);
  const Measurement square{
      .values = {4.0},
      .spreads = {0.4},
      .observe = [](std::span<const double> x, std::span<double> y) { y[0] = x[0] * x[0]; }};
  ASSERT_TRUE((*filter)->update(square));
  EXPECT_NEAR((*filter)->mean()[0], 0.0, 0.2);
  int near_plus = 0, near_minus = 0;
  for (std::uint64_t i = 0; i < 400; ++i) {
    const double x = (*filter)->draw(i)[0];
    near_plus += std::fabs(x - 2) < 0.5;
    near_minus += std::fabs(x + 2) < 0.5;
  }
  EXPECT_GT(near_plus, 150);
  EXPECT_GT(near_minus, 150);
}

TEST(Filter, InnovationsOfAGoodBeliefAreAsWideAsTheySay) {
  Coasting system;
  const auto filter = coasting_filter(system, {.kind = FilterKind::Unscented});
  Random random(11);
  double at = 1.0, speed = 0.3, squares = 0.0;
  const int steps = 2000;
  for (int k = 1; k <= steps; ++k) {
    at += 0.5 * speed;
    speed += std::sqrt(0.05 * 0.5) * random.normal();
    ASSERT_TRUE(filter->forecast(0.5 * k));
    const auto innovation = filter->update(place(at + 0.3 * random.normal(), 0.3));
    ASSERT_TRUE(innovation);
    squares += std::pow(innovation->off[0] / innovation->expected_spread[0], 2);
  }
  EXPECT_NEAR(squares / steps, 1.0, 0.1);
}

TEST(Filter, TheSameSeedGivesTheSameNumbers) {
  const auto run = [](std::uint64_t seed) {
    Coasting system;
    const auto filter = coasting_filter(system, {.kind = FilterKind::Ensemble, .seed = seed});
    ByHand by_hand;
    run_beside(*filter, by_hand, 5);
    return filter->mean();
  };
  EXPECT_EQ(run(4), run(4));
  EXPECT_NE(run(4), run(5));
}

TEST(Filter, RefusesWhatDoesNotFit) {
  Coasting system;
  const std::vector<double> one{0}, two{0, 0}, spreads{1, 1};
  const auto refusal = [&](const Gaussian& start, const FilterSettings& settings) {
    const auto made = make_filter(system, start, 0.0, settings);
    return made ? "made" : made.error().message;
  };
  EXPECT_THAT(refusal(Gaussian::independent(one, one), {}), HasSubstr("has 2 states"));
  const auto start = Gaussian::independent(two, spreads);
  EXPECT_THAT(refusal(start, {.kind = FilterKind::Ensemble, .members = 1}), HasSubstr("1 members"));
  EXPECT_THAT(refusal(start, {.inflation = 0.5}), HasSubstr("inflation"));
  EXPECT_THAT(refusal(start, {.noise_per_time = {1.0}}), HasSubstr("process noise"));
  EXPECT_THAT(refusal(start, {.kind = FilterKind::Ensemble, .reach = 2.0, .places = {0, 1}}),
              HasSubstr("only the transform filter"));
  const auto filter = coasting_filter(system, {});
  EXPECT_FALSE(filter->update(place(1.0, 0.0)));
  EXPECT_FALSE(filter->update(place(NAN, 1.0)));
  auto lacking = place(1.0, 1.0);
  lacking.spreads.clear();
  EXPECT_FALSE(filter->update(lacking));
}

TEST(Filter, SaysThatTheSystemRanAway) {
  struct Bursting final : Propagator {
    std::size_t states() const override { return 1; }
    Result<void> advance(std::span<double> members, double, double) override {
      members[0] = INFINITY;
      return {};
    }
  } system;
  const std::vector<double> mean{0}, spreads{1};
  for (const auto kind : {FilterKind::Unscented, FilterKind::Ensemble}) {
    auto filter = make_filter(system, Gaussian::independent(mean, spreads), 0.0, {.kind = kind});
    const auto moved = (*filter)->forecast(1.0);
    ASSERT_FALSE(moved);
    EXPECT_THAT(moved.error().message, HasSubstr("no finite number at t = 1 s"));
  }
}

/// What a member is lies hidden from the filter, which holds a number that says nothing.
struct Hiding final : Propagator {
  std::vector<double> hidden;
  std::size_t states() const override { return 1; }
  Result<void> advance(std::span<double> members, double, double) override {
    for (std::size_t i = hidden.size(); i < members.size(); ++i)
      hidden.push_back(static_cast<double>(i));
    return {};
  }
  void redrawn(std::span<const std::size_t> from) override {
    std::vector<double> anew;
    for (const auto earlier : from) anew.push_back(hidden[earlier]);
    hidden = std::move(anew);
  }
};

TEST(ParticleFilter, TellsWhichMembersItGoesOnWith) {
  Hiding system;
  const std::vector<double> mean{0}, spread{1};
  auto filter = make_filter(system, Gaussian::independent(mean, spread), 0.0,
                            {.kind = FilterKind::Particle, .members = 100});
  ASSERT_TRUE(filter) << filter.error().message;
  ASSERT_TRUE((*filter)->forecast(1.0));
  std::size_t index = 0;
  const Measurement seen{.values = {70.0},
                         .spreads = {2.0},
                         .observe = [&](std::span<const double>, std::span<double> shown) {
                           shown[0] = system.hidden[index++];
                         }};
  ASSERT_TRUE((*filter)->update(seen));
  EXPECT_EQ(index, 100U) << "each member is asked once";
  double sum = 0.0;
  for (const double each : system.hidden) {
    EXPECT_NEAR(each, 70.0, 10.0);
    sum += each;
  }
  EXPECT_NEAR(sum / 100.0, 70.0, 0.5);
}

}  // namespace
}  // namespace gemel::estimation
