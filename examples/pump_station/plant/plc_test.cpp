#include "plc.hpp"

#include <gtest/gtest.h>

#include "station_fixture.hpp"

namespace riverside {
namespace {

constexpr int kLine1 = 0;
constexpr int kLine2 = 1;

TEST(Plc, TripsAPumpThatStarvesAndTakesASpeedAsReset) {
  Plant plant = settled_plant();
  plant.faults().start(fault_of_line(FaultKind::Clogging, kLine1, 0.9), plant.now());
  ASSERT_TRUE(plant.plc().set_speed(kLine1, 1750.0));
  run_for(plant, 60.0);
  EXPECT_EQ(plant.plc().trip(kLine1), Trip::LowSuction);
  EXPECT_LT(truth(plant, kLine1, LineSignal::Speed), 1.0);
  EXPECT_EQ(truth(plant, kLine1, LineSignal::Flow), 0.0);  // the check valve holds
  EXPECT_EQ(plant.take_events().size(), 1u);

  plant.faults().clear();
  ASSERT_TRUE(plant.plc().set_speed(kLine1, 1450.0));
  run_for(plant, 120.0);
  EXPECT_EQ(plant.plc().trip(kLine1), Trip::None);
  EXPECT_GT(truth(plant, kLine1, LineSignal::Flow), 200.0);
}

TEST(Plc, StopsBothPumpsBeforeTheTankSpills) {
  Plc plc;
  Readings readings{};
  readings[index_of(StationSignal::Level)].value = 3.1;
  std::vector<std::string> events;
  for (int i = 0; i < 50; ++i) plc.scan(readings, 0.1, events);
  EXPECT_EQ(plc.trip(kLine1), Trip::HighLevel);
  EXPECT_EQ(plc.trip(kLine2), Trip::HighLevel);
  EXPECT_FALSE(plc.set_speed(kLine1, 1450.0));

  readings[index_of(StationSignal::Level)].value = 2.6;
  plc.scan(readings, 0.1, events);
  EXPECT_TRUE(plc.runs(kLine1) && plc.runs(kLine2));
  EXPECT_EQ(events.size(), 4u);
}

TEST(Plc, TripsOnLastingOverloadOnly) {
  Plc plc;
  Readings readings{};
  readings[index_of(kLine2, LineSignal::Current)].value = 8.5;
  std::vector<std::string> events;
  for (int i = 0; i < 95; ++i) plc.scan(readings, 0.1, events);
  EXPECT_EQ(plc.trip(kLine2), Trip::None);
  for (int i = 0; i < 10; ++i) plc.scan(readings, 0.1, events);
  EXPECT_EQ(plc.trip(kLine2), Trip::Overload);
  EXPECT_EQ(plc.trip(kLine1), Trip::None);
}

TEST(Plc, SlowlyRaisesPumpTwoWhenTheTankIsLow) {
  Plc plc;
  Readings readings{};
  readings[index_of(StationSignal::Level)].value = 1.8;
  std::vector<std::string> events;
  for (int i = 0; i < 600; ++i) plc.scan(readings, 0.1, events);
  EXPECT_NEAR(plc.speed_setpoint_rpm(kLine2), 1480.0, 0.1);  // 0.5 rpm/s
  EXPECT_EQ(plc.speed_setpoint_rpm(kLine1), 1450.0);
}

TEST(Plc, LeavesPumpTwoAloneInsideTheDeadband) {
  Plc plc;
  Readings readings{};
  readings[index_of(StationSignal::Level)].value = 2.019;
  std::vector<std::string> events;
  for (int i = 0; i < 600; ++i) plc.scan(readings, 0.1, events);
  EXPECT_EQ(plc.speed_setpoint_rpm(kLine2), 1450.0);
}

TEST(Plc, PausesTheTrimAfterAHandSetsPumpTwo) {
  Plc plc;
  Readings readings{};
  readings[index_of(StationSignal::Level)].value = 1.8;
  std::vector<std::string> events;
  ASSERT_TRUE(plc.set_speed(kLine2, 1400.0));
  for (int i = 0; i < 5'900; ++i) plc.scan(readings, 0.1, events);
  EXPECT_EQ(plc.speed_setpoint_rpm(kLine2), 1400.0);
  for (int i = 0; i < 600; ++i) plc.scan(readings, 0.1, events);
  EXPECT_GT(plc.speed_setpoint_rpm(kLine2), 1410.0);
}

TEST(Plc, HoldsItsSpeedWhenTheLevelIsUnknown) {
  Plc plc;
  std::vector<std::string> events;
  for (int i = 0; i < 600; ++i) plc.scan(Readings{}, 0.1, events);
  EXPECT_EQ(plc.speed_setpoint_rpm(kLine2), 1450.0);
  EXPECT_TRUE(events.empty());
}

TEST(Plc, RefusesWhatIsOutOfRange) {
  Plc plc;
  EXPECT_FALSE(plc.set_speed(kLine1, 899.0));
  EXPECT_FALSE(plc.set_speed(kLine1, 1801.0));
  EXPECT_FALSE(plc.set_speed(kLine1, std::nan("")));
  EXPECT_FALSE(plc.set_position(kLine1, 100.5));
  EXPECT_FALSE(plc.set_position(kLine1, -1.0));
  EXPECT_TRUE(plc.set_speed(kLine1, 1800.0));
  EXPECT_TRUE(plc.set_position(kLine1, 0.0));
}

}  // namespace
}  // namespace riverside
