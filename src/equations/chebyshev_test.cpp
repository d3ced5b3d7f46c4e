#include "equations/chebyshev.hpp"

#include <cmath>
#include <functional>
#include <stdexcept>
#include <utility>

#include <gtest/gtest.h>

#include "equations/ensemble.hpp"
#include "equations/network.hpp"

namespace gemel::equations {
namespace {

constexpr double kDay = 86'400.0;

struct Recorded final : Trajectories {
  struct Run {
    Ending ending = Ending::TooManySteps;
    std::vector<double> end;
    std::vector<double> samples;  // of the first state
  };
  std::function<void(std::size_t, std::span<double>, std::span<double>)> start;
  std::vector<Run> runs;

  Recorded(std::size_t count, decltype(start) each) : start(std::move(each)), runs(count) {}
  void begin(std::size_t i, std::span<double> x, std::span<double> p) override { start(i, x, p); }
  void sample(std::size_t i, std::size_t, std::span<const double> x) override {
    runs[i].samples.push_back(x[0]);
  }
  void end(std::size_t i, Ending ending, std::span<const double> x) override {
    runs[i].ending = ending;
    runs[i].end.assign(x.begin(), x.end());
  }
};

/// A system that counts how often registers of it are evaluated.
template <class System>
struct Counted : System {
  using System::System;
  std::size_t evaluations = 0;
  template <class Real>
  void derivatives(const Real& t, const Real* x, const Real* p, Real* dx) {
    ++evaluations;
    System::derivatives(t, x, p, dx);
  }
};

/// Logistic growth x' = p x (1 − x) from 0.1.
struct Logistic {
  static constexpr std::size_t states() { return 1; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = p[0] * x[0] * (1.0 - x[0]);
  }
};

TEST(Chebyshev, IsOfSecondOrder) {
  const auto error = [](double step) {
    Recorded work(1, [](std::size_t, std::span<double> x, std::span<double> p) {
      x[0] = 0.1;
      p[0] = 1.0;
    });
    solve_ensemble(Logistic{}, {.until = 4.0},
                   {.relative = 10.0,
                    .absolute = 10.0,
                    .step_max = step,
                    .step_first = step,
                    .method = Method::Chebyshev},
                   0, 1, work);
    return std::fabs(work.runs[0].end[0] - 1.0 / (1.0 + 9.0 * std::exp(-4.0)));
  };
  EXPECT_NEAR(std::log2(error(0.02) / error(0.01)), 2.0, 0.15);
}

/// A slow quantity that goes to 1 within six hours and sways with the day; one that follows it with
/// a rate of p[0], in 1/s.
struct Followed {
  static constexpr double kSlow = 1.0 / (6 * 3600.0), kTurn = 2 * M_PI / kDay;
  static constexpr std::size_t states() { return 2; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real& t, const Real* x, const Real* p, Real* dx) const {
    dx[0] = kSlow * (1.0 + 0.5 * sin(kTurn * t) - x[0]);
    dx[1] = p[0] * (x[0] - x[1]);
  }
  /// The slow quantity, from 0 at 0.
  static double exact(double t) {
    const double a = kSlow / std::hypot(kSlow, kTurn), lag = std::atan2(kTurn, kSlow);
    const auto swayed = [&](double at) { return 1.0 + 0.5 * a * std::sin(kTurn * at - lag); };
    return swayed(t) - swayed(0) * std::exp(-kSlow * t);
  }
};

Recorded followed(std::size_t count) {
  return {count, [](std::size_t i, std::span<double> x, std::span<double> p) {
            x[0] = 0.0;
            x[1] = 0.3;
            p[0] = 0.5 * std::pow(0.3, static_cast<double>(i));
          }};
}

TEST(Chebyshev, CoversAMonthOfAStiffSystemInFewEvaluations) {
  std::vector<double> times;
  for (int k = 0; k <= 120; ++k) times.push_back(k * kDay / 4);
  const TimeSpan month{.until = 30 * kDay, .times = times};
  const auto solve = [&](Method method) {
    auto work = followed(1);
    Counted<Followed> system;
    solve_ensemble(system, month,
                   {.relative = 1e-5, .absolute = 1e-5, .steps_max = 10'000'000, .method = method},
                   0, 1, work);
    EXPECT_EQ(work.runs[0].ending, Ending::Reached);
    EXPECT_EQ(work.runs[0].samples.size(), times.size());
    double worst = 0.0;
    for (std::size_t k = 0; k < work.runs[0].samples.size(); ++k)
      worst = std::max(worst, std::fabs(work.runs[0].samples[k] - Followed::exact(times[k])));
    EXPECT_LT(worst, 1e-3);
    EXPECT_NEAR(work.runs[0].end[1], Followed::exact(30 * kDay), 1e-3);
    return system.evaluations;
  };
  const auto stabilised = solve(Method::Chebyshev), plain = solve(Method::DormandPrince);
  EXPECT_LT(stabilised * 25, plain) << stabilised << " and " << plain;
}

TEST(Chebyshev, ATrajectoryHasTheSameBitsAloneAndAmongStifferOnes) {
  const Tolerances tolerances{.relative = 1e-4, .absolute = 1e-5, .method = Method::Chebyshev};
  auto all = followed(20);
  solve_ensemble(Followed{}, {.until = kDay}, tolerances, 0, 20, all);
  for (std::size_t i = 0; i < 20; ++i) {
    auto alone = followed(20);
    solve_ensemble(Followed{}, {.until = kDay}, tolerances, i, i + 1, alone);
    EXPECT_EQ(all.runs[i].ending, Ending::Reached);
    EXPECT_EQ(alone.runs[i].end, all.runs[i].end) << i;
  }
}

TEST(Chebyshev, TrajectoriesThatGoOnHaveTheSameBitsAloneAndAmongOthers) {
  const Tolerances tolerances{.relative = 1e-4, .absolute = 1e-5, .method = Method::Chebyshev};
  const auto hours = [&](std::size_t first, std::size_t last, std::size_t* evaluations = nullptr) {
    std::vector<std::vector<double>> state(8, {0.0, 0.3});
    Counted<Followed> system;
    EnsembleSolver solver(system, tolerances);
    for (int hour = 0; hour < 24; ++hour) {
      Recorded work(8, [&](std::size_t i, std::span<double> x, std::span<double> p) {
        std::copy(state[i].begin(), state[i].end(), x.begin());
        p[0] = 0.5 * std::pow(0.3, static_cast<double>(i));
      });
      const TimeSpan span{.from = hour * 3600.0, .until = (hour + 1) * 3600.0};
      if (hour == 0)
        solver.solve(span, first, last, work);
      else
        solver.go_on(span, first, last, work);
      for (std::size_t i = first; i < last; ++i) state[i] = work.runs[i].end;
    }
    if (evaluations != nullptr) *evaluations = system.evaluations;
    return state;
  };
  std::size_t evaluations = 0;
  const auto all = hours(0, 8, &evaluations);
  for (std::size_t i = 0; i < 8; ++i) {
    EXPECT_EQ(hours(i, i + 1)[i], all[i]) << i;
    EXPECT_NEAR(all[i][0], Followed::exact(kDay), 1e-3);
  }
  EXPECT_LT(evaluations, 24u * 300);
}

/// A level held by a controller with an integral: eigenvalues −a ± ib; beside it a drive's lag.
struct Controlled {
  static constexpr double kGain = 2e-3, kIntegral = 400.0, kLag = 2.0;
  static constexpr std::size_t states() { return 3; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = kGain * (x[2] - p[0]);
    dx[1] = -x[0] / kIntegral;
    dx[2] = (x[1] - x[0] - x[2]) / kLag;
  }
};

TEST(Chebyshev, FollowsASlowlySwayingController) {
  const auto solve = [](const Tolerances& tolerances) {
    Recorded work(3, [](std::size_t i, std::span<double> x, std::span<double> p) {
      x[0] = 1.0;
      x[1] = x[2] = 0.0;
      p[0] = 0.1 * static_cast<double>(i);
    });
    std::vector<double> times;
    for (int k = 0; k < 100; ++k) times.push_back(60.0 * k);
    solve_ensemble(Controlled{}, {.until = 6000.0, .times = times}, tolerances, 0, 3, work);
    return work;
  };
  const auto truth = solve({.relative = 1e-10, .absolute = 1e-10});
  const auto ours = solve({.relative = 1e-6, .absolute = 1e-6, .method = Method::Chebyshev});
  for (std::size_t i = 0; i < 3; ++i) {
    ASSERT_EQ(ours.runs[i].ending, Ending::Reached);
    for (std::size_t k = 0; k < 100; ++k)
      EXPECT_NEAR(ours.runs[i].samples[k], truth.runs[i].samples[k], 2e-4) << i << ' ' << k;
  }
}

/// A stem that goes to a setpoint which jumps between two places each p[0] seconds, at one pace and
/// within the last moments of its way ever slower; a tank behind it.
struct Ramped {
  static constexpr std::size_t states() { return 2; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real& t, const Real* x, const Real* p, Real* dx) const {
    const Real wanted = choose(sin(M_PI * t / p[0]) > 0.0, Real(0.8), Real(0.2));
    dx[0] = min(max((wanted - x[0]) / 2.0, Real(-1.0 / 30)), Real(1.0 / 30));
    dx[1] = (x[0] - x[1]) / 3600.0;
  }
};

TEST(Chebyshev, MeetsRampsBetweenTheirLimits) {
  const auto solve = [](const Tolerances& tolerances) {
    Recorded work(8, [](std::size_t i, std::span<double> x, std::span<double> p) {
      x[0] = x[1] = 0.5;
      p[0] = 600.0 + 700.0 * static_cast<double>(i);
    });
    solve_ensemble(Ramped{}, {.until = kDay - 250.0}, tolerances, 0, 8, work);
    return work;
  };
  const auto truth =
      solve({.relative = 1e-9, .absolute = 1e-9, .step_max = 10.0, .steps_max = 10'000'000});
  // Steps no longer than what is asked of the stem lasts: a jump and its end within one step are
  // seen by nobody.
  const auto ours =
      solve({.relative = 1e-4, .absolute = 1e-4, .step_max = 300.0, .method = Method::Chebyshev});
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_EQ(ours.runs[i].ending, Ending::Reached);
    EXPECT_NEAR(ours.runs[i].end[0], truth.runs[i].end[0], 5e-3) << i;
    EXPECT_NEAR(ours.runs[i].end[1], truth.runs[i].end[1], 5e-3) << i;
  }
}

/// x' = x² is at infinity when t = 1 / x0; x' = √x has no derivative that is a number below 0.
struct Blowing {
  static constexpr std::size_t states() { return 1; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = p[0] * x[0] * x[0] + (1.0 - p[0]) * sqrt(x[0]);
  }
};

TEST(Chebyshev, WhatRunsAwayEndsAndTheOthersGoOn) {
  Recorded work(12, [](std::size_t i, std::span<double> x, std::span<double> p) {
    p[0] = i == 3 ? 1.0 : i == 5 ? 0.0 : 1e-9;
    x[0] = i == 5 ? -1.0 : 2.0;  // 3: infinite at 0.5; 5: the root of a negative number
  });
  solve_ensemble(Blowing{}, {.until = 1.0},
                 {.relative = 1e-5, .steps_max = 100'000, .method = Method::Chebyshev}, 0, 12,
                 work);
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(work.runs[i].ending == Ending::Reached, i != 3 && i != 5) << i;
    EXPECT_EQ(work.runs[i].end.size(), 1u) << i;
  }
  EXPECT_EQ(work.runs[5].ending, Ending::NotFinite);
}

TEST(Chebyshev, StopsATrajectoryThatNeedsTooManySteps) {
  auto work = followed(3);
  solve_ensemble(Followed{}, {.until = 1000 * kDay},
                 {.relative = 1e-6, .steps_max = 50, .method = Method::Chebyshev}, 0, 3, work);
  for (const auto& run : work.runs) EXPECT_EQ(run.ending, Ending::TooManySteps);
}

TEST(Chebyshev, ItsStagesAreStableAsFarAsTheyReach) {
  ChebyshevStages table;
  for (const std::size_t s : {2u, 3u, 5u, 20u, 97u, 200u}) {
    const auto* const stage = table.of(s);
    EXPECT_NEAR(stage[s - 1].at, 1.0, 1e-9) << s;
    for (double z = 0.0; z > -ChebyshevStages::reach(s); z -= ChebyshevStages::reach(s) / 1000) {
      double before = 1.0, now = 1.0 + stage[0].slope * z;
      for (std::size_t j = 1; j < s; ++j) {
        const double next = stage[j].start + stage[j].before * now + stage[j].second * before +
                            z * (stage[j].slope * now + stage[j].first);
        before = std::exchange(now, next);
      }
      EXPECT_LE(std::fabs(now), z < -1.0 ? 0.96 : 1.0) << s << " stages at " << z;
    }
  }
}

/// Rates far apart and joined, and a pair that turns.
struct Coupled {
  static constexpr std::size_t states() { return 4; }
  static constexpr std::size_t parameters() { return 1; }
  template <class Real>
  void derivatives(const Real&, const Real* x, const Real* p, Real* dx) const {
    dx[0] = -p[0] * (x[0] - 1e-3 * x[1]);
    dx[1] = -1e-4 * x[1];
    dx[2] = -0.02 * x[2] + 0.03 * x[3];
    dx[3] = -0.02 * x[3] - 0.03 * x[2];
  }
};

TEST(SpectralRadius, IsFoundForDoublesAndLanes) {
  const double rest[] = {0.0, 0.0, 0.0, 0.0}, some[] = {1.0, 1000.0, -2.0, 0.1};
  for (const double rate : {7.0, 0.5, 0.1}) {
    EXPECT_NEAR(spectral_radius(Coupled{}, 0.0, rest, &rate) / rate, 1.2, 0.1);
    EXPECT_NEAR(spectral_radius(Coupled{}, 0.0, some, &rate) / rate, 1.2, 0.1);
  }
  const double slow = 1e-3;  // the pair is the fastest: √(0.02² + 0.03²)
  const double pair = spectral_radius(Coupled{}, 0.0, some, &slow);
  EXPECT_GT(pair, 0.036);
  EXPECT_LT(pair, 0.055);
  Lanes rates, at[4] = {1.0, 1000.0, -2.0, 0.1};
  for (std::size_t lane = 0; lane < kLanes; ++lane)
    rates.set(lane, 0.5 + static_cast<double>(lane));
  const Lanes found = spectral_radius(Coupled{}, Lanes(0.0), at, &rates);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    const double rate = rates[lane];
    EXPECT_EQ(found[lane], spectral_radius(Coupled{}, 0.0, some, &rate)) << lane;
  }
}

