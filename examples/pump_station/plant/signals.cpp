#include "signals.hpp"

#include <algorithm>
#include <vector>

namespace riverside {
namespace {

struct LineRow {
  std::string_view part;  // "pump", "strainer", "valve"
  std::string_view name;
  std::string_view unit;
  int decimals;
  SensorSpec sensor;
};

// lag s, noise, resolution, span, low, drift
constexpr std::array<LineRow, kLineSignalCount> kLineRows{{
    {"pump", "flow", "l/min", 1, {0.5, 0.9, 0.1, 500.0, 0.0, 60.0}},
    {"pump", "suction_pressure", "bar", 3, {0.1, 0.0025, 0.001, 3.0, -1.0, 0.5}},
    {"pump", "discharge_pressure", "bar", 3, {0.1, 0.004, 0.001, 6.0, -1.0, 0.8}},
    {"pump", "speed", "rpm", 0, {0.1, 0.6, 1.0, 1800.0, 0.0, 200.0}},
    {"pump", "speed_setpoint", "rpm", 0, {0.0, 0.0, 0.0, 0.0, 0.0, 200.0}},
    {"pump", "current", "A", 2, {0.3, 0.015, 0.01, 10.0, 0.0, 2.0}},
    {"pump", "power", "kW", 3, {0.3, 0.006, 0.001, 5.0, 0.0, 1.0}},
    {"pump", "motor_temperature", "degC", 1, {15.0, 0.06, 0.1, 150.0, -20.0, 30.0}},
    {"pump", "bearing_temperature", "degC", 1, {8.0, 0.06, 0.1, 150.0, -20.0, 30.0}},
    {"pump", "vibration", "mm/s", 2, {1.0, 0.02, 0.01, 20.0, 0.0, 4.0}},
    {"strainer", "differential_pressure", "bar", 3, {0.2, 0.0008, 0.001, 1.6, 0.0, 0.3}},
    {"valve", "position", "%", 1, {0.2, 0.05, 0.1, 100.0, 0.0, 15.0}},
    {"valve", "setpoint", "%", 1, {0.0, 0.0, 0.0, 0.0, 0.0, 15.0}},
}};

const std::array<SignalInfo, kStationSignalCount> kStationRows{{
    {"tank_1", "level", "m", 3, {1.0, 0.0012, 0.001, 3.5, 0.0, 0.5}},
    {"tank_1", "inflow", "l/min", 1, {0.5, 1.6, 0.1, 1000.0, 0.0, 120.0}},
    {"tank_1", "demand", "l/min", 1, {0.5, 1.6, 0.1, 1000.0, 0.0, 120.0}},
    {"", "ambient_temperature", "degC", 1, {30.0, 0.06, 0.1, 80.0, -30.0, 10.0}},
}};

std::array<SignalInfo, kSignalCount> make_signals() {
  std::array<SignalInfo, kSignalCount> all;
  auto next = all.begin();
  for (int line = 1; line <= kLineCount; ++line) {
    for (const LineRow& row : kLineRows) {
      const std::string number = std::to_string(line);
      const std::string asset = "line_" + number + "." + std::string(row.part) + "_" + number;
      *next++ = SignalInfo{asset, row.name, row.unit, row.decimals, row.sensor};
    }
  }
  std::copy(kStationRows.begin(), kStationRows.end(), next);
  return all;
}

std::vector<AssetSignals> make_assets() {
  std::vector<AssetSignals> all;
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    const std::string_view asset = signals()[i].asset;
    if (all.empty() || all.back().asset != asset) all.push_back({asset, i, 0});
    ++all.back().count;
  }
  return all;
}

bool names_asset(std::string_view full, std::string_view given) {
  if (full == given) return true;
  const auto dot = full.rfind('.');
  return dot != std::string_view::npos && full.substr(dot + 1) == given;
}

}  // namespace

const std::array<SignalInfo, kSignalCount>& signals() {
  static const std::array<SignalInfo, kSignalCount> all = make_signals();
  return all;
}

std::optional<std::size_t> find_signal(std::string_view asset, std::string_view name) {
  for (std::size_t i = 0; i < kSignalCount; ++i) {
    if (signals()[i].name == name && names_asset(signals()[i].asset, asset)) return i;
  }
  return std::nullopt;
}

std::span<const AssetSignals> assets() {
  static const std::vector<AssetSignals> all = make_assets();
  return all;
}

}  // namespace riverside
