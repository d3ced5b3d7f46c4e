// Vehicles in each other's way: none is stuck, nothing is lost, no battery runs empty.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "process_flow/flow_start.hpp"
#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

double value(const Plan& plan, const RunResult& run, const std::string& name) {
  const auto found = std::ranges::find(plan.indicators, name);
  GEMEL_CHECK(found != plan.indicators.end());
  return run.indicators[static_cast<std::size_t>(found - plan.indicators.begin())].value();
}

/// Items both ways over a single track with two points of one vehicle each in its middle, at which
/// vehicles from both ends would meet for ever if each only looked one leg ahead.
Flow single_track(std::uint32_t vehicles) {
  Flow flow;
  const auto source = [](const char* name, const char* fleet) {
    return FlowSource{
        .name = name, .between = Distribution::constant(5.0), .limit = 60, .next = {{fleet}}};
  };
  flow.sources = {source("from_west", "east_bound"), source("from_east", "west_bound")};
  flow.fleets = {{.name = "east_bound", .vehicles = vehicles, .next = {{"in_east"}}},
                 {.name = "west_bound", .vehicles = vehicles, .next = {{"in_west"}}}};
  flow.sinks = {{"in_east"}, {"in_west"}};
  flow.layout.points = {{.name = "west", .serves = {"from_west", "in_west"}},
                        {.name = "middle", .holds = 1},
                        {.name = "center", .holds = 1},
                        {.name = "east", .serves = {"from_east", "in_east"}}};
  const auto way = [](const char* from, const char* to) {
    return FlowWay{.name = std::string(from) + "-" + to,
                   .from = from,
                   .to = to,
                   .length = 10.0,
                   .both_ways = true};
  };
  flow.layout.ways = {way("west", "middle"), way("middle", "center"), way("center", "east")};
  return flow;
}

