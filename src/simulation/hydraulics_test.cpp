#include "simulation/hydraulics.hpp"

#include <cmath>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "simulation/synthetic_station.hpp"

namespace gemel::simulation {
namespace {

Station demo() { return test::SyntheticStation(1).truth; }

/// What a line loses and gains on its way to the junction.
double junction_head_m(const Line& line, double flow, const Setting& setting) {
  return suction_head_m(line, flow) + pump_head_m(line, flow, setting.speed) -
         (line.pipe + valve_resistance(line, setting.valve)) * flow * flow;
}

TEST(Hydraulics, FollowsTheAffinityLaws) {
  const auto station = demo();
  const auto& line = station.lines[0];
  for (const double ratio : {0.6, 0.9, 1.2}) {
    EXPECT_NEAR(pump_head_m(line, ratio * 0.004, ratio),
                ratio * ratio * pump_head_m(line, 0.004, 1.0), 1e-9);
    EXPECT_NEAR(power_w(station, line, ratio * 0.004, ratio),
                std::pow(ratio, 3) * power_w(station, line, 0.004, 1.0), 1e-6);
    EXPECT_NEAR(efficiency(line, ratio * 0.004, ratio), efficiency(line, 0.004, 1.0), 1e-12);
  }
}

TEST(Hydraulics, PowerTimesEfficiencyIsWhatTheWaterGets) {
  const auto station = demo();
  const auto& line = station.lines[0];
  for (const double flow : {0.001, 0.003, 0.005}) {
    const double water = station.pascals(pump_head_m(line, flow, 1.1)) * flow;
    EXPECT_NEAR(power_w(station, line, flow, 1.1) * efficiency(line, flow, 1.1), water,
                1e-9 * water);
  }
}

TEST(Hydraulics, PowerIsFiniteWithoutFlowAndNothingAtStandstill) {
  const auto station = demo();
  EXPECT_GT(power_w(station, station.lines[0], 0.0, 1.0), 0.0);
  EXPECT_TRUE(std::isfinite(power_w(station, station.lines[0], 0.0, 1.0)));
  EXPECT_EQ(power_w(station, station.lines[0], 0.0, 0.0), 0.0);
}

RC_GTEST_PROP(Hydraulics, HeadsBalanceInEveryRunningLine, ()) {
  auto station = demo();
  const auto unit = rc::gen::map(rc::gen::inRange(0, 1001), [](int v) { return v / 1000.0; });
  std::vector<Setting> settings;
  for (auto& line : station.lines) {
    settings.push_back({0.2 + 1.1 * *unit, 0.1 + 0.9 * *unit});
    line.strainer *= 1.0 + 30.0 * *unit;
  }
  station.riser *= 3.0 * *unit;
  const double level = 3.0 * *unit;
  std::vector<double> flows(2);
  solve_flows(station, settings, level, 0.01 * *unit, flows);
  const double total = flows[0] + flows[1];
  const double junction = station.static_head_m + level + station.riser * total * total;
  for (std::size_t i = 0; i < 2; ++i) {
    RC_ASSERT(flows[i] >= 0.0);
    const double line_head = junction_head_m(station.lines[i], flows[i], settings[i]);
    if (flows[i] > 1e-5)
      RC_ASSERT(std::abs(line_head - junction) < 1e-4);
    else
      RC_ASSERT(line_head <= junction + 1e-4);  // the check valve is shut
  }
}

TEST(Hydraulics, MoreSpeedMoreFlowLessForTheNeighbour) {
  const auto station = demo();
  std::vector<double> before(2), after(2);
  solve_flows(station, std::vector<Setting>{{1.0, 0.7}, {1.0, 0.7}}, 2.0, 0.0, before);
  solve_flows(station, std::vector<Setting>{{1.1, 0.7}, {1.0, 0.7}}, 2.0, 0.0, after);
  EXPECT_GT(after[0], before[0]);
  EXPECT_LT(after[1], before[1]);
}

}  // namespace
}  // namespace gemel::simulation
