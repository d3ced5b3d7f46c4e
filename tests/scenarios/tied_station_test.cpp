// The demo's equations tied to the demo's station, when something happens that no wander foresees.

#include <cmath>

#include <gtest/gtest.h>

#include "twinned_station.hpp"

namespace gemel::scenarios {
namespace {

using examples::TwinnedStation;
using riverside::FaultKind;

class TiedStation : public ::testing::TestWithParam<std::uint64_t> {
 protected:
  TiedStation() { live.run(600); }

  void start(FaultKind kind, double severity, double ramp_s) {
    riverside::FaultRequest fault;
    fault.kind = kind;
    fault.line = 0;
    fault.severity = severity;
    fault.ramp_s = ramp_s;
    if (kind == FaultKind::DriftingSensor)
      fault.signal = *riverside::find_signal("strainer_1", "differential_pressure");
    live.station().faults().start(fault, live.station().now());
  }
  double believed(const char* path) const { return live.believed(path); }
  Grade grade(const char* path) const { return live.belief(path).quality().grade; }

  TwinnedStation live{examples::demo_twin(), GetParam()};
};

TEST_P(TiedStation, AStrainerThatClogsWithinSecondsIsTheStrainersAlone) {
  const double wear = believed("pump_1.wear"), efficiency = believed("pump_1.best_efficiency");
  const double clean = live.believed_open(0);
  start(FaultKind::Clogging, 0.6, 20.0);
  live.run(60);
  // Six tenths of the mesh are covered: four tenths of what was open still are.
  EXPECT_NEAR(live.believed_open(0) / clean, 0.4, 0.013);
  EXPECT_EQ(grade("strainer_1.deposit"), Grade::Uncertain);
  EXPECT_TRUE(live.belief("strainer_1.deposit").quality().has(Cause::Extrapolated));
  EXPECT_NEAR(believed("pump_1.wear"), wear, 0.5);
  EXPECT_NEAR(believed("pump_1.best_efficiency"), efficiency, 0.5);
  EXPECT_EQ(grade("pump_1.wear"), Grade::Good);

  live.run(300);
  EXPECT_NEAR(live.believed_open(0) / clean, 0.4, 0.013);
  EXPECT_NEAR(believed("pump_1.wear"), wear, 0.5);
  EXPECT_EQ(grade("strainer_1.deposit"), Grade::Good);

  live.station().faults().clear();
  live.run(60);
  EXPECT_NEAR(live.believed_open(0), clean, 0.04);
  EXPECT_NEAR(believed("pump_1.wear"), wear, 0.5);
}

TEST_P(TiedStation, AGaugeThatDriftsIsNotTakenForFouling) {
  const double clean = live.believed_open(0), wear = believed("pump_1.wear");
  start(FaultKind::DriftingSensor, 0.6, 20.0);
  live.run(300);
  EXPECT_GT(believed("strainer_1.differential_pressure"), 0.2);
  EXPECT_NEAR(live.believed_open(0), clean, 0.04);
  EXPECT_NEAR(believed("pump_1.wear"), wear, 0.5);
}

TEST_P(TiedStation, WhatTheEquationsDontKnowIsMarkedAndForgotten) {
  const double wear = believed("pump_1.wear"), efficiency = believed("pump_1.best_efficiency");
  start(FaultKind::Cavitation, 0.6, 5.0);
  int uncertain = 0;
  for (int i = 0; i < 20; ++i) {
    live.run(10);
    uncertain += grade("pump_1.wear") == Grade::Uncertain;
  }
  EXPECT_GE(uncertain, 15);  // it flutters: the estimates never settle
  live.station().faults().clear();
  live.run(180);
  EXPECT_NEAR(believed("pump_1.wear"), wear, 0.5);
  EXPECT_NEAR(believed("pump_1.best_efficiency"), efficiency, 0.7);
  EXPECT_EQ(grade("pump_1.wear"), Grade::Good);
}

INSTANTIATE_TEST_SUITE_P(Stations, TiedStation, ::testing::Values(51, 52, 53));

}  // namespace
}  // namespace gemel::scenarios