TEST(Traffic, VehiclesThatMeetHeadOnPassEachOther) {
  for (const std::uint32_t vehicles : {1u, 2u, 5u}) {
    const auto plan = make_plan(single_track(vehicles)).value();
    const auto run = run_flow(plan, {.horizon = 20'000}).value();
    EXPECT_FALSE(run.locked) << run.standstill;
    EXPECT_EQ(run.items, 120u) << vehicles;
  }
}

/// A random net of points, of which some hold one vehicle or two, with machines at some of them and
/// each way for both directions or in a circle, so that all can be reached.
Flow random_layout(Random& random, bool batteries) {
  Flow flow;
  const auto points = 4 + static_cast<std::uint32_t>(random.below(7));
  for (std::uint32_t p = 0; p < points; ++p) {
    FlowPoint point{.name = "p" + std::to_string(p)};
    if (p > 0 && random.below(3) > 0) point.holds = 1 + static_cast<std::uint32_t>(random.below(2));
    flow.layout.points.push_back(point);
  }
  if (batteries) flow.layout.points[0].chargers = 1;
  if (random.below(2) == 0) flow.layout.points[0].parking = 1;
  const bool circle = random.below(2) == 0;
  const auto join = [&](std::uint32_t from, std::uint32_t to) {
    flow.layout.ways.push_back({.name = "w" + std::to_string(flow.layout.ways.size()),
                                .from = flow.layout.points[from].name,
                                .to = flow.layout.points[to].name,
                                .length = random.uniform(5.0, 40.0),
                                .both_ways = !circle,
                                .vehicles = 1 + static_cast<std::uint32_t>(random.below(2))});
  };
  for (std::uint32_t p = 1; p < points; ++p)
    join(circle ? p - 1 : static_cast<std::uint32_t>(random.below(p)), p);
  if (circle) join(points - 1, 0);
  const auto stations = 1 + random.below(3);
  for (std::uint32_t i = 0; i <= stations; ++i) {
    const auto name = "m" + std::to_string(i);
    auto station = textbook::exponential(name, 15.0, i < stations ? "agv" : "out");
    if (random.below(2) == 0) station.buffer = 2;
    flow.stations.push_back(station);
    flow.layout.points[random.below(points)].serves.push_back(name);
  }
  flow.sources = {
      {.name = "in", .between = Distribution::exponential(40.0), .limit = 150, .next = {{"m0"}}}};
  flow.sinks = {{"out"}};
  FlowFleet fleet{.name = "agv",
                  .vehicles = 1 + static_cast<std::uint32_t>(random.below(6)),
                  .loading = Distribution::exponential(5.0),
                  .unloading = Distribution::exponential(5.0),
                  .dispatching = static_cast<FlowDispatching>(random.below(3))};
  // To the last alone, so that no circle of full buffers waits for itself.
  fleet.next = {{"m" + std::to_string(stations)}};
  if (batteries)
    fleet.battery = FlowBattery{.capacity = 9e5,
                                .driving = 600.0,
                                .standing = 40.0,
                                .charging = 3000.0,
                                .charge_below = random.uniform(0.0, 0.3),
                                .charge_until = 0.9};
  if (random.below(2) == 0)
    fleet.failures =
        FlowFailures{Distribution::exponential(400.0), Distribution::exponential(60.0), true, ""};
  flow.fleets = {fleet};
  return flow;
}

TEST(Traffic, NobodyIsEverStuckAndNothingIsLost) {
  Random random(11);
  for (int i = 0; i < 300; ++i) {
    const auto flow = random_layout(random, i % 2 == 1);
    const auto plan = make_plan(flow);
    ASSERT_TRUE(plan) << plan.error().message;
    const auto run = run_flow(*plan, {.horizon = 300'000, .seed = static_cast<std::uint64_t>(i)});
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_FALSE(run->locked) << i << ": " << run->standstill;
    EXPECT_EQ(run->items, 150u) << i;
    double all = 0.0;
    for (const char* each : {"loaded", "empty", "waiting", "idle"})
      all += value(*plan, *run, std::string("agv.") + each);
    if (flow.fleets[0].failures) all += value(*plan, *run, "agv.down");
    if (flow.fleets[0].battery) {
      all += value(*plan, *run, "agv.charging");
      EXPECT_GE(value(*plan, *run, "agv.charge.lowest"), kBatteryReserve - 1e-9) << i;
    }
    EXPECT_NEAR(all, 1.0, 1e-9) << i;
  }
}

/// As the shuttle, with a charger at a.
Flow charged_shuttle() {
  auto flow = textbook::shuttle(50.0, Distribution::constant(0.0));
  flow.sources[0].between = Distribution::constant(300.0);
  flow.fleets[0].battery = FlowBattery{.capacity = 3e5,
                                       .driving = 500.0,
                                       .charging = 1000.0,
                                       .charge_below = 0.3,
                                       .charge_until = 0.9};
  flow.layout.points[0].chargers = 1;
  return flow;
}

TEST(Batteries, WhatIsDrivenIsCharged) {
  const auto plan = make_plan(charged_shuttle()).value();
  const auto run = run_flow(plan, {.warm_up = 1e5, .horizon = 3e6}).value();
  const double driven = value(plan, run, "agv.loaded") + value(plan, run, "agv.empty");
  EXPECT_NEAR(value(plan, run, "agv.charging") * 1000.0 / (driven * 500.0), 1.0, 0.01);
  EXPECT_NEAR(value(plan, run, "energy"), driven * 3e6 * 500.0 / 3.6e6, 0.5);
  // Each way takes 25 kJ. At b it has 0.9 less 1, 3, 5 and 7 of them, which is still above 0.3;
  // with less by 9 it goes to a.
  EXPECT_NEAR(value(plan, run, "agv.charge.lowest"), 0.9 - 10.0 * 25.0 / 300.0, 1e-9);
}

TEST(Batteries, LastAsLongAsAVehicleMustStand) {
  // It stands behind a machine that is down for ever, with a charger at the other end.
  auto flow = charged_shuttle();
  flow.fleets[0].battery->standing = 200.0;
  auto broken = textbook::exponential("broken", 1.0, "out");
  broken.service = Distribution::constant(1e9);
  broken.buffer = 0;
  flow.stations = {broken};
  flow.fleets[0].next = {{"broken"}};
  flow.layout.points[1].serves = {"broken"};
  const auto plan = make_plan(flow).value();
  const auto run = run_flow(plan, {.horizon = 1e5}).value();
  EXPECT_NEAR(value(plan, run, "agv.charge.lowest"), 25.0 / 300.0 + kBatteryReserve,
              1e-9);  // the way back
}

TEST(Batteries, AStartTellsWhereVehiclesAreAndWhatTheyHold) {
  const auto flow = charged_shuttle();
  const auto plan = make_plan(flow).value();
  FlowState now;
  now.fleets = {{.items = 1, .vehicles = {{.point = 1, .charge = 0.5, .charging = false}}}};
  const std::vector<double> sampled{0.0, 99.99, 100.01};
  const auto start = complete(plan, now, {.horizon = 200.0}).value();
  EXPECT_EQ(start.fleets[0].vehicles[0].point, 1u);
  const auto run = run_flow(plan, {.horizon = 200.0, .start = &start, .sampled = &sampled}).value();
  const auto row = [&](const char* name) {
    return run.series[static_cast<std::size_t>(std::ranges::find(plan.series, name) -
                                               plan.series.begin())];
  };
  EXPECT_THAT(row("out.items"), ::testing::ElementsAre(0, 0, 1));  // back to a, and to b
  EXPECT_NEAR(row("agv.charge")[2], 0.5 - 50.0 / 300.0, 1e-4);
  // Of one that is nearly empty, it charges first.
  now.fleets[0].vehicles[0].charge = 0.1;
  const auto low = run_flow(plan, {.horizon = 200.0, .start = &now, .sampled = &sampled}).value();
  EXPECT_EQ(low.items, 0u);
  // What isn't told is drawn.
  now.fleets.clear();
  const auto drawn = complete(plan, now, {.horizon = 200.0}).value();
  EXPECT_TRUE(drawn.fleets[0].vehicles[0].charge.has_value());
}

}  // namespace
}  // namespace gemel::process_flow
