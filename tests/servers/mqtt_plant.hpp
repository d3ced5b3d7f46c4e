#pragma once
// A plant of two signals and a control behind one broker.

#include <string>

#include "core/plant.hpp"

namespace gemel::testing {

/// Messages {"ts": epoch ms, "flow": …} on plant/pump_1, plain numbers on plant/level.
inline Plant mqtt_plant(const std::string& url) {
  Plant plant;
  plant.name = "test";
  Signal flow;
  flow.id = {0};
  flow.path = "pump_1.flow";
  Signal level;
  level.id = {1};
  level.path = "tank.level";
  plant.signals = {flow, level};

  MqttSource settings;
  settings.url = url;
  settings.client_id = "gemel-test";
  settings.keep_alive = Duration::seconds(5);
  plant.sources = {{"plant", settings}};

  Binding pump;
  pump.topic = "plant/pump_1";
  pump.time_path = "$.ts";
  pump.fields = {{SignalId{0}, "$.flow", 1.0, 0.0}};
  Binding tank;
  tank.topic = "plant/level";
  tank.fields = {{SignalId{1}, "", 1.0, 0.0}};
  plant.bindings = {pump, tank};

  Control speed;
  speed.id = {0};
  speed.path = "pump_1.speed";
  speed.unit.symbol = "rpm";
  speed.source = 0;
  speed.topic = "plant/pump_1/set/speed";
  plant.controls = {speed};
  plant.index_paths();
  return plant;
}

inline MqttSource& settings_of(Plant& plant) {
  return std::get<MqttSource>(plant.sources[0].settings);
}

/// The n-th message of plant/pump_1.
inline std::string pump_message(int n) {
  return "{\"ts\":" + std::to_string(1'700'000'000'000 + n) + ",\"flow\":" + std::to_string(n) +
         "}";
}

}  // namespace gemel::testing
