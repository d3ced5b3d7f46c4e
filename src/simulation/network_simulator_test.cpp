#include "simulation/network_simulator.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "simulation/simulation.hpp"
#include "simulation/test_station.hpp"

namespace gemel::simulation {
namespace {

using ::testing::HasSubstr;

/// A pump that fills a tank, as a twin knows it: signals flow, level and wear, a control speed.
class Twin {
 public:
  Twin() {
    plant_.assets.emplace_back();
    plant_.assets[0].id = AssetId{0};
    flow = add("flow", 1.0 / 60'000.0, "l/min");
    level = add("level", 1.0, "m");
    speed = add("speed", M_PI / 30.0, "rpm");
    estimate = add("flow.estimate", 1.0 / 60'000.0, "l/min", SignalRole::Estimate);
    plant_.signals[estimate.index].of = flow;
    FollowedQuantity wear{"pump.wear", 0.0, 0.05, 1e-4, {}, {}, {}};
    FollowedQuantity tank{"tank.level", 2.0, 0.5, 1e-4, {}, {}, {}};
    for (auto* one : {&wear, &tank}) {
      one->middle = add(one->name, 1.0, "1", SignalRole::Estimate);
      one->low = add(one->name + ".low", 1.0, "1", SignalRole::Estimate);
      one->high = add(one->name + ".high", 1.0, "1", SignalRole::Estimate);
    }
    Control control;
    control.id = ControlId{0};
    control.path = control.name = "speed";
    control.unit.scale = M_PI / 30.0;
    plant_.controls.push_back(control);
    NetworkSpec network;
    network.parts = {{"river", "reservoir", {{"pressure", 0}}},
                     {"pump",
                      "pump",
                      {{"shutoff_head", 30},
                       {"droop", 1e5},
                       {"rated_speed", 150},
                       {"best_flow", 0.008},
                       {"speed", 150}}},
                     {"riser", "pipe", {{"resistance", 3e8}, {"rise", 12}}},
                     {"tank", "tank", {{"area", 6}, {"level", 2}, {"demand", 0.009}}}};
    network.links = {{"river.port", "pump.inlet"},
                     {"pump.outlet", "riser.inlet"},
                     {"riser.outlet", "tank.port"}};
    network.followed = {wear, tank};
    network.noise = {{"tank.level", 0.005}};
    const Unit litres{"l", "m3", 1e-3, 0.0};
    using Kind = NetworkIndicator::Kind;
    network.indicators = {{"pumped", Kind::Integral, {"pump.flow"}, {}, litres},
                          {"of_what_rose", Kind::Integral, {"pump.flow"}, {"riser.flow"}, {}},
                          {"lowest", Kind::Lowest, {"tank.level"}, {}, {}},
                          {"mean", Kind::Mean, {"tank.level"}, {}, {}},
                          {"highest", Kind::Highest, {"tank.level"}, {}, {}},
                          {"last", Kind::Last, {"tank.level"}, {}, {}}};
    network.maintenance = {{"draining", 7200.0, at(5700), {{"tank.level", 1.0}}}};
    SimulatorSpec spec;
    spec.name = "station";
    spec.kind = "equations";
    spec.signals = {{"pump.flow", flow}, {"tank.level", level}, {"pump.speed", speed}};
    spec.controls = {{"pump.speed", ControlId{0}}};
    spec.description = network;
    plant_.simulators = {spec};
    plant_.index_paths();
    snapshot = Snapshot(plant_.signals.size());
  }

  const Plant& plant() const { return plant_; }
  std::shared_ptr<const Simulator> simulator() {
    // Ten minutes of history, from which the noise of the flow's meter is learnt.
    test::RecordedHistory history;
    Random random(5);
    for (int k = 1; k <= 600; ++k) history.add(flow, at(k), 500 + 3.0 * random.normal());
    auto made = fit(plant_, plant_.simulators[0], history, {at(0), at(601)}, Timestamp::max(), 1);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : nullptr;
  }
  /// A moment of a plant whose pump is worn.
  void show(int second, double wear, Random& random) {
    const double head = 30 * (1 - wear) * std::pow(1432 * M_PI / 30 / 150, 2);
    const double true_flow =
        std::sqrt((head - 14) / (1e5 + 3e8 / (998 * 9.80665)));  // the level stays at 2 m
    put(second, flow, true_flow * 60'000 + 3.0 * random.normal());
    put(second, level, 2.0 + 0.005 * random.normal());
    put(second, speed, 1432);
  }
  void put(int second, SignalId id, double value) {
    snapshot.at = snapshot.known_at = at(second);
    snapshot.beliefs.edit(id).absorb({at(second), at(second), value, Quality{}});
  }
  void absorb(const std::vector<Sample>& samples) {
    for (const auto& sample : samples)
      snapshot.beliefs.edit(sample.signal)
          .absorb({sample.source_time, snapshot.known_at, sample.value, sample.quality});
  }
  double believed(const char* path) const {
    return snapshot.beliefs[*plant_.find_signal(path)].value;
  }
  static Timestamp at(int second) {
    return Timestamp{1'000'000'000'000 + second * 1'000'000'000LL};
  }

  SignalId flow, level, speed, estimate;
  Snapshot snapshot;

 private:
  SignalId add(std::string name, double scale, std::string unit,
               SignalRole role = SignalRole::Measured) {
    Signal signal;
    signal.id = SignalId{static_cast<std::uint32_t>(plant_.signals.size())};
    signal.asset = AssetId{0};
    signal.role = role;
    signal.name = signal.path = std::move(name);
    signal.unit.symbol = std::move(unit);
    signal.unit.scale = scale;
    plant_.assets[0].signals.push_back(signal.id);
    plant_.signals.push_back(signal);
    return signal.id;
  }
  Plant plant_;
};

TEST(NetworkSimulator, LearnsOnlyTheNoiseThatItIsNotTold) {
  Twin twin;
  EXPECT_TRUE(learns(twin.plant().simulators[0]));
  EXPECT_THAT(twin.simulator()->summary(), HasSubstr("noise of flow: 3"));
  auto told = twin.plant().simulators[0];
  std::get<NetworkSpec>(told.description).noise["pump.flow"] = 5e-5;
  EXPECT_FALSE(learns(told));
}

TEST(NetworkSimulator, ItsTrackerTellsWearAndWhatItExpected) {
  Twin twin;
  Random random(3);
  const auto simulator = twin.simulator();
  twin.show(700, 0.04, random);
  const auto tracker = simulator->track(twin.snapshot);
  ASSERT_NE(tracker, nullptr);
  for (int k = 701; k < 1000; ++k) {
    twin.show(k, 0.04, random);
    twin.absorb(tracker->step(twin.snapshot));
  }
  EXPECT_NEAR(twin.believed("pump.wear"), 0.04, 0.004);
  EXPECT_LT(twin.believed("pump.wear.low"), twin.believed("pump.wear"));
  EXPECT_NEAR(twin.believed("flow.estimate"), twin.believed("flow"), 15);
  EXPECT_TRUE(tracker->step(twin.snapshot).empty()) << "nothing is new";

  // One that starts later goes on from what the snapshot holds.
  twin.show(1000, 0.04, random);
  const auto again = simulator->track(twin.snapshot);
  twin.show(1001, 0.04, random);
  twin.absorb(again->step(twin.snapshot));
  EXPECT_NEAR(twin.believed("pump.wear"), 0.04, 0.005);
}

TEST(NetworkSimulator, AWhatIfStartsFromTheSnapshotAlone) {
  Twin twin;
  Random random(4);
  const auto simulator = twin.simulator();
  twin.show(700, 0.04, random);
  const auto fresh = simulator->what_if(twin.snapshot, {});
  ASSERT_TRUE(fresh) << fresh.error().message;
  EXPECT_THAT(fresh->warnings, ::testing::Contains(HasSubstr("as described")));

  const auto tracker = simulator->track(twin.snapshot);
  for (int k = 701; k < 1000; ++k) {
    twin.show(k, 0.04, random);
    twin.absorb(tracker->step(twin.snapshot));
  }
  const auto now = simulator->what_if(twin.snapshot, {});
  ASSERT_TRUE(now);
  EXPECT_TRUE(now->warnings.empty());
  const auto& flow = now->signals[0];
  EXPECT_EQ(flow.name, "flow");
  EXPECT_EQ(flow.mean.size(), 120u);
  EXPECT_NEAR(flow.mean[0], twin.believed("flow"), 12);
  EXPECT_NEAR(flow.high[0] - flow.low[0], 3.29 * 3.0, 3.0) << "as its meter would show it";
  EXPECT_GT(flow.high.back() - flow.low.back(), flow.high[0] - flow.low[0]) << "it wanders";

  const auto faster =
      simulator->what_if(twin.snapshot, {.changes = {{.control = ControlId{0}, .value = 1500}}});
  ASSERT_TRUE(faster);
  EXPECT_GT(faster->signals[0].mean[0], flow.mean[0] + 30);
  const auto newer = simulator->what_if(
      twin.snapshot, {.changes = {{.control = {}, .value = 0.0, .quantity = "pump.wear"}}});
  ASSERT_TRUE(newer);
  EXPECT_GT(newer->signals[0].mean[0], flow.mean[0] + 10) << "a new impeller";
}

TEST(NetworkSimulator, DoesPlannedWorkWhenItIsDueAndLetsAQuestionMoveIt) {
  Twin twin;
  Random random(4);
  twin.show(5400, 0.0, random);  // five minutes before
  const auto simulator = twin.simulator();
  const auto level_after = [&](std::vector<Change> changes, std::size_t minutes) {
    const auto outcome = simulator->what_if(twin.snapshot, {.changes = std::move(changes),
                                                            .horizon = Duration::minutes(20),
                                                            .step = Duration::minutes(1)});
    EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().message);
    return outcome ? outcome->signals[1].mean[minutes - 1] : 0.0;
  };
  EXPECT_GT(level_after({}, 4), 1.9);
  EXPECT_NEAR(level_after({}, 5), 1.0, 0.01);
  const std::vector<Change> later{
      {.control = {}, .value = 600.0, .how = How::Add, .quantity = "draining.first"}};
  EXPECT_GT(level_after(later, 14), 1.9);
  EXPECT_NEAR(level_after(later, 15), 1.0, 0.01);
  const auto all = simulator->adjustables();
  const auto first = std::ranges::find(all, "draining.first", &Adjustable::name);
  ASSERT_NE(first, all.end());
  EXPECT_EQ(first->unit, "s");

  const auto timeless = simulator->what_if(Snapshot(twin.plant().signals.size()), {});
  ASSERT_TRUE(timeless);
  EXPECT_THAT(timeless->warnings, ::testing::Contains(HasSubstr("nobody knows the time")));
}

TEST(NetworkSimulator, SumsAFutureUpInItsIndicators) {
  Twin twin;
  Random random(4);
  twin.show(700, 0.0, random);
  const auto simulator = twin.simulator();
  const auto answer = compare(*simulator, twin.snapshot,
                              {.changes = {{.control = ControlId{0}, .value = 1500}},
                               .horizon = Duration::minutes(10),
                               .step = Duration::seconds(10),
                               .draws = 64});
  ASSERT_TRUE(answer) << answer.error().message;
  const auto of = [](const Outcome& outcome, std::string_view name) {
    const auto found = std::ranges::find(outcome.indicators, name, &Indicator::name);
    GEMEL_CHECK(found != outcome.indicators.end());
    return *found;
  };
  const auto& now = answer->as_now;
  ASSERT_EQ(now.indicators.size(), 6u);
  EXPECT_EQ(of(now, "pumped").unit, "l");
  double flow = 0.0;  // the fan's mean, in l/min
  for (const double each : now.signals[0].mean)
    flow += each / static_cast<double>(now.times.size());
  EXPECT_NEAR(of(now, "pumped").mean, 10.0 * flow, 0.01 * 10.0 * flow);
  EXPECT_NEAR(of(now, "of_what_rose").mean, 1.0, 1e-6);
  EXPECT_NEAR(of(now, "last").mean, now.signals[1].mean.back(), 0.002);
  for (std::size_t draw = 0; draw < 64; ++draw) {
    EXPECT_LE(of(now, "lowest").draws[draw], of(now, "mean").draws[draw]);
    EXPECT_LE(of(now, "mean").draws[draw], of(now, "highest").draws[draw]);
    EXPECT_LE(of(now, "last").draws[draw], of(now, "highest").draws[draw]);
  }
  const auto pumped = std::ranges::find(answer->differences, "pumped", &Difference::name);
  ASSERT_NE(pumped, answer->differences.end());
  EXPECT_GT(pumped->low, 200.0) << "the same chance, faster";
}

TEST(NetworkSimulator, TellsWhatItsIndicatorsCameTo) {
  Twin twin;
  test::RecordedHistory history;
  for (int k = 1; k <= 600; ++k) {
    history.add(twin.flow, twin.at(k), 480.0 + 0.1 * k);
    history.add(twin.level, twin.at(k), 2.0 - 1e-4 * k);
  }
  const auto told = twin.simulator()->measured(history, {twin.at(0), twin.at(601)});
  ASSERT_TRUE(told) << told.error().message;
  std::map<std::string, double> values;
  for (const auto& each : *told) values[each.name] = each.mean;
  EXPECT_NEAR(values["pumped"], 601.0 / 60.0 * 510.0, 30.0);
  EXPECT_NEAR(values["lowest"], 1.94, 0.002);
  EXPECT_NEAR(values["highest"], 2.0, 0.002);
  EXPECT_NEAR(values["mean"], 1.97, 0.002);
  EXPECT_NEAR(values["last"], 1.94, 0.002);
  EXPECT_FALSE(values.contains("of_what_rose")) << "nobody measures the riser";
}

TEST(NetworkSimulator, TheSameQuestionHasTheSameAnswerAndFewerDrawsAreTheFirstOfMore) {
  Twin twin;
  Random random(4);
  twin.show(700, 0.0, random);
  const auto simulator = twin.simulator();
  Scenario scenario{.draws = 37};
  scenario.uncertain = {
      {"riser.resistance", *Distribution::make("uniform", {0.8, 1.2}), How::Scale}};
  const auto one = simulator->what_if(twin.snapshot, scenario);
  const auto two = simulator->what_if(twin.snapshot, scenario);
  ASSERT_TRUE(one && two);
  EXPECT_EQ(one->signals[0].worst_low, two->signals[0].worst_low);
  scenario.draws = 11;
  const auto fewer = simulator->what_if(twin.snapshot, scenario);
  ASSERT_TRUE(fewer);
  EXPECT_EQ(fewer->signals[0].worst_low[10], one->signals[0].worst_low[10]);
  scenario.draws = 37;
  const auto stopped =
      simulator->what_if(twin.snapshot, scenario, [](auto done, auto) { return done < 16; });
  ASSERT_TRUE(stopped);
  EXPECT_LT(stopped->draws, 37u);
  EXPECT_EQ(stopped->signals[0].worst_low[7], one->signals[0].worst_low[7]);
}

TEST(NetworkSimulator, RefusesWhatItDoesNotKnow) {
  Twin twin;
  const auto simulator = twin.simulator();
  const auto refusal = [&](Scenario scenario) {
    const auto outcome = simulator->what_if(twin.snapshot, scenario);
    return outcome ? "answered" : outcome.error().message;
  };
  EXPECT_THAT(refusal({.changes = {{.control = {}, .value = 1, .quantity = "pump.ware"}}}),
              HasSubstr("did you mean 'pump.wear'"));
  EXPECT_THAT(refusal({.changes = {{.control = {}, .value = 7, .quantity = "pump.wear"}}}),
              HasSubstr("it may be -1 to 1"));
  const auto outage =
      refusal({.changes = {{.control = {}, .value = 3, .how = How::Add, .quantity = "pump.wear"}}});
  EXPECT_THAT(outage, HasSubstr("'pump.wear' can't be 3; it may be -1 to 1"));
  EXPECT_THAT(refusal({.changes = {{.control = {},
                                    .value = -2,
                                    .how = How::Scale,
                                    .quantity = "riser.resistance"}}}),
              HasSubstr("'riser.resistance' can't be -"));
  EXPECT_THAT(refusal({.horizon = Duration::hours(24 * 365), .draws = 1'000'000}),
              ::testing::AnyOf(HasSubstr("fewer draws"), HasSubstr("too many steps")));
}

}  // namespace
}  // namespace gemel::simulation
