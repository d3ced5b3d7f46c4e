#include "faults.hpp"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "station_fixture.hpp"

namespace riverside {
namespace {

constexpr int kLine1 = 0;
constexpr int kLine2 = 1;

std::size_t line_signal(int line, LineSignal signal) { return index_of(line, signal); }

/// Signals that a fault moves by more than `noise_factor` times their own noise, between the same
/// stretch of time with and without it: the station is deterministic, so all else is equal.
std::set<std::string> moved_by(const FaultRequest& fault, double noise_factor = 5.0) {
  Plant healthy = settled_plant();
  Plant faulty = settled_plant();
  faulty.faults().start(fault, faulty.now());
  run_for(healthy, 40.0);
  run_for(faulty, 40.0);
  const Stretch usual = watch(healthy, 40);
  const Stretch seen = watch(faulty, 40);
  std::set<std::string> moved;
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    const double noise = std::max({usual.deviation[i], signals()[i].sensor.resolution, 1e-9});
    if (std::abs(seen.mean[i] - usual.mean[i]) > noise_factor * noise) {
      moved.insert(signals()[i].path());
    }
  }
  return moved;
}

bool any_of_line(const std::set<std::string>& moved, const std::string& asset) {
  for (const auto& path : moved) {
    if (path.starts_with(asset)) return true;
  }
  return false;
}

TEST(Faults, CloggingMovesFlowSuctionAndStrainer) {
  const auto moved = moved_by(fault_of_line(FaultKind::Clogging, kLine1, 0.8));
  for (const char* each :
       {"line_1.pump_1.flow", "line_1.pump_1.suction_pressure", "line_1.pump_1.discharge_pressure",
        "line_1.strainer_1.differential_pressure", "tank_1.inflow"}) {
    EXPECT_TRUE(moved.contains(each)) << each;
  }
  EXPECT_FALSE(moved.contains("line_1.pump_1.bearing_temperature"));
  EXPECT_FALSE(any_of_line(moved, "line_2.valve_2"));
  EXPECT_FALSE(moved.contains("line_2.pump_2.vibration"));
}

TEST(Faults, BearingWearMovesVibrationAndBearingTemperatureButNotTheWater) {
  const auto moved = moved_by(fault_of_line(FaultKind::BearingWear, kLine2, 0.7));
  EXPECT_TRUE(moved.contains("line_2.pump_2.vibration"));
  EXPECT_TRUE(moved.contains("line_2.pump_2.bearing_temperature"));
  EXPECT_FALSE(moved.contains("line_2.pump_2.flow"));
  EXPECT_FALSE(moved.contains("line_2.pump_2.discharge_pressure"));
  EXPECT_FALSE(any_of_line(moved, "line_1"));
  EXPECT_FALSE(any_of_line(moved, "tank_1"));
}

TEST(Faults, ImpellerWearMovesHeadAndFlowOfItsLineButNoTemperature) {
  const auto moved = moved_by(fault_of_line(FaultKind::ImpellerWear, kLine1, 0.2));
  for (const char* each : {"line_1.pump_1.flow", "line_1.pump_1.discharge_pressure"})
    EXPECT_TRUE(moved.contains(each)) << each;
  EXPECT_FALSE(moved.contains("line_1.pump_1.bearing_temperature"));
  EXPECT_FALSE(moved.contains("line_2.pump_2.vibration"));
}

TEST(Faults, CavitationMovesVibrationAndDeliveryButNotTheStrainersCleanliness) {
  const auto moved = moved_by(fault_of_line(FaultKind::Cavitation, kLine2, 0.8));
  EXPECT_TRUE(moved.contains("line_2.pump_2.vibration"));
  EXPECT_TRUE(moved.contains("line_2.pump_2.flow"));
  EXPECT_FALSE(moved.contains("line_2.pump_2.bearing_temperature"));
  Plant plant = settled_plant();
  const Stretch before = watch(plant, 30);
  plant.faults().start(fault_of_line(FaultKind::Cavitation, kLine2, 0.8), plant.now());
  run_for(plant, 10.0);
  const Stretch after = watch(plant, 60);
  const auto discharge = line_signal(kLine2, LineSignal::DischargePressure);
  EXPECT_GT(after.deviation[discharge], 3.0 * before.deviation[discharge]);  // it flutters
  // Less flow through a clean mesh: suction pressure rises, where clogging would lower it.
  const auto suction = line_signal(kLine2, LineSignal::SuctionPressure);
  EXPECT_GT(after.mean[suction], before.mean[suction]);
}

TEST(Faults, LeakLetsThePumpsDeliverMoreThanTheTankReceives) {
  FaultRequest leak;
  leak.kind = FaultKind::Leak;
  leak.severity = 0.7;
  const auto moved = moved_by(leak);
  EXPECT_TRUE(moved.contains("tank_1.inflow"));
  EXPECT_FALSE(any_of_line(moved, "line_1.strainer_1"));
  EXPECT_FALSE(moved.contains("line_1.pump_1.vibration"));
  EXPECT_FALSE(moved.contains("tank_1.demand"));

  Plant plant = settled_plant();
  plant.faults().start(leak, plant.now());
  run_for(plant, 20.0);
  const double delivered =
      truth(plant, kLine1, LineSignal::Flow) + truth(plant, kLine2, LineSignal::Flow);
  EXPECT_NEAR(delivered - truth(plant, StationSignal::Inflow), 0.7 * 160.0, 20.0);
}

TEST(Faults, StuckValveIgnoresItsSetpoint) {
  Plant plant = settled_plant();
  plant.faults().start(fault_of_line(FaultKind::StuckValve, kLine2, 1.0), plant.now());
  EXPECT_TRUE(moved_by(fault_of_line(FaultKind::StuckValve, kLine2, 1.0)).empty());
  ASSERT_TRUE(plant.plc().set_position(kLine2, 40.0));
  run_for(plant, 30.0);
  EXPECT_NEAR(truth(plant, kLine2, LineSignal::ValvePosition), 70.0, 0.2);
  EXPECT_EQ(truth(plant, kLine2, LineSignal::ValveSetpoint), 40.0);
}

TEST(Faults, DriftMovesItsOwnSignalOnly) {
  FaultRequest drift;
  drift.kind = FaultKind::DriftingSensor;
  drift.signal = *find_signal("strainer_2", "differential_pressure");
  drift.ramp_s = 30.0;
  EXPECT_EQ(moved_by(drift), std::set<std::string>{"line_2.strainer_2.differential_pressure"});
}

TEST(Faults, DeadSensorIsNullOmittedOrFrozen) {
  const std::size_t signal = *find_signal("tank_1", "demand");
  FaultRequest dead;
  dead.kind = FaultKind::DeadSensor;
  dead.signal = signal;
  Plant plant = settled_plant();
  plant.faults().start(dead, plant.now());
  run_for(plant, 1.0);
  EXPECT_EQ(plant.readings()[signal], (Reading{std::nullopt, false}));

  dead.death = SensorHealth::Omitted;
  plant.faults().start(dead, plant.now());
  run_for(plant, 1.0);
  EXPECT_EQ(plant.readings()[signal], (Reading{std::nullopt, true}));

  plant.faults().clear();
  run_for(plant, 1.0);
  const Reading last = plant.readings()[signal];
  dead.death = SensorHealth::Frozen;
  plant.faults().start(dead, plant.now());
  for (int i = 0; i < 20; ++i) {
    run_for(plant, 1.0);
    EXPECT_EQ(plant.readings()[signal], last);
  }
}

TEST(Faults, DeadSensorLeavesAllOthersUntouched) {
  FaultRequest dead;
  dead.kind = FaultKind::DeadSensor;
  dead.signal = *find_signal("tank_1", "demand");
  Plant faulty = settled_plant(), healthy = settled_plant();
  faulty.faults().start(dead, faulty.now());
  run_for(faulty, 30.0);
  run_for(healthy, 30.0);
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    if (i == dead.signal) continue;
    EXPECT_EQ(faulty.readings()[i], healthy.readings()[i]) << signals()[i].path();
  }
}

