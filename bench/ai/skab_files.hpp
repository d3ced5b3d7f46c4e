#pragma once
// The SKAB pump test bed: labelled files of eight signals, about one row a second.

#include <array>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"

namespace gemel::bench {

struct SkabFile {
  static constexpr std::size_t kSignals = 8;
  static constexpr std::array<const char*, kSignals> kNames{
      "vibration_1", "vibration_2",  "current", "pressure",
      "temperature", "thermocouple", "voltage", "flow"};
  static constexpr std::array<const char*, kSignals> kUnits{"g",    "g",    "A", "bar",
                                                            "degC", "degC", "V", "l/min"};
  struct Row {
    Timestamp time;
    std::array<double, kSignals> values{};
    bool anomalous = false;
    bool changes = false;  // labelled change point
  };
  std::string name;  // "valve1/0"
  std::vector<Row> rows;
};

/// The labelled files below `folder`/skab. Errors: NotFound when there are none; InvalidInput with
/// file and line.
Result<std::vector<SkabFile>> read_skab(const std::string& folder);

}  // namespace gemel::bench
