#include "simulation/tied_network.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace gemel::simulation {
namespace {

using equations::Network;
using equations::NetworkRun;
using ::testing::HasSubstr;

/// A pump that lifts river water into a tank through a valve, at a speed that is changed.
std::shared_ptr<const Network> station() {
  auto made = Network::compile({{"river", "reservoir", {{"pressure", 0}}},
                                {"pump",
                                 "pump",
                                 {{"shutoff_head", 30},
                                  {"droop", 1e5},
                                  {"rated_speed", 150},
                                  {"best_flow", 0.008},
                                  {"speed", 150}}},
                                {"valve", "valve", {{"resistance", 5e7}, {"position", 0.8}}},
                                {"riser", "pipe", {{"resistance", 3e8}, {"rise", 12}}},
                                {"tank", "tank", {{"area", 6}, {"level", 2}, {"demand", 0.008}}}},
                               {{"river.port", "pump.inlet"},
                                {"pump.outlet", "valve.inlet"},
                                {"valve.outlet", "riser.inlet"},
                                {"riser.outlet", "tank.port"}});
  if (!made) throw std::runtime_error(made.error().message);
  return std::make_shared<const Network>(*std::move(made));
}

/// The same equations as a plant, with wear that nobody tells the twin and noisy sensors.
class WornPlant {
 public:
  WornPlant(std::shared_ptr<const Network> network, double wear, std::uint64_t seed)
      : network_(std::move(network)),
        run_(*network_),
        p_(network_->given()),
        x_{network_->states()[0].value},
        random_(seed) {
    p_[input("pump.wear")] = wear;
  }

  void step(double seconds, double speed, double demand) {
    p_[input("pump.speed")] = speed;
    p_[input("tank.demand")] = demand;
    double slope = 0.0;
    run_.derivatives(0.0, x_.data(), p_.data(), &slope);
    x_[0] += seconds * slope;
  }
  std::vector<double> measure(const std::vector<WatchedQuantity>& watched) {
    std::vector<double> shown(network_->observables().size()), seen;
    run_.observe(0.0, x_.data(), p_.data(), shown.data());
    for (const auto& each : watched)
      seen.push_back(shown[*network_->find_observable(each.name)] + each.noise * random_.normal());
    return seen;
  }
  double level() const { return x_[0]; }

 private:
  std::size_t input(const char* name) const {
    return network_->parameters().size() + *network_->find_input(name);
  }
  const std::shared_ptr<const Network> network_;
  NetworkRun<double> run_;
  std::vector<double> p_, x_;
  Random random_;
};

TiedNetwork::Settings settings() {
  return {.followed = {{"pump.wear", 0.0, 0.05, 2e-4}, {"tank.level", 2.0, 0.05, 1e-4}},
          .watched = {{"pump.flow", 1e-4}, {"pump.outlet.pressure", 2e3}, {"tank.level", 0.005}},
          .inputs = {"pump.speed", "tank.demand"}};
}

TEST(TiedNetwork, FindsAPumpsWearWithinTenMinutes) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto network = station();
    auto tied = TiedNetwork::tie(network, settings());
    ASSERT_TRUE(tied) << tied.error().message;
    WornPlant plant(network, 0.05, seed);
    double squares = 0.0;
    int innovations = 0;
    for (int k = 1; k <= 120; ++k) {  // every five seconds
      const double inputs[] = {145.0 + 10.0 * std::sin(0.05 * k), 0.008};
      plant.step(5.0, inputs[0], inputs[1]);
      const auto innovation = tied->step(5.0 * k, inputs, plant.measure(settings().watched));
      ASSERT_TRUE(innovation) << innovation.error().message;
      if (k < 40) continue;
      for (std::size_t i = 0; i < innovation->off.size(); ++i) {
        squares += std::pow(innovation->off[i] / innovation->expected_spread[i], 2);
        ++innovations;
      }
    }
    EXPECT_NEAR(tied->mean()[1], 0.05, 0.005) << "wear";
    EXPECT_LT(tied->spread()[1], 0.005);
    EXPECT_NEAR(tied->mean()[1], 0.05, 3.5 * tied->spread()[1]);
    EXPECT_NEAR(tied->mean()[0], plant.level(), 0.01);
    EXPECT_NEAR(squares / innovations, 1.0, 0.25) << "innovations as wide as they were expected";
  }
}

TEST(TiedNetwork, GoesOnWithoutWhatIsMissing) {
  const auto network = station();
  auto tied = TiedNetwork::tie(network, settings());
  ASSERT_TRUE(tied);
  WornPlant plant(network, 0.05, 9);
  double sure = 0.0;
  for (int k = 1; k <= 120; ++k) {
    const double inputs[] = {145.0, 0.008};
    plant.step(5.0, inputs[0], inputs[1]);
    auto seen = plant.measure(settings().watched);
    if (k > 60) seen[0] = NAN;           // the flow meter fails
    if (k > 90) seen = {NAN, NAN, NAN};  // and then the link
    const auto innovation = tied->step(5.0 * k, inputs, seen);
    ASSERT_TRUE(innovation) << innovation.error().message;
    EXPECT_EQ(innovation->off.size(), k > 90 ? 0u : k > 60 ? 2u : 3u);
    if (k == 90) sure = tied->spread()[1];
  }
  EXPECT_GT(tied->spread()[1], sure) << "what is not measured is known less and less";
  EXPECT_NEAR(tied->mean()[1], 0.05, 0.02);
}

TEST(TiedNetwork, ADrawStartsAWhatIf) {
  const auto network = station();
  auto tied = TiedNetwork::tie(network, settings());
  ASSERT_TRUE(tied);
  const auto draw = tied->draw(3);
  ASSERT_EQ(draw.state.size(), 1u);
  NetworkRun<double> run(*network);
  double slope = NAN;
  run.derivatives(0.0, draw.state.data(), draw.parameters.data(), &slope);
  EXPECT_TRUE(std::isfinite(slope));
  EXPECT_EQ(tied->draw(3).parameters, draw.parameters);
  EXPECT_NE(tied->draw(4).parameters, draw.parameters);
}

TEST(TiedNetwork, RefusesNamesAndSpreadsThatCanNotBe) {
  const auto refusal = [](auto spoil) {
    auto spoilt = settings();
    spoil(spoilt);
    const auto tied = TiedNetwork::tie(station(), spoilt);
    return tied ? "tied" : tied.error().message;
  };
  EXPECT_THAT(refusal([](auto& s) { s.followed[0].name = "pump.ware"; }), HasSubstr("pump.ware"));
  EXPECT_THAT(refusal([](auto& s) { s.watched[0].name = "pump.flw"; }),
              HasSubstr("did you mean 'pump.flow'"));
  EXPECT_THAT(refusal([](auto& s) { s.watched[0].noise = 0; }), HasSubstr("must be positive"));
  EXPECT_THAT(refusal([](auto& s) { s.followed[0].spread = -1; }), HasSubstr("its spread is -1"));
  EXPECT_THAT(refusal([](auto& s) { s.watched.clear(); }), HasSubstr("nothing is watched"));
}

}  // namespace
}  // namespace gemel::simulation
