// A process flow asked through the port, from snapshots that say more or less.

#include "simulation/flow_simulator.hpp"

#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulation/flow_present.hpp"
#include "simulation/simulation.hpp"
#include "simulation/test_station.hpp"

namespace gemel::simulation {
namespace {

using process_flow::Activity;
using ::testing::HasSubstr;

constexpr double kDay = 86'400.0;

/// A press that wears behind an oven; one crew.
struct Line {
  test::Bound bound;

  Line() {
    Flow flow;
    flow.sources = {
        {.name = "in", .between = Distribution::exponential(100.0), .next = {{"oven"}}}};
    FlowStation oven;
    oven.name = "oven";
    oven.machines = 2;
    oven.service = *Distribution::make("triangular", {100, 120, 180});
    oven.buffer = 20;
    oven.next = {{"press"}};
    FlowStation press;
    press.name = "press";
    press.service = *Distribution::make("triangular", {60, 80, 120});
    press.buffer = 10;
    press.failures = FlowFailures{*Distribution::make("weibull", {3.0, 40.0 * kDay}),
                                  Distribution::constant(0.5 * kDay), true, "crew", 500.0};
    press.maintenance = FlowMaintenance{
        .first = kDay, .every = 30.0 * kDay, .duration = 7200.0, .crew = "crew", .cost = 100.0};
    press.next = {{"out"}};
    flow.stations = {oven, press};
    flow.sinks = {{"out", 3.0}};
    flow.crews = {{"crew", 1}};
    flow.currency = "EUR";
    flow.settles_within = 7200.0;
    bound.spec.kind = "process_flow";
    bound.spec.name = "line";
    bound.spec.description = flow;
    bound.add_asset("");
    const auto asset = bound.add_asset("line");
    const Unit none, hours{"h", "s", 3600.0, 0.0}, days{"d", "s", kDay, 0.0},
        percent{"%", "1", 0.01, 0.0};
    bound.add_signal(asset, "press.queue", "queue", none);
    bound.add_signal(asset, "press.working", "working", none);
    bound.add_signal(asset, "press.down", "down", none);
    bound.add_signal(asset, "press.worn", "worn", hours);
    bound.add_signal(asset, "press.maintained", "maintained", days);
    bound.add_signal(asset, "out.items", "made", none);
    bound.add_signal(asset, "press.speed", "speed", percent);
    bound.add_control(asset, "press.speed", "speed_setpoint", percent, {50.0, 150.0}, 0.0,
                      "press.speed");
    bound.plant->version = "test";
    bound.plant->index_paths();
  }

