// The instruments of the station, in the order of their columns: name, unit and quality of each.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "hydraulics.hpp"

namespace riverside {

/// Signals of one line, in order.
enum class LineSignal : std::size_t {
  Flow,
  SuctionPressure,
  DischargePressure,
  Speed,
  SpeedSetpoint,
  Current,
  Power,
  MotorTemperature,
  BearingTemperature,
  Vibration,
  StrainerDifferentialPressure,
  ValvePosition,
  ValveSetpoint,
};
inline constexpr std::size_t kLineSignalCount = 13;

/// Signals after those of the lines, in order.
enum class StationSignal : std::size_t { Level, Inflow, Demand, AmbientTemperature };
inline constexpr std::size_t kStationSignalCount = 4;

inline constexpr std::size_t kSignalCount = kLineCount * kLineSignalCount + kStationSignalCount;

constexpr std::size_t index_of(int line, LineSignal signal) {
  return static_cast<std::size_t>(line) * kLineSignalCount + static_cast<std::size_t>(signal);
}
constexpr std::size_t index_of(StationSignal signal) {
  return kLineCount * kLineSignalCount + static_cast<std::size_t>(signal);
}

/// How an instrument distorts the truth. All in the unit of the signal.
struct SensorSpec {
  double lag_s = 0.0;       ///< first-order lag; 0 for a value that is known exactly
  double noise = 0.0;       ///< standard deviation of one reading
  double resolution = 0.0;  ///< smallest step it can show; 0 for none
  double span = 0.0;        ///< width of its range: calibration errors and drift scale with it
  double low = 0.0;         ///< lowest value it can show
  double drift_full = 0.0;  ///< bias when a drifting fault of severity 1 has fully grown
};

struct SignalInfo {
  std::string asset;      ///< path in the tree, "line_1.pump_1"; empty for a signal of the station
  std::string_view name;  ///< "flow"
  std::string_view unit;  ///< "l/min"
  int decimals = 0;
  SensorSpec sensor;

  /// "line_1.pump_1.flow"
  std::string path() const {
    return asset.empty() ? std::string(name) : asset + "." + std::string(name);
  }
};

/// All signals, in the order of index_of.
const std::array<SignalInfo, kSignalCount>& signals();

/// Index of the signal `name` of `asset`, which may be shortened to its last part ("pump_1").
std::optional<std::size_t> find_signal(std::string_view asset, std::string_view name);

/// Neighbouring signals of one asset, which travel in one message.
struct AssetSignals {
  std::string_view asset;
  std::size_t first = 0;
  std::size_t count = 0;
};

/// All assets, in the order of their signals.
std::span<const AssetSignals> assets();

}  // namespace riverside
