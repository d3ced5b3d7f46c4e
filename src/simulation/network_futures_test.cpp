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
          std::size_t last, std::string_view quantity,
          const std::function<void(NetworkStart&)>& prepare = {}) {
  const auto shared = std::shared_ptr<const Network>(std::shared_ptr<void>(), &network);
  settings.shown = {*network.find_observable(quantity)};
  const NetworkFutures futures(shared, settings);
  Shown shown(last);
  const auto ran = futures.run(
      first, last,
      [&](std::size_t, NetworkStart& at) {
        at.parameters = network.given();
        for (std::size_t i = 0; i < at.state.size(); ++i) at.state[i] = network.states()[i].value;
        if (prepare) prepare(at);
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
  return {.wandering = {{{NetworkPlace::Of::State, flow, -1.0, 1.0}, wander}},
          .shown = {},
          .step_s = 2.0,
          .steps = 100};
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

/// Over draws.
struct Moments {
  double mean = 0.0, sd = 0.0;
  template <class Of>
  Moments(const Shown& shown, Of of) {
    const auto n = static_cast<double>(shown.size());
    for (const auto& draw : shown) mean += of(draw) / n;
    for (const auto& draw : shown) sd += std::pow(of(draw) - mean, 2) / (n - 1.0);
    sd = std::sqrt(sd);
  }
};

TEST(NetworkFutures, ChanceIsTheSameInLongStepsAsInShortOnes) {
  // The flow's memory is 20 s; what it takes from the tank adds up over all 2,000 s.
  const auto network = town();
  auto settings = wandering(*network, 1e-3);
  const double flow_sd = 1e-3 * std::sqrt(20.0 / 2.0);
  const double level_sd = 1e-3 * 20.0 * std::sqrt(2000.0 - 1.5 * 20.0) / 10.0;
  for (const double step_s : {2.0, 20.0, 200.0}) {
    SCOPED_TRACE(step_s);
    settings.step_s = step_s;
    settings.steps = static_cast<std::size_t>(2000.0 / step_s);
    settings.told_every = settings.steps;
    const auto last = [](const auto& draw) { return draw.back(); };
    EXPECT_NEAR(Moments(run(*network, settings, 0, 800, "town.flow"), last).sd, flow_sd,
                0.1 * flow_sd);
    EXPECT_NEAR(Moments(run(*network, settings, 0, 800, "tank.level"), last).sd, level_sd,
                0.1 * level_sd);
  }
}

TEST(NetworkFutures, AnInputWithAMemoryStraysNoFartherThanThat) {
  const auto network = town();
  const auto place = network->parameters().size() + *network->find_input("town.unmetered");
  const double wander = 1e-4, memory = 100.0;
  auto settings = wandering(*network, 0.0);
  settings.wandering = {{{NetworkPlace::Of::Parameter, place, -1.0, 1.0}, wander, memory}};
  settings.step_s = 10.0;
  Random chance(3);
  const double usual_sd = wander * std::sqrt(memory / 2.0);
  const auto shown = run(*network, settings, 0, 800, "town.taken",
                         [&](NetworkStart& at) { at.usual = {usual_sd * chance.normal()}; });
  for (const std::size_t k : {0u, 4u, 9u, 99u}) {
    const double seconds = 10.0 * static_cast<double>(k + 1);
    const double sd = wander * std::sqrt(memory * (1.0 - std::exp(-seconds / memory)));
    EXPECT_NEAR(Moments(shown, [&](const auto& draw) { return draw[k]; }).sd, sd, 0.1 * sd) << k;
  }
  // About a usual value of its own each: half of the variance is between futures, however long.
  const auto mean_of_later = [](const auto& draw) {
    double sum = 0.0;
    for (std::size_t k = 30; k < 100; ++k) sum += draw[k] / 70.0;
    return sum;
  };
  const double within = usual_sd * std::sqrt(2 / 7.0);
  EXPECT_NEAR(Moments(shown, mean_of_later).sd, std::hypot(usual_sd, within), 0.15 * usual_sd);
}

TEST(NetworkFutures, PlannedWorkIsDoneAgainAndAgain) {
  const auto network = town();
  auto settings = wandering(*network, 0.0);
  std::size_t level = 0;
  while (network->states()[level].name != "tank.level") ++level;
  settings.maintenance = {{60.0, {{{NetworkPlace::Of::State, level, 0.0, 9.0}, 1.0}}}};
  settings.steps = 60;  // of 2 s
  settings.shown = {*network->find_observable("tank.level")};
  const NetworkFutures futures(network, settings);
  std::vector<double> shown;
  ASSERT_TRUE(futures.run(
      0, 1,
      [&](std::size_t, NetworkStart& at) {
        at.parameters = network->given();
        for (std::size_t i = 0; i < at.state.size(); ++i) at.state[i] = network->states()[i].value;
        at.due = {30.0};
      },
      [&](std::size_t, std::size_t, std::span<const double> values) {
        shown.push_back(values[0]);
      }));
  EXPECT_GT(shown[13], 1.9);
  EXPECT_NEAR(shown[14], 1.0, 1e-12);  // after 30 s …
  EXPECT_NE(shown[43], 1.0);
  EXPECT_NEAR(shown[44], 1.0, 1e-12);  // … and after 90
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
