#include "telemetry.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "station_fixture.hpp"

namespace riverside {
namespace {

const Message* find(const std::vector<Message>& all, const std::string& topic) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Message& m) { return m.topic == topic; });
  return found == all.end() ? nullptr : &*found;
}

TEST(Telemetry, SendsEachAssetsSignalsInOneMessage) {
  const auto all = telemetry(1'780'394'400'000, settled_plant().readings());
  ASSERT_EQ(all.size(), 8u);
  const Message* pump = find(all, "riverside/line_1/pump_1");
  ASSERT_NE(pump, nullptr);
  const auto json = nlohmann::json::parse(pump->payload);
  EXPECT_EQ(json.at("ts"), 1'780'394'400'000);
  EXPECT_EQ(json.size(), 11u);
  for (const char* name :
       {"flow", "suction_pressure", "discharge_pressure", "speed", "speed_setpoint", "current",
        "power", "motor_temperature", "bearing_temperature", "vibration"}) {
    EXPECT_TRUE(json.at(name).is_number()) << name;
  }
  const auto tank = nlohmann::json::parse(find(all, "riverside/tank_1")->payload);
  EXPECT_EQ(tank.size(), 4u);
  const Message* ambient = find(all, "riverside/ambient_temperature");
  ASSERT_NE(ambient, nullptr);
  EXPECT_NO_THROW(std::stod(ambient->payload));
}

TEST(Telemetry, SaysNullForADeadInstrumentAndNothingForAnOmittedOne) {
  Readings readings = settled_plant().readings();
  readings[index_of(StationSignal::Demand)] = {std::nullopt, false};
  readings[index_of(StationSignal::Inflow)] = {std::nullopt, true};
  readings[index_of(StationSignal::AmbientTemperature)] = {std::nullopt, false};
  const auto all = telemetry(0, readings);
  const auto tank = nlohmann::json::parse(find(all, "riverside/tank_1")->payload);
  EXPECT_TRUE(tank.at("demand").is_null());
  EXPECT_FALSE(tank.contains("inflow"));
  EXPECT_EQ(find(all, "riverside/ambient_temperature"), nullptr);
}

TEST(Telemetry, WritesRowsAsWideAsTheirHeader) {
  Readings readings = settled_plant().readings();
  readings[index_of(StationSignal::Demand)] = {std::nullopt, false};
  const std::string header = csv_header();
  const std::string row = csv_row(1'780'394'400'000, readings);
  EXPECT_TRUE(header.starts_with("time,line_1.pump_1.flow,line_1.pump_1.suction_pressure,"));
  EXPECT_TRUE(header.ends_with(",tank_1.level,tank_1.inflow,tank_1.demand,ambient_temperature"));
  EXPECT_TRUE(row.starts_with("2026-06-02T10:00:00.000Z,"));
  EXPECT_EQ(std::count(header.begin(), header.end(), ','), std::count(row.begin(), row.end(), ','));
  EXPECT_NE(row.find(",,"), std::string::npos);
}

}  // namespace
}  // namespace riverside
