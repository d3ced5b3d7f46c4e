#include "equations/network.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "equations/ensemble.hpp"

namespace gemel::equations {
namespace {

using ::testing::HasSubstr;

constexpr double kWeight = 998.0 * 9.80665;  // of a cubic metre of water, N

/// Every observable of a network at its start.
class Shown {
 public:
  explicit Shown(const Network& network)
      : network_(network), values_(network.observables().size()) {
    NetworkRun<double> run(network);
    std::vector<double> x;
    for (const auto& state : network.states()) x.push_back(state.value);
    run.observe(0.0, x.data(), network.given().data(), values_.data());
  }
  double operator[](std::string_view name) const {
    const auto at = network_.find_observable(name);
    return at ? values_[*at] : (ADD_FAILURE() << at.error().message, NAN);
  }

 private:
  const Network& network_;
  std::vector<double> values_;
};

Network compiled(const std::vector<Part>& parts, const std::vector<Link>& links) {
  auto network = Network::compile(parts, links);
  if (!network) throw std::runtime_error(network.error().message);
  return *std::move(network);
}

std::string refusal(const std::vector<Part>& parts, const std::vector<Link>& links) {
  const auto network = Network::compile(parts, links);
  return network ? "accepted" : network.error().message;
}

Part reservoir(std::string name, double pressure) {
  return {std::move(name), "reservoir", {{"pressure", pressure}}};
}
Part pipe(std::string name, double resistance, double rise = 0.0) {
  return {std::move(name), "pipe", {{"resistance", resistance}, {"rise", rise}}};
}

TEST(Network, TwoPipesInARowShareTheDropByTheirResistances) {
  const auto network = compiled(
      {reservoir("high", 2e5), pipe("first", 1e7), pipe("second", 3e7), reservoir("low", 0.0)},
      {{"high.port", "first.inlet"},
       {"first.outlet", "second.inlet"},
       {"second.outlet", "low.port"}});
  const Shown shown(network);
  EXPECT_NEAR(shown["first.outlet.pressure"], 1.5e5, 0.1);
  EXPECT_NEAR(shown["first.flow"], std::sqrt(2e5 / 4e7), 1e-8);
  EXPECT_NEAR(shown["second.drop"], 1.5e5, 0.1);
  EXPECT_NEAR(shown["low.port.flow"], shown["first.flow"], 1e-12);
  EXPECT_NEAR(shown["high.port.flow"], -shown["first.flow"], 1e-12);
}

TEST(Network, AMeshOfPipesIsInBalance) {
  // Two ways with a bridge between them; by symmetry of ratios nothing flows over the bridge.
  const auto bridge = [](double unlike) {
    return compiled({reservoir("from", 3e5), reservoir("to", 0.0), pipe("a", 1e7), pipe("b", 2e7),
                     pipe("c", 2e7), pipe("d", 4e7 * unlike), pipe("bridge", 5e6)},
                    {{"from.port", "a.inlet"},
                     {"from.port", "c.inlet"},
                     {"a.outlet", "b.inlet"},
                     {"c.outlet", "d.inlet"},
                     {"a.outlet", "bridge.inlet"},
                     {"c.outlet", "bridge.outlet"},
                     {"b.outlet", "to.port"},
                     {"d.outlet", "to.port"}});
  };
  const auto even = bridge(1.0);
  EXPECT_NEAR(Shown(even)["bridge.flow"], 0.0, 1e-9);
  const auto uneven = bridge(0.1);
  const Shown shown(uneven);
  EXPECT_GT(shown["bridge.flow"], 0.01);
  EXPECT_NEAR(shown["a.flow"], shown["b.flow"] + shown["bridge.flow"], 1e-11);
  EXPECT_NEAR(shown["c.flow"] + shown["bridge.flow"], shown["d.flow"], 1e-11);
}

TEST(Network, APumpWorksWhereItsCurveMeetsTheSystems) {
  const auto at = [](double share) {
    return compiled({reservoir("river", 0.0),
                     {"pump",
                      "pump",
                      {{"shutoff_head", 30},
                       {"droop", 1e5},
                       {"rated_speed", 150},
                       {"best_flow", 0.01},
                       {"speed", 150 * share}}},
                     pipe("riser", 2e8, 12.0),
                     reservoir("tank", 0.0)},
                    {{"river.port", "pump.inlet"},
                     {"pump.outlet", "riser.inlet"},
                     {"riser.outlet", "tank.port"}});
  };
  const auto full = at(1.0);
  const double flow = std::sqrt((30 - 12) / (1e5 + 2e8 / kWeight));
  EXPECT_NEAR(Shown(full)["pump.flow"], flow, 1e-8);
  EXPECT_NEAR(Shown(full)["pump.head"], 30 - 1e5 * flow * flow, 1e-4);
  // Too slow to lift the water that high: the check valve keeps it.
  const auto slow = at(0.5);
  EXPECT_NEAR(Shown(slow)["pump.flow"], 0.0, 1e-6);
  EXPECT_LE(Shown(slow)["pump.flow"], 0.0);
}

TEST(Network, ATankFillsAsItsInflowSays) {
  // From a reservoir through a pipe: level' = √(weight (H − level) / r) / A, so the root of what is
  // missing falls steadily.
  const double h = 5.0, r = 4e8, area = 0.5;
  const auto network = compiled({reservoir("main", kWeight * h),
                                 pipe("pipe", r),
                                 {"tank", "tank", {{"area", area}, {"level", 1.0}}}},
                                {{"main.port", "pipe.inlet"}, {"pipe.outlet", "tank.port"}});
  struct Work final : Trajectories {
    const Network& network;
    double level = 0;
    explicit Work(const Network& n) : network(n) {}
    void begin(std::size_t, std::span<double> x, std::span<double> p) override {
      const auto given = network.given();
      std::copy(given.begin(), given.end(), p.begin());
      x[0] = network.states()[0].value;
    }
    void end(std::size_t, Ending ending, std::span<const double> x) override {
      EXPECT_EQ(ending, Ending::Reached);
      level = x[0];
    }
  } work(network);
  NetworkRun<Lanes> run(network);
  solve_ensemble(run, {.until = 100.0}, {.relative = 1e-9, .absolute = 1e-9}, 0, 1, work);
  const double root = std::sqrt(h - 1.0) - 0.5 * std::sqrt(kWeight / r) / area * 100.0;
  EXPECT_NEAR(work.level, h - root * root, 1e-5);
}

TEST(Network, LanesAndDoublesHaveTheSameBits) {
  const auto network = compiled({reservoir("river", 0.0),
                                 pipe("strainer", 1e7),
                                 {"pump",
                                  "pump",
                                  {{"shutoff_head", 30},
                                   {"droop", 1e5},
                                   {"rated_speed", 150},
                                   {"best_flow", 0.01},
                                   {"speed", 150}}},
                                 {"valve", "valve", {{"resistance", 1e7}, {"position", 0.6}}},
                                 pipe("riser", 2e8, 12.0),
                                 {"tank", "tank", {{"area", 3.0}, {"level", 1.0}}}},
                                {{"river.port", "strainer.inlet"},
                                 {"strainer.outlet", "pump.inlet"},
                                 {"pump.outlet", "valve.inlet"},
                                 {"valve.outlet", "riser.inlet"},
                                 {"riser.outlet", "tank.port"}});
  NetworkRun<Lanes> run(network);
  const auto given = network.given();
  std::vector<Lanes> x(1), p(given.begin(), given.end()), dx(1);
  std::vector<std::vector<double>> alone;
  Random random(7);
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    x[0].set(lane, random.uniform(0.0, 4.0));
    std::vector<double> own(given);
    for (std::size_t i = 0; i < own.size(); ++i) {
      own[i] *= random.uniform(0.5, 1.5);
      p[i].set(lane, own[i]);
    }
    alone.push_back(own);
  }
  run.derivatives(Lanes(0.0), x.data(), p.data(), dx.data());
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    NetworkRun<double> single(network);
    const double level = x[0][lane];
    double slope = 0;
    single.derivatives(0.0, &level, alone[lane].data(), &slope);
    EXPECT_EQ(slope, dx[0][lane]) << lane;
  }
}

