#pragma once
// A small plant for the tests of this module: a pump with three signals, a tank with one, one
// source for all.

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "core/plant.hpp"
#include "core/sample.hpp"

namespace gemel::inference::test {

inline constexpr SignalId kFlow{0}, kPressure{1}, kVibration{2}, kLevel{3}, kScore{4},
    kPumpHealth{5}, kPlantHealth{6};
inline constexpr AssetId kStation{0}, kPump{1}, kTank{2};

inline Timestamp at(double seconds) {
  return Timestamp{} + Duration::days(19'000) + Duration::from_seconds(seconds);
}

inline Signal make_signal(SignalId id, AssetId asset, std::string path, std::string unit,
                          SignalRole role) {
  Signal signal;
  signal.id = id;
  signal.asset = asset;
  signal.role = role;
  signal.name = path.substr(path.rfind('.') + 1);
  signal.path = std::move(path);
  signal.unit.symbol = std::move(unit);
  if (role == SignalRole::Measured) signal.gap = Duration::seconds(5);
  return signal;
}

inline Asset make_asset(AssetId id, AssetId parent, std::string path) {
  Asset asset;
  asset.id = id;
  asset.parent = parent;
  asset.name = path;
  asset.path = std::move(path);
  return asset;
}

/// Station without detectors; call index_paths() after adding some.
inline Plant bare_station() {
  Plant plant;
  plant.name = "station";
  plant.version = "v1";
  plant.signals = {
      make_signal(kFlow, kPump, "pump_1.flow", "l/min", SignalRole::Measured),
      make_signal(kPressure, kPump, "pump_1.suction_pressure", "bar", SignalRole::Measured),
      make_signal(kVibration, kPump, "pump_1.vibration", "mm/s", SignalRole::Measured),
      make_signal(kLevel, kTank, "tank_1.level", "m", SignalRole::Measured),
      make_signal(kScore, kPump, "pump_1.behaviour.score", "", SignalRole::Score),
      make_signal(kPumpHealth, kPump, "pump_1.health", "", SignalRole::Health),
      make_signal(kPlantHealth, kStation, "health", "", SignalRole::Health)};
  auto station = make_asset(kStation, {}, "");
  auto pump = make_asset(kPump, kStation, "pump_1");
  auto tank = make_asset(kTank, kStation, "tank_1");
  station.children = {kPump, kTank};
  station.signals = {kPlantHealth};
  station.health = kPlantHealth;
  pump.signals = {kFlow, kPressure, kVibration, kScore, kPumpHealth};
  pump.health = kPumpHealth;
  tank.signals = {kLevel};
  plant.assets = {station, pump, tank};
  plant.sources = {{"broker", MqttSource{}}};
  plant.bindings = {{0, "t", "", {{kFlow, ""}, {kPressure, ""}, {kVibration, ""}, {kLevel, ""}}}};
  return plant;
}

/// Learns from the first five minutes of the pump's three signals.
inline DetectorSpec behaviour() {
  DetectorSpec spec;
  spec.asset = kPump;
  spec.name = "behaviour";
  spec.path = "pump_1.behaviour";
  spec.kind = "isolation_forest";
  spec.signals = {kFlow, kPressure, kVibration};
  spec.score = kScore;
  spec.training.first = Duration::minutes(5);
  spec.false_alarms_per_s = 1.0 / 86'400.0;
  spec.consequence = "The tank may run dry.";
  return spec;
}

/// "suction_pressure < 0.2 bar for 10 s"
inline DetectorSpec cavitation() {
  DetectorSpec spec;
  spec.asset = kPump;
  spec.name = "cavitation";
  spec.path = "pump_1.cavitation";
  spec.kind = "rule";
  spec.alarm = "cavitation";
  spec.rule = Condition{kPressure, Comparison::Less, 0.2, Duration::seconds(10),
                        "suction_pressure < 0.2 bar for 10 s"};
  spec.priority = Priority::High;
  spec.action = "Throttle the discharge valve.";
  return spec;
}

/// "mean(flow, 1 min) < 200 l/min and suction_pressure > 0 bar"
inline DetectorSpec low_mean_flow() {
  using Kind = Term::Kind;
  Expression expression;
  expression.signals = {kFlow, kPressure};
  expression.limits = {{}, 0.0};
  expression.terms = {
      {.kind = Kind::Value, .slot = 0},
      {.kind = Kind::Mean, .left = 0, .span = Duration::minutes(1)},
      {.kind = Kind::Constant, .number = 200.0},
      {.kind = Kind::Compare, .comparison = Comparison::Less, .left = 1, .right = 2, .number = 2.0},
      {.kind = Kind::Value, .slot = 1},
      {.kind = Kind::Constant, .number = 0.0},
      {.kind = Kind::Compare, .comparison = Comparison::Greater, .left = 4, .right = 5},
      {.kind = Kind::And, .left = 3, .right = 6}};
  expression.told = {{1, "mean(flow, 1 min)", "l/min", 1.0, 0.0}};
  expression.text = "mean(flow, 1 min) < 200 l/min and suction_pressure > 0 bar";
  DetectorSpec spec;
  spec.asset = kPump;
  spec.name = "low_mean_flow";
  spec.path = "pump_1.low_mean_flow";
  spec.kind = "rule";
  spec.signals = expression.signals;
  spec.expression = std::make_shared<const Expression>(std::move(expression));
  return spec;
}

inline std::shared_ptr<const Plant> finished(Plant plant) {
  plant.index_paths();
  return std::make_shared<const Plant>(std::move(plant));
}

inline std::shared_ptr<const Plant> station_with(std::vector<DetectorSpec> detectors) {
  Plant plant = bare_station();
  plant.detectors = std::move(detectors);
  return finished(std::move(plant));
}

/// What the station sends at one second: noise around 250 l/min, 1.2 bar (bound to the flow), 2
/// mm/s, 3 m.
inline std::vector<Sample> normal_second(Random& random, double second) {
  const double flow = 250.0 + 3.0 * random.normal();
  return {{kFlow, {}, at(second), flow},
          {kPressure, {}, at(second), 1.2 - 0.002 * (flow - 250.0) + 0.01 * random.normal()},
          {kVibration, {}, at(second), 2.0 + 0.1 * random.normal()},
          {kLevel, {}, at(second), 3.0 + 0.01 * random.normal()}};
}

}  // namespace gemel::inference::test
