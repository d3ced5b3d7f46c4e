#include "simulation/network_futures.hpp"

#include <cmath>

#include <gtest/gtest.h>

namespace gemel::simulation {
namespace {

using equations::Network;

std::shared_ptr<const Network> town() {
  auto made = Network::compile(
      {{"town",
        "demand",
        {{"memory", 20}, {"usual_memory", 1e9}, {"flow", 0.01}, {"usual", 0.01}, {"mean", 0.01}}},
       {"tank", "tank", {{"area", 10}, {"level", 2}}},
       {"main", "reservoir", {{"pressure", 3e5}}},
       {"pipe", "pipe", {{"resistance", 2.8e9}}}},
      {{"town.taken", "tank.demand"}, {"main.port", "pipe.inlet"}, {"pipe.outlet", "tank.port"}});
  if (!made) throw std::runtime_error(made.error().message);
  return std::make_shared<const Network>(*std::move(made));
}

/// What each draw shows of one quantity, [draw][moment].
using Shown = std::vector<std::vector<double>>;

Shown run(const Network& network, NetworkFutures::Settings settings, std::size_t first,
          std::size_t last, std::string_view quantity) {
  const auto shared = std::shared_ptr<const Network>(std::shared_ptr<void>(), &network);
  settings.shown = {*network.find_observable(quantity)};
  const NetworkFutures futures(shared, settings);
  Shown shown(last);
  const auto ran = futures.run(
      first, last,
      [&](std::size_t, NetworkStart& at) {
        at.parameters = network.given();
        for (std::size_t i = 0; i < at.state.size(); ++i) at.state[i] = network.states()[i].value;
      },
      [&](std::size_t draw, std::size_t, std::span<const double> values) {
        shown[draw].push_back(values[0]);
      });
  EXPECT_TRUE(ran) << ran.error().message;
  return shown;
}

NetworkFutures::Settings wandering(const Network& network, double wander) {
  std::size_t flow = 0;
  while (network.states()[flow].name != "town.flow") ++flow;
  return {.wandering = {{true, flow, wander, -1.0, 1.0}}, .shown = {}, .step_s = 2.0, .steps = 100};
}

TEST(NetworkFutures, WithoutWanderAllAreTheOneThatTheEquationsSay) {
  const auto network = town();
  const auto shown = run(*network, wandering(*network, 0.0), 0, 9, "tank.level");
  const double inflow = std::sqrt((3e5 - 998 * 9.80665 * 2) / 2.8e9);
  EXPECT_NEAR(shown[0].back(), 2 + (inflow - 0.01) / 10 * 200, 2e-4);
  for (const auto& draw : shown) EXPECT_EQ(draw, shown[0]);
}

TEST(NetworkFutures, AQuantityThatComesBackWandersAsFarAsItsMemoryLetsIt) {
  const auto network = town();
  const double wander = 1e-3;
  const auto shown = run(*network, wandering(*network, wander), 0, 400, "town.flow");
  double sum = 0.0, squares = 0.0;
  for (const auto& draw : shown) {
    sum += draw.back() - 0.01;
    squares += std::pow(draw.back() - 0.01, 2);
  }
  const double sd = wander * std::sqrt(20.0 / 2.0);  // of the Ornstein–Uhlenbeck process at rest
  EXPECT_NEAR(sum / 400, 0.0, 4 * sd / 20);
  EXPECT_NEAR(std::sqrt(squares / 400), sd, 0.15 * sd);
}

TEST(NetworkFutures, ADrawIsTheSameWhoeverRunsBesideIt) {
  const auto network = town();
  const auto settings = wandering(*network, 1e-3);
  const auto all = run(*network, settings, 0, 20, "tank.level");
  EXPECT_EQ(run(*network, settings, 13, 14, "tank.level")[13], all[13]);
  EXPECT_NE(all[12], all[13]);
}

TEST(NetworkFutures, TellsAtTheMomentsThatAreAskedFor) {
  const auto network = town();
  auto settings = wandering(*network, 1e-3);
  const auto each = run(*network, settings, 0, 1, "tank.level")[0];
  settings.told_every = 5;
  const auto fifth = run(*network, settings, 0, 1, "tank.level")[0];
  ASSERT_EQ(fifth.size(), 20u);
  EXPECT_NEAR(fifth[3], each[19], 1e-9);
}

}  // namespace
}  // namespace gemel::simulation
