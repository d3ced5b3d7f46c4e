#include "equations/ensemble.hpp"

#include <cmath>
#include <functional>

#include <gtest/gtest.h>

namespace gemel::equations {
namespace {

/// x'' = −w² x, w being the parameter; a quarter turn takes π / 2 w.
struct Oscillator {
  static constexpr std::size_t states() { return 2; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = x[1];
    dx[1] = -(p[0] * p[0] * x[0]);
  }
};

/// Source: Lorenz, "Deterministic nonperiodic flow", J. Atmos. Sci. 20, 1963.
struct Lorenz {
  static constexpr std::size_t states() { return 3; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = 10.0 * (x[1] - x[0]);
    dx[1] = x[0] * (p[0] - x[2]) - x[1];
    dx[2] = x[0] * x[1] - (8.0 / 3) * x[2];
  }
};

/// x' = x² is at infinity when t = 1 / x0; x' = √x has no derivative that is a number below 0.
struct Blowing {
  static constexpr std::size_t states() { return 1; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = p[0] * x[0] * x[0] + (1.0 - p[0]) * sqrt(x[0]);
  }
};

struct Recorded final : Trajectories {
  struct Run {
    Ending ending = Ending::TooManySteps;
    std::vector<double> end;
    std::vector<double> samples;  // of the first state
  };
  std::function<void(std::size_t, std::span<double>, std::span<double>)> start;
  std::vector<Run> runs;

  void begin(std::size_t i, std::span<double> x, std::span<double> p) override { start(i, x, p); }
  void sample(std::size_t i, std::size_t k, std::span<const double> x) override {
    EXPECT_EQ(k, runs[i].samples.size());
    runs[i].samples.push_back(x[0]);
  }
  void end(std::size_t i, Ending ending, std::span<const double> x) override {
    EXPECT_TRUE(runs[i].end.empty()) << "trajectory " << i << " ended twice";
    runs[i].ending = ending;
    runs[i].end.assign(x.begin(), x.end());
  }
};

Recorded oscillators(std::size_t count) {
  Recorded work;
  work.runs.resize(count);
  work.start = [](std::size_t i, std::span<double> x, std::span<double> p) {
    x[0] = 1.0;
    x[1] = 0.0;
    p[0] = 1.0 + 0.37 * static_cast<double>(i);
  };
  return work;
}

TEST(Ensemble, FollowsTheExactSolutionWithinItsTolerance) {
  auto work = oscillators(37);
  solve_ensemble(Oscillator{}, {.until = 3.0}, {.relative = 1e-9, .absolute = 1e-9}, 0, 37, work);
  for (std::size_t i = 0; i < 37; ++i) {
    const double w = 1.0 + 0.37 * static_cast<double>(i);
    ASSERT_EQ(work.runs[i].ending, Ending::Reached) << i;
    EXPECT_NEAR(work.runs[i].end[0], std::cos(3.0 * w), 3e-8 * w * 3) << i;
    EXPECT_NEAR(work.runs[i].end[1], -w * std::sin(3.0 * w), 3e-8 * w * w * 3) << i;
  }
}

TEST(Ensemble, IsOfFifthOrder) {
  // Steps as long as is allowed: half as long, the error is 2^5 times smaller.
  const auto error = [](double step) {
    auto work = oscillators(1);
    solve_ensemble(Oscillator{}, {.until = 20.0},
                   {.relative = 1.0, .absolute = 1.0, .step_max = step}, 0, 1, work);
    return std::hypot(work.runs[0].end[0] - std::cos(20.0), work.runs[0].end[1] + std::sin(20.0));
  };
  EXPECT_NEAR(std::log2(error(0.2) / error(0.1)), 5.0, 0.4);
}

TEST(Ensemble, SamplesWithinItsStepsAreAsGoodAsTheSteps) {
  auto work = oscillators(9);
  std::vector<double> times;
  for (int k = 0; k <= 300; ++k) times.push_back(0.01 * k);
  solve_ensemble(Oscillator{}, {.until = 3.0, .times = times}, {.relative = 1e-8, .absolute = 1e-8},
                 0, 9, work);
  for (std::size_t i = 0; i < 9; ++i) {
    ASSERT_EQ(work.runs[i].samples.size(), times.size());
    for (std::size_t k = 0; k < times.size(); ++k) {
      EXPECT_NEAR(work.runs[i].samples[k],
                  std::cos((1.0 + 0.37 * static_cast<double>(i)) * times[k]), 2e-6);
    }
  }
}

TEST(Ensemble, ATrajectoryHasTheSameBitsAloneAndAmongOthers) {
  const auto start = [](std::size_t i, std::span<double> x, std::span<double> p) {
    x[0] = 1.0;
    x[1] = x[2] = 0.0;
    p[0] = 0.7 * static_cast<double>(i);
  };
  const auto run = [&](std::size_t first, std::size_t last, Recorded& work) {
    work.runs.resize(40);
    work.start = start;
    solve_ensemble(Lorenz{}, {.until = 2.0}, {.relative = 1e-8, .absolute = 1e-8}, first, last,
                   work);
  };
  Recorded all;
  run(0, 40, all);
  for (const std::size_t i : {0u, 7u, 8u, 23u, 39u}) {
    Recorded alone;
    run(i, i + 1, alone);
    EXPECT_EQ(alone.runs[i].end, all.runs[i].end) << i;
  }
}

TEST(Ensemble, WhatRunsAwayEndsAndTheOthersGoOn) {
  Recorded work;
  work.runs.resize(12);
  work.start = [](std::size_t i, std::span<double> x, std::span<double> p) {
    p[0] = i == 3 ? 1.0 : i == 5 ? 0.0 : 1e-9;
    x[0] = i == 5 ? -1.0 : 2.0;  // 3: infinite at 0.5; 5: the root of a negative number
  };
  solve_ensemble(Blowing{}, {.until = 1.0}, {.steps_max = 20'000}, 0, 12, work);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(work.runs[i].ending == Ending::Reached, i != 3 && i != 5) << i;
    EXPECT_EQ(work.runs[i].end.size(), 1u) << i;
  }
  EXPECT_EQ(work.runs[5].ending, Ending::NotFinite);
}

TEST(Ensemble, StopsATrajectoryThatNeedsTooManySteps) {
  auto work = oscillators(3);
  solve_ensemble(Oscillator{}, {.until = 1e6}, {.steps_max = 100}, 0, 3, work);
  for (const auto& run : work.runs) EXPECT_EQ(run.ending, Ending::TooManySteps);
}

TEST(RoughRoot, IsWithinAPerCent) {
  for (double x = 1e-6; x < 1e9; x *= 1.07)
    EXPECT_NEAR(detail::rough_inverse_fifth_root(x) * std::pow(x, 0.2), 1.0, 0.01) << x;
}

}  // namespace
}  // namespace gemel::equations
