// Single machines and short lines with times that can be worked out by hand.

#include "process_flow/flow_run.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

FlowStation fixed(std::string name, double seconds, std::string next) {
  FlowStation station;
  station.name = std::move(name);
  station.service = Distribution::constant(seconds);
  station.next = {{std::move(next)}};
  return station;
}

FlowSource every(double seconds, std::string next) {
  return {.name = "in", .between = Distribution::constant(seconds), .next = {{std::move(next)}}};
}

/// Indicators by name.
class Ran {
 public:
  Ran(Flow flow, RunSettings settings) {
    if (flow.sinks.empty()) flow.sinks = {{"out"}};
    auto plan = make_plan(std::move(flow));
    if (!plan) throw std::runtime_error(plan.error().message);
    plan_ = *std::move(plan);
    auto run = run_flow(plan_, settings);
    if (!run) throw std::runtime_error(run.error().message);
    result = *std::move(run);
  }
  double operator[](std::string_view name) const {
    for (std::size_t i = 0; i < plan_.indicators.size(); ++i) {
      if (plan_.indicators[i] == name) return result.indicators[i].value();
    }
    ADD_FAILURE() << "no indicator " << name;
    return 0.0;
  }
  RunResult result;

 private:
  Plan plan_;
};

TEST(FlowRun, ALineIsAsFastAsItsSlowestMachine) {
  Flow flow;
  flow.sources = {every(1.0, "a")};
  flow.stations = {fixed("a", 2.0, "b"), fixed("b", 4.0, "out")};
  const Ran ran(flow, {.warm_up = 100, .horizon = 4000});
  EXPECT_NEAR(ran["throughput"], 0.25, 1e-3);
  EXPECT_NEAR(ran["b.utilisation"], 1.0, 1e-9);
  EXPECT_NEAR(ran["a.utilisation"], 1.0, 1e-9);  // there is room without end before b
}

TEST(FlowRun, WithoutRoomBehindItAMachineIsBlocked) {
  Flow flow;
  flow.sources = {every(1.0, "a")};
  flow.stations = {fixed("a", 2.0, "b"), fixed("b", 4.0, "out")};
  flow.stations[1].buffer = 0;
  const Ran ran(flow, {.warm_up = 100, .horizon = 4000});
  EXPECT_NEAR(ran["throughput"], 0.25, 1e-3);
  EXPECT_NEAR(ran["a.utilisation"], 0.5, 1e-3);
  EXPECT_NEAR(ran["a.blocked"], 0.5, 1e-3);
  EXPECT_NEAR(ran["b.queue"], 0.0, 1e-12);
}

TEST(FlowRun, BlockingGoesBackAlongTheLine) {
  Flow flow;
  flow.sources = {every(0.5, "a")};
  flow.stations = {fixed("a", 1.0, "b"), fixed("b", 1.0, "c"), fixed("c", 5.0, "out")};
  flow.stations[1].buffer = 1;
  flow.stations[2].buffer = 0;
  const Ran ran(flow, {.warm_up = 100, .horizon = 5000});
  EXPECT_NEAR(ran["throughput"], 0.2, 1e-3);
  EXPECT_NEAR(ran["a.blocked"], 0.8, 1e-3);
  EXPECT_NEAR(ran["b.blocked"], 0.8, 1e-3);
  EXPECT_NEAR(ran["b.queue"], 1.0, 1e-2);
}