  Snapshot snapshot(const std::vector<std::pair<std::string, double>>& measured) const {
    Snapshot out(bound.plant->signals.size());
    out.at = test::kStart;
    for (const auto& [port, value] : measured)
      out.beliefs.edit(bound.signal(port)).absorb({test::kStart, test::kStart, value, {}});
    return out;
  }
  std::shared_ptr<const Simulator> simulator() const {
    return FlowSimulator::make(bound.plant, bound.spec).value();
  }
};

const Indicator& indicator_of(const Outcome& outcome, std::string_view name) {
  const auto found = std::ranges::find(outcome.indicators, name, &Indicator::name);
  GEMEL_CHECK(found != outcome.indicators.end());
  return *found;
}
const SimulatedSignal& series_of(const Outcome& outcome, std::string_view name) {
  const auto found = std::ranges::find(outcome.signals, name, &SimulatedSignal::name);
  GEMEL_CHECK(found != outcome.signals.end());
  return *found;
}

TEST(FlowSimulator, StartsFromWhatTheSnapshotMeasures) {
  const Line line;
  const auto outcome =
      line.simulator()
          ->what_if(line.snapshot({{"press.queue", 7},
                                   {"press.working", 1},
                                   {"press.down", 0},
                                   {"press.worn", 240},
                                   {"press.maintained", 12},
                                   {"out.items", 1000}}),
                    {.horizon = Duration::hours(1), .step = Duration::minutes(10), .draws = 16})
          .value();
  ASSERT_EQ(outcome.times.size(), 7u);
  EXPECT_EQ(series_of(outcome, "line.queue").signal, line.bound.signal("press.queue"));
  EXPECT_EQ(series_of(outcome, "line.queue").mean[0], 7.0);
  EXPECT_EQ(series_of(outcome, "line.working").mean[0], 1.0);
  EXPECT_NEAR(series_of(outcome, "line.worn").mean[0], 240.0, 1e-9);
  EXPECT_NEAR(series_of(outcome, "line.maintained").mean[6], 12.0 + 1.0 / 24.0, 1e-9);
  EXPECT_EQ(series_of(outcome, "line.made").mean[0], 1000.0);
  EXPECT_GT(series_of(outcome, "line.made").mean[6], 1030.0);
  // What nobody measures comes from the flow's past.
  EXPECT_GT(series_of(outcome, "oven.working").mean[0], 0.5);
}

TEST(FlowSimulator, TheSameQuestionHasTheSameAnswer) {
  const Line line;
  Scenario scenario{.horizon = Duration::hours(8), .step = Duration::hours(1), .draws = 20};
  scenario.uncertain = {{"press.service", *Distribution::make("normal", {85, 5}), How::Set}};
  for (const auto sampling : {Sampling::Random, Sampling::Sobol}) {
    scenario.sampling = sampling;
    const auto first = line.simulator()->what_if(line.snapshot({}), scenario).value();
    const auto again = line.simulator()->what_if(line.snapshot({}), scenario).value();
    ASSERT_EQ(first.indicators.size(), again.indicators.size());
    for (std::size_t i = 0; i < first.indicators.size(); ++i)
      EXPECT_EQ(first.indicators[i].mean, again.indicators[i].mean) << first.indicators[i].name;
  }
}

TEST(FlowSimulator, WithoutAChangeNothingIsOther) {
  const Line line;
  const auto answer = compare(*line.simulator(), line.snapshot({{"press.queue", 3}}),
                              {.horizon = Duration::hours(8), .draws = 8})
                          .value();
  for (const auto& each : answer.differences) EXPECT_EQ(each.mean, 0.0) << each.name;
}

TEST(FlowSimulator, AFasterPressLeavesFewerWaitingInEveryFuture) {
  const Line line;
  Scenario scenario{.changes = {{.control = line.bound.control("press.speed"), .value = 110.0}},
                    .horizon = Duration::hours(24),
                    .draws = 32};
  const auto by_control = compare(*line.simulator(), line.snapshot({}), scenario).value();
  scenario.changes = {{.control = {}, .value = 1.1, .how = How::Scale, .quantity = "press.speed"}};
  const auto answer = compare(*line.simulator(), line.snapshot({}), scenario).value();
  const auto queue = std::ranges::find(answer.differences, "press.queue", &Difference::name);
  EXPECT_LT(queue->high, 0.0);
  EXPECT_EQ(indicator_of(answer.changed, "press.queue").draws,
            indicator_of(by_control.changed, "press.queue").draws);
}

TEST(FlowSimulator, AnInspectionThatSlipsCostsFailures) {
  const Line line;
  // 29 days since the last one: it is due tomorrow.
  const auto now = line.snapshot({{"press.worn", 26.0 * 24.0}, {"press.maintained", 29.0}});
  const auto answer = compare(*line.simulator(), now,
                              {.changes = {{.control = {},
                                            .value = 30.0 * kDay,
                                            .how = How::Add,
                                            .quantity = "press.maintenance.first"}},
                               .horizon = Duration::days(30),
                               .step = Duration::days(1),
                               .draws = 48})
                          .value();
  const auto failures = std::ranges::find(answer.differences, "press.failures", &Difference::name);
  EXPECT_GT(failures->mean_low, 0.1);
  EXPECT_EQ(series_of(answer.as_now, "line.maintained").mean[0], 29.0);
}

TEST(FlowSimulator, ReadsHowTheLineIsSet) {
  const Line line;
  const auto present = read_flow_present(
      *line.bound.plant, line.bound.spec,
      line.snapshot({{"press.speed", 90.0}, {"press.down", 1}, {"press.maintained", 40.0}}));
  EXPECT_NEAR(present.flow.stations[1].speed, 0.9, 1e-12);
  EXPECT_EQ(present.known.stations[1].machines[0].activity, Activity::Failed);
  EXPECT_EQ(present.flow.stations[1].maintenance->first, 0.0);  // overdue
  EXPECT_FALSE(present.known.stations[0].buffer.has_value());
}

TEST(FlowSimulator, KnowsWhereVehiclesAreAndWhatTheyHold) {
  Line line;
  auto& flow = std::get<Flow>(line.bound.spec.description);
  flow.stations[0].next = {{"agv"}};
  flow.fleets = {{.name = "agv",
                  .vehicles = 2,
                  .battery = FlowBattery{.capacity = 1e6, .driving = 500.0, .charging = 3000.0},
                  .next = {{"press"}}}};
  flow.layout.points = {{.name = "a", .serves = {"oven"}, .chargers = 1},
                        {.name = "b", .serves = {"press"}}};
  flow.layout.ways = {{.name = "ab", .from = "a", .to = "b", .length = 40.0, .both_ways = true}};
  const Unit none, percent{"%", "1", 0.01, 0.0};
  const AssetId asset{1};
  line.bound.add_signal(asset, "agv.items", "carried", none);
  line.bound.add_signal(asset, "agv.charging", "charging", none);
  line.bound.add_signal(asset, "agv.1.point", "place_1", none);
  line.bound.add_signal(asset, "agv.1.charge", "charge_1", percent);
  line.bound.add_signal(asset, "agv.2.charge", "charge_2", percent);
  line.bound.plant->index_paths();
  const auto now = line.snapshot({{"agv.items", 1},
                                  {"agv.charging", 1},
                                  {"agv.1.point", 2},
                                  {"agv.1.charge", 80},
                                  {"agv.2.charge", 40}});
  const auto present = read_flow_present(*line.bound.plant, line.bound.spec, now);
  const auto& fleet = present.known.fleets[0];
  EXPECT_EQ(fleet.items, 1u);
  ASSERT_EQ(fleet.vehicles.size(), 2u);
  EXPECT_EQ(fleet.vehicles[0].point, 1u);
  EXPECT_NEAR(*fleet.vehicles[0].charge, 0.8, 1e-12);
  EXPECT_EQ(fleet.vehicles[0].charging, false);
  EXPECT_EQ(fleet.vehicles[1].charging, true);  // the emptier
  EXPECT_FALSE(fleet.vehicles[1].point.has_value());
  // One vehicle more is asked for by name.
  const auto answer =
      compare(
          *line.simulator(), now,
          {.changes = {{.control = {}, .value = 1, .how = How::Add, .quantity = "agv.vehicles"}},
           .horizon = Duration::hours(8),
           .draws = 16})
          .value();
  EXPECT_NEAR(series_of(answer.as_now, "agv.charge").mean[0], 0.6, 1e-9);
  const auto busy = std::ranges::find(answer.differences, "agv.utilisation", &Difference::name);
  EXPECT_LT(busy->high, 0.0);
}

TEST(FlowSimulator, TellsInOneSentenceWhatIsNotKnown) {
  const Line line;
  const auto present =
      read_flow_present(*line.bound.plant, line.bound.spec, line.snapshot({{"press.queue", 1}}));
  ASSERT_EQ(present.warnings.size(), 1u);
  EXPECT_THAT(present.warnings[0],
              HasSubstr("line.speed, line.maintained, line.working and 3 more"));
}

TEST(FlowSimulator, TheNextMaintenanceFollowsFromADate) {
  Line line;
  auto& flow = std::get<Flow>(line.bound.spec.description);
  const double now = static_cast<double>(test::kStart.ns) * 1e-9;
  for (const double on : {now + 5.0 * kDay, now - 25.0 * kDay, now - 85.0 * kDay}) {
    flow.stations[1].maintenance->on = on;
    const auto present = read_flow_present(*line.bound.plant, line.bound.spec, line.snapshot({}));
    EXPECT_NEAR(present.flow.stations[1].maintenance->first, 5.0 * kDay, 1.0);
  }
}

TEST(FlowSimulator, SaysWhatCanNotBeAsked) {
  const Line line;
  const auto refusal = [&](Change change) {
    const auto answer = line.simulator()->what_if(line.snapshot({}), {.changes = {change}});
    return answer ? std::string("answered")
                  : std::string(answer.error().code == ErrorCode::InvalidInput ? "" : "code ") +
                        answer.error().message;
  };
  EXPECT_THAT(refusal({.control = {}, .value = 1, .quantity = "press.sped"}),
              HasSubstr("did you mean 'press.speed'?"));
  EXPECT_THAT(refusal({.control = {}, .value = 1.5, .quantity = "crew.people"}),
              HasSubstr("whole number"));
  EXPECT_THAT(refusal({.control = {}, .value = -1, .quantity = "press.speed"}),
              HasSubstr("above 0"));
}

TEST(FlowSimulator, RefusesMoreThanItCanKeep) {
  const Line line;
  const auto answer = line.simulator()->what_if(
      line.snapshot({}),
      {.horizon = Duration::days(1), .step = Duration::seconds(5), .draws = 5000});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::Capacity);
}

TEST(FlowSimulator, AnswersFromWhatIsDoneWhenStopped) {
  const Line line;
  const auto outcome =
      line.simulator()
          ->what_if(line.snapshot({}), {.horizon = Duration::hours(1), .draws = 1000},
                    [](std::uint32_t done, std::uint32_t) { return done < 5; })
          .value();
  EXPECT_GE(outcome.draws, 1u);
  EXPECT_LT(outcome.draws, 1000u);
}

TEST(FlowSimulator, ItsKindIsReadyWithoutAHistory) {
  const Line line;
  EXPECT_FALSE(learns(line.bound.spec));
  const test::RecordedHistory history;
  const auto made = fit(*line.bound.plant, line.bound.spec, history, {}, Timestamp::max(), 1);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_THAT((*made)->summary(), HasSubstr("press: 1 × triangular(60, 80, 120) s"));
  EXPECT_EQ((*made)->controls().size(), 1u);
}

}  // namespace
}  // namespace gemel::simulation
