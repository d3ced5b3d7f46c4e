#include "plant.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "station_fixture.hpp"

namespace riverside {
namespace {

constexpr int kLine1 = 0;
constexpr int kLine2 = 1;

TEST(Plant, SettlesWhereItsHeadsBalance) {
  Plant plant = settled_plant();
  // By hand, for line 1 at 1446 rpm: the pump's curve gives the head between its two gauges.
  const double flow = truth(plant, kLine1, LineSignal::Flow);
  const double ratio = truth(plant, kLine1, LineSignal::Speed) / 1450.0;
  const double head = 24.4 * ratio * ratio - 3.5 * std::pow(flow / 250.0, 2.0);
  const double gauges_bar = truth(plant, kLine1, LineSignal::DischargePressure) -
                            truth(plant, kLine1, LineSignal::SuctionPressure);
  EXPECT_NEAR(gauges_bar, 999.1 * 9.80665 * head / 1e5, 0.002);
  // Lift 16 m, and friction: strainer 0.55, suction 0.25, discharge 0.5, valve 2.4, riser 1.3 m.
  EXPECT_NEAR(head, 16.0 + 5.0, 0.8);
}

TEST(Plant, RunsNearItsNominalDuty) {
  Plant plant = settled_plant();
  const Stretch seen = watch(plant, 60);
  const auto mean = [&](LineSignal signal) { return seen.mean[index_of(kLine1, signal)]; };
  EXPECT_NEAR(mean(LineSignal::Flow), 250.0, 15.0);
  EXPECT_NEAR(mean(LineSignal::DischargePressure), 2.55, 0.1);
  EXPECT_NEAR(mean(LineSignal::SuctionPressure), 0.52, 0.08);
  EXPECT_NEAR(mean(LineSignal::Speed), 1450.0, 15.0);
  EXPECT_NEAR(mean(LineSignal::StrainerDifferentialPressure), 0.055, 0.015);
  EXPECT_NEAR(seen.mean[index_of(StationSignal::Level)], 2.0, 0.15);
  EXPECT_NEAR(seen.mean[index_of(StationSignal::Inflow)],
              mean(LineSignal::Flow) + seen.mean[index_of(kLine2, LineSignal::Flow)], 8.0);
}

TEST(Plant, DrawsThePowerThatHeadFlowAndEfficiencyExplain) {
  const Plant plant = settled_plant();
  const double flow_m3_s = truth(plant, kLine1, LineSignal::Flow) / 60'000.0;
  const double lifted_pa = (truth(plant, kLine1, LineSignal::DischargePressure) -
                            truth(plant, kLine1, LineSignal::SuctionPressure)) *
                           1e5;
  const double hydraulic_kw = flow_m3_s * lifted_pa / 1e3;
  // Pump 0.52, motor with bearing 0.86, drive 0.975.
  EXPECT_NEAR(hydraulic_kw / truth(plant, kLine1, LineSignal::Power), 0.52 * 0.86 * 0.975, 0.03);
}

TEST(Plant, KeepsTheWaterOfTheTank) {
  Plant plant = settled_plant();
  const double before = truth(plant, StationSignal::Level);
  double net_l = 0.0;
  for (int i = 0; i < 6'000; ++i) {
    plant.scan();
    net_l += (truth(plant, StationSignal::Inflow) - truth(plant, StationSignal::Demand)) *
             (kScanMs / 60e3);
  }
  EXPECT_NEAR(truth(plant, StationSignal::Level) - before, net_l / 1e3 / 12.0, 1e-5);
}

TEST(Plant, IsTheSameForTheSameSeedAndAnotherForAnother) {
  Plant one = Plant(kMorning, 11), two = Plant(kMorning, 11), other = Plant(kMorning, 12);
  for (Plant* each : {&one, &two, &other}) run_for(*each, 30.0);
  EXPECT_EQ(one.readings(), two.readings());
  EXPECT_NE(one.readings(), other.readings());
}

TEST(Plant, HoldsTheLevelFromMorningToNight) {
  Plant plant = settled_plant();
  for (int hour = 0; hour < 12; ++hour) {
    run_for(plant, 3'600.0);
    EXPECT_NEAR(truth(plant, StationSignal::Level), 2.0, 0.25) << "after " << hour + 1 << " h";
    EXPECT_TRUE(plant.plc().runs(kLine1) && plant.plc().runs(kLine2));
  }
}

TEST(Plant, FollowsASpeedSetpointAlongItsRamp) {
  Plant plant = settled_plant();
  ASSERT_TRUE(plant.plc().set_speed(kLine1, 1600.0));
  run_for(plant, 5.0);
  EXPECT_NEAR(truth(plant, kLine1, LineSignal::Speed), 1496.0, 6.0);
  run_for(plant, 15.0);
  EXPECT_NEAR(truth(plant, kLine1, LineSignal::Speed), 1596.0, 6.0);
}

TEST(Plant, PassesNothingThroughAClosedValve) {
  Plant plant = settled_plant();
  ASSERT_TRUE(plant.plc().set_position(kLine1, 0.0));
  run_for(plant, 60.0);
  EXPECT_EQ(truth(plant, kLine1, LineSignal::Flow), 0.0);
  EXPECT_GT(truth(plant, kLine2, LineSignal::Flow), 100.0);
  EXPECT_GT(truth(plant, kLine1, LineSignal::DischargePressure), 2.8);  // shut-off head
}

class Clogging : public testing::TestWithParam<double> {};
INSTANTIATE_TEST_SUITE_P(Severities, Clogging, testing::Values(0.6, 0.7, 0.78, 0.8));

TEST_P(Clogging, IsRemediedByMoreSpeedWithoutCavitation) {
  Plant plant = settled_plant();
  const double flow_before = watch(plant, 30).mean[index_of(kLine1, LineSignal::Flow)];
  plant.faults().start(fault_of_line(FaultKind::Clogging, kLine1, GetParam(), 20.0), plant.now());
  run_for(plant, 30.0);
  const double flow_clogged = watch(plant, 30).mean[index_of(kLine1, LineSignal::Flow)];
  ASSERT_LT(flow_clogged, 0.90 * flow_before);

  ASSERT_TRUE(plant.plc().set_speed(kLine1, 1750.0));
  run_for(plant, 60.0);
  EXPECT_GT(watch(plant, 30).mean[index_of(kLine1, LineSignal::Flow)], 0.88 * flow_before);
  const LineHeads& heads = plant.heads(kLine1);
  EXPECT_GT(heads.npsh_available_m, heads.npsh_required_m + 1.0);
  EXPECT_EQ(heads.cavitation, 0.0);
  EXPECT_EQ(plant.plc().trip(kLine1), Trip::None);
}

TEST(CloggingOfTheTour, TakesAThirdOfTheFlowAndSinksTheTank) {
  Plant plant = settled_plant();
  const Stretch before = watch(plant, 60);
  const double level_before = truth(plant, StationSignal::Level);
  const double balance_before =
      before.mean[index_of(StationSignal::Inflow)] - before.mean[index_of(StationSignal::Demand)];
  plant.faults().start(fault_of_line(FaultKind::Clogging, kLine1, 0.78, 20.0), plant.now());
  run_for(plant, 20.0);
  const Stretch after = watch(plant, 60);
  const auto flow = index_of(kLine1, LineSignal::Flow);
  EXPECT_LT(after.mean[flow], 0.70 * before.mean[flow]);
  EXPECT_GT(after.mean[flow], 0.50 * before.mean[flow]);
  EXPECT_LT(
      after.mean[index_of(StationSignal::Inflow)] - after.mean[index_of(StationSignal::Demand)],
      balance_before - 60.0);
  EXPECT_LT(truth(plant, StationSignal::Level), level_before - 0.005);  // five times its noise
}

TEST(CloggingOfTheTour, IsEasedByOpeningTheValve) {
  Plant plant = settled_plant();
  plant.faults().start(fault_of_line(FaultKind::Clogging, kLine1, 0.78, 5.0), plant.now());
  run_for(plant, 20.0);
  const double clogged = watch(plant, 30).mean[index_of(kLine1, LineSignal::Flow)];
  ASSERT_TRUE(plant.plc().set_position(kLine1, 100.0));
  run_for(plant, 20.0);
  EXPECT_GT(watch(plant, 30).mean[index_of(kLine1, LineSignal::Flow)], clogged + 5.0);
}

}  // namespace
}  // namespace riverside