TEST(FlowRun, AMachineThatFailsWorksOnWhereItWas) {
  // 8 s of work, 2 s of repair: 80 % of the time at work; its work of 1 s takes 1.25 s.
  Flow flow;
  flow.sources = {every(0.1, "a")};
  flow.stations = {fixed("a", 1.0, "out")};
  flow.stations[0].failures =
      FlowFailures{Distribution::constant(8.0), Distribution::constant(2.0), true, ""};
  const Ran ran(flow, {.warm_up = 100, .horizon = 10'000});
  EXPECT_NEAR(ran["a.utilisation"], 0.8, 1e-3);
  EXPECT_NEAR(ran["a.down"], 0.2, 1e-3);
  EXPECT_NEAR(ran["throughput"], 0.8, 1e-3);
}

TEST(FlowRun, FailuresByTheCalendarComeWhileItRestsToo) {
  Flow flow;
  flow.sources = {every(10.0, "a")};
  flow.stations = {fixed("a", 1.0, "out")};
  flow.stations[0].failures =
      FlowFailures{Distribution::constant(30.0), Distribution::constant(10.0), false, ""};
  const Ran ran(flow, {.warm_up = 400, .horizon = 40'000});
  EXPECT_NEAR(ran["a.down"], 0.25, 1e-3);
  EXPECT_NEAR(ran["throughput"], 0.1, 1e-3);
}

TEST(FlowRun, TwoMachinesWaitForOneRepairman) {
  Flow flow;
  flow.sources = {every(0.1, "a")};
  flow.stations = {fixed("a", 1.0, "out")};
  flow.stations[0].machines = 2;
  flow.stations[0].failures =
      FlowFailures{Distribution::exponential(5.0), Distribution::exponential(5.0), true, "crew"};
  flow.crews = {{"crew", 1}};
  // Two machines, one repairman, rates alike: shares 1 : 2 : 2 of none, one, two down.
  const Ran one(flow, {.warm_up = 1000, .horizon = 400'000});
  EXPECT_NEAR(one["crew.utilisation"], 4.0 / 5.0, 0.01);
  EXPECT_NEAR(one["a.down"], (2.0 * 1 + 2.0 * 2) / 5.0 / 2.0, 0.01);
  flow.crews[0].people = 2;
  const Ran two(flow, {.warm_up = 1000, .horizon = 400'000});
  EXPECT_NEAR(two["a.down"], 0.5, 0.01);
}

TEST(FlowRun, MaintenanceInTimePreventsFailures) {
  Flow flow;
  flow.sources = {every(1.0, "a")};
  flow.stations = {fixed("a", 0.5, "out")};
  flow.stations[0].failures =
      FlowFailures{Distribution::constant(120.0), Distribution::constant(50.0), false, ""};
  flow.stations[0].maintenance = FlowMaintenance{.first = 100, .every = 100, .duration = 1.0};
  EXPECT_NEAR((Ran(flow, {.warm_up = 1000, .horizon = 10'000})["a.down"]), 0.01, 1e-3);
  flow.stations[0].maintenance->every = 170;  // too late: it fails first, every time
  EXPECT_GT((Ran(flow, {.warm_up = 1000, .horizon = 10'000})["a.down"]), 0.2);
}

TEST(FlowRun, NothingIsBegunOutsideAShift) {
  Flow flow;
  flow.sources = {every(1.0, "a")};
  flow.stations = {fixed("a", 1.0, "out")};
  flow.stations[0].shifts = {{0.0, 25.0}, {50.0, 75.0}};
  flow.stations[0].period = 100.0;
  const Ran ran(flow, {.warm_up = 0, .horizon = 10'000});
  EXPECT_NEAR(ran["throughput"], 0.5, 0.01);
}

TEST(FlowRun, ABatchWaitsUntilItIsWhole) {
  Flow flow;
  flow.sources = {every(1.0, "oven")};
  flow.stations = {fixed("oven", 3.0, "out")};
  flow.stations[0].batch = 4;
  const Ran ran(flow, {.warm_up = 100, .horizon = 4000});
  EXPECT_NEAR(ran["throughput"], 1.0, 2e-3);
  EXPECT_NEAR(ran["oven.utilisation"], 0.75, 1e-3);
  EXPECT_NEAR(ran["oven.wait"], 1.5, 1e-2);  // 3, 2, 1, 0
}

TEST(FlowRun, AConveyorTakesItsTimeAndHoldsSoMany) {
  Flow flow;
  flow.sources = {every(1.0, "belt")};
  flow.conveyors = {{"belt", 10.0, 5, {{"out"}}}};
  const Ran ran(flow, {.warm_up = 100, .horizon = 4000});
  EXPECT_NEAR(ran["throughput"], 0.5, 1e-3);  // 5 items in 10 s
  EXPECT_NEAR(ran["belt.items"], 5.0, 1e-2);
}

TEST(FlowRun, VehiclesFetchAndBring) {
  Flow flow;
  flow.sources = {every(100.0, "a")};
  flow.stations = {fixed("a", 1.0, "carts"), fixed("b", 1.0, "out")};
  flow.fleets = {{.name = "carts",
                  .speed = 2.0,
                  .loading = Distribution::constant(3.0),
                  .unloading = Distribution::constant(3.0),
                  .next = {{"b"}}}};
  flow.places = {{"a", 0, 0}, {"b", 30, 10}};
  const Ran ran(flow, {.warm_up = 1000, .horizon = 100'000});
  // Back to a, 20 s; there and with the item to b, 20 s; 3 s at each end.
  EXPECT_NEAR(ran["carts.wait"], 20.0, 0.1);
  EXPECT_NEAR(ran["carts.utilisation"], 0.46, 1e-3);
  EXPECT_NEAR(ran["time_in_system"], 1 + 46 + 1, 0.1);
}

TEST(FlowRun, TellsTheTimeThatNineOfTenItemsKeep) {
  const Ran ran(textbook::mm1().flow, {.warm_up = 1e4, .horizon = 2e6});
  EXPECT_NEAR(ran["time_in_system.p90"] / (std::log(10.0) / 0.3), 1.0, 0.03);
}

TEST(FlowRun, TellsWhatItTookAndWhatItCost) {
  Flow flow;
  flow.sources = {every(4.0, "a")};
  flow.stations = {fixed("a", 1.0, "out")};
  flow.stations[0].power_working = 1000.0;
  flow.stations[0].power_idle = 200.0;
  flow.stations[0].cost_per_hour = 12.0;
  flow.stations[0].maintenance =
      FlowMaintenance{.first = 1802.0, .every = 1e9, .duration = 360.0, .cost = 50.0};
  flow.sinks = {{"out", 0.1}};
  flow.currency = "EUR";
  flow.energy_price = 0.25;
  const Ran ran(flow, {.horizon = 3600});
  // Every item is made, those that waited for the maintenance after it.
  EXPECT_NEAR(ran["downtime"], 0.1, 1e-9);
  EXPECT_NEAR(ran["energy"], (900 * 1000.0 + 2340 * 200.0) / 3.6e6, 1e-3);
  EXPECT_NEAR(ran["cost"], 12.0 + 50.0 + 0.25 * ran["energy"], 1e-9);
  EXPECT_NEAR(ran["margin"], 0.1 * static_cast<double>(ran.result.items) - ran["cost"], 1e-9);
  flow.currency.clear();
  const auto plan = make_plan(flow).value();
  EXPECT_EQ(std::count(plan.indicators.begin(), plan.indicators.end(), "cost"), 0);
}

TEST(FlowRun, SaysNothingOfTimesWhenNoItemWentThrough) {
  Flow flow;
  flow.sources = {every(1e6, "a")};
  flow.stations = {fixed("a", 1.0, "out")};
  flow.sinks = {{"out"}};
  const auto run = run_flow(make_plan(flow).value(), {.horizon = 10}).value();
  EXPECT_EQ(run.indicators[0], 0.0);
  EXPECT_EQ(run.indicators[1], std::nullopt);
}

TEST(FlowRun, AVariantMeetsTheSameChance) {
  auto flow = textbook::jackson().flow;
  const RunSettings settings{.warm_up = 0, .horizon = 5'000, .seed = 3};
  const Ran base(flow, settings), again(flow, settings);
  EXPECT_EQ(base.result.indicators, again.result.indicators);
  // A faster machine with common chance: never worse, in any replication.
  flow.stations[0].speed = 1.1;
  for (std::uint64_t i = 0; i < 20; ++i) {
    auto each = settings;
    each.replication = i;
    EXPECT_LT((Ran(flow, each)["time_in_system"]),
              (Ran(textbook::jackson().flow, each)["time_in_system"]));
  }
}

TEST(FlowRun, SaysThatEverythingWaitsForEver) {
  // Two machines that feed each other without room between them.
  Flow flow;
  flow.sources = {
      {.name = "in", .between = Distribution::constant(0.5), .cards = 2, .next = {{"a"}}}};
  flow.stations = {fixed("a", 1.0, "b"), fixed("b", 1.0, "a")};
  flow.stations[0].buffer = flow.stations[1].buffer = 0;
  const Ran ran(flow, {.horizon = 100});
  EXPECT_TRUE(ran.result.locked);
  EXPECT_EQ(ran.result.items, 0u);
}

TEST(FlowRun, AQueueThatGrowsWithoutEndIsStopped) {
  const auto plan = make_plan(textbook::mm1(2.0).flow);
  ASSERT_TRUE(plan);
  const auto run = run_flow(*plan, {.horizon = 1e9, .events_max = 100'000});
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error().code, ErrorCode::Capacity);
}

}  // namespace
}  // namespace gemel::process_flow
