// Runs that begin from what stands where.

#include "process_flow/flow_start.hpp"

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

/// Two machines, 2 s and 4 s an item, that nothing comes to.
Flow two_machines() {
  Flow flow;
  flow.sources = {
      {.name = "in", .between = Distribution::constant(1e6), .limit = 0, .next = {{"a"}}}};
  flow.stations = {fixed("a", 2.0, "b"), fixed("b", 4.0, "out")};
  flow.sinks = {{"out"}};
  return flow;
}

std::size_t place_of(const std::vector<std::string>& names, std::string_view name) {
  return static_cast<std::size_t>(std::find(names.begin(), names.end(), name) - names.begin());
}

RunResult ran(const Flow& flow, RunSettings settings) {
  return run_flow(make_plan(flow).value(), settings).value();
}

double indicator(const Flow& flow, std::string_view name, const RunSettings& settings) {
  const auto plan = make_plan(flow).value();
  return run_flow(plan, settings).value().indicators[place_of(plan.indicators, name)].value();
}

TEST(FlowStart, WhatStandsThereGoesOnFromThere) {
  const auto flow = two_machines();
  FlowState start;
  start.stations = {{.buffer = 2, .machines = {{.activity = Activity::Working, .work_left = 1.0}}},
                    {.buffer = 1, .machines = {{.activity = Activity::Working, .work_left = 3.0}}}};
  const std::vector<double> times{0.5, 3.5, 7.5, 100.0};
  const auto plan = make_plan(flow).value();
  const auto run = run_flow(plan, {.horizon = 200, .start = &start, .sampled = &times}).value();
  const auto series = [&](const char* name) { return run.series[place_of(plan.series, name)]; };
  // Done at a: 1, 3, 5; at b: 3, 7, 11, 15, 19.
  EXPECT_EQ(series("a.queue"), (std::vector<double>{2, 0, 0, 0}));
  EXPECT_EQ(series("b.queue"), (std::vector<double>{1, 2, 2, 0}));
  EXPECT_EQ(series("a.working"), (std::vector<double>{1, 1, 0, 0}));
  EXPECT_EQ(series("out.items"), (std::vector<double>{0, 1, 2, 5}));
  EXPECT_EQ(series("items_in_system"), (std::vector<double>{5, 4, 3, 0}));
}

