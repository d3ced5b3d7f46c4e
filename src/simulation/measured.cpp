// The indicators of a pump station as its instruments saw them.

#include <algorithm>
#include <numeric>
#include <optional>

#include "simulation/cells.hpp"
#include "simulation/pump_station.hpp"

namespace gemel::simulation {
namespace {

constexpr double kJoulesPerKwh = 3.6e6;
constexpr double kFilledMin = 0.8;  // a total over a stretch with more holes would mislead

std::vector<double> filled(const Column& column) {
  std::vector<double> out;
  for (std::size_t i = 0; i < column.mean.size(); ++i) {
    if (column.count[i] > 0) out.push_back(column.mean[i]);
  }
  if (static_cast<double>(out.size()) < kFilledMin * static_cast<double>(column.mean.size()))
    out.clear();
  return out;
}

/// Cells of one signal; empty when too many of them are.
Result<std::vector<double>> cells(const Plant& plant, SignalId id, const HistoryReader& history,
                                  TimeRange range) {
  GEMEL_ASSIGN(const auto column, read_column(history, plant.signal(id), range, Timestamp::max()));
  return filled(column);
}

Indicator just(std::string name, std::string unit, double value) {
  return {std::move(name), std::move(unit), value, value, value, {}};
}

/// Integral over the range, of the mean where cells are empty. Empty cells: nothing.
std::optional<double> total(const std::vector<double>& values, TimeRange range) {
  if (values.empty()) return std::nullopt;
  const double mean =
      std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
  return mean * (range.until - range.from).in_seconds();
}

}  // namespace

Result<std::vector<Indicator>> PumpStation::measured(const HistoryReader& history,
                                                     TimeRange range) const {
  std::vector<Indicator> out;
  std::optional<double> energy_j = 0.0, volume_m3 = 0.0;
  std::optional<double> suction;
  for (const auto& line : ports_.lines) {
    GEMEL_ASSIGN(const auto power, cells(*plant_, line.power, history, range));
    GEMEL_ASSIGN(const auto flow, cells(*plant_, line.flow, history, range));
    GEMEL_ASSIGN(const auto inlet, cells(*plant_, line.suction, history, range));
    const auto worked = total(power, range);
    const auto lifted = total(flow, range);
    energy_j = energy_j && worked ? std::optional(*energy_j + *worked) : std::nullopt;
    volume_m3 = volume_m3 && lifted ? std::optional(*volume_m3 + *lifted) : std::nullopt;
    for (const double pascals : inlet) suction = std::min(suction.value_or(pascals), pascals);
  }
  GEMEL_ASSIGN(const auto level, cells(*plant_, ports_.level, history, range));
  if (energy_j) out.push_back(just("energy", "kWh", *energy_j / kJoulesPerKwh));
  if (volume_m3) out.push_back(just("volume", "m3", *volume_m3));
  if (energy_j && volume_m3 && *volume_m3 > 0.0) {
    out.push_back(just("energy_per_volume", "kWh/m3", *energy_j / kJoulesPerKwh / *volume_m3));
  }
  const auto& level_unit = plant_->signal(ports_.level).unit;
  if (!level.empty()) {
    out.push_back(
        just("min_level", level_unit.symbol, level_unit.from_si(*std::ranges::min_element(level))));
    out.push_back(just("final_level", level_unit.symbol, level_unit.from_si(level.back())));
  }
  const auto& suction_unit = plant_->signal(ports_.lines[0].suction).unit;
  if (suction)
    out.push_back(just("min_suction", suction_unit.symbol, suction_unit.from_si(*suction)));
  return out;
}

}  // namespace gemel::simulation
