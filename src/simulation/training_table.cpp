#include "simulation/training_table.hpp"

#include <algorithm>

#include "simulation/cells.hpp"
#include "simulation/hydraulics.hpp"

namespace gemel::simulation {
namespace {

constexpr std::size_t kCellsMin = 60;

struct LineColumns {
  Column flow, suction, discharge, speed, power, strainer_dp, valve;
};

Result<Column> read_port(const Plant& plant, SignalId id, const HistoryReader& history,
                         TimeRange range, Timestamp known_at) {
  if (!id.valid()) return Column{};
  auto column = read_column(history, plant.signal(id), range, known_at);
  if (!column) return column.error().within("reading " + plant.signal(id).path);
  return column;
}

Result<LineColumns> read_line(const Plant& plant, const LinePorts& ports,
                              const HistoryReader& history, TimeRange range, Timestamp known_at) {
  LineColumns c;
  const auto read = [&](SignalId id) { return read_port(plant, id, history, range, known_at); };
  GEMEL_ASSIGN(c.flow, read(ports.flow));
  GEMEL_ASSIGN(c.suction, read(ports.suction));
  GEMEL_ASSIGN(c.discharge, read(ports.discharge));
  GEMEL_ASSIGN(c.speed, read(ports.speed));
  GEMEL_ASSIGN(c.power, read(ports.power));
  GEMEL_ASSIGN(c.strainer_dp, read(ports.strainer_dp));
  GEMEL_ASSIGN(c.valve, read(ports.valve));
  return c;
}

bool has(const Column& column, std::size_t cell) {
  return column.count.empty() || column.count[cell] > 0;
}
double mean(const Column& column, std::size_t cell, double otherwise) {
  return column.count.empty() ? otherwise : column.mean[cell];
}

bool complete(const LineColumns& c, std::size_t cell) {
  return has(c.flow, cell) && has(c.suction, cell) && has(c.discharge, cell) &&
         has(c.speed, cell) && has(c.power, cell) && has(c.strainer_dp, cell) && has(c.valve, cell);
}

Table::LineRow row_of(const LineColumns& c, std::size_t cell, double metres_per_pa) {
  return {c.flow.mean[cell],
          c.suction.mean[cell] * metres_per_pa,
          c.discharge.mean[cell] * metres_per_pa,
          mean(c.strainer_dp, cell, 0.0) * metres_per_pa,
          c.power.mean[cell],
          c.speed.mean[cell],
          mean(c.valve, cell, 1.0)};
}

SensorNoise noise_of(const LineColumns& c, double metres_per_pa) {
  return {c.flow.noise_sd,
          c.suction.noise_sd * metres_per_pa,
          c.discharge.noise_sd * metres_per_pa,
          c.strainer_dp.noise_sd * metres_per_pa,
          c.power.noise_sd,
          c.speed.noise_sd};
}

/// Names the signal that holds the least, for an error that helps.
std::string scarcest(const Plant& plant, const Ports& ports, const HistoryReader& history,
                     TimeRange range, Timestamp known_at) {
  std::string name;
  std::size_t fewest = SIZE_MAX;
  for (const auto id : ports.signals()) {
    const auto column = read_column(history, plant.signal(id), range, known_at);
    if (!column) continue;
    const auto filled = static_cast<std::size_t>(
        std::ranges::count_if(column->count, [](auto n) { return n > 0; }));
    if (filled < fewest) fewest = filled, name = plant.signal(id).path;
  }
  return name + " is usable in only " + std::to_string(fewest) + " of them";
}

}  // namespace

Result<Table> read_table(const Plant& plant, const Ports& ports, double density,
                         const HistoryReader& history, TimeRange range, Timestamp known_at) {
  std::vector<LineColumns> lines;
  for (const auto& line : ports.lines) {
    GEMEL_ASSIGN(auto columns, read_line(plant, line, history, range, known_at));
    lines.push_back(std::move(columns));
  }
  GEMEL_ASSIGN(const auto level, read_port(plant, ports.level, history, range, known_at));
  GEMEL_ASSIGN(const auto demand, read_port(plant, ports.demand, history, range, known_at));

  const double metres_per_pa = 1.0 / (density * kGravity_m_s2);
  Table table;
  table.level_noise_m = level.noise_sd;
  table.demand_noise = demand.noise_sd;
  for (const auto& c : lines) table.noise.push_back(noise_of(c, metres_per_pa));
  for (std::size_t cell = 0; cell < level.mean.size(); ++cell) {
    const bool whole =
        has(level, cell) && has(demand, cell) &&
        std::ranges::all_of(lines, [&](const LineColumns& c) { return complete(c, cell); });
    if (!whole) continue;
    auto& row = table.lines.emplace_back();
    for (const auto& c : lines) row.push_back(row_of(c, cell, metres_per_pa));
    table.level_m.push_back(level.mean[cell]);
    table.demand.push_back(demand.mean[cell]);
    table.at.push_back(cell);
  }
  if (table.rows() >= kCellsMin) return table;
  return Error{ErrorCode::Unavailable,
               "every signal of the pump station was usable together in " +
                   std::to_string(table.rows()) + " stretches of " + to_string(kCell) +
                   "; it takes " + std::to_string(kCellsMin) +
                   " to learn from: " + scarcest(plant, ports, history, range, known_at)};
}

}  // namespace gemel::simulation