TEST(FaultBoard, GrowsAlongItsRampAndEndsAfterItsDuration) {
  FaultBoard board;
  FaultRequest clog = fault_of_line(FaultKind::Clogging, kLine1, 0.8, 20.0);
  clog.duration_s = 60.0;
  board.start(clog, 0);
  EXPECT_EQ(board.advance(0).blocked[kLine1], 0.0);
  EXPECT_NEAR(board.advance(10'000).blocked[kLine1], 0.4, 1e-12);
  EXPECT_NEAR(board.advance(20'000).blocked[kLine1], 0.8, 1e-12);
  EXPECT_NEAR(board.advance(59'900).blocked[kLine1], 0.8, 1e-12);
  EXPECT_EQ(board.advance(60'000).blocked[kLine1], 0.0);
  EXPECT_EQ(board.active_count(), 0u);
}

TEST(FaultBoard, LetsANewSeverityGrowOutOfTheOldOne) {
  FaultBoard board;
  board.start(fault_of_line(FaultKind::Clogging, kLine1, 0.4, 0.0), 0);
  board.start(fault_of_line(FaultKind::Clogging, kLine1, 0.8, 10.0), 1'000);
  EXPECT_EQ(board.active_count(), 1u);
  EXPECT_NEAR(board.advance(6'000).blocked[kLine1], 0.6, 1e-12);
}

TEST(FaultBoard, ClearsOneOrAll) {
  FaultBoard board;
  board.start(fault_of_line(FaultKind::Clogging, kLine1, 0.8), 0);
  board.start(fault_of_line(FaultKind::Clogging, kLine2, 0.8), 0);
  board.start(fault_of_line(FaultKind::BearingWear, kLine1, 0.8), 0);
  board.clear(fault_of_line(FaultKind::Clogging, kLine1, 0.1));
  EXPECT_EQ(board.active_count(), 2u);
  board.clear();
  EXPECT_EQ(board.active_count(), 0u);
}

TEST(FaultWords, FindALineByAnyOfItsAssets) {
  for (const char* asset : {"line_2", "pump_2", "strainer_2", "line_2.pump_2"}) {
    const auto request = resolve({.fault = "clogging", .asset = asset});
    ASSERT_TRUE(request) << asset;
    EXPECT_EQ(request->line, kLine2);
  }
}

TEST(FaultWords, AreRefusedWithTheOffendingWordAndTheRightOnes) {
  const auto message = [](const FaultWords& words) {
    const auto request = resolve(words);
    return request ? std::string("accepted") : request.error().message;
  };
  EXPECT_EQ(message({.fault = "clogging", .asset = "tank_1"}),
            "fault 'clogging' cannot be at 'tank_1': use line_1 or line_2");
  EXPECT_EQ(message({.fault = "clogging", .asset = "line_1", .severity = 1.5}),
            "severity 1.5 is out of range: use 0 to 1");
  EXPECT_NE(message({.fault = "rust"}).find("unknown fault 'rust': use one of cavitation"),
            std::string::npos);
  EXPECT_NE(message({.fault = "dead_sensor", .asset = "tank_1", .signal = "lvel"})
                .find("names no signal 'lvel' of 'tank_1'"),
            std::string::npos);
  EXPECT_NE(message({.fault = "dropped_link", .variant = "frozen"}).find("buffered or lost"),
            std::string::npos);
}

}  // namespace
}  // namespace riverside