/// A pump on a drive that a controller moves to hold a tank's level, and an actuator's valve: lags
/// of 2 s beside a town that changes within hours.
Network station() {
  auto made = Network::compile(
      {{"river", "reservoir", {{"pressure", 0.6e5}}},
       {"intake", "pipe", {{"resistance", 4e8}}},
       {"pump",
        "pump",
        {{"shutoff_head", 24.4}, {"droop", 2e5}, {"rated_speed", 152}, {"best_flow", 4.4e-3}}},
       {"valve", "valve", {{"resistance", 1.3e8}}},
       {"riser", "pipe", {{"resistance", 4e8}, {"rise", 12}}},
       {"tank", "tank", {{"area", 12}, {"level", 2}}},
       {"actuator", "actuator", {{"position", 0.5}, {"setpoint", 0.7}}},
       {"drive",
        "drive",
        {{"ramp", 1.0}, {"rated_power", 3000}, {"speed", 140}, {"idle_losses", 140}}},
       {"controller",
        "level_controller",
        {{"setpoint", 2.0},
         {"deadband", 0.02},
         {"gain", 80},
         {"integral_time", 5400},
         {"ramp", 0.05},
         {"speed_min", 120},
         {"speed_max", 180},
         {"speed", 150},
         {"integral", 150}}},
       {"town",
        "demand",
        {{"memory", 15},
         {"usual_memory", 6 * 3600.0},
         {"flow", 3e-3},
         {"usual", 3e-3},
         {"mean", 4e-3}}}},
      {{"river.port", "intake.inlet"},
       {"intake.outlet", "pump.inlet"},
       {"pump.outlet", "valve.inlet"},
       {"valve.outlet", "riser.inlet"},
       {"riser.outlet", "tank.port"},
       {"town.taken", "tank.demand"},
       {"tank.level", "controller.level"},
       {"controller.speed", "drive.setpoint"},
       {"drive.speed", "pump.speed"},
       {"pump.power", "drive.load"},
       {"actuator.position", "valve.position"}});
  if (!made) throw std::runtime_error(made.error().message);
  return *std::move(made);
}