TEST(Network, AnInputFollowsAnOutputOrAState) {
  const auto network = compiled(
      {{"turbine",
        "wind_turbine",
        {{"diameter", 80}, {"rated_power", 2e6}, {"felt_wind", 8}, {"wind", 8}}},
       {"wake", "wake", {{"diameter", 80}, {"distance", 400}, {"wind", 8}}},
       {"next", "wind_turbine", {{"diameter", 80}, {"rated_power", 2e6}, {"felt_wind", 8}}}},
      {{"turbine.thrust_coefficient", "wake.thrust_coefficient"}, {"wake.wind", "next.wind"}});
  EXPECT_EQ(network.inputs().size(), 2u);
  const double wider = 1 + 2 * 0.075 * 400 / 80;
  const double behind = 8 * (1 - (1 - std::sqrt(0.2)) / (wider * wider));
  EXPECT_NEAR(Shown(network)["wake.wind"], behind, 1e-12);
  NetworkRun<double> run(network);
  std::vector<double> x{8, 8}, dx(2);
  run.derivatives(0.0, x.data(), network.given().data(), dx.data());
  EXPECT_NEAR(dx[1], (behind - 8) / 5, 1e-12);
}

TEST(NetworkRefuses, WhatItCanNotSolveAndSaysWhatWouldBeRight) {
  EXPECT_THAT(refusal({{"p", "pumpe"}}, {}), HasSubstr("did you mean 'pump'"));
  EXPECT_THAT(refusal({{"p", "pipe", {{"resistence", 1e6}}}}, {}),
              HasSubstr("did you mean 'resistance'"));
  EXPECT_THAT(refusal({{"p", "pipe"}}, {}),
              HasSubstr("'p.resistance' (drop over flow squared) must be said"));
  EXPECT_THAT(refusal({pipe("p", -1)}, {}),
              HasSubstr("'p.resistance' (drop over flow squared) is -1"));
  EXPECT_THAT(refusal({pipe("p", 1e6)}, {}), HasSubstr("nothing is linked to the port 'p.inlet'"));
  EXPECT_THAT(
      refusal({pipe("p", 1e6), pipe("q", 1e6)}, {{"p.inlet", "q.inlet"}, {"p.outlet", "q.outlet"}}),
      HasSubstr("nothing fixes the pressure of the circuit at 'p.inlet'; link it to a reservoir"));
  EXPECT_THAT(refusal({reservoir("a", 0), reservoir("b", 0)}, {{"a.port", "b.port"}}),
              HasSubstr("both fix one pressure"));
  EXPECT_THAT(refusal({reservoir("a", 0), {"b", "ambient"}}, {{"a.port", "b.port"}}),
              HasSubstr("one is hydraulic, the other thermal"));
  EXPECT_THAT(refusal({reservoir("a", 0), {"b", "ambient"}}, {{"a.port", "b.temperature"}}),
              HasSubstr("a port goes with a port"));
  EXPECT_THAT(refusal({reservoir("a", 0)}, {{"a.port", "c.port"}}), HasSubstr("no component 'c'"));
  EXPECT_THAT(refusal({reservoir("a", 0), pipe("p", 1e6)}, {{"a.port", "p.inlett"}}),
              HasSubstr("did you mean 'inlet'"));
  EXPECT_THAT(refusal({pipe("p", 1e6), pipe("p", 1e6)}, {}),
              HasSubstr("two components are called 'p'"));
  const Part wake{"w", "wake", {{"diameter", 80}, {"distance", 400}, {"thrust_coefficient", 0.8}}};
  EXPECT_THAT(refusal({wake}, {}), HasSubstr("'w.wind' (before the rotor) must be said"));
  EXPECT_THAT(refusal({wake}, {{"w.wind", "w.wind"}}), HasSubstr("link it to a state instead"));
}

}  // namespace
}  // namespace gemel::equations
