// Readings as the outside sees them: MQTT messages, and rows of a CSV file.
#pragma once

#include <string>
#include <vector>

#include "sensors.hpp"
#include "surroundings.hpp"

namespace riverside {

struct Message {
  std::string topic;
  std::string payload;
};

/// One JSON message per asset; signals of the station itself as plain numbers.
std::vector<Message> telemetry(EpochMs time, const Readings& readings);

/// "time,line_1.pump_1.flow,…"
std::string csv_header();

/// "2024-05-01T12:00:00.000Z,249.8,…"; a dead instrument leaves its field empty.
std::string csv_row(EpochMs time, const Readings& readings);

}  // namespace riverside