TEST(FlowStart, WhatWaitsAtASourceForRoomComesInAndIsWorkedOff) {
  auto flow = two_machines();
  flow.sources[0].between = Distribution::constant(10.0);
  flow.sources[0].limit = 50;
  flow.stations = {fixed("a", 4.0, "out")};
  flow.stations[0].buffer = 2;
  const auto plan = make_plan(flow).value();
  FlowState start;
  start.sources = {30};
  start.stations = {{.buffer = 2, .machines = {{.activity = Activity::Working, .work_left = 4.0}}}};
  const std::vector<double> times{0.0, 100.0, 2'000.0};
  const auto run = run_flow(plan, {.horizon = 2'000, .start = &start, .sampled = &times}).value();
  const auto series = [&](const char* name) { return run.series[place_of(plan.series, name)]; };
  EXPECT_EQ(series("in.waiting")[0], 30.0);
  EXPECT_NEAR(series("in.waiting")[1], 30.0 - 25.0 + 10.0, 2.0);  // 25 are worked off, 10 come
  EXPECT_EQ(series("in.waiting")[2], 0.0);
  EXPECT_EQ(series("out.items")[2], 30.0 + 3.0 + 50.0) << "nothing is lost";
}

TEST(FlowStart, NothingWaitsAtASourceWhereThereIsRoom) {
  auto flow = two_machines();
  flow.sources[0].between = Distribution::exponential(3.0);
  flow.sources[0].limit = UINT64_MAX;
  flow.stations = {fixed("a", 4.0, "out")};  // overloaded: in time all wait outside
  flow.stations[0].buffer = 2;
  flow.settles_within = 1'000.0;
  const auto plan = make_plan(flow).value();
  FlowState known;
  known.stations = {{.buffer = 2, .machines = {{.activity = Activity::Working}}}};
  EXPECT_GT(*complete(plan, known, {}).value().sources[0], 10u) << "full: drawn from its past";
  known.stations[0].buffer = 1;
  EXPECT_EQ(complete(plan, known, {}).value().sources[0], 0u);
  known.sources = {7};
  EXPECT_EQ(complete(plan, known, {}).value().sources[0], 7u);
}

TEST(FlowStart, AFasterMachineIsSoonerThroughWithWhatItHas) {
  auto flow = two_machines();
  FlowState start;
  start.stations = {{}, {.machines = {{.activity = Activity::Working, .work_left = 3.0}}}};
  const std::vector<double> times{2.0};
  EXPECT_EQ(ran(flow, {.start = &start, .sampled = &times}).series.back()[0], 0.0);
  flow.stations[1].speed = 2.0;
  EXPECT_EQ(ran(flow, {.start = &start, .sampled = &times}).series.back()[0], 1.0);
}

TEST(FlowStart, OneUnderRepairIsRepairedWhenItsTimeIsOver) {
  auto flow = two_machines();
  flow.stations[1].failures =
      FlowFailures{Distribution::constant(1e9), Distribution::constant(10.0), true, "crew"};
  flow.stations[0].failures = flow.stations[1].failures;
  flow.crews = {{"crew", 1}};
  FlowState start;
  start.stations = {
      {.machines = {{.activity = Activity::Failed, .work_left = 2.0, .repaired_for = 0.0}}},
      {.buffer = 0,
       .machines = {{.activity = Activity::Failed, .work_left = 1.0, .repaired_for = 4.0}}}};
  const std::vector<double> times{5.0, 6.5, 15.5, 16.5, 18.5, 23.0};
  const auto plan = make_plan(flow).value();
  const auto run = run_flow(plan, {.start = &start, .sampled = &times}).value();
  const auto series = [&](const char* name) { return run.series[place_of(plan.series, name)]; };
  EXPECT_EQ(series("b.down"), (std::vector<double>{1, 0, 0, 0, 0, 0}));  // 6 s more
  EXPECT_EQ(series("a.down"), (std::vector<double>{1, 1, 1, 0, 0, 0}));  // then a, 10 s
  EXPECT_EQ(series("out.items"), (std::vector<double>{0, 0, 1, 1, 1, 2}));
}

TEST(FlowStart, ABlockedMachineLetsGoWhenThereIsRoom) {
  auto flow = two_machines();
  flow.stations[1].buffer = 1;
  FlowState start;
  start.stations = {{.buffer = 0, .machines = {{.activity = Activity::Blocked}}},
                    {.buffer = 1, .machines = {{.activity = Activity::Working, .work_left = 1.0}}}};
  const std::vector<double> times{0.5, 1.5, 9.5};
  const auto plan = make_plan(flow).value();
  const auto run = run_flow(plan, {.start = &start, .sampled = &times}).value();
  EXPECT_EQ(run.series[place_of(plan.series, "a.blocked")], (std::vector<double>{1, 0, 0}));
  EXPECT_EQ(run.series.back(), (std::vector<double>{0, 1, 3}));
}

TEST(FlowStart, ShiftsGoByTheTimeOfDay) {
  auto flow = two_machines();
  flow.stations[0].shifts = {{6 * 3600.0, 14 * 3600.0}};
  FlowState start{.time = 20'000 * 86'400.0 + 5 * 3600.0};  // at 5 in the morning
  start.stations = {{.buffer = 1}};
  const std::vector<double> times{3599.0, 3607.0};
  const auto run = ran(flow, {.horizon = 7200, .start = &start, .sampled = &times});
  EXPECT_EQ(run.series.back(), (std::vector<double>{0, 1}));
}

TEST(FlowStart, WearAndTheTimeSinceMaintenanceAreTold) {
  auto flow = two_machines();
  flow.stations[1].failures =
      FlowFailures{Distribution::constant(1e6), Distribution::constant(1.0), true, ""};
  flow.stations[1].maintenance = FlowMaintenance{.first = 30, .every = 100, .duration = 10};
  FlowState start;
  start.stations = {
      {},
      {.buffer = 1,
       .machines = {{.activity = Activity::Working, .work_left = 2.0, .worn = 500.0}}}};
  const std::vector<double> times{1.0, 20.0, 45.0};
  const auto plan = make_plan(flow).value();
  const auto run = run_flow(plan, {.start = &start, .sampled = &times}).value();
  EXPECT_EQ(run.series[place_of(plan.series, "b.worn")], (std::vector<double>{501, 506, 0}));
  EXPECT_EQ(run.series[place_of(plan.series, "b.maintained")], (std::vector<double>{71, 90, 5}));
}

// Deferred maintenance: what wears out fails more, what fails by chance alone does not.
TEST(FlowStart, ALaterInspectionLetsAWearingMachineFailMoreAndOthersNot) {
  const double month = 30.0 * 86'400.0;
  const auto failures = [&](const Distribution& uptime, double first) {
    auto flow = two_machines();
    flow.sources[0] = {.name = "in", .between = Distribution::constant(3600.0), .next = {{"a"}}};
    flow.stations[0] = fixed("a", 60.0, "out");
    flow.stations.pop_back();
    flow.stations[0].failures = FlowFailures{uptime, Distribution::constant(3600.0), false, ""};
    flow.stations[0].maintenance =
        FlowMaintenance{.first = first, .every = 3.0 * month, .duration = 7200.0};
    FlowState start;
    start.stations = {{.machines = {{.worn = 2.9 * month}}}};
    double sum = 0.0;
    for (std::uint64_t i = 0; i < 400; ++i)
      sum += indicator(flow, "a.failures", {.horizon = month, .replication = i, .start = &start});
    return sum / 400;
  };
  const auto wearing = *Distribution::make("weibull", {3.0, 3.0 * month});
  EXPECT_GT(failures(wearing, month), 3.0 * failures(wearing, 0.1 * month));
  const auto chance = Distribution::exponential(3.0 * month);
  EXPECT_NEAR(failures(chance, month), failures(chance, 0.1 * month), 0.05);
}

TEST(FlowStart, WhatIsNotKnownIsAsInTheLongRun) {
  // A queue that starts from completed states is at once as it is on the average: 0.7² / 0.3 wait.
  const auto plan = make_plan(textbook::mm1().flow).value();
  const std::vector<double> now{0.0};
  double buffer = 0.0, working = 0.0;
  constexpr int kDraws = 2000;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const RunSettings settings{.horizon = 1.0, .replication = i};
    const auto start = complete(plan, {}, settings).value();
    buffer += *start.stations[0].buffer;
    working += start.stations[0].machines[0].activity == Activity::Working;
  }
  EXPECT_NEAR(working / kDraws, 0.7, 0.04);
  EXPECT_NEAR(buffer / kDraws, 0.49 / 0.3, 0.25);
}

TEST(FlowStart, LivesThatAreMetAtRandomEndAtTheirMeanRate) {
  // An equilibrium renewal process: t / mean ends in any time t, however short. Source: Cox, 1962.
  auto flow = two_machines();
  flow.stations[0].failures = FlowFailures{*Distribution::make("weibull", {3.0, 1000.0}),
                                           Distribution::constant(0.0), false, ""};
  const double mean = flow.stations[0].failures->uptime.mean();
  const auto plan = make_plan(flow).value();
  FlowState known;
  known.stations = {{.buffer = 0, .machines = {{.activity = Activity::Idle}}},
                    {.buffer = 0, .machines = {{.activity = Activity::Idle}}}};
  const auto place = place_of(plan.indicators, "a.failures");
  for (const double horizon : {200.0, 700.0}) {
    double ends = 0.0;
    constexpr int kDraws = 20'000;
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      RunSettings settings{.horizon = horizon, .replication = i};
      const auto start = complete(plan, known, settings).value();
      settings.start = &start;
      ends += *run_flow(plan, settings).value().indicators[place];
    }
    EXPECT_NEAR(ends / kDraws, horizon / mean, 0.02 * horizon / mean + 0.005) << horizon;
  }
}

TEST(FlowStart, WhatIsKnownStandsAndTheSameSeedGivesTheSame) {
  const auto plan = make_plan(textbook::jackson().flow).value();
  FlowState known{.time = 5.0};
  known.stations = {{.buffer = 7}};
  const auto first = complete(plan, known, {.seed = 3}).value();
  const auto again = complete(plan, known, {.seed = 3}).value();
  EXPECT_EQ(first.stations[0].buffer, 7u);
  EXPECT_EQ(first.stations[1].buffer, again.stations[1].buffer);
  EXPECT_EQ(first.stations[1].machines[0].work_left, again.stations[1].machines[0].work_left);
}

TEST(FlowStart, TheWearOfAMachineIsNoMoreThanTheTimeSinceItsMaintenance) {
  auto flow = two_machines();
  flow.stations[0].failures =
      FlowFailures{Distribution::exponential(1000.0), Distribution::constant(1.0), false, ""};
  flow.stations[0].maintenance = FlowMaintenance{.first = 90, .every = 100, .duration = 1};
  const auto plan = make_plan(flow).value();
  FlowState known;
  known.stations = {{.buffer = 0, .machines = {{.activity = Activity::Idle}}},
                    {.buffer = 0, .machines = {{.activity = Activity::Idle}}}};
  double most = 0.0;
  for (std::uint64_t i = 0; i < 50; ++i) {
    const auto state = complete(plan, known, {.replication = i}).value();
    most = std::max(most, *state.stations[0].machines[0].worn);
  }
  EXPECT_EQ(most, 10.0);
}

}  // namespace
}  // namespace gemel::process_flow
