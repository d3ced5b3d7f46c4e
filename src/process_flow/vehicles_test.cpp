// Vehicles on a guide path: timetables worked out by hand, shares that must balance, rules.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "process_flow/adjustables.hpp"
#include "process_flow/study.hpp"
#include "process_flow/textbook.hpp"

namespace gemel::process_flow {
namespace {

struct Ran {
  Plan plan;
  RunResult result;

  Ran(const Flow& flow, const RunSettings& settings) : plan(make_plan(flow).value()) {
    result = run_flow(plan, settings).value();
  }
  double operator[](const std::string& name) const {
    const auto found = std::ranges::find(plan.indicators, name);
    GEMEL_CHECK(found != plan.indicators.end());
    return result.indicators[static_cast<std::size_t>(found - plan.indicators.begin())].value();
  }
  const std::vector<double>& series(const std::string& name) const {
    const auto found = std::ranges::find(plan.series, name);
    GEMEL_CHECK(found != plan.series.end());
    return result.series[static_cast<std::size_t>(found - plan.series.begin())];
  }
};

/// `items` at once, at 1 s.
void release(Flow& flow, std::uint32_t items) {
  flow.sources[0].between = Distribution::constant(1.0);
  flow.sources[0].batch = items;
  flow.sources[0].limit = items;
}

TEST(Vehicles, GoByTheirTimetable) {
  auto flow = textbook::shuttle(30.0, Distribution::constant(4.0));
  release(flow, 2);
  flow.fleets[0].unloading = Distribution::constant(6.0);
  flow.fleets[0].loaded = 0.5;
  // At a: loads until 5, drives until 65, unloads until 71; back at 101, loads until 105, drives
  // until 165, unloads until 171.
  const std::vector<double> sampled{1.01, 70.99, 71.01, 170.99, 171.01, 200.0};
  const Ran ran(flow, {.horizon = 200.0, .sampled = &sampled});
  EXPECT_THAT(ran.series("out.items"), ::testing::ElementsAre(0, 0, 1, 1, 2, 2));
  EXPECT_THAT(ran.series("agv.items"), ::testing::ElementsAre(2, 2, 1, 1, 0, 0));
  EXPECT_THAT(ran.series("agv.working"), ::testing::ElementsAre(1, 1, 1, 1, 0, 0));
  EXPECT_DOUBLE_EQ(ran["agv.loaded"], 140.0 / 200.0);
  EXPECT_DOUBLE_EQ(ran["agv.empty"], 30.0 / 200.0);
  EXPECT_DOUBLE_EQ(ran["agv.idle"], 30.0 / 200.0);
  EXPECT_DOUBLE_EQ(ran["agv.waiting"], 0.0);
  EXPECT_DOUBLE_EQ(ran["agv.utilisation"], 170.0 / 200.0);
  EXPECT_DOUBLE_EQ(ran["agv.wait"], 50.0);  // 0 and 100
  EXPECT_DOUBLE_EQ(ran["agv.deliveries"], 2.0 / 200.0);
}

TEST(Vehicles, WaitForAWayThatIsTaken) {
  auto flow = textbook::shuttle(30.0, Distribution::constant(0.0), 2);
  release(flow, 3);
  // Both load at 1; the first drives until 31, the second until 61, while the first waits at b for
  // the way back: until 91, and there again until 121.
  const std::vector<double> sampled{30.99, 31.01, 60.99, 61.01, 120.99, 121.01};
  const Ran ran(flow, {.horizon = 150.0, .sampled = &sampled});
  EXPECT_THAT(ran.series("out.items"), ::testing::ElementsAre(0, 1, 1, 2, 2, 3));
  EXPECT_DOUBLE_EQ(ran["agv.waiting"], 60.0 / 300.0);
  // Room for two in a row: both arrive at 31.
  flow.layout.ways[0].vehicles = 2;
  EXPECT_DOUBLE_EQ((Ran(flow, {.horizon = 50.0})["agv.waiting"]), 0.0);
}

TEST(Vehicles, NoneOvertakesOnAWay) {
  // A fast empty one behind a slow loaded one: from a to c by b.
  auto flow = textbook::shuttle(10.0, Distribution::constant(0.0), 2);
  release(flow, 1);
  flow.fleets[0].vehicles = 1;
  flow.fleets[0].loaded = 0.1;
  flow.fleets.push_back({.name = "fast", .next = {{"far"}}});
  flow.sources.push_back(
      {.name = "more", .between = Distribution::constant(10.0), .limit = 1, .next = {{"fast"}}});
  flow.sinks.push_back({"far"});
  flow.layout.points[0].serves.push_back("more");
  flow.layout.points[1].serves.push_back("far");
  flow.layout.ways[0].vehicles = 2;
  const std::vector<double> sampled{100.99, 101.01};
  const Ran ran(flow, {.horizon = 200.0, .sampled = &sampled});
  // The second leaves at 10 and would be there at 20; the first left at 1.
  EXPECT_THAT(ran.series("far.items"), ::testing::ElementsAre(0, 1));
  EXPECT_DOUBLE_EQ(ran["fast.waiting"], 81.0 / 200.0);
}

TEST(Vehicles, AsManyRoundTheRingAsItsWaysTake) {
  for (std::uint32_t vehicles = 1; vehicles <= 7; ++vehicles) {
    const auto known = textbook::ring(vehicles);
    const Ran ran(known.flow, {.warm_up = known.warm_up, .horizon = known.horizon});
    EXPECT_NEAR(ran["throughput"] / known.exact, 1.0, 1e-3) << vehicles;
  }
}

TEST(Vehicles, GoTheShortestWay) {
  auto flow = textbook::shuttle(50.0, Distribution::constant(0.0));
  release(flow, 1);
  flow.layout.points.push_back({.name = "c"});
  flow.layout.ways.push_back({.name = "ac", .from = "a", .to = "c", .length = 20.0});
  flow.layout.ways.push_back({.name = "cb", .from = "c", .to = "b", .length = 25.0});
  const Ran ran(flow, {.horizon = 100.0});
  EXPECT_DOUBLE_EQ(ran["time_in_system"], 45.0);
}

/// Two places, x near the vehicle's end z and y far from it; y asks first, at x more wait.
Flow two_places(FlowDispatching rule) {
  Flow flow;
  const auto source = [](const char* name, double at, std::uint32_t items) {
    return FlowSource{.name = name,
                      .between = Distribution::constant(at),
                      .batch = items,
                      .limit = items,
                      .next = {{"agv"}}};
  };
  flow.sources = {source("first", 0.1, 1), source("far", 1.0, 1), source("near", 2.0, 2)};
  flow.fleets = {{.name = "agv", .dispatching = rule, .next = {{"out"}}}};
  flow.sinks = {{"out"}};
  flow.layout.points = {{.name = "z", .serves = {"out", "first"}},
                        {.name = "x", .serves = {"near"}},
                        {.name = "y", .serves = {"far"}}};
  flow.layout.ways = {{.name = "zx", .from = "z", .to = "x", .length = 10.0, .both_ways = true},
                      {.name = "zy", .from = "z", .to = "y", .length = 30.0, .both_ways = true}};
  return flow;
}

TEST(Vehicles, AreSentByTheRule) {
  // The first item, from z to z, keeps it until 5. Then y takes 60 s, each of x 20 s.
  const std::vector<double> sampled{25.1, 45.1, 65.1, 85.1, 105.1};
  const auto delivered = [&](FlowDispatching rule) {
    const Ran ran(two_places(rule), {.horizon = 200.0, .sampled = &sampled});
    return ran.series("out.items");
  };
  // At 1 the far one is the only one that asks, whatever the rule: it goes there first, until 61.
  EXPECT_THAT(delivered(FlowDispatching::FirstCome), ::testing::ElementsAre(1, 1, 2, 3, 4));
  // With the vehicle kept busy until 5 the rules differ.
  const auto kept = [&](FlowDispatching rule) {
    auto flow = two_places(rule);
    flow.fleets[0].unloading = Distribution::constant(4.9);
    const Ran ran(flow, {.horizon = 200.0, .sampled = &sampled});
    return ran.series("out.items");
  };
  // 5 → y, 69.9 → x, 94.8 …; 5 → x, 29.9 → x, 54.8 → y, 119.7.
  EXPECT_THAT(kept(FlowDispatching::FirstCome), ::testing::ElementsAre(1, 1, 1, 2, 3));
  EXPECT_THAT(kept(FlowDispatching::Nearest), ::testing::ElementsAre(1, 2, 3, 3, 3));
  EXPECT_THAT(kept(FlowDispatching::LongestQueue), ::testing::ElementsAre(1, 2, 2, 2, 3));
}

TEST(Vehicles, TakeEachElementsItemsWhereTheyBelong) {
  auto flow = textbook::shuttle(10.0, Distribution::constant(0.0));
  release(flow, 3);
  FlowStation mill;
  mill.name = "mill";
  mill.service = Distribution::constant(5.0);
  mill.next = {{"agv"}};
  flow.stations = {mill};
  flow.fleets[0].next = {};
  flow.fleets[0].trips = {{"in", {{"mill"}}}, {"mill", {{"out"}}}};
  flow.layout.points[0].serves = {"in", "out"};
  flow.layout.points[1].serves = {"mill"};
  // At b at 11, 31 and 51, as the items at a came first; back at a with them at 61, 81 and 101.
  const std::vector<double> sampled{60.99, 61.01, 80.99, 81.01, 100.99, 101.01};
  const Ran ran(flow, {.horizon = 200.0, .sampled = &sampled});
  EXPECT_THAT(ran.series("out.items"), ::testing::ElementsAre(0, 1, 1, 2, 2, 3));
  flow.fleets[0].trips.pop_back();
  EXPECT_EQ(make_plan(flow).error().message,
            "'agv' is not told where to take what comes from 'mill'; give it a trip, or 'next' for "
            "all that have none");
  flow.fleets[0].trips.push_back({"out", {{"mill"}}});
  EXPECT_EQ(make_plan(flow).error().message,
            "'agv' has a trip from 'out', which does not lead to it; name 'agv' in its 'next'");
}

TEST(Vehicles, WaitForRoomWhereTheyGo) {
  auto flow = textbook::shuttle(10.0, Distribution::constant(0.0));
  release(flow, 3);
  FlowStation slow;
  slow.name = "slow";
  slow.service = Distribution::constant(100.0);
  slow.buffer = 0;
  slow.next = {{"out"}};
  flow.stations = {slow};
  flow.fleets[0].next = {{"slow"}};
  flow.layout.points[1].serves = {"slow"};
  const Ran ran(flow, {.horizon = 400.0});
  // There at 11, 31 and 131; room at 11, 111 and 211.
  EXPECT_DOUBLE_EQ(ran["agv.waiting"], 160.0 / 400.0);
  EXPECT_DOUBLE_EQ(ran["out.items"], 3.0);
}

TEST(Vehicles, FailAndAreRepairedOnTheirWay) {
  auto flow = textbook::one_vehicle(0.4).flow;
  flow.fleets[0].failures =
      FlowFailures{Distribution::exponential(500.0), Distribution::exponential(50.0), true, "crew"};
  flow.crews = {{"crew", 1}};
  const Ran ran(flow, {.warm_up = 1e4, .horizon = 3e6});
  // Of driving alone: 20 of the 40 s that a trip is loaded are loading.
  const double driving = ran["agv.deliveries"] * 40.0;
  EXPECT_NEAR(ran["agv.down"] / driving, 0.1, 0.005);
  EXPECT_NEAR(ran["agv.failures"] / (driving * 3e6 / 500.0), 1.0, 0.03);
  EXPECT_NEAR(ran["crew.utilisation"], ran["agv.down"], 1e-4);
}

TEST(Vehicles, MoreOrFasterOnesAreAskedForByName) {
  auto flow = textbook::one_vehicle().flow;
  const Ran before(flow, {.horizon = 1e5});
  ASSERT_TRUE(adjust(flow, "agv.vehicles", 2.0));
  EXPECT_LT((Ran(flow, {.horizon = 1e5})["agv.wait"]), before["agv.wait"]);
  ASSERT_TRUE(adjust(flow, "agv.vehicles", 1.0));
  ASSERT_TRUE(adjust(flow, "agv.speed", 1.1));
  EXPECT_LT((Ran(flow, {.horizon = 1e5})["agv.wait"]), before["agv.wait"]);
}

TEST(Vehicles, TheNumbersDependOnSeedAndReplicationAlone) {
  const auto plan = make_plan(textbook::one_vehicle().flow).value();
  const auto study =
      study_flow(plan, {.run = {.horizon = 1e5, .seed = 5}, .replications = 8}).value();
  for (std::uint64_t i = 0; i < 8; ++i) {
    const auto run = run_flow(plan, {.horizon = 1e5, .seed = 5, .replication = i}).value();
    for (std::size_t k = 0; k < plan.indicators.size(); ++k) {
      ASSERT_EQ(study.indicators[k].name, plan.indicators[k]);
      EXPECT_EQ(study.indicators[k].replications[i], run.indicators[k]) << plan.indicators[k];
    }
  }
}

TEST(Vehicles, AStandstillSaysWhoWaitsForWhat) {
  auto flow = textbook::shuttle(10.0, Distribution::constant(0.0));
  // Machines that feed each other by the vehicle, without room.
  FlowStation one = textbook::exponential("one", 1.0, "agv");
  one.buffer = 0;
  flow.stations = {one};
  flow.sources[0] = {
      .name = "in", .between = Distribution::constant(0.5), .cards = 2, .next = {{"one"}}};
  FlowStation other = textbook::exponential("other", 1.0, "other");
  other.buffer = 0;
  flow.stations.push_back(other);
  flow.fleets[0].next = {{"other"}};
  flow.layout.points[0].serves = {"one"};
  flow.layout.points[1].serves = {"other"};
  const Ran ran(flow, {.horizon = 1e4});
  EXPECT_TRUE(ran.result.locked);
  EXPECT_EQ(ran.result.standstill, "agv 1 at b for room at other, other for room at other");
}

}  // namespace
}  // namespace gemel::process_flow
