#pragma once
// The stretch that a pump station is learnt from, cell by cell, in the terms of the equations.

#include <numeric>
#include <vector>

#include "base/result.hpp"
#include "base/time.hpp"
#include "core/history.hpp"
#include "core/plant.hpp"
#include "simulation/ports.hpp"
#include "simulation/sensor_noise.hpp"

namespace gemel::simulation {

/// Cells in which every signal was usable. Units: SI; heads in m.
struct Table {
  struct LineRow {
    double flow, suction_m, discharge_m, strainer_m, power_w, speed, valve;  // speed: rad/s
  };
  std::vector<std::vector<LineRow>> lines;  // [cell][line]
  std::vector<double> level_m, demand;      // [cell]
  std::vector<std::size_t> at;              // place of the cell in the stretch
  std::vector<SensorNoise> noise;           // by line
  double level_noise_m = 0.0;
  double demand_noise = 0.0;

  std::size_t rows() const { return level_m.size(); }
  double total_flow(std::size_t r) const {
    return std::accumulate(lines[r].begin(), lines[r].end(), 0.0,
                           [](double sum, const LineRow& line) { return sum + line.flow; });
  }
  template <class Of>
  std::vector<double> all(Of of) const {
    std::vector<double> out;
    for (std::size_t r = 0; r < rows(); ++r) out.push_back(of(r));
    return out;
  }
};

/// Errors: Unavailable (too few such cells; the message names the scarcest signal), those of
/// read_column.
Result<Table> read_table(const Plant& plant, const Ports& ports, double density,
                         const HistoryReader& history, TimeRange range, Timestamp known_at);

}  // namespace gemel::simulation