/// The station's fate in ten hours; trajectories differ in what the town takes and the tank holds.
Recorded station_after(const Network& network, double hours, std::size_t first, std::size_t last,
                       const Tolerances& tolerances, std::size_t* evaluations = nullptr) {
  Recorded work(12, [&](std::size_t i, std::span<double> x, std::span<double> p) {
    const auto given = network.given();
    std::copy(given.begin(), given.end(), p.begin());
    for (std::size_t k = 0; k < x.size(); ++k) x[k] = network.states()[k].value;
    p[network.parameters().size() + *network.find_input("town.mean")] =
        4e-3 + 1e-4 * static_cast<double>(i);
    x[0] += 0.03 * static_cast<double>(i);
  });
  Counted<NetworkRun<Lanes>> run(network);
  solve_ensemble(run, {.until = hours * 3600.0}, tolerances, first, last, work);
  if (evaluations != nullptr) *evaluations = run.evaluations;
  return work;
}

TEST(Chebyshev, BringsAStationWhereStricterStepsBringIt) {
  const auto network = station();
  ASSERT_EQ(network.states()[0].name, "tank.level");
  std::size_t plain = 0, stabilised = 0;
  const auto truth = station_after(network, 10, 0, 8, {.relative = 1e-9, .absolute = 1e-9});
  (void)station_after(network, 10, 0, 8, {.relative = 1e-4, .absolute = 1e-5}, &plain);
  const auto ours =
      station_after(network, 10, 0, 8,
                    {.relative = 1e-4, .absolute = 1e-5, .method = Method::Chebyshev}, &stabilised);
  for (std::size_t i = 0; i < 8; ++i) {
    ASSERT_EQ(truth.runs[i].ending, Ending::Reached);
    ASSERT_EQ(ours.runs[i].ending, Ending::Reached);
    for (std::size_t k = 0; k < network.states().size(); ++k) {
      EXPECT_NEAR(ours.runs[i].end[k], truth.runs[i].end[k],
                  1e-3 * (0.1 + std::fabs(truth.runs[i].end[k])))
          << i << ' ' << network.states()[k].name;
    }
  }
  EXPECT_LT(stabilised * 5, plain) << stabilised << " and " << plain;
}

TEST(Chebyshev, AStationHasTheSameBitsAloneAndAmongOthers) {
  const auto network = station();
  for (const auto method : {Method::Chebyshev, Method::DormandPrince}) {
    const Tolerances tolerances{.relative = 1e-4, .absolute = 1e-5, .method = method};
    const auto all = station_after(network, 2, 0, 12, tolerances);
    for (std::size_t i = 0; i < 12; ++i)
      EXPECT_EQ(station_after(network, 2, i, i + 1, tolerances).runs[i].end, all.runs[i].end) << i;
  }
}

}  // namespace
}  // namespace gemel::equations
